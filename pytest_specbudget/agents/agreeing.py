"""Makes one answer of several: by an aggregator where the plan has one, else by agreement.

Answers that a validator has turned down are no part of it, so that no aggregator is paid to read
them, and the consensus is degraded.  They are answers all the same where it is counted how many
models answered, and how far they agree.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.agents.attempts import asked_one
from pytest_specbudget.agents.judging import checked
from pytest_specbudget.agents.values import Message, Question, Reply
from pytest_specbudget.core.value import value
from pytest_specbudget.quality.consensus import reach

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.agents.appraisal import Appraisal, Heard
    from pytest_specbudget.agents.course import Course
    from pytest_specbudget.agents.steps import Answer, Steps
    from pytest_specbudget.quality.consensus import Consensus
    from pytest_specbudget.quality.metric import Metric

__all__ = ["Agreed", "agreed", "disagreed"]

_SEVERAL = 2


@value
class Agreed:
    """The one answer.

    Attributes:
        reply: The answer.
        appraisal: What is known of its quality so far.
        consensus: How it came about.
    """

    reply: Reply
    appraisal: Appraisal
    consensus: Consensus


def agreed(course: Course, heard: Mapping[str, Heard | None]) -> Steps[Agreed]:
    """Make one answer of what each slot said; None stands for a slot that said nothing."""
    fit = {slot: one for slot, one in heard.items() if one is not None and one.appraisal.accepted}
    arbiter = course.plan.aggregator if len(fit) >= _SEVERAL else None
    reply = None if arbiter is None else (yield from _aggregated(course, arbiter, fit)).reply
    missing = arbiter is not None and reply is None
    consensus = _reached(course, heard, reply, aggregator_missing=missing)
    course.tell(
        "agreed",
        status=consensus.status,
        agreement=None if consensus.agreement is None else str(consensus.agreement),
        metric=consensus.metric,
        override=consensus.override,
    )
    if reply is None:
        return _chosen(course, consensus, fit)
    appraisal = yield from checked(course, reply)
    return Agreed(reply=reply, appraisal=appraisal, consensus=consensus)


def disagreed(course: Course, heard: Mapping[str, Heard | None]) -> Consensus | None:
    """Say how far the agents agree though too few answered; None where only one was asked."""
    return None if len(heard) < _SEVERAL else _reached(course, heard, None)


def _aggregated(course: Course, arbiter: str, fit: Mapping[str, Heard]) -> Steps[Answer]:
    told = "\n\n".join(
        f'<answer number="{number}">\n{one.reply.text}\n</answer>'
        for number, one in enumerate(fit.values(), 1)
    )
    prompt = course.task.prompt
    words = course.words("aggregate", task=prompt.text(course.plan.tier), answers=told).text
    question = Question(
        messages=(Message(role="user", text=words),),
        schema=prompt.schema,
        max_tokens=course.plan.max_tokens,
    )
    answer = yield from asked_one(course, "aggregator", course.seat(arbiter, question))
    return answer


def _reached(
    course: Course,
    heard: Mapping[str, Heard | None],
    aggregated: Reply | None,
    *,
    aggregator_missing: bool = False,
) -> Consensus:
    said = {slot: one for slot, one in heard.items() if one is not None}
    return reach(
        {slot: None if one is None else one.reply.text for slot, one in heard.items()},
        metric=course.task.compared_by,
        min_agents=course.plan.min_agents,
        rejected=[slot for slot, one in said.items() if not one.appraisal.accepted],
        aggregated=None if aggregated is None else aggregated.text,
        aggregator_missing=aggregator_missing,
    )


def _chosen(course: Course, consensus: Consensus, fit: Mapping[str, Heard]) -> Agreed:
    """Return the agent's answer that the others agree with most.

    Without a declared metric only answers that are word for word the same agree, which says
    little of prose: the plan's validator decides then, if there is one.
    """
    most = consensus.answer
    texts = [one.reply.text for one in fit.values()]
    if most is None:
        most = _middle(texts, course.task.compared_by)
    chosen = next(one for one in fit.values() if one.reply.text == most)
    decides = course.plan.validator is not None and course.task.metric is None
    appraisal = chosen.appraisal
    if consensus.answer is None and not decides:
        appraisal = replace(appraisal, accepted=False, reason="conflict", feedback=_CONFLICT)
    return Agreed(reply=chosen.reply, appraisal=appraisal, consensus=consensus)


def _middle(texts: Sequence[str], metric: Metric) -> str:
    """Return the text that agrees most with all of them, the first of several."""
    return max(texts, key=lambda text: sum(metric(text, other) for other in texts))


_CONFLICT = "several models answered and did not agree"
