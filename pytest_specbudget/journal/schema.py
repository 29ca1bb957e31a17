"""The format of a journal, version 1, and how its lines become values again.

pydantic checks what comes from disk; nothing inside the package sees these models.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from pytest_specbudget.core.attribution import UNASSIGNED, Attribution, Via, When
from pytest_specbudget.core.bound import Bound
from pytest_specbudget.core.exchange import CallVerdict, Outcome, Source
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part, Reading, UsageState
from pytest_specbudget.core.routed import Role, Routed
from pytest_specbudget.core.staleness import Staleness
from pytest_specbudget.core.usage import Usage

__all__ = [
    "ChargeLine",
    "EventLine",
    "FooterLine",
    "HeaderLine",
    "Line",
    "StartLine",
    "attribution_of",
    "bound_of",
    "routed_of",
]

_Count = Annotated[int, Field(ge=0)]
_Amount = Annotated[
    Money,
    BeforeValidator(Money.parse),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?$", "description": "exact USD"}),
]


class _Line(BaseModel):
    # A later version may add keys; they are not ours to judge.
    model_config = ConfigDict(extra="ignore", frozen=True, arbitrary_types_allowed=True)


class HeaderLine(_Line):
    """The first line: which run and process this is."""

    kind: Literal["header"]
    schema_: Annotated[int, Field(alias="schema", ge=1)]
    run: str
    worker: str
    host: str = ""
    pid: int = 0
    at: str = ""
    commit: str | None = None
    shard: str | None = None
    catalogue: dict[str, Any] | None = None


class _Attribution(_Line):
    test: str
    spec: str = UNASSIGNED
    command: str | None = None
    stage: str | None = None
    phase: str | None = None
    when: When = "late"
    fixture: str | None = None
    within: str | None = None
    via: Via = "none"
    attempt: Annotated[int, Field(ge=1)] = 1
    stale: str | None = None

    def value(self) -> Attribution:
        return Attribution(**vars(self))


class _Part(_Line):
    model: str
    usage: dict[str, _Count]


class _Reading(_Line):
    provider: str
    operation: str
    request_model: str | None = None
    response_model: str | None = None
    real_model: str | None = None
    usage: dict[str, _Count] = {}
    usage_state: UsageState
    streaming: bool = False
    response_id: str | None = None
    service_tier: str | None = None
    region: str | None = None
    parts: tuple[_Part, ...] = ()
    provider_cost: _Amount | None = None
    counted: bool = True
    certain: bool = True
    free: str | None = None
    flags: tuple[str, ...] = ()
    unpriced_tools: tuple[str, ...] = ()

    def value(self) -> Reading:
        parts = (Part(model=part.model, usage=Usage.of(part.usage)) for part in self.parts)
        return Reading(**vars(self) | {"usage": Usage.of(self.usage), "parts": tuple(parts)})


class _Bound(_Line):
    usd: _Amount
    by: str = ""

    def value(self) -> Bound:
        return Bound(usd=self.usd, by=self.by)


class _Routed(_Line):
    task: str
    role: Role
    tier: str
    slot: str
    attempt: Annotated[int, Field(ge=1)] = 1
    escalated: bool = False
    reason: str | None = None
    table: str = ""

    def value(self) -> Routed:
        return Routed(**vars(self))


class _Staleness(_Line):
    places: tuple[str, ...]
    foreign: bool = False
    excused: bool = False
    listed: bool = False
    model: str | None = None
    input_tokens: _Count | None = None
    list_cost: _Amount | None = None

    def value(self) -> Staleness:
        return Staleness(**vars(self))


def attribution_of(values: dict[str, Any]) -> Attribution:
    """Return whom a call belongs to, by what its line says of that.

    Raises:
        ValidationError: If that makes no sense, as for the two below.
    """
    return _Attribution.model_validate(values).value()


def bound_of(values: dict[str, Any]) -> Bound:
    """Return what a call costs at most, by what its line says of that."""
    return _Bound.model_validate(values).value()


def routed_of(values: dict[str, Any]) -> Routed:
    """Return why a call was made with its model, by what its line says of that."""
    return _Routed.model_validate(values).value()


class StartLine(_Line):
    """A call that is about to be sent."""

    kind: Literal["start"]
    id: str
    at: str
    host: str
    provider: str
    operation: str
    model: str | None = None
    fingerprint: str | None = None
    worker: str = "main"
    attribution: _Attribution
    tier: str | None = None
    bound: _Bound | None = None

    def unanswered(self) -> Charge:
        """Return the charge of a call that nobody saw the end of."""
        reading = Reading(
            provider=self.provider, operation=self.operation, request_model=self.model
        )
        return Charge(
            id=self.id,
            at=self.at,
            host=self.host,
            fingerprint=self.fingerprint,
            reading=reading,
            attribution=self.attribution.value(),
            source="live",
            outcome="unknown",
            worker=self.worker,
            error="the process ended before the answer was seen",
            tier=self.tier,
            bound=None if self.bound is None else self.bound.value(),
        )


_VERDICTS: dict[Source, CallVerdict] = {
    "live": "live",
    "record": "live",
    "replay": "hit",
    "mock": "mocked",
}
"""What a line says that was written before charges had verdicts."""


class ChargeLine(_Line):
    """A call that ended."""

    kind: Literal["charge"]
    id: str
    at: str
    host: str
    fingerprint: str | None = None
    source: Source
    verdict: CallVerdict | None = None
    outcome: Outcome
    status: int | None = None
    reading: _Reading
    attribution: _Attribution
    list_cost: _Amount | None = None
    contracted_cost: _Amount | None = None
    billed_cost: _Amount | None = None
    price_id: str | None = None
    reason: str | None = None
    worker: str = "main"
    duration_s: float | None = None
    first_byte_s: float | None = None
    error: str | None = None
    cassette: str | None = None
    cassette_index: int | None = None
    role: str | None = None
    tier: str | None = None
    bound: _Bound | None = None
    routed: _Routed | None = None
    staleness: _Staleness | None = None
    answered_at: str | None = None
    priced_at: str | None = None

    def charge(self) -> Charge:
        """Return the charge that the line keeps."""
        values = vars(self) | {
            "reading": self.reading.value(),
            "attribution": self.attribution.value(),
            "bound": None if self.bound is None else self.bound.value(),
            "verdict": self.verdict or _VERDICTS[self.source],
            "routed": None if self.routed is None else self.routed.value(),
            "staleness": None if self.staleness is None else self.staleness.value(),
        }
        values.pop("kind")
        return Charge(**values)


class EventLine(_Line):
    """Something that is no charge: a ceiling that a marker sets, a rerun, trouble in metering."""

    kind: Literal["event"]
    event: str
    values: dict[str, Any] = {}


class FooterLine(_Line):
    """The last line of a process that ended well: what it booked, to check the lines by."""

    kind: Literal["footer"]
    count: _Count
    list_cost: _Amount
    events: _Count | None = None


Line = Annotated[
    HeaderLine | StartLine | ChargeLine | EventLine | FooterLine, Field(discriminator="kind")
]
"""Any line of a journal."""
