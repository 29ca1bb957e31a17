"""A stored report on its way in: its JSON becomes values, or an error that names the place."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import Field

from pytest_specbudget.core.finding import Finding, Mode, Result, Severity, Verdict
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports import report as values
from pytest_specbudget.reports.shapes import Amount, Count, Spread, Stored, Sums, Text, valued
from pytest_specbudget.reports.stored_comparison import StoredComparison  # noqa: TC001 -- pydantic reads it
from pytest_specbudget.routing.kpis import Kpi

__all__ = ["StoredReport", "read"]


def read(text: str, where: str) -> values.Report:
    """Read the report in *text*; *where* names it in errors.

    Raises:
        JournalError: If it is no JSON object, of another major version, or damaged.
    """
    document = _document(text, where)
    _check_version(document, where)
    found: values.Report = valued(StoredReport, document, f"{where}: damaged report")
    return found


class _Total(Sums):
    name: Text
    ceiling_usd: Amount | None = None


class _Row(_Total):
    tests: Count
    spec: Text
    models: list[Text]
    workers: Count
    retries: Count
    stages: dict[Text, Amount]
    model_costs: dict[Text, Amount]
    unknown_stages: dict[Text, Count] = Field(default_factory=dict)
    unknown_models: dict[Text, Count] = Field(default_factory=dict)
    file: Text = ""
    line: Count = 0

    def made(self) -> values.Row:
        return values.Row(totals=super().made(), **self.beside())


class _Finding(Stored):
    makes = Finding

    rule: Text
    subject: Text
    message: Text
    origin: Text
    details: list[Text]
    remedy: Text
    severity: Severity
    inconclusive: bool = False


class _Gate(Stored):
    makes = values.GateResult

    rule: Text
    scope: Text
    subject: Text
    spent_usd: Amount
    ceiling_usd: Amount
    origin: Text
    passed: bool
    spread_usd: Spread
    estimated: bool = False
    unknown_calls: Count = 0


class _Answered(Stored):
    makes = values.Answered

    calls: Count
    list_cost_usd: Amount
    billed_cost_usd: Amount
    recorded_list_cost_usd: Amount
    unknown_calls: Count = 0


class _Quality(Stored):
    makes = values.QualityResult

    kind: Text
    subject: Text
    value: Text | None
    n: Count
    live: Count
    least: Text
    origin: Text
    said: Text


class _Kpi(Stored):
    makes = Kpi

    name: Text
    says: Text
    value: Text
    target: Text
    met: bool


class _Catalogue(Stored):
    makes = values.CatalogueFacts

    sha256: Text
    as_of: Text
    source: Text
    overlays: list[Text]


class StoredReport(Stored):
    """The JSON report, version 1, as far as this version reads it."""

    run: Text
    ran: bool = True
    verdict: Result
    exitstatus: int
    mode: Mode
    basis: Literal["list", "billed"]
    partial_reasons: list[Text]
    estimated: bool
    catalogue: _Catalogue | None
    price_at: Text
    totals: _Total
    sources: dict[Text, Count]
    verdicts: dict[Text, _Answered] = Field(default_factory=dict)
    quality: list[_Quality] = Field(default_factory=list)
    kpis: list[_Kpi] = Field(default_factory=list)
    comparison: StoredComparison | None = None
    drift: dict[str, Any] | None = None
    specs: list[_Row]
    commands: list[_Row]
    stages: list[_Row]
    models: list[_Row]
    tests: list[_Row]
    findings: list[_Finding]
    gates: list[_Gate]
    notes: list[Text]
    journal: Text

    def made(self) -> values.Report:
        """Return the report that was stored."""
        told = self.fields()
        verdict = Verdict(told.pop("verdict"), told.pop("findings"))
        return values.Report(verdict=verdict, partial=told.pop("partial_reasons"), **told)


def _document(text: str, where: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{where}:{error.lineno}:{error.colno}"
        raise JournalError(f"{place}: not JSON ({error.msg}); was it cut off?") from None
    except (ValueError, RecursionError) as error:
        raise JournalError(f"{where}: not a report: {reason_of(error)}") from None
    if not isinstance(document, dict):
        raise JournalError(f"{where}: not a report: the file holds no JSON object")
    return document


def _check_version(document: dict[str, Any], where: str) -> None:
    found, known = document.get("schemaVersion"), values.SCHEMA_VERSION
    if str(found).partition(".")[0] != known.partition(".")[0]:
        told = "there is no schemaVersion" if found is None else f"schemaVersion is {_short(found)}"
        raise JournalError(
            f'{where}: {told}, and this version reads "{known}": '
            "give it a report that --spec-report=json:PATH wrote"
        )


def _short(value: object, longest: int = 40) -> str:
    """Show a value of a file as it may stand there, and no more of it than is of use."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= longest else f"{text[:longest]}..."
