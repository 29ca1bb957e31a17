"""What other plugins add to reading and pricing: routes with folds of their own, and prices.

Both are asked for at the start, before the first test, because a run that misses some of its calls
or prices is not the run that was asked for: what goes wrong there is a usage error.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from pytest_specbudget.bookkeeping.hearsay import error_words
from pytest_specbudget.providers import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from pluggy import HookCaller

    from pytest_specbudget.settings.settings import Settings

__all__ = ["Additions"]

_Added = TypeVar("_Added")


@dataclass(frozen=True, slots=True)
class Additions:
    """What all other plugins add.

    Attributes:
        settings: With the added price files under the user's own.
        routes: Where model calls are found before ours are looked for.
        problems: What went wrong, each for people.
    """

    settings: Settings
    routes: tuple[Route, ...]
    problems: tuple[str, ...]

    @classmethod
    def to(cls, settings: Settings, config: pytest.Config) -> Additions:
        """Ask all plugins what they add to *settings*."""
        problems: list[str] = []
        hooks, path = config.hook, config.rootpath.joinpath
        routes = _asked_for(hooks.pytest_specbudget_readers, config, _route, problems)
        prices = _asked_for(hooks.pytest_specbudget_prices, config, path, problems)
        if prices:
            settings = replace(settings, prices=prices + settings.prices)
        return cls(settings, routes, tuple(problems))

    def check(self) -> None:
        """Stop where something went wrong.

        Raises:
            pytest.UsageError: If a plugin raised, or gave something else than was asked for.
        """
        if self.problems:
            raise pytest.UsageError("\n".join(self.problems))


def _asked_for(
    hook: HookCaller, config: pytest.Config, made: Callable[[Any], _Added], problems: list[str]
) -> tuple[_Added, ...]:
    try:
        given = hook(config=config)
        return tuple(made(each) for some in given if some is not None for each in some)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told with all the others
        problems.append(_problem(hook, error))
    return ()


def _route(given: Any) -> Route:
    if not isinstance(given, Route):
        raise TypeError(f"{given!r:.80} is no pytest_specbudget.providers.Route")
    given.path.search("")  # a pattern of text
    hash(given)  # tuples, not lists
    return given


def _problem(hook: HookCaller, error: Exception) -> str:
    """Say what went wrong, where, why it ends the run, and what to do."""
    plugins = ", ".join(implementation.plugin_name for implementation in hook.get_hookimpls())
    return (
        f"{hook.name} raised {error_words(error)}\n"
        f"    where        {_place(error) or plugins}\n"
        f"    implemented  by {plugins}\n"
        "    why          without what it adds, calls would be unseen or without a price\n"
        "    try          mend it, or leave its plugin out with -p no:NAME"
    )


def _place(error: Exception) -> str | None:
    """Return the innermost line that is not ours."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return None if Path(last.filename) == Path(__file__) else f"{last.filename}:{last.lineno}"
