"""Closes the books: from journals to a judged report.

`close` is a pure function of what it is given, so that closing twice, or on another machine,
says the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.endings import ENDED, unrun_of
from pytest_specbudget.bookkeeping.gates import (
    declared_by,
    gates,
    marked,
    nodes_of,
    spend_gates,
)
from pytest_specbudget.bookkeeping.happenings import happened, was_stopped
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.bookkeeping.recall import recalled, tells_hosts
from pytest_specbudget.bookkeeping.rows import (
    placed,
    rows_by,
    shares_of,
    spec_rows,
    test_rows,
    totals_of,
)
from pytest_specbudget.bookkeeping.stages import free_notes, native_notes
from pytest_specbudget.bookkeeping.summing import (
    command_of,
    exitstatus_of,
    model_of,
    price_at_of,
    sources_of,
    stage_of,
)
from pytest_specbudget.comparisons.against import against
from pytest_specbudget.comparisons.bases import base_of
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.finding import Found, Verdict, judge
from pytest_specbudget.histories.past import Past, past_of
from pytest_specbudget.journal.reader import journal_files, read_journal
from pytest_specbudget.reports.report import CatalogueFacts, Report
from pytest_specbudget.verdicts.ceilings import Doubts, past_in_doubt, results
from pytest_specbudget.verdicts.cheap_first import cheap_first
from pytest_specbudget.verdicts.copied import copied_calls
from pytest_specbudget.verdicts.idle import stop_loss_notes
from pytest_specbudget.verdicts.outside import outside_of
from pytest_specbudget.verdicts.quality_gates import quality_gate, quality_results
from pytest_specbudget.verdicts.replay import misses, verdicts
from pytest_specbudget.verdicts.routing import routing_of
from pytest_specbudget.verdicts.strangers import stranger_notes
from pytest_specbudget.verdicts.validators import validators

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_specbudget.bookkeeping.merging import Merged
    from pytest_specbudget.budgets.gate import SpendGate
    from pytest_specbudget.comparisons.base import Base
    from pytest_specbudget.core.finding import Finding, Gate, Mode
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.reports.report import GateResult
    from pytest_specbudget.settings.settings import Settings

__all__ = ["RunFacts", "close", "judged_again", "report_of_journals"]


_NO_PAST = Past()
_NO_CALL = "task-blocked"
"""The one rule about a run without doubts of its sums: nobody was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """What the shell knows about a run beside its journals.

    Attributes:
        run: Its id.
        findings: What the shell itself found: lost workers, books that do not agree.
        partial: Why this was not the whole suite, or empty.
        notes: Whole sentences that a reader should know.
        journal: Where the journal lies, for people.
        gates: Further gates, of other plugins.
        places: File and line, from 1, of each test, by node id.
        base: What the run is compared with; None where nobody asked.
        past: What earlier runs have to say.
        ran: Whether a run left the journals; otherwise they say what was recorded.
    """

    run: str
    findings: tuple[Finding, ...] = ()
    partial: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    journal: str = ""
    gates: tuple[Gate, ...] = ()
    places: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    base: Base | None = None
    past: Past = _NO_PAST
    ran: bool = True


def close(journals: Iterable[Journal], settings: Settings, facts: RunFacts) -> Report:
    """Judge what *journals* hold by *settings*."""
    return _Closing(list(journals), settings, facts).report()


class _Closing:
    """One run while it is judged: what is looked at, and by what."""

    def __init__(self, journals: list[Journal], settings: Settings, facts: RunFacts) -> None:
        self._journals = journals
        self._facts = facts
        self._asked = settings
        self._merged = merge(journals, count_mocked=settings.count_mocked)
        self._ledger = self._merged.ledger
        self._marks = marked(journals)
        self._outside = outside_of(journals, partial=bool(facts.partial))
        self._quality = quality_gate(journals, settings)
        self._beside = against(self._ledger, journals, settings, facts.base)
        self._routing = routing_of(journals, self._ledger, settings, nodes_of)
        self._settings = replace(settings, explicit_mode=self._mode)
        self._happened = (*facts.findings, *happened(journals, declared_by(settings)))

    def report(self) -> Report:
        """Return the verdict, and all that a reader may ask of it."""
        settings = self._settings
        judges = [*self._gates()]
        verdict = judge(self._ledger, judges, settings.mode, settings.on_inconclusive)
        spending = spend_gates(settings, self._marks, has_specs=self._has_specs)
        catalogue = _with_catalogue(self._journals)
        unseen = self._outside.notes(judges, self._ledger)
        facts = replace(self._facts, notes=(*self._notes(spending), *unseen))
        return replace(
            _report(self._merged, verdict, spending, settings, catalogue, facts),
            verdicts=verdicts(self._ledger, missed=misses(self._journals)),
            kpis=self._routing.kpis,
            quality=() if self._quality is None else quality_results(self._quality),
            comparison=self._beside.comparison,
            drift=self._facts.past.drift,
            chosen=self._outside.paths,
            ran=self._facts.ran,
            gates=tuple(self._results(spending)),
        )

    @property
    def _mode(self) -> Mode:
        """The mode: a ceiling that a marker sets implies `enforce`, as any other does."""
        marks = self._marks.origin or self._marks.calls
        limited = marks or self._quality is not None or self._routing.enforces
        enforced = limited or _may_have_left(self._journals, self._asked)
        return self._asked.explicit_mode or ("enforce" if enforced else self._asked.mode)

    @property
    def _has_specs(self) -> bool:
        return any(charge.attribution.spec != UNASSIGNED for charge in self._ledger)

    def _gates(self) -> Iterator[Gate]:
        """Yield every gate, in the order in which people read their findings."""
        stopped = was_stopped(self._journals)
        limits = gates(self._settings, self._marks, has_specs=self._has_specs, stopped=stopped)
        yield from self._outside.told(limits)
        yield from self._routing.gates
        if self._quality is not None:
            yield self._quality
        yield from self._beside.gates
        yield from self._facts.past.gates
        yield from self._facts.gates
        yield Found(self._happened)

    def _results(self, spending: Sequence[SpendGate]) -> Iterator[GateResult]:
        """Yield what each ceiling said: of settings, markers and the routing table, and of days."""
        ceilings = (*spending, *self._routing.gates, *self._facts.past.gates)
        return results(ceilings, self._ledger, self._doubts())

    def _doubts(self) -> Doubts:
        """Say what keeps ceilings from having held for certain, as far as the user minds."""
        minded = self._asked.on_inconclusive != "pass"
        books = any(one.inconclusive and one.rule != _NO_CALL for one in self._happened)
        return Doubts(
            unknown=self._asked.explicit_unknown != "warn",
            books=minded and books,
            past=minded and past_in_doubt(self._facts.past.gates),
            calls_before=minded,
        )

    def _notes(self, spending: Sequence[SpendGate]) -> Iterator[str]:
        yield from self._facts.notes
        yield from stop_loss_notes(self._asked, spending)
        yield from free_notes(self._ledger)
        yield from native_notes(self._journals)
        yield from self._routing.notes
        yield from self._beside.notes
        yield from self._facts.past.notes
        yield from validators(self._journals)
        yield from cheap_first(self._ledger)
        yield from copied_calls(self._ledger, self._asked)
        if tells_hosts(self._journals):
            yield from stranger_notes(self._ledger, self._asked)


