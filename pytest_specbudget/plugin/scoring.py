"""`spec_score`: how good an answer was, told by the test itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pytest_specbudget.core.score import Score, ScoreKind, share
from pytest_specbudget.meters.scope import attribute
from pytest_specbudget.quality.answers import Answers
from pytest_specbudget.quality.pairwise import agreement_of
from pytest_specbudget.verdicts.scores import SCORE, score_values
from pytest_specbudget.verdicts.validators import TRUTH

if TYPE_CHECKING:
    from fractions import Fraction

    from pytest_specbudget.agents.outcome import Outcome
    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper
    from pytest_specbudget.quality.metric import Metric

__all__ = ["SpecScore"]

_GIVEN = "given/1"
_KINDS = get_args(ScoreKind)


class SpecScore:
    """Records scores of the test that asked for it; thresholds judge them at the end of the run."""

    def __init__(self, books: Bookkeeper, test: str) -> None:
        self._books = books
        self._test = test
        self._cases = 0

    def __call__(
        self,
        value: str | float | Fraction,
        *,
        case: str | None = None,
        metric: str = _GIVEN,
        kind: ScoreKind = "quality",
    ) -> Fraction:
        """Record how good an answer was, from 0 to 1, and return it exactly.

        Args:
            value: The score; text and floats are taken for the decimal that they show.
            case: What was measured; the test's node id and a number if it is left out.
            metric: How it was measured, with a version.
            kind: What was measured: `quality`, or `agreement` for one that the test has measured
                itself; `agreement(...)` measures it.

        Raises:
            ValueError: If *value* is no number from 0 to 1, or there is no such kind.
        """
        if kind not in _KINDS:
            known = " and ".join(map(repr, _KINDS))
            raise ValueError(f"spec_score: there is no kind {kind!r}; there are {known}")
        return self._record(kind, share(value), case, metric)

    def agreement(
        self, *answers: str, metric: Metric | None = None, case: str | None = None
    ) -> Fraction:
        """Record how far *answers* agree, from 0 to 1, and return it.

        Args:
            answers: Two or more.
            metric: How two are compared; without one they agree if they say the same, whatever
                their case, spaces, punctuation and spelling of numbers.
            case: As above.

        Raises:
            ValueError: If there are fewer than two answers.
        """
        measure = Answers() if metric is None else metric
        agreement = agreement_of(answers, measure)
        if agreement is None:
            raise ValueError("agreement is between two answers or more")
        return self._record("agreement", agreement, case, measure.name)

    def truth(self, outcome: Outcome, *, good: bool) -> None:
        """Say whether the answer of *outcome* is good, whatever its validators said of it.

        The notes of the run tell how often these were wrong, by command.

        Args:
            outcome: What `spec_agent` returned; its answer must have been judged.
            good: Whether it is good, as the test knows.

        Raises:
            ValueError: If nobody judged the answer.
        """
        names = "+".join(dict.fromkeys(one.name for one in outcome.judged))
        if not names:
            raise ValueError("spec_score.truth: no validator judged this answer")
        said = {"accepted": outcome.accepted, "good": bool(good), "by": names}
        self._books.event(TRUTH, command=outcome.decision.command, test=self._test, **said)

    def _record(self, kind: ScoreKind, value: Fraction, case: str | None, metric: str) -> Fraction:
        owner, tier = attribute()
        self._cases += 1
        score = Score(
            kind=kind,
            value=value,
            metric=metric,
            case=case or f"{self._test}#{self._cases}",
            test=owner.test,
            spec=owner.spec,
            command=owner.command,
            stage=owner.stage,
            tier=tier,
            live=self._is_live(),
        )
        sample = self._books.new_id()
        self._books.event(SCORE, **score_values(score, sample=sample, attempt=owner.attempt))
        return value

    def _is_live(self) -> bool:
        """Whether any answer that this test got so far came from a provider."""
        totals = self._books.tally.by_test.get(self._test)
        return totals is not None and totals.calls > totals.replayed_calls
