"""What is known of each SPEC, for `specbudget status`, and where that is from.

A run is judged by itself, so a SPEC stands as its newest run left it: by the newest journal where
that charged it, else by its cost summary; but what was a part of the suite never stands where
something tells of the whole.  A history that is named comes before both, and sums up
all runs; so does the one that is kept here, for a SPEC that nothing else knows.  No ceiling stands
beside such a sum, since ceilings hold one run.  The ceiling that is set now is one thing; by which
one a run was judged, perhaps typed for it alone, is another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.agents.operations.status import Costs, costs_of, in_order, spec_folders
from pytest_specbudget.cli._loading import load_report
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import JournalError
from pytest_specbudget.histories.spec_costs import spec_costs_at
from pytest_specbudget.histories.usage import is_store
from pytest_specbudget.reports.evidence import read_summary
from pytest_specbudget.reports.figures import judged_cost, unknown_cost_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.agents.operations.status import SpecFolder
    from pytest_specbudget.analysis.spec_costs import SpecCost
    from pytest_specbudget.reports.report import Report
    from pytest_specbudget.settings.settings import Settings
    from pytest_specbudget.settings.values import Limit

__all__ = ["Row", "Sources"]

Source = Literal["history", "journal", "evidence"]

_HISTORY, _JOURNALS = Path(".specbudget/history"), Path(".specbudget/journal")
_NO_STAGE = "(none)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What one source knows of a SPEC's costs.

    Attributes:
        source: Which it is.
        costs: What it says; its `budget` is the ceiling that its run was judged by.
        partial: Whether it saw a part of the suite alone.
        judged_by: Where that ceiling was set, if the source tells.
    """

    source: Source | None = None
    costs: Costs | None = None
    partial: bool = False
    judged_by: str = ""


