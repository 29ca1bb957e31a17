"""What others said that is about to be kept: errors, oddities and names, without credentials.

Nearly no call has any of that, and the one that has none waits for nothing: what knows how
credentials look is imported with the first word that has to be looked at.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Part, Reading

__all__ = [
    "error_words",
    "repeatable_call",
    "repeatable_name",
    "repeatable_reason",
    "repeatable_words",
]

_SHORTEST_KEY = 16
"""No name that is shorter holds what has the shape of a key."""

_said = attrgetter(
    *("request_model", "response_model", "service_tier", "region"),
    *("flags", "parts", "unpriced_tools"),
)


def repeatable_words(words: str) -> str:
    """Return what somebody else said, on one line, shortened and without credentials."""
    from pytest_specbudget.cassettes.secrets.hearsay import repeatable  # noqa: PLC0415 - see above

    return repeatable(words)


def error_words(error: BaseException) -> str:
    """Return the type of *error*, and what it says as far as that may be kept."""
    name = type(error).__name__
    with suppress(Exception):  # a foreign exception's own __str__ may raise
        return repeatable_words(f"{name}: {error}".removesuffix(": "))
    return name


def repeatable_name(name: str | None) -> str | None:
    """Return the name of a model, without what can only be a key."""
    return name if name is None or len(name) < _SHORTEST_KEY else _repeatable_name(name)


def repeatable_reason(reason: str, model: str | None) -> str:
    """Return why something has no price, which names the *model*; that may merely look random."""
    return reason if repeatable_name(model) == model else repeatable_words(reason)


def repeatable_call(charge: Charge) -> Charge:
    """Return *charge* with what others said made fit to be kept; itself, if it holds no such."""
    error, stale = charge.error, charge.staleness
    if error is None and stale is None and _is_repeatable(_said(charge.reading)):
        return charge
    reading = _repeatable_reading(charge.reading)
    changed = reading != charge.reading
    return replace(
        charge,
        error=None if error is None else repeatable_words(error),
        # It names what is asked for; a name that is kept may look random there, too.
        reason=repeatable_words(charge.reason) if changed and charge.reason else charge.reason,
        reading=reading,
        staleness=None if stale is None else replace(stale, model=repeatable_name(stale.model)),
    )


@lru_cache(maxsize=512)
def _is_repeatable(said: tuple[Any, ...]) -> bool:
    """Tell whether what `_said` takes is nothing odd, and are names that hold no key."""
    names, terms, odd = said[:2], said[2:4], said[4:]
    clean = all(repeatable_name(name) == name for name in names)
    return clean and all(_repeatable_word(term) == term for term in terms) and not any(odd)


def _repeatable_word(word: str | None) -> str | None:
    """Return what a provider has few words for, which all are short."""
    return word if word is None or len(word) < _SHORTEST_KEY else repeatable_words(word)


@lru_cache(maxsize=512)
def _repeatable_name(name: str) -> str:
    from pytest_specbudget.cassettes.secrets import hearsay  # noqa: PLC0415 - see above

    return hearsay.repeatable_name(name)


def _repeatable_reading(reading: Reading) -> Reading:
    return replace(
        reading,
        request_model=repeatable_name(reading.request_model),
        response_model=repeatable_name(reading.response_model),
        service_tier=_repeatable_word(reading.service_tier),
        region=_repeatable_word(reading.region),
        flags=tuple(map(repeatable_words, reading.flags)),
        parts=tuple(map(_repeatable_part, reading.parts)),
        unpriced_tools=tuple(map(repeatable_words, reading.unpriced_tools)),
    )


def _repeatable_part(part: Part) -> Part:
    return replace(part, model=repeatable_name(part.model) or "")