def report_of_journals(paths: Iterable[Path], settings: Settings | None = None) -> Report:
    """Read and judge the journals below *paths*, by the limits that held in their runs.

    Args:
        paths: Journals, or folders; of a folder, the newest run.
        settings: Other limits to judge by, or None; as `judged_again`.

    Raises:
        JournalError: If a path holds no journal, or one that cannot be read.
        SettingError: If the file of accepted regressions makes no sense.
    """
    files = [file for path in paths for file in journal_files(path)]
    journals = [read_journal(file) for file in files]
    return judged_again(journals, settings or recalled(journals))


def judged_again(journals: Sequence[Journal], settings: Settings) -> Report:
    """Judge what runs wrote down earlier.

    Args:
        journals: What they wrote.
        settings: The limits to judge by; those that held are `recalled`.  A baseline, and what
            other runs were billed, are looked for from the current folder; where no other run is
            kept, ceilings of day and month, and limits of drift, are in doubt.

    Raises:
        SettingError: If the file of accepted regressions makes no sense.
    """
    runs = sorted({journal.header.run for journal in journals if journal.header})
    base = base_of(
        settings,
        Path.cwd(),
        partial_run=any(_left_out(journals)),
        chosen=outside_of(journals, partial=False).paths,
        unrun=unrun_of(journals),
    )
    if base is not None and base.open is None and settings.baseline is not None:
        settings = replace(settings, strict_baseline=True)  # its run was compared, so this is, too
    past = past_of(settings, Path.cwd(), runs, datetime.now(UTC), again=True)
    partial = tuple(dict.fromkeys(_left_out(journals)))
    facts = RunFacts(run="+".join(runs) or "unknown", partial=partial, base=base, past=past)
    return close(journals, settings, facts)


def _left_out(journals: Iterable[Journal]) -> Iterator[str]:
    """Yield why a run was not one of the whole suite, as each process tells it.

    What was not to run is told when tests are collected; what ended a run early, at its end.
    """
    for journal in journals:
        for event in journal.events:
            if event.event == "partial":
                yield from map(str, event.values.get("reasons") or ("part of the suite",))
            elif event.event == ENDED:
                early = event.values.get("early") or event.values.get("why")
                yield from () if early is None else (str(early),)


def _may_have_left(journals: Iterable[Journal], settings: Settings) -> bool:
    """Tell whether no call was to leave, and nobody knows that none did: metering failed."""
    failed = any(event.event == "trouble" for journal in journals for event in journal.events)
    return bool(settings.forbid_live) and failed


def _with_catalogue(journals: Iterable[Journal]) -> CatalogueFacts | None:
    for journal in journals:
        for event in journal.events:
            if event.event == "catalogue":
                overlays = tuple(map(str, event.values.get("overlays", ())))
                texts = {
                    key: str(event.values.get(key, "")) for key in ("sha256", "as_of", "source")
                }
                return CatalogueFacts(**texts, overlays=overlays)
    return None


def _report(  # noqa: PLR0913, PLR0917 - the parts of one value, each named in it
    merged: Merged,
    verdict: Verdict,
    spending: Sequence[SpendGate],
    settings: Settings,
    catalogue: CatalogueFacts | None,
    facts: RunFacts,
) -> Report:
    ledger = merged.ledger
    shares = shares_of(ledger)
    totals = totals_of(shares)
    by_scope = {gate.scope: gate for gate in spending}
    return Report(
        run=facts.run,
        verdict=verdict,
        exitstatus=exitstatus_of(verdict, settings),
        mode=settings.mode,
        basis=settings.judge,
        partial=facts.partial,
        catalogue=catalogue,
        price_at=price_at_of(settings),
        totals=totals,
        specs=spec_rows(shares, by_scope.get("spec")),
        commands=rows_by(shares, command_of, by_scope.get("command")),
        stages=rows_by(shares, stage_of, by_scope.get("stage")),
        models=rows_by(shares, model_of, None),
        tests=placed(test_rows(merged, by_scope.get("test")), facts.places),
        notes=facts.notes,
        sources=sources_of(ledger),
        estimated=bool(totals.estimated_calls),
        journal=facts.journal,
    )
