"""From settings, markers and journals to what is held to thresholds."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.score import share
from pytest_specbudget.quality.gate import QualityGate, Ran, Threshold
from pytest_specbudget.reports.report import QualityResult
from pytest_specbudget.verdicts.scores import scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.journal.schema import EventLine
    from pytest_specbudget.quality.thresholds import Kind
    from pytest_specbudget.settings.settings import Settings

__all__ = ["exact_share", "quality_gate", "quality_results", "ran", "thresholds"]

_MOST_PLACES = 12

_KEYS: dict[str, Kind] = {
    "min_quality": "quality",
    "min_agreement": "agreement",
    "min_pass_rate": "pass-rate",
}
_RAN = {"passed", "failed"}


def quality_gate(journals: Iterable[Journal], settings: Settings) -> QualityGate | None:
    """Return the gate of all thresholds, or None if nobody set one.

    Raises:
        JournalError: If a score in a journal makes no sense.
    """
    journals = list(journals)
    held = thresholds(journals, settings)
    if not held:
        return None
    return QualityGate(scores=scores(journals), thresholds=held, ran=ran(journals))


def thresholds(journals: Iterable[Journal], settings: Settings) -> list[Threshold]:
    """Return what was asked for: by settings, for everything; by markers, for what they mark.

    A marker holds nothing where no test that it marks ran: it was skipped, or not selected.
    """
    journals = list(journals)
    marked = dict.fromkeys(_of_markers(journals))
    outcomes = [event.values for event in _events(journals, "outcome")]
    tests = {str(values["test"]) for values in outcomes if values["outcome"] in _RAN}
    held = (one for one in marked if not outcomes or any(map(one.holds, tests)))
    return [*_of_settings(settings), *held]


def ran(journals: Iterable[Journal]) -> list[Ran]:
    """Return every test that ran to an end and whether it passed, in the order of the journals.

    The last attempt of a test counts.  One that passes and then fails while it is torn down did not
    pass; one that was skipped, or failed as expected, counts neither way.
    """
    journals = list(journals)
    live = _live(journals)
    tests: dict[tuple[str, str], _Test] = defaultdict(_Test)
    for journal in journals:
        run = journal.header.run if journal.header is not None else ""
        for event in journal.events:
            if event.event == "outcome":
                tests[run, str(event.values["test"])].hear(event.values)
    return [
        test.ran(name, live=name in live)
        for (_, name), test in tests.items()
        if test.outcomes & _RAN
    ]


class _Test:
    """What was told of one test so far; only its last attempt is kept."""

    __slots__ = ("attempt", "outcomes", "values")

    def __init__(self) -> None:
        self.attempt = 0
        self.outcomes: set[str] = set()
        self.values: dict[str, Any] = {}

    def hear(self, values: dict[str, Any]) -> None:
        attempt = int(values.get("attempt", 1))
        if attempt > self.attempt:
            self.attempt, self.outcomes, self.values = attempt, set(), values
        if attempt == self.attempt:
            self.outcomes.add(str(values["outcome"]))

    def ran(self, name: str, *, live: bool) -> Ran:
        return Ran(
            test=name,
            passed="failed" not in self.outcomes,
            spec=str(self.values.get("spec") or UNASSIGNED),
            command=self.values.get("command"),
            tier=self.values.get("tier"),
            live=live,
        )


def _of_settings(settings: Settings) -> Iterator[Threshold]:
    for key, kind in _KEYS.items():
        least = getattr(settings, key)
        if least is not None:
            yield Threshold(kind=kind, least=least, origin=settings.origin_of(key))


def _of_markers(journals: Iterable[Journal]) -> Iterator[Threshold]:
    """Yield the thresholds that markers set; every worker wrote down the same."""
    for event in _events(journals, "limit"):
        for key, kind in _KEYS.items():
            if event.values.get(key) is not None:
                yield Threshold(
                    kind=kind,
                    least=share(event.values[key]),
                    origin=str(event.values["origin"]),
                    test=str(event.values["node"]),
                )


def _events(journals: Iterable[Journal], name: str) -> Iterator[EventLine]:
    return (event for journal in journals for event in journal.events if event.event == name)


def _live(journals: Iterable[Journal]) -> set[str]:
    """Return the tests that a provider answered in this run."""
    charges = (charge for journal in journals for charge in journal.charges)
    return {one.attribution.test for one in charges if one.source in {"live", "record"}}


def quality_results(gate: QualityGate) -> tuple[QualityResult, ...]:
    """Return what *gate* said, as reports show it."""
    return tuple(
        QualityResult(
            kind=one.kind,
            subject=one.subject,
            value=None if one.mean is None else exact_share(one.mean),
            n=one.n,
            live=one.live,
            least=exact_share(one.least),
            origin=one.origin,
            said=one.said,
        )
        for one in gate.results()
    )


def exact_share(share: Fraction) -> str:
    """Write *share* exactly: as a decimal where it is one, else as a fraction."""
    places = next((n for n in range(_MOST_PLACES) if (share * 10**n).denominator == 1), None)
    return str(share) if places is None else f"{Decimal(share.numerator) / share.denominator:f}"
