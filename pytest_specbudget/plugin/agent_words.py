"""Understands what a test says of a task: names, shares, one thing where several may stand.

What nobody understands is refused before anything is asked, with what was probably meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.score import share
from pytest_specbudget.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from decimal import Decimal

    from pytest_specbudget.routing.values import RoutingTable

__all__ = ["Validators", "agents_in", "known_words", "model_in", "several", "share_in"]

Validators: TypeAlias = "str | Callable[[str], Any] | Iterable[str | Callable[[str], Any]]"
"""What judges an answer: one validator, or several; each may be a name."""


def known_words(
    who: str, asked: Mapping[str, Any], known: Collection[str], others: Mapping[str, str]
) -> None:
    """See that everything that was *asked* has a name that *who* knows.

    Args:
        who: What was called: `spec_agent.run`.
        asked: What was said of the task.
        known: What may be said.
        others: What may be said to somebody else, and to whom.

    Raises:
        TypeError: As Python does for a name that a function does not have.
    """
    unknown = next((word for word in asked if word not in known), None)
    if unknown is None:
        return
    likely = nearest(unknown, known)
    if unknown in others:
        hint = f"{others[unknown]} does"
    elif likely is not None:
        hint = f'did you mean "{likely}"?'
    else:
        hint = (
            f"it takes {', '.join(sorted(known))}; values of a prompt go with the prompt: "
            f"spec_agent.prompts(...).prompt(NAME, {unknown}=...)"
        )
    raise TypeError(f'{who} takes no "{unknown}"; {hint}')


def several(given: Any) -> tuple[Any, ...]:
    """Return what was *given* where one or several may stand, or None for nothing.

    A text is one, and so is a function.

    Raises:
        SettingError: If it is neither one nor several.
    """
    if given is None:
        return ()
    if isinstance(given, str) or callable(given):
        return (given,)
    if not isinstance(given, Iterable):
        raise SettingError([f"{given!r:.80} makes no sense here; give one, or a list of several"])
    return tuple(given)


def share_in(name: str, given: str | float | Decimal | Fraction | None) -> Fraction | None:
    """Understand a share from 0 to 1, exactly as it was written; None stays None.

    Raises:
        SettingError: If it is none.
    """
    if given is None:
        return None
    try:
        return share(given if isinstance(given, Fraction) else str(given))
    except ValueError:
        problem = f"{name}={given!r:.80} is no share; give a number from 0 to 1, like 0.25"
        raise SettingError([problem]) from None


def model_in(table: RoutingTable, name: str) -> str:
    """Return the name in *table* of a model that is called by it, or by its provider's id.

    Raises:
        SettingError: If the table has no such model.
    """
    if name in table.profiles:
        return name
    ids = {profile.model: profile.name for profile in table.profiles.values()}
    if name in ids:
        return ids[name]
    likely = nearest(str(name), [*table.profiles, *ids])
    hint = f"did you mean {likely!r}?" if likely else f"there are {', '.join(table.profiles)}"
    raise SettingError([f"the routing table has no model {name!r}; {hint}"])


def agents_in(table: RoutingTable, given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the models that are to agree, by their names in *table*; none if none was given.

    Raises:
        SettingError: If the table has no such model, or one is named twice.
    """
    agents = tuple(model_in(table, name) for name in several(given))
    twice = sorted({name for name in agents if agents.count(name) > 1})
    if twice:
        names = " and ".join(map(repr, twice))
        raise SettingError([f"agents names {names} twice, and a model agrees with itself"])
    return agents
