"""Goes from one plan to the next where an answer is not good enough, as far as was declared.

A plan of the critical tier is the end: what it cannot do stops, for a human to look at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.agents.rounds import carried_out
from pytest_specbudget.routing.values import CRITICAL

if TYPE_CHECKING:
    from pytest_specbudget.agents.course import Course
    from pytest_specbudget.agents.result import Result
    from pytest_specbudget.agents.steps import Steps
    from pytest_specbudget.routing.values import Plan

__all__ = ["climbed"]


def climbed(course: Course) -> Steps[Result]:
    """Carry out the decided plan, and the plans that take over, until an answer is accepted."""
    result = yield from carried_out(course)
    for plan in course.decision.escalations:
        if result.appraisal.accepted or course.plan.tier == CRITICAL:
            break
        _go_up(course, plan, result.appraisal.reason)
        result = yield from carried_out(course)
    return result


def _go_up(course: Course, plan: Plan, reason: str | None) -> None:
    course.tell("escalated", to=plan.tier, reason=reason, models=plan.models)
    course.plan = plan
    course.number += 1
    course.reason = reason
    course.why_escalated = course.why_escalated or reason
    course.escalated = True
