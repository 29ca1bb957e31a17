"""What several agents' answers to one question come to.

A consensus is `ok` where every agent answered and there is one answer: a plurality of them gave it,
or an aggregator made it.  It is `degraded` where it was reached without an agent, whose answer is
missing or was turned down, or without the aggregator that was meant to decide.  It is a `conflict`
where too few answered, or where none of the answers has more behind it than every other and nobody
decided.

An answer that was turned down is an answer all the same: it is no part of what is decided, and it
counts where it is asked how many answered, and how far they agree.

Source: the seeds, S1 L163-165, S3 L49-58 and L88-93; the notes of this project on quality, 2.4
(checked 2026-11-22).  They name the three states and define none; the definitions are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.value import value
from pytest_specbudget.quality.disagreements import disagreement
from pytest_specbudget.quality.pairwise import agreement_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pytest_specbudget.quality.disagreements import Disagreement, Limits
    from pytest_specbudget.quality.metric import Metric

__all__ = ["ALIKE", "MARGIN", "Consensus", "Status", "reach"]

Status = Literal["ok", "conflict", "degraded"]

ALIKE = Fraction(9, 10)
"""Two answers that agree at least as far are taken for the same."""

MARGIN = Fraction(5, 100)
"""How much nearer than any other the answer must be that an aggregator sided with."""


@value
class Consensus:
    """What several answers come to.

    Attributes:
        status: Whether it can be relied on.
        answer: The answer, or None in a conflict.
        agreement: How far the agents' answers agree, on the mean of all pairs, from 0 to 1, those
            that were turned down among them; None with fewer than two answers.
        disagreements: In what they differ, pair by pair, in the order of the agents; pairs that say
            the same are left out.
        override: Whether the aggregator's answer is another than the plurality's before it.
        override_reason: Whom it went against and whom it sided with, or None.
        sided_with: The agent whose answer the aggregator's is, the first of several that gave it;
            None if it is nobody's, or if nobody aggregated.
        agents: The agents that answered, in their order.
        missing: The agents that did not.
        rejected: The agents that answered what was turned down.
        metric: What agreement was measured by.
    """

    status: Status
    answer: str | None
    agreement: Fraction | None
    disagreements: tuple[Disagreement, ...] = ()
    override: bool = False
    override_reason: str | None = None
    sided_with: str | None = None
    agents: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    metric: str = ""

    @property
    def disagreed(self) -> bool:
        """Whether any two agents differ in more than the wording."""
        return any(one.severity != "cosmetic" for one in self.disagreements)


def reach(  # noqa: PLR0913 - each is named where it is given
    answers: Mapping[str, str | None],
    *,
    metric: Metric,
    min_agents: int = 1,
    rejected: Collection[str] = (),
    aggregated: str | None = None,
    aggregator_missing: bool = False,
    alike: Fraction = ALIKE,
    limits: Limits | None = None,
) -> Consensus:
    """Say what *answers* come to.

    Args:
        answers: Each agent's answer, in the order in which the plan names the agents; None for one
            that was unavailable.
        metric: What measures how far two answers agree.
        min_agents: How many must have answered; 1 at least.
        rejected: The agents whose answer was turned down, so that it must not be used.
        aggregated: The aggregator's answer, or None if nobody aggregated.
        aggregator_missing: Whether an aggregator was meant to decide and was unavailable.
        alike: From which agreement on two answers are the same.
        limits: From where on a difference counts as a disagreement.
    """
    given = {agent: text for agent, text in answers.items() if text is not None}
    fit = {agent: text for agent, text in given.items() if agent not in rejected}
    votes = _Votes(fit, metric, alike)
    plurality, backers = votes.plurality()
    answer = plurality if aggregated is None else aggregated
    decided = len(given) >= max(1, min_agents) and bool(answer)
    complete = len(fit) == len(answers) and not aggregator_missing
    override, reason, sided = _arbitration(votes, backers, aggregated)
    return Consensus(
        status="conflict" if not decided else "ok" if complete else "degraded",
        answer=answer if decided else None,
        agreement=agreement_of(given.values(), metric),
        disagreements=tuple(_disagreements(given, limits)),
        override=override,
        override_reason=reason,
        sided_with=sided,
        agents=tuple(given),
        missing=tuple(agent for agent in answers if agent not in given),
        rejected=tuple(agent for agent in given if agent not in fit),
        metric=metric.name,
    )


@dataclass(frozen=True, slots=True)
class _Votes:
    """Answers, and which of them are the same."""

    given: Mapping[str, str]
    metric: Metric
    alike: Fraction

    def behind(self, text: str) -> tuple[str, ...]:
        """Return the agents whose answer is the same as *text*."""
        return tuple(
            agent for agent, own in self.given.items() if self.metric(text, own) >= self.alike
        )

    def plurality(self) -> tuple[str | None, tuple[str, ...]]:
        """Return the answer that has more agents behind it than every other, and these agents."""
        groups: dict[tuple[str, ...], str] = {}
        for text in self.given.values():
            groups.setdefault(self.behind(text), text)
        ranked = sorted(groups, key=len, reverse=True)
        if not ranked or (len(ranked) > 1 and len(ranked[0]) == len(ranked[1])):
            return None, ()
        return groups[ranked[0]], ranked[0]

    def nearest(self, text: str) -> str | None:
        """Return whose answer *text* is, if it is clearly one agent's, or that of agents alike."""
        backers = self.behind(text)
        if not backers:
            return None
        near = {agent: self.metric(text, own) for agent, own in self.given.items()}
        best = max(backers, key=lambda agent: near[agent])
        rivals = [near[agent] for agent in near if agent not in self.behind(self.given[best])]
        return best if near[best] - max(rivals, default=Fraction(0)) >= MARGIN else None


def _arbitration(
    votes: _Votes, backers: tuple[str, ...], aggregated: str | None
) -> tuple[bool, str | None, str | None]:
    """Return whether the aggregator overrode the plurality, why, and with whom it sided."""
    if aggregated is None:
        return False, None, None
    sided = votes.nearest(aggregated)
    if not backers or set(backers) & set(votes.behind(aggregated)):
        return False, None, sided
    what = f"sided with {sided}" if sided else "gave an answer of its own"
    return True, f"the aggregator {what} against {' and '.join(backers)}", sided


def _disagreements(given: Mapping[str, str], limits: Limits | None) -> list[Disagreement]:
    pairs = combinations(given.items(), 2)
    return [found for one, other in pairs if (found := disagreement(one, other, limits))]
