"""The lines of a journal, as this version writes them.

`header`, then `start`, `charge` and `event` lines in the order things happened, then a `footer`
if the process ended well.  A `start` without a `charge` of the same id is a call whose answer was
never seen.  Amounts are exact decimal strings; times are RFC 3339 in UTC; a key without a value
is left out.  `schema` is the version of the format: readers refuse a newer one.

The user's test waits for the two lines of a call, so they are put together here, as text: going
through a dictionary and an encoder takes three times as long.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter
from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from pytest_specbudget.core.attribution import Attribution
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.core.reading import Part, Reading
    from pytest_specbudget.core.usage import Usage

__all__ = ["SCHEMA", "Start", "charge_line", "facts", "start_line"]

SCHEMA = 1


@value
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


def facts(call: Start | Charge) -> str:
    """Encode what both lines of a call say, once for the two."""
    return (
        f'"id":{quoted(call.id)},"at":{quoted(call.at)},"host":{quoted(call.host)}'
        f',"worker":{quoted(call.worker)},"attribution":{_attribution(call.attribution)}'
        f"{_text('fingerprint', call.fingerprint)}{_text('tier', call.tier)}"
    )


def start_line(start: Start, said: str) -> str:
    """Return the line that says that a call is about to be sent; *said* are its facts."""
    return (
        f'{{"kind":"start",{said},"provider":{quoted(start.provider)}'
        f',"operation":{quoted(start.operation)}{_text("model", start.model)}}}'
    )


def charge_line(charge: Charge, said: str | None = None) -> str:
    """Return the line that keeps *charge*, whole; *said* are its facts, if they are at hand."""
    return (
        f'{{"kind":"charge",{said or facts(charge)}'
        f',"source":"{charge.source}","outcome":"{charge.outcome}"'
        f',"reading":{_reading(charge.reading)}{_price(charge)}{_ending(charge)}{_rest(charge)}}}'
    )


def _attribution(attribution: Attribution) -> str:
    return (
        f'{{"test":{quoted(attribution.test)},"spec":{quoted(attribution.spec)}'
        f',"when":"{attribution.when}","via":"{attribution.via}"'
        f',"attempt":{attribution.attempt}{_owner(attribution)}}}'
    )


def _reading(reading: Reading) -> str:
    return (
        f'{{"provider":{quoted(reading.provider)},"operation":{quoted(reading.operation)}'
        f',"usage":{_usage(reading.usage)},"usage_state":"{reading.usage_state}"'
        f"{_text('request_model', reading.request_model)}"
        f"{_text('response_model', reading.response_model)}{_answer(reading)}"
        f"{'' if _oddities(reading) == _NO_ODDITIES else _odd(reading)}}}"
    )


_oddities = attrgetter("streaming", "parts", "provider_cost", "counted", "certain", "flags")
_NO_ODDITIES = (False, (), None, True, True, ())


def _odd(reading: Reading) -> str:
    odd = ""
    if reading.streaming:
        odd += ',"streaming":true'
    if reading.parts:
        odd += f',"parts":[{",".join(map(_part, reading.parts))}]'
    if not reading.counted:
        odd += ',"counted":false'
    if not reading.certain:
        odd += ',"certain":false'
    if reading.flags:
        odd += f',"flags":[{",".join(map(quoted, reading.flags))}]'
    return odd + _cost("provider_cost", reading.provider_cost)


def _part(part: Part) -> str:
    return f'{{"model":{quoted(part.model)},"usage":{_usage(part.usage)}}}'


def _usage(usage: Usage) -> str:
    counts = [f'"{name}":{count}' for name, count in usage.reported().items()]
    return f"{{{','.join(counts)}}}"


def _price(charge: Charge) -> str:
    return (
        f"{_cost('list_cost', charge.list_cost)}"
        f"{_cost('contracted_cost', charge.contracted_cost)}"
        f"{_cost('billed_cost', charge.billed_cost)}{_text('price_id', charge.price_id)}"
    )


def _cost(name: str, amount: Money | None) -> str:
    return "" if amount is None else f',"{name}":"{amount}"'


def _ending(charge: Charge) -> str:
    ending = ""
    if charge.status is not None:
        ending += f',"status":{charge.status:d}'
    if charge.duration_s is not None:
        ending += f',"duration_s":{charge.duration_s}'
    return ending


def _text(name: str, value: str | None) -> str:
    return "" if value is None else f',"{name}":{quoted(value)}'


class _Known:
    """Encodes those of some attributes that are known, each after a comma."""

    __slots__ = ("_names", "_nothing", "_values")

    def __init__(self, *names: str) -> None:
        self._names = names
        self._values = attrgetter(*names)
        self._nothing = (None,) * len(names)

    def __call__(self, owner: object) -> str:
        values = self._values(owner)
        if values == self._nothing:
            return ""
        known = ""
        for name, told in zip(self._names, values, strict=True):
            if told is not None:
                known += f',"{name}":{quoted(told) if isinstance(told, str) else _number(told)}'
        return known


_owner = _Known("command", "stage", "phase", "fixture", "stale")
_answer = _Known("response_id", "real_model", "service_tier", "region", "free")
_rest = _Known("reason", "error", "cassette", "cassette_index", "role")


def _number(value: float) -> str:
    # An `IntEnum`, such as `HTTPStatus`, has a `repr` of its own.
    return int.__repr__(value) if isinstance(value, int) else float.__repr__(value)
