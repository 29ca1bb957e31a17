"""A stored report on its way in: where its JSON becomes values, or an error that names the place.

Keys that this version does not know are left alone, so that a report of a later minor version can
be read; a key that is missing or of another type is an error, because a gate that guesses is none.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)

from pytest_specbudget.core.finding import Finding, Mode, Result, Severity, Verdict
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports.report import (
    SCHEMA_VERSION,
    Answered,
    CatalogueFacts,
    GateResult,
    QualityResult,
    Report,
    Row,
)
from pytest_specbudget.reports.stored_comparison import StoredComparison
from pytest_specbudget.routing.kpis import Kpi

__all__ = ["StoredReport", "read"]

_MOST_PROBLEMS = 5


def read(text: str, where: str) -> Report:
    """Read the report in *text*; *where* names it in errors.

    Raises:
        JournalError: If it is no JSON object, of another major version, or damaged.
    """
    document = _document(text, where)
    _check_version(document, where)
    try:
        return StoredReport.model_validate(document).report()
    except ValidationError as error:
        raise JournalError(f"{where}: damaged report: {_problems(error)}") from None


def _text(value: Any) -> str:
    """Take any text; pydantic's own check refuses the lone surrogates of odd file names."""
    if not isinstance(value, str):
        raise ValueError("should be text")  # noqa: TRY004 -- pydantic collects a ValueError only
    return value


def _money(value: Any) -> Money:
    return Money.parse(_text(value))


_Text = Annotated[str, PlainValidator(_text), WithJsonSchema({"type": "string"})]
_Money = Annotated[
    Money,
    PlainValidator(_money),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?$", "description": "exact USD"}),
]
# Who writes such a report by other means may know nothing of bounds.
_Spread = Annotated[_Money, Field(default_factory=Money)]
_Count = Annotated[int, Field(ge=0)]


