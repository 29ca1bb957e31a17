"""Thresholds of quality, agreement and passing tests, as gates."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.quality.thresholds import Judgement, Kind, Ran, Threshold, judgements
from pytest_specbudget.quality.wording import beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_specbudget.core.ledger import Ledger
    from pytest_specbudget.core.score import Score
    from pytest_specbudget.quality.thresholds import Case

__all__ = ["ROLLBACK", "Judgement", "QualityGate", "Ran", "Threshold"]

ROLLBACK = Fraction(85, 100)
"""The mean agreement below which asking premium models for everything is recommended."""

_LOWEST = 5
"""How many cases a finding names."""


@value
class _Words:
    """How people speak of one kind of threshold."""

    rule: str
    measured: str
    noun: str
    remedy: str


_WORDS: dict[Kind, _Words] = {
    "quality": _Words(
        rule="quality-below-threshold",
        measured="mean quality",
        noun="case",
        remedy="see what changed in these cases (prompt, model, tier), route the command one tier "
        "higher, or lower the threshold where it was set",
    ),
    "agreement": _Words(
        rule="agreement-below-threshold",
        measured="mean agreement",
        noun="case",
        remedy="compare the answers of these cases, route the command one tier higher, or lower "
        "the threshold where it was set",
    ),
    "pass-rate": _Words(
        rule="pass-rate-below-threshold",
        measured="pass rate",
        noun="test",
        remedy="repair these tests, or lower the threshold where it was set",
    ),
}
_RECORD = "record scores (spec_agent, spec_consensus do), or take the threshold away"
_ROLL_BACK = "ask premium models for everything until it is understood: --spec-route=premium"
_REPLAY = "record these calls and judge their replay: a census is exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityGate:
    """Breached where a mean is below its threshold, and in doubt where a case is live.

    Attributes:
        scores: Every score that counts.
        thresholds: What they are held to.
        ran: Every test that ran, for pass rates.
    """

    scores: Sequence[Score] = ()
    thresholds: Sequence[Threshold] = ()
    ran: Sequence[Ran] = ()

    def results(self) -> Iterator[Judgement]:
        """Yield what every threshold says of everything that it holds, in their order."""
        for threshold in self.thresholds:
            yield from judgements(threshold, self._cases)

    def check(self, ledger: Ledger) -> Iterator[Finding]:  # noqa: ARG002 - the shape of a gate
        """Yield a finding for each group of cases that does not pass.

        Subjects that the same cases make up are told of together.
        """
        together: dict[tuple[object, ...], list[Judgement]] = {}
        for one in self.results():
            if one.said != "passed":
                made_of = tuple(map(id, one.cases)) or (one.subject,)
                together.setdefault((one.kind, one.least, one.origin, made_of), []).append(one)
        for same in together.values():
            yield self._finding(same)

    @property
    def _cases(self) -> tuple[Case, ...]:
        return (*self.scores, *self.ran)

    def _finding(self, same: list[Judgement]) -> Finding:
        first = same[0]
        names = ", ".join(one.subject for one in same)
        return Finding(
            rule=_WORDS[first.kind].rule,
            subject=names,
            message=f"{names}: {_measured(first)}{self._meant(first)}",
            origin=first.origin,
            details=tuple(_details(first)),
            remedy=_remedy(first),
            inconclusive=first.said == "inconclusive",
        )

    def _meant(self, judgement: Judgement) -> str:
        """Return a question where a name that nothing has is like one that was seen."""
        if judgement.n or judgement.scope not in {"spec", "command", "tier"}:
            return ""
        of_kind = (case for case in self._cases if case.kind == judgement.kind)
        seen = {getattr(case, judgement.scope) for case in of_kind} - {None}
        near = nearest(judgement.name, seen)
        return f'; did you mean "{near}"?' if near else ""


def _measured(one: Judgement) -> str:
    """Say what was measured against what: `mean agreement 0.88 over 25 cases, at least 0.90`."""
    words = _WORDS[one.kind]
    if one.mean is None:
        return f"no {words.measured.split()[-1]} was recorded, {beside(one.least)[0]} is the least"
    if one.said == "inconclusive":
        return _sampled(one)
    mean, least = beside(one.mean, one.least)
    passed = f"{sum(case.value for case in one.cases)} of " if one.kind == "pass-rate" else ""
    live = f", {one.live} of them live" if one.live else ""
    n = calls_of(one.n, words.noun)
    return f"{words.measured} {mean} of at least {least}, over {passed}{n}{live}"


def _sampled(one: Judgement) -> str:
    """Say that samples do not tell: `7 live samples: mean 0.97 of at least 0.85, not enough ...`.

    What they came to is said without the name of what would have failed, for it has not.
    """
    words = _WORDS[one.kind]
    mean, least = beside(one.mean or Fraction(0), one.least)
    told = f"{'mean' if words.noun == 'case' else words.measured} {mean} of at least {least}"
    whole = one.live == one.n
    n = calls_of(one.n, "live sample" if whole else words.noun)
    live = "" if whole else f", {one.live} of them live"
    return f"{n}{live}: {told}, not enough to tell"


def _details(one: Judgement) -> Iterator[str]:
    """Name the lowest cases, and by what they were measured."""
    below = [case for case in one.cases if case.value < one.least]
    for case in below[:_LOWEST]:
        yield "   ".join(filter(None, (case.case, _value(case, one), _whose(case))))
    if len(below) > _LOWEST:
        more = calls_of(len(below) - _LOWEST, f"more {_WORDS[one.kind].noun}")
        yield f"and {more} below {beside(one.least)[0]}"
    metrics = sorted({metric for case in one.cases if (metric := getattr(case, "metric", ""))})
    if metrics:
        yield f"measured by {', '.join(metrics)}"


def _value(case: Case, one: Judgement) -> str:
    if one.kind == "pass-rate":
        return "failed"
    return f"{beside(case.value, one.least)[0]}{' live' if case.live else ''}"


def _whose(case: Case) -> str:
    command = f'command "{case.command}"' if case.command else ""
    tier = f"tier {case.tier}" if case.tier else ""
    spec = "" if case.spec == UNASSIGNED else case.spec
    test = "" if case.test == case.case else case.test
    return ", ".join(filter(None, (spec, command, tier, test)))


def _remedy(one: Judgement) -> str:
    if one.said != "failed":
        return _REPLAY if one.n else _RECORD
    remedy = _WORDS[one.kind].remedy
    too_low = one.kind == "agreement" and one.mean is not None and one.mean < ROLLBACK
    return f"{_ROLL_BACK}\nor {remedy}" if too_low else remedy
