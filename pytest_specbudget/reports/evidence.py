"""One `<SPEC>_cost_summary.json` a SPEC: the evidence that outlives the run.

The keys are those that the project's specification names.  Money is an exact decimal string, as
in every other file of ours: a JSON number would become a binary fraction in most readers.

One that would say the same as the one on disk, but for the run, leaves it untouched: what that says
of its own run stays true, version control sees no change, and what watches the files of a suite and
runs it again at each change comes to rest.

A summary of a part of the suite says so, as does one of chosen files and folders, and neither takes
the place of one of more: beside such a one it lies in the folder `partial`, until as much is run
again.

`spent` is what is known to have been spent (see `basis`), and `spent_upper` the most that may have
been where a declaration bounds calls of unknown cost: that is what the ceilings judge.  `per_stage`
and `per_model` are known list cost, without those of which nothing is known: these stand, as do all
that may have cost more than is known, in `unknown_calls_per_stage` and `unknown_calls_per_model`,
each with its number of such calls.  `provider_exchange_rate` is `"1"`: every price is published in
US dollars and kept so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports.figures import judged_cost, judged_upper, unknown_cost_calls
from pytest_specbudget.reports.writing import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.reports.report import Report, Row

__all__ = ["SUMMARY_VERSION", "cost_summary", "read_summary", "write_summaries"]

SUMMARY_VERSION = "2.0"

_BESIDE = "partial"
_MOST_NAME = 80
_UNPORTABLE = re.compile(r"[^A-Za-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_DIGEST = 10


def cost_summary(report: Report, spec: Row) -> str:
    """Write what *spec* cost as a JSON object, ending in a newline.

    `budget` and `utilization` (spent / budget, cut after six places) are null without a ceiling;
    `utilization` also where nothing is known of what was spent.  `calls_partial` (their counts are
    a lower bound) and both `unknown_calls_per_...` are there where there are such calls.
    `partial` is there where tests were left out, and says why; `chosen` where the run was of files
    and folders that somebody named.
    """
    spent = judged_cost(report, spec.totals)
    summary: dict[str, Any] = {
        "schemaVersion": SUMMARY_VERSION,
        "spec_id": spec.name,
        "run": report.run,
        "budget": None if spec.ceiling is None else str(spec.ceiling),
        "spent": str(spent),
        "spent_upper": str(judged_upper(report, spec.totals)),
        "basis": report.basis,
        "utilization": _utilization(spent, spec),
        "per_stage": {stage: str(cost) for stage, cost in sorted(spec.stages.items())},
        "per_model": {model: str(cost) for model, cost in sorted(spec.model_costs.items())},
        "call_count": spec.totals.calls,
        "calls_unpriced": spec.totals.unpriced_calls,
        "calls_unreported": spec.totals.unreported_calls,
        "calls_unknown": spec.totals.unknown_calls,
        "calls_bounded": spec.totals.bounded_calls,
        "calls_estimated": spec.totals.estimated_calls,
        "alerts": _alerts(report, spec),
        "pricing_version": _pricing_version(report),
        "provider_exchange_rate": "1",
    }
    summary |= _unknown(spec)
    if report.partial:
        summary["partial"] = list(report.partial)
    if report.chosen:
        summary["chosen"] = list(report.chosen)
    return json.dumps(summary, indent=1) + "\n"


def _unknown(spec: Row) -> dict[str, Any]:
    """Say which stages and models may have cost more than is known; nothing if none may."""
    told = {
        "calls_partial": spec.totals.partial_calls,
        "unknown_calls_per_stage": dict(sorted(spec.unknown_stages.items())),
        "unknown_calls_per_model": dict(sorted(spec.unknown_models.items())),
    }
    return {name: each for name, each in told.items() if each}


def write_summaries(report: Report, folder: Path) -> list[Path]:
    """Write a summary for each SPEC to *folder*, replacing older ones whole or not at all.

    One that differs in its `run` alone stays as it is.

    Returns:
        Where each lies.

    Raises:
        OSError: If a file cannot be written; the error names it.
    """
    names = _file_names([spec.name for spec in report.specs])
    written = []
    for spec in report.specs:
        whole = folder / names[spec.name]
        beside = folder / _BESIDE / whole.name
        path = beside if _is_of_more(whole, report) else whole
        text = cost_summary(report, spec)
        if not _says_the_same(path, text):
            write_whole(path, text.encode())
        if path == whole and not report.partial:
            beside.unlink(missing_ok=True)
        written.append(path)
    return written


def read_summary(path: Path) -> Mapping[str, Any]:
    """Read a summary, with exact numbers; one without `schemaVersion` is of version 1.

    Raises:
        JournalError: If *path* holds no summary that can be read.
    """
    try:
        summary = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (OSError, ValueError, RecursionError) as error:
        raise JournalError(
            f"{path}: cannot be read as a cost summary: {reason_of(error)}"
        ) from error
    if not isinstance(summary, dict):
        raise JournalError(f"{path}: not a cost summary: the file holds no JSON object")
    return {"schemaVersion": 1, **summary}


def _says_the_same(path: Path, text: str) -> bool:
    """Tell whether the summary in *path* differs from *text* in no more than the run."""
    try:
        return {**read_summary(path), "run": None} == {**json.loads(text), "run": None}
    except JournalError:
        return False


def _is_of_more(path: Path, report: Report) -> bool:
    """Tell whether *path* holds a summary of tests that *report* left out.

    One that cannot be read is none.
    """
    try:
        stored = read_summary(path)
    except JournalError:
        return False
    if report.partial and not stored.get("partial"):
        return True
    places = [PurePosixPath(str(one)) for one in stored.get("chosen") or ("",)]
    within = (any(map(place.is_relative_to, report.chosen)) for place in places)
    return bool(report.chosen) and not all(within)


def _utilization(spent: Money, spec: Row) -> str | None:
    untold = not spent and unknown_cost_calls(spec.totals) > 0
    share = None if spec.ceiling is None or untold else spent.share_of(spec.ceiling)
    if share is None:
        return None
    millionths = share.numerator * 10**6 // share.denominator
    return f"{millionths // 10**6}.{millionths % 10**6:06d}"


def _alerts(report: Report, spec: Row) -> list[dict[str, str]]:
    return [
        {"rule": one.rule, "severity": one.severity, "message": one.message, "origin": one.origin}
        for one in report.verdict.findings
        if one.subject == spec.name and one.rule.startswith("budget-")
    ]


def _pricing_version(report: Report) -> str | None:
    facts = report.catalogue
    return None if facts is None else f"{facts.as_of} sha256:{facts.sha256}"


def _file_names(specs: list[str]) -> dict[str, str]:
    """Name a file for each SPEC that every file system takes and tells from the others."""
    alike = Counter(_plain(spec).lower() for spec in specs)
    return {spec: f"{_portable(spec, alike)}_cost_summary.json" for spec in specs}


def _portable(spec: str, alike: Counter[str]) -> str:
    plain = _plain(spec)
    if plain == spec and alike[plain.lower()] == 1:
        return spec
    return f"{plain}-{hashlib.sha256(spec.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGEST]}"


def _plain(spec: str) -> str:
    plain = _UNPORTABLE.sub("-", spec).strip("-.")[:_MOST_NAME]
    return f"spec-{plain}" if not plain or _RESERVED.fullmatch(plain) else plain
