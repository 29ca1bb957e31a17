"""The lines of a journal, as this version writes them.

`header`, then `start`, `charge` and `event` lines in the order things happened, then a `footer`
if the process ended well.  A `start` without a `charge` of the same id is a call whose answer was
never seen.  Amounts are exact decimal strings; times are RFC 3339 in UTC; a key without a value
is left out.  `schema` is the version of the format: readers refuse a newer one.

The two lines of a call are put together here, as text: the user's test waits for them, and what
any JSON encoder needs for them would be a quarter of all that a metered call may take.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as quoted
from operator import attrgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.core.attribution import Attribution
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.core.usage import Usage

__all__ = ["SCHEMA", "Start", "charge_line", "start_line"]

SCHEMA = 1


@dataclass(slots=True, kw_only=True)
class Start:
    """A call that is about to be sent; as `Charge` has it.

    Attributes:
        id: Of the charge that it will be.
        at: When this is written, RFC 3339, UTC.
        host: Who is asked.
        provider: Who is charged for it.
        operation: `chat`, `embeddings`, ...
        model: The model asked for, or None.
        fingerprint: The same for the same request, or None.
        worker: Which process of the run makes it.
        attribution: Whom it belongs to.
        tier: The task tier that its test declares, or None.
    """

    id: str
    at: str
    host: str
    provider: str
    operation: str
    model: str | None
    fingerprint: str | None
    worker: str
    attribution: Attribution
    tier: str | None


def start_line(start: Start) -> str:
    """Return the line that says that a call is about to be sent."""
    return (
        f'{{"kind":"start","id":{quoted(start.id)},"at":{quoted(start.at)}'
        f',"host":{quoted(start.host)},"provider":{quoted(start.provider)}'
        f',"operation":{quoted(start.operation)},"worker":{quoted(start.worker)}'
        f',"attribution":{_attribution(start.attribution)}{_start(start)}}}'
    )


def charge_line(charge: Charge) -> str:
    """Return the line that keeps *charge*, whole."""
    return (
        f'{{"kind":"charge","id":{quoted(charge.id)},"at":{quoted(charge.at)}'
        f',"host":{quoted(charge.host)},"source":{quoted(charge.source)}'
        f',"outcome":{quoted(charge.outcome)},"worker":{quoted(charge.worker)}'
        f',"reading":{_reading(charge.reading)}'
        f',"attribution":{_attribution(charge.attribution)}{_costs(charge)}{_charge(charge)}}}'
    )


def _attribution(attribution: Attribution) -> str:
    return (
        f'{{"test":{quoted(attribution.test)},"spec":{quoted(attribution.spec)}'
        f',"when":{quoted(attribution.when)},"via":{quoted(attribution.via)}'
        f',"attempt":{attribution.attempt}{_owner(attribution)}}}'
    )


def _reading(reading: Reading) -> str:
    return (
        f'{{"provider":{quoted(reading.provider)},"operation":{quoted(reading.operation)}'
        f',"usage":{_usage(reading.usage)},"usage_state":{quoted(reading.usage_state)}'
        f"{_answer(reading)}{_rare(reading)}}}"
    )


def _rare(reading: Reading) -> str:
    """Encode what few readings have."""
    rare: dict[str, object] = {}
    if reading.streaming:
        rare["streaming"] = True
    if reading.parts:
        rare["parts"] = [
            {"model": part.model, "usage": part.usage.reported()} for part in reading.parts
        ]
    if reading.provider_cost is not None:
        rare["provider_cost"] = str(reading.provider_cost)
    if not reading.counted:
        rare["counted"] = False
    if not reading.certain:
        rare["certain"] = False
    if reading.flags:
        rare["flags"] = reading.flags
    return f",{json.dumps(rare)[1:-1]}" if rare else ""


def _usage(usage: Usage) -> str:
    counts = [f'"{name}":{count}' for name, count in usage.reported().items()]
    return f"{{{','.join(counts)}}}"


def _costs(charge: Charge) -> str:
    """Encode the three costs; most often they are one amount, which is written out once."""
    told = ""
    amount, text = None, ""
    for name, cost in (
        ("list_cost", charge.list_cost),
        ("contracted_cost", charge.contracted_cost),
        ("billed_cost", charge.billed_cost),
    ):
        if cost is not None:
            if cost is not amount:
                amount, text = cost, str(cost)
            told += f',"{name}":"{text}"'
    return told


class _Known:
    """Encodes those of some attributes that are known, each after a comma."""

    __slots__ = ("_names", "_values")

    def __init__(self, *names: str) -> None:
        self._names = names
        self._values = attrgetter(*names)

    def __call__(self, owner: object) -> str:
        told = ""
        for name, value in zip(self._names, self._values(owner), strict=True):
            if value is not None:
                text = quoted(value) if isinstance(value, str) else _number(value)
                told += f',"{name}":{text}'
        return told


_start = _Known("model", "fingerprint", "tier")
_charge = _Known(
    "fingerprint",
    "status",
    "price_id",
    "reason",
    "duration_s",
    "error",
    "cassette",
    "cassette_index",
    "role",
    "tier",
)
_answer = _Known(
    "request_model",
    "response_model",
    "real_model",
    "response_id",
    "service_tier",
    "region",
    "free",
)
_owner = _Known("command", "stage", "phase", "fixture", "stale")


def _number(value: float) -> str:
    # An `IntEnum`, such as `HTTPStatus`, has a `repr` of its own.
    return int.__repr__(value) if isinstance(value, int) else float.__repr__(value)
