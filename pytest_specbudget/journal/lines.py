"""The lines of a journal, as this version writes them.

`header`, then `start`, `charge` and `event` lines in the order things happened, then a `footer`
if the process ended well.  A `start` without a `charge` of the same id is a call whose answer was
never seen.  Amounts are exact decimal strings; times are RFC 3339 in UTC; a key without a value
is left out.  `schema` is the version of the format: readers refuse a newer one.

The user's test waits for the two lines of a call, so they are put together here, as text.  Most
of a line says what the lines before it said: whose call, which model, which price.  That is
encoded once (`_repeated`), and only what differs from call to call is encoded for each.
"""

from __future__ import annotations

import json
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from pytest_specbudget.core.value import quick_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.core.attribution import Attribution
    from pytest_specbudget.core.bound import Bound
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.core.reading import Part, Reading
    from pytest_specbudget.core.routed import Routed
    from pytest_specbudget.core.staleness import Staleness
    from pytest_specbudget.core.usage import Usage

__all__ = ["SCHEMA", "Start", "charge_line", "facts", "start_line"]

SCHEMA = 1

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


@quick_value
class Start:
    """A call that is about to be sent.

    Attributes:
        provider: Who is charged for it.
        operation: `chat`, `embeddings`, ...
        model: The model asked for, or None.

    The others are as in the `Charge` that it will be.
    """

    id: str
    at: str
    host: str
    worker: str
    provider: str
    operation: str
    model: str | None
    fingerprint: str | None
    attribution: Attribution
    tier: str | None
    bound: Bound | None = None


def _repeated(*names: str, **unsaid: object) -> Callable[[object], str]:
    """Return what encodes attributes that say the same in many lines: those that are known, once.

    It takes their owner, and returns what goes between the braces of an object; never nothing.

    Args:
        names: Of the attributes.
        unsaid: More of them, which are left out at a certain value.
    """
    every = (*names, *unsaid)
    values_of = attrgetter(*every)

    @lru_cache(maxsize=512)
    def text(values: tuple[Any, ...]) -> str:
        named = zip(every, values, strict=True)
        said = {name: told for name, told in named if told is not None}
        said = {name: told for name, told in said.items() if told != unsaid.get(name)}
        return _encode(said)[1:-1]

    return lambda owner: text(values_of(owner))


def _of_one_owner(encode: Callable[[object], str]) -> Callable[[object], str]:
    """Let *encode* rest while the owner stays, as one attribution does for a test's calls."""
    last: tuple[object, str] = (None, "")

    def said(owner: object) -> str:
        nonlocal last
        known, text = last
        if known is not owner:
            text = encode(owner)
            last = owner, text
        return text

    return said


_where = _repeated("host", "worker", "tier")
_whose = _of_one_owner(
    _repeated(
        *("test", "spec", "when", "via", "attempt"),
        *("command", "stage", "phase", "fixture", "within", "stale"),
    )
)
_who = _repeated(
    "provider",
    "operation",
    "usage_state",
    "request_model",
    "response_model",
    "real_model",
    "service_tier",
    "region",
    "free",
    streaming=False,
    counted=True,
    certain=True,
)
_what = _repeated("provider", "operation", "model")
_how = _repeated("source", "verdict", "outcome", "status", "price_id", "priced_at", "role")


_by_routing = _repeated(
    "task", "role", "tier", "slot", "reason", "table", attempt=1, escalated=False
)


def facts(call: Start | Charge) -> str:
    """Encode what both lines of a call say, once for the two."""
    return (
        f'"id":{quoted(call.id)},"at":{quoted(call.at)},{_where(call)}'
        f',"attribution":{{{_whose(call.attribution)}}}'
        f"{_text('fingerprint', call.fingerprint)}"
        f"{'' if call.bound is None else _bound(call.bound)}"
    )


def _bound(bound: Bound) -> str:
    return f',"bound":{{"usd":"{bound.usd}","by":{quoted(bound.by)}}}'


