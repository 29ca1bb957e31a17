"""Lines of settings that remedies propose: each on a line of its own, to be pasted as it stands.

TOML takes a key once.  So what is proposed for a host that has an entry is that entry with what it
lacks, to be put in its place; where nobody knows the entries, the line itself says so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pytest_specbudget.core.money import Money

__all__ = [
    "EVERY_MODEL",
    "ONE_LINE",
    "UNKNOWN",
    "USD",
    "WHY_FREE",
    "Declared",
    "Entry",
    "bound_added",
    "bound_line",
    "line_for",
    "nothing_declared",
]

USD = "0.05"
"""An example of an amount."""

WHY_FREE = "why it costs nothing"
"""What stands where the user is to say that."""

UNKNOWN = "?"
"""What stands where the user alone knows what to write."""

EVERY_MODEL = "*"
"""What stands for all models in a table of bounds."""

_KEYS = ("provider", "models", "free", "bound_usd", "estimate")
_Value = str | Mapping[str, str]
ONE_LINE = "  # a host has one line: add to it, if there is one"
"""What a line says of itself where nobody knows the entries, as a comment."""


class Entry(Protocol):
    """What settings declare of a host (`providers.hosts.HostRule`)."""

    @property
    def pattern(self) -> str:
        """The host, or a glob of hosts."""

    @property
    def provider(self) -> str | None:
        """Whose prices hold."""

    @property
    def models(self) -> Mapping[str, str]:
        """What aliases stand for."""

    @property
    def bounds(self) -> Mapping[str, Money]:
        """What one call costs at most, by model or glob of models; the first that fits holds."""

    @property
    def estimate(self) -> str | None:
        """How tokens are estimated."""

    @property
    def origin(self) -> str:
        """Where it was set, as the user wrote it."""


Declared = Callable[[str], Entry | None]
"""Returns what settings declare of a host, or None."""


def nothing_declared(_host: str) -> None:
    """Know of no entry."""


def line_for(host: str, known: Entry | None, added: Mapping[str, _Value]) -> str:
    """Write an entry of *host* that says what is *known* and what is *added*, on a line of its own.

    Args:
        host: Who was asked.
        known: Its entry, if it has one; what that says already stays as it is.
        added: The keys of an entry, with their texts, or with a table of texts by name; a table is
            put before what is known of it, since the first that fits holds.
    """
    said = {} if known is None else _said(known, added)
    merged = {
        key: _merged(added.get(key), said.get(key)) for key in _KEYS if key in {*added, *said}
    }
    values = ", ".join(f"{key} = {_written(value)}" for key, value in merged.items())
    place = _place(host, known)
    return f'\n    hosts."{host}" = {{ {values} }}{place}'


def bound_line(host: str, model: str | None, known: Entry | None) -> str:
    """Write an entry of *host* that bounds a call of *model*, too; as `line_for`.

    Args:
        host: Who is asked.
        model: Which model, or None if that is not known.
        known: Its entry, if it has one.
    """
    return line_for(host, known, {"bound_usd": bound_added(model, known)})


def bound_added(model: str | None, known: Entry | None) -> _Value:
    """Return the bound to add: for all models, unless the entry bounds some of them already."""
    if known is None or not known.bounds:
        return USD
    return {model or EVERY_MODEL: USD}


def _said(known: Entry, added: Mapping[str, _Value]) -> dict[str, _Value]:
    """Return what an entry says, without what contradicts `free`, if that is *added*."""
    bounds = {model: str(usd) for model, usd in known.bounds.items()}
    every = bounds.keys() == {EVERY_MODEL} and "bound_usd" not in added
    told: dict[str, _Value | None] = {
        "provider": known.provider,
        "models": known.models,
        "bound_usd": bounds[EVERY_MODEL] if every else bounds,
        "estimate": known.estimate,
    }
    kept = told.keys() if "free" not in added else {"provider"}
    return {key: text for key, text in told.items() if text and key in kept}


def _merged(added: _Value | None, said: _Value | None) -> _Value:
    if added is None or said is None or isinstance(added, str) or isinstance(said, str):
        return said or added or UNKNOWN
    both = {**added, **said}
    return dict(sorted(both.items(), key=lambda each: each[0] == EVERY_MODEL))


def _written(value: _Value) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return f"{{ {', '.join(f'{_quoted(key)} = {_quoted(text)}' for key, text in value.items())} }}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _place(host: str, known: Entry | None) -> str:
    """Say which line it takes the place of; a glob that covers more hosts stays, below it."""
    if known is None or not known.origin.lower().startswith(f'hosts."{known.pattern}" = '):
        return ""
    place = known.origin.rpartition(" in ")[2]
    if known.pattern == host:
        return f"  # in the place of {place}"
    return f"  # above {place}: the first entry that covers a host holds"
