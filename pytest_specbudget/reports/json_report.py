"""The report as one JSON object, and back.

The names and shapes are public interface (docs: "Report, json").  Money is an exact decimal
string, so that no reader makes a binary fraction of it unasked.  Every list is sorted by name.
What `render` writes, `load` reads back whole.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_specbudget.reports.comparison_json import comparison_json
from pytest_specbudget.reports.keys import keyed
from pytest_specbudget.reports.report import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.reports.report import Report, Row

__all__ = ["load", "render"]

_Object = dict[str, Any]


def render(report: Report) -> str:
    """Write *report* as a JSON object in ASCII, ending in a newline."""
    document = {
        "schemaVersion": SCHEMA_VERSION,
        "run": report.run,
        "ran": report.ran,
        "verdict": report.verdict.result,
        "exitstatus": report.exitstatus,
        "mode": report.mode,
        "basis": report.basis,
        "partial": bool(report.partial),
        "partial_reasons": report.partial,
        "estimated": report.estimated,
        "catalogue": None if report.catalogue is None else keyed(report.catalogue),
        "price_at": report.price_at,
        "totals": _totals(report),
        "calls_unpriced": report.totals.unpriced_calls,
        "calls_unreported": report.totals.unreported_calls,
        "sources": dict(sorted(report.sources.items())),
        "verdicts": {name: keyed(one) for name, one in sorted(report.verdicts.items())},
        "quality": [keyed(one) for one in report.quality],
        "kpis": [keyed(kpi) for kpi in report.kpis],
        "drift": report.drift,
        "comparison": None if report.comparison is None else comparison_json(report.comparison),
        "specs": _rows(report.specs),
        "commands": _rows(report.commands),
        "stages": _rows(report.stages),
        "models": _rows(report.models),
        "tests": _rows(report.tests),
        "findings": [keyed(finding) for finding in report.verdict.findings],
        "gates": [keyed(gate) for gate in report.gates],
        "notes": report.notes,
        "journal": report.journal,
    }
    return json.dumps(document, indent=1) + "\n"


def load(text: str, where: str) -> Report:
    """Read a stored report; *where* names it in errors.

    Raises:
        JournalError: If *text* is no report of a version that is understood, with the place of
            each problem.
    """
    from pytest_specbudget.reports import stored  # noqa: PLC0415 -- brings pydantic; writing needs none

    return stored.read(text, where)


def _totals(report: Report) -> _Object:
    ceilings = [gate.ceiling for gate in report.gates if gate.scope == "session"]
    return {"name": "total", **keyed(report.totals), **_ceiling(min(ceilings, default=None))}


def _rows(rows: Iterable[Row]) -> list[_Object]:
    return [_row(row) for row in sorted(rows, key=lambda row: row.name)]


def _row(row: Row) -> _Object:
    return {
        "name": row.name,
        **keyed(row.totals),
        **_ceiling(row.ceiling),
        "tests": row.tests,
        "spec": row.spec,
        "models": row.models,
        "workers": row.workers,
        "retries": row.retries,
        "stages": {stage: str(cost) for stage, cost in sorted(row.stages.items())},
        "model_costs": {model: str(cost) for model, cost in sorted(row.model_costs.items())},
        "unknown_stages": dict(sorted(row.unknown_stages.items())),
        "unknown_models": dict(sorted(row.unknown_models.items())),
        **({"file": row.file, "line": row.line} if row.file else {}),
    }


def _ceiling(ceiling: Money | None) -> _Object:
    return {} if ceiling is None else {"ceiling_usd": str(ceiling)}