def start_line(start: Start, said: str) -> str:
    """Return the line that says that a call is about to be sent; *said* are its facts."""
    return f'{{"kind":"start",{said},{_what(start)}}}'


def charge_line(charge: Charge, said: str | None = None) -> str:
    """Return the line that keeps *charge*, whole; *said* are its facts, if they are at hand."""
    return (
        f'{{"kind":"charge",{said or facts(charge)},{_how(charge)}'
        f',"reading":{_reading(charge.reading)}{_costs(charge)}'
        f"{_number('duration_s', charge.duration_s)}"
        f"{'' if charge.first_byte_s is None else _number('first_byte_s', charge.first_byte_s)}"
        f"{'' if _rest(charge) == _NO_REST else _text_of_rest(charge)}}}"
    )


def _reading(reading: Reading) -> str:
    return (
        f'{{{_who(reading)},"usage":{_usage(reading.usage)}'
        f"{_text('response_id', reading.response_id)}{_odd(reading)}}}"
    )


def _odd(reading: Reading) -> str:
    if not (reading.parts or reading.flags or reading.unpriced_tools or reading.provider_cost):
        return _cost("provider_cost", reading.provider_cost)
    odd = ""
    if reading.parts:
        odd += f',"parts":[{",".join(map(_part, reading.parts))}]'
    if reading.flags:
        odd += f',"flags":[{",".join(map(quoted, reading.flags))}]'
    if reading.unpriced_tools:
        odd += f',"unpriced_tools":[{",".join(map(quoted, reading.unpriced_tools))}]'
    return odd + _cost("provider_cost", reading.provider_cost)


def _part(part: Part) -> str:
    return f'{{"model":{quoted(part.model)},"usage":{_usage(part.usage)}}}'


def _usage(usage: Usage) -> str:
    return to_json(vars(usage)).decode()


_COSTS = ("list_cost", "contracted_cost", "billed_cost")


def _costs(charge: Charge) -> str:
    listed, ours, billed = charge.list_cost, charge.contracted_cost, charge.billed_cost
    if listed is None or ours is not listed:  # as hardly ever: at prices of the user's own
        return "".join(map(_cost, _COSTS, (listed, ours, billed)))
    cost = str(listed)
    same = f',"billed_cost":"{cost}"' if billed is listed else _cost("billed_cost", billed)
    return f',"list_cost":"{cost}","contracted_cost":"{cost}"{same}'


def _cost(name: str, amount: Money | None) -> str:
    return "" if amount is None else f',"{name}":"{amount}"'


_rest = attrgetter(
    "reason", "error", "cassette", "cassette_index", "routed", "staleness", "answered_at"
)
_NO_REST = (None,) * 7


def _text_of_rest(charge: Charge) -> str:
    return (
        f"{_text('reason', charge.reason)}{_text('error', charge.error)}"
        f"{_text('answered_at', charge.answered_at)}"
        f"{_text('cassette', charge.cassette)}{_number('cassette_index', charge.cassette_index)}"
        f"{'' if charge.routed is None else _routed(charge.routed)}"
        f"{'' if charge.staleness is None else _stale(charge.staleness)}"
    )


def _routed(routed: Routed) -> str:
    return f',"routed":{{{_by_routing(routed)}}}'


def _stale(staleness: Staleness) -> str:
    cost = staleness.list_cost
    told = {
        "places": staleness.places,
        "foreign": staleness.foreign,
        "excused": staleness.excused,
        "listed": staleness.listed,
        "model": staleness.model,
        "input_tokens": staleness.input_tokens,
        "list_cost": None if cost is None else str(cost),
    }
    said = {name: value for name, value in told.items() if value is not None and value is not False}
    return f',"staleness":{_encode(said)}'


def _text(name: str, value: str | None) -> str:
    return "" if value is None else f',"{name}":{quoted(value)}'


def _number(name: str, value: float | None) -> str:
    return "" if value is None else f',"{name}":{value!r}'