class _Stored(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _Sums(_Stored):
    name: _Text
    calls: _Count
    replayed_calls: _Count
    failed_calls: _Count
    unknown_calls: _Count
    mocked_calls: _Count
    unpriced_calls: _Count
    unreported_calls: _Count
    partial_calls: _Count = 0
    bounded_calls: _Count = 0
    estimated_calls: _Count = 0
    stale_calls: _Count = 0
    bypassed_calls: _Count = 0
    input_tokens: _Count
    output_tokens: _Count
    cache_read_input_tokens: _Count
    cache_write_input_tokens: _Count
    reasoning_output_tokens: _Count
    list_cost_usd: _Money
    contracted_cost_usd: _Money
    billed_cost_usd: _Money
    list_spread_usd: _Spread
    billed_spread_usd: _Spread
    ceiling_usd: _Money | None = None

    def totals(self) -> Totals:
        return Totals(
            calls=self.calls,
            replayed_calls=self.replayed_calls,
            failed_calls=self.failed_calls,
            unknown_calls=self.unknown_calls,
            mocked_calls=self.mocked_calls,
            unpriced_calls=self.unpriced_calls,
            unreported_calls=self.unreported_calls,
            partial_calls=self.partial_calls,
            bounded_calls=self.bounded_calls,
            estimated_calls=self.estimated_calls,
            stale_calls=self.stale_calls,
            bypassed_calls=self.bypassed_calls,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cache_read_input_tokens=self.cache_read_input_tokens,
            cache_write_input_tokens=self.cache_write_input_tokens,
            reasoning_output_tokens=self.reasoning_output_tokens,
            list_cost=self.list_cost_usd,
            contracted_cost=self.contracted_cost_usd,
            billed_cost=self.billed_cost_usd,
            list_spread=self.list_spread_usd,
            billed_spread=self.billed_spread_usd,
        )


class _Row(_Sums):
    tests: _Count
    spec: _Text
    models: list[_Text]
    workers: _Count
    retries: _Count
    stages: dict[_Text, _Money]
    model_costs: dict[_Text, _Money]
    file: _Text = ""
    line: _Count = 0

    def row(self) -> Row:
        return Row(
            name=self.name,
            totals=self.totals(),
            ceiling=self.ceiling_usd,
            tests=self.tests,
            spec=self.spec,
            models=tuple(self.models),
            workers=self.workers,
            retries=self.retries,
            stages=self.stages,
            model_costs=self.model_costs,
            file=self.file,
            line=self.line,
        )


class _Finding(_Stored):
    rule: _Text
    subject: _Text
    message: _Text
    origin: _Text
    details: list[_Text]
    remedy: _Text
    severity: Severity
    inconclusive: bool = False

    def finding(self) -> Finding:
        return Finding(
            rule=self.rule,
            subject=self.subject,
            message=self.message,
            origin=self.origin,
            details=tuple(self.details),
            remedy=self.remedy,
            severity=self.severity,
            inconclusive=self.inconclusive,
        )


class _Gate(_Stored):
    rule: _Text
    scope: _Text
    subject: _Text
    spent_usd: _Money
    ceiling_usd: _Money
    origin: _Text
    passed: bool
    spread_usd: _Spread
    estimated: bool = False

    def gate(self) -> GateResult:
        return GateResult(
            rule=self.rule,
            scope=self.scope,
            subject=self.subject,
            spent=self.spent_usd,
            ceiling=self.ceiling_usd,
            origin=self.origin,
            passed=self.passed,
            spread=self.spread_usd,
            estimated=self.estimated,
        )


class _Answered(_Stored):
    calls: _Count
    list_cost_usd: _Money
    billed_cost_usd: _Money
    recorded_list_cost_usd: _Money

    def answered(self) -> Answered:
        return Answered(
            calls=self.calls,
            list_cost=self.list_cost_usd,
            billed_cost=self.billed_cost_usd,
            recorded_list_cost=self.recorded_list_cost_usd,
        )


class _Quality(_Stored):
    kind: _Text
    subject: _Text
    value: _Text | None
    n: _Count
    live: _Count
    least: _Text
    origin: _Text
    said: _Text

    def result(self) -> QualityResult:
        return QualityResult(**dict(self))


class _Kpi(_Stored):
    name: _Text
    says: _Text
    value: _Text
    target: _Text
    met: bool

    def kpi(self) -> Kpi:
        return Kpi(**dict(self))


class _Catalogue(_Stored):
    sha256: _Text
    as_of: _Text
    source: _Text
    overlays: list[_Text]

    def facts(self) -> CatalogueFacts:
        return CatalogueFacts(
            sha256=self.sha256,
            as_of=self.as_of,
            source=self.source,
            overlays=tuple(self.overlays),
        )


class StoredReport(_Stored):
    """The JSON report, version 1, as far as this version reads it."""

    run: _Text
    verdict: Result
    exitstatus: int
    mode: Mode
    basis: Literal["list", "billed"]
    partial_reasons: list[_Text]
    estimated: bool
    catalogue: _Catalogue | None
    price_at: _Text
    totals: _Sums
    sources: dict[_Text, _Count]
    verdicts: dict[_Text, _Answered] = {}
    quality: list[_Quality] = []
    kpis: list[_Kpi] = []
    comparison: StoredComparison | None = None
    drift: dict[str, Any] | None = None
    specs: list[_Row]
    commands: list[_Row]
    stages: list[_Row]
    models: list[_Row]
    tests: list[_Row]
    findings: list[_Finding]
    gates: list[_Gate]
    notes: list[_Text]
    journal: _Text

    def report(self) -> Report:
        """Return the report that was stored."""
        return Report(
            run=self.run,
            verdict=Verdict(self.verdict, tuple(one.finding() for one in self.findings)),
            exitstatus=self.exitstatus,
            mode=self.mode,
            basis=self.basis,
            partial=tuple(self.partial_reasons),
            catalogue=None if self.catalogue is None else self.catalogue.facts(),
            price_at=self.price_at,
            totals=self.totals.totals(),
            specs=_rows(self.specs),
            commands=_rows(self.commands),
            stages=_rows(self.stages),
            models=_rows(self.models),
            tests=_rows(self.tests),
            gates=tuple(one.gate() for one in self.gates),
            notes=tuple(self.notes),
            sources=self.sources,
            quality=tuple(one.result() for one in self.quality),
            kpis=tuple(kpi.kpi() for kpi in self.kpis),
            drift=self.drift,
            comparison=None if self.comparison is None else self.comparison.comparison(),
            verdicts={name: one.answered() for name, one in self.verdicts.items()},
            estimated=self.estimated,
            journal=self.journal,
        )


def _rows(rows: list[_Row]) -> tuple[Row, ...]:
    return tuple(row.row() for row in rows)


def _document(text: str, where: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{where}:{error.lineno}:{error.colno}"
        raise JournalError(f"{place}: not JSON ({error.msg}); was it cut off?") from None
    except (ValueError, RecursionError) as error:
        raise JournalError(f"{where}: not a report: {error}") from None
    if not isinstance(document, dict):
        raise JournalError(f"{where}: not a report: the file holds no JSON object")
    return document


def _check_version(document: dict[str, Any], where: str) -> None:
    found = document.get("schemaVersion")
    if str(found).partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise JournalError(
            f"{where}: schemaVersion is {found!r}, and this version reads {SCHEMA_VERSION!r}: "
            "give it a report that --spec-report=json:PATH wrote"
        )


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    told = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found[:_MOST_PROBLEMS]]
    more = len(found) - _MOST_PROBLEMS
    return "; ".join([*told, *([f"and {more} more"] if more > 0 else [])])
