"""The lines of calls as this version writes them, which nearly all lines are: read quickly.

A plain line has no key but those that it may have, and each value is of just the type that is
written.  What is not plain is no mistake: `schema` looks at it, which also knows what other
versions wrote, what can be taken for what was meant, and how to name what makes no sense.  A plain
line says here what it says there.

Most of a line says what other lines say, too: whose call it was, what it may cost at most, how much
it did cost.  Of equal ones, one value is kept for all calls.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from pytest_specbudget.core.exchange import CallVerdict, Outcome, Source
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading, UsageState
from pytest_specbudget.core.usage import USAGE_FIELDS, Usage
from pytest_specbudget.journal.schema import attribution_of, bound_of, routed_of

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["is_plain_start", "plain_charge"]

_Said = dict[str, Any]
_OF_A_CALL = ("kind", "id", "at", "host", "attribution")
_OF_A_START = frozenset({*_OF_A_CALL, "provider", "operation"})
_OF_A_CHARGE = frozenset({*_OF_A_CALL, "source", "verdict", "outcome", "reading"})
_OF_A_READING = frozenset({"provider", "operation", "usage_state"})
_TEXTS = ("flags", "unpriced_tools")


def plain_charge(values: _Said) -> Charge | None:
    """Return the charge in a line of that kind with these *values*; None if it is not plain."""
    if not _is_like_a_charge(values):
        return None
    said = values.copy()
    del said["kind"]
    try:
        for name, make in _MADE:
            if name in said:
                said[name] = make(said[name])
    except (TypeError, ValueError):  # what holds more than it should, and what makes no sense
        return None
    return Charge(**said)


def is_plain_start(values: _Said) -> bool:
    """Tell whether *values*, of a line about a call that is to be sent, are plain."""
    if not _is_like_a_start(values):
        return False
    try:
        _attribution(values["attribution"])
        if "bound" in values:
            _bound(values["bound"])
    except (TypeError, ValueError):
        return False
    return True


def _like(types: dict[str, type], needed: frozenset[str]) -> Callable[[_Said], bool]:
    """Return what tells whether an object has the keys that are *needed*, and the *types*."""

    @lru_cache(maxsize=256)
    def types_of(names: tuple[str, ...]) -> tuple[type | None, ...] | None:
        return tuple(map(types.get, names)) if needed.issubset(names) else None

    return lambda said: tuple(map(type, said.values())) == types_of(tuple(said))


def _kept(make: Callable[[_Said], Any], most: int) -> Callable[[_Said], Any]:
    """Return what makes a value of an object as *make* does, and of equal ones the same value.

    Those are equal whose values are of equal types, too, as `1` and `true` are not.  An object that
    holds a list or another object is a TypeError.
    """

    @lru_cache(maxsize=most)
    def made(items: tuple[tuple[str, Any], ...], _types: tuple[type, ...]) -> object:
        return make(dict(items))

    return lambda said: made(tuple(said.items()), tuple(map(type, said.values())))


@lru_cache(maxsize=1024)
def _money(text: str) -> Money:
    return Money.parse(text)


def _one_of(words: object) -> Callable[[str], str]:
    """Return what takes one of the *words* of a literal type."""
    known = frozenset(get_args(words))

    def taken(word: str) -> str:
        if word not in known:
            raise ValueError(word)
        return word

    return taken


def _reading(said: _Said) -> Reading:
    if not _is_like_a_reading(said):
        raise TypeError
    made = said | {"usage": _usage(said.get("usage", {}))}
    for name in _TEXTS:
        if name in made:
            made[name] = _texts(made[name])
    if "provider_cost" in made:
        made["provider_cost"] = _money(made["provider_cost"])
    _usage_state(made["usage_state"])
    return Reading(**made)


def _texts(said: list[Any]) -> tuple[str, ...]:
    if not all(type(one) is str for one in said):
        raise TypeError
    return tuple(said)


def _usage(said: _Said) -> Usage:
    counts = {name: said[name] for name in _in_order(tuple(said))}
    for count in counts.values():
        if type(count) is not int or count < 0:
            raise TypeError
    return Usage.known(counts)


@lru_cache(maxsize=512)
def _in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names* as `Usage` has them, in its order."""
    if not set(names).issubset(USAGE_FIELDS):
        raise ValueError(names)
    return tuple(name for name in USAGE_FIELDS if name in names)


_attribution = _kept(attribution_of, 4096)
_bound = _kept(bound_of, 256)
_usage_state = _one_of(UsageState)

_CALL: dict[str, type] = {
    **dict.fromkeys(("kind", "id", "at", "host", "worker", "tier", "fingerprint"), str),
    **dict.fromkeys(("attribution", "bound"), dict),
}
_is_like_a_start = _like(
    _CALL | dict.fromkeys(("provider", "operation", "model"), str), _OF_A_START
)
_is_like_a_charge = _like(
    {
        **_CALL,
        **dict.fromkeys(("source", "verdict", "outcome", "reason", "role", "error"), str),
        **dict.fromkeys(("price_id", "priced_at", "cassette", "answered_at"), str),
        **dict.fromkeys(("list_cost", "contracted_cost", "billed_cost"), str),
        **dict.fromkeys(("status", "cassette_index"), int),
        **dict.fromkeys(("duration_s", "first_byte_s"), float),
        **dict.fromkeys(("reading", "routed"), dict),
    },
    _OF_A_CHARGE,
)
_is_like_a_reading = _like(
    {
        **dict.fromkeys(("provider", "operation", "request_model", "response_model"), str),
        **dict.fromkeys(("real_model", "service_tier", "region", "free"), str),
        **dict.fromkeys(("usage_state", "response_id", "provider_cost"), str),
        **dict.fromkeys(("streaming", "counted", "certain"), bool),
        **dict.fromkeys(_TEXTS, list),
        "usage": dict,
    },
    _OF_A_READING,
)
_MADE: tuple[tuple[str, Callable[[Any], object]], ...] = (
    ("source", _one_of(Source)),
    ("verdict", _one_of(CallVerdict)),
    ("outcome", _one_of(Outcome)),
    ("attribution", _attribution),
    ("reading", _reading),
    ("list_cost", _money),
    ("contracted_cost", _money),
    ("billed_cost", _money),
    ("bound", _bound),
    ("routed", _kept(routed_of, 1024)),
)