_NOTHING = _Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known of one SPEC.

    Attributes:
        spec: Its id.
        folders: What lies in its folders.
        costs: What it cost; None if nothing tells.
        source: What tells that.
        limit: The ceiling that is set now.
        partial: Whether its costs are of a part of the suite.
        judged_by: Where the ceiling was set that its run was judged by, if that is told.
    """

    spec: str
    folders: tuple[SpecFolder, ...]
    costs: Costs | None
    source: Source | None
    limit: Limit | None
    partial: bool = False
    judged_by: str = ""

    @property
    def stages(self) -> tuple[str, ...]:
        written = (stage for folder in self.folders for stage in folder.stages)
        return in_order((*written, *(self.costs.stages if self.costs else ())))

    @property
    def ceiling(self) -> Money | None:
        """The ceiling that is set now, which the next run is judged by."""
        return None if self.limit is None else self.limit.ceiling

    @property
    def ceiling_then(self) -> Money | None:
        """The ceiling that its run was judged by, which may have been typed for it alone."""
        return None if self.costs is None else self.costs.budget


@dataclass(slots=True)
class Sources:
    """Reads what there is, and says what cannot be read.

    Attributes:
        settings: Which cost is judged, and what the ceilings are.
        said: What could not be read so far, as it was said.
    """

    settings: Settings
    said: set[str] = field(default_factory=set)

    def rows(self, specs: Path, evidence: Path, history: Path | None) -> list[Row]:
        """Return what is known of each SPEC, sorted.

        Args:
            specs: Where SPECs lie.
            evidence: Where evidence lies.
            history: The one that was named, or None.
        """
        folders = spec_folders(specs)
        limits = {one.subject: one for one in self.settings.limits if one.scope == "spec"}
        known = self._known(evidence / "costs", history)
        names = {*(one.spec for one in folders), *known, *filter(None, limits)}
        return [
            Row(
                spec=spec,
                folders=tuple(one for one in folders if one.spec == spec),
                costs=one.costs,
                source=one.source,
                limit=None if one.source == "history" else limits.get(spec, limits.get(None)),
                partial=one.partial,
                judged_by=one.judged_by,
            )
            for spec in sorted(names)
            for one in (known.get(spec, _NOTHING),)
        ]

    def _known(self, summaries: Path, history: Path | None) -> dict[str, _Known]:
        """Return the costs of each SPEC by the best of its sources."""
        kept = _HISTORY if history is None and is_store(_HISTORY) else None
        known: dict[str, _Known] = {}
        for found in chain(
            self._summed(kept),
            self._summaries(summaries),
            self._charged(),
            self._summed(history),
        ):
            _prefer(known, found)
        return known

    def _summed(self, history: Path | None) -> Iterator[_Known]:
        if history is None:
            return
        try:
            found, problems = spec_costs_at(history, today=now().date())
        except JournalError as problem:
            found, problems = (), (str(problem),)
        for damage in problems:
            self._complain(damage)
        for spec, several in groupby(found, key=lambda one: one.spec):
            costs = _costs_over_runs(spec, [*several], billed=self.settings.judge == "billed")
            yield _Known(source="history", costs=costs)

    def _summaries(self, folder: Path) -> Iterator[_Known]:
        for path in sorted(folder.glob("*_cost_summary.json")):
            try:
                summary = read_summary(path)
                partial = bool(summary.get("partial"))
                yield _Known(source="evidence", costs=costs_of(summary), partial=partial)
            except JournalError as problem:
                self._complain(problem)
            except ValueError as problem:
                self._complain(f"{path}: not a cost summary: {problem}")

    def _charged(self) -> Iterator[_Known]:
        if not _JOURNALS.is_dir():
            return
        try:
            report = load_report(_JOURNALS, _alone)
        except JournalError as problem:
            self._complain(problem)
            return
        origins = {one.subject: one.origin for one in report.gates if one.scope == "spec"}
        for costs in _costs_in(report):
            origin = origins.get(costs.spec, "")
            yield _Known(source="journal", costs=costs, partial=_is_part(report), judged_by=origin)

    def _complain(self, problem: object) -> None:
        self.said.add(str(problem))
        complain(problem)


def _prefer(known: dict[str, _Known], found: _Known) -> None:
    """Take what was *found* for its SPEC, unless it is of a part and the whole is known."""
    costs = found.costs
    if costs is None:
        return
    before = known.get(costs.spec)
    if not found.partial or before is None or before.partial or before.source == "history":
        known[costs.spec] = found


def _alone(held_to: Settings) -> Settings:
    """Leave out what holds a run to earlier ones; nobody asks for its verdict here."""
    limits = tuple(one for one in held_to.limits if one.scope not in ("day", "month"))
    return replace(held_to, history=None, max_drift=None, baseline=None, limits=limits)


def _is_part(report: Report) -> bool:
    """Tell whether the run was not of the whole suite, or did not come to its end."""
    found = report.verdict.findings
    return bool(report.partial) or any(one.rule == "run-interrupted" for one in found)


def _costs_in(report: Report) -> Iterator[Costs]:
    for row in report.specs:
        totals = row.totals
        if totals.calls:
            charged = (*row.stages, *row.unknown_stages)
            yield Costs(
                spec=row.name,
                run=report.run,
                spent=judged_cost(report, totals),
                budget=row.ceiling,
                calls=totals.calls,
                doubted=unknown_cost_calls(totals),
                stages=in_order(stage for stage in charged if not stage.startswith("(")),
                by_stage=row.stages,
                by_model=row.model_costs,
                doubted_stages=row.unknown_stages,
                doubted_models=row.unknown_models,
            )


def _costs_over_runs(spec: str, several: list[SpecCost], *, billed: bool) -> Costs:
    by_stage: defaultdict[str, Money] = defaultdict(Money)
    by_model: defaultdict[str, Money] = defaultdict(Money)
    doubted_stages: Counter[str] = Counter()
    doubted_models: Counter[str] = Counter()
    for one in several:
        cost = one.billed if billed else one.listed
        by_stage[one.stage or _NO_STAGE] += cost
        by_model[one.model] += cost
        doubted_stages[one.stage or _NO_STAGE] += one.doubted
        doubted_models[one.model] += one.doubted
    return Costs(
        spec=spec,
        run=None,
        spent=Money.total(by_stage.values()),
        budget=None,
        calls=sum(one.calls for one in several),
        doubted=sum(one.doubted for one in several),
        stages=in_order(stage for stage in by_stage if not stage.startswith("(")),
        by_stage=by_stage,
        by_model=by_model,
        doubted_stages=+doubted_stages,
        doubted_models=+doubted_models,
    )
