"""Lets a native handler do a task, without any model."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pytest_specbudget.agents.judging import checked
from pytest_specbudget.agents.result import Result
from pytest_specbudget.agents.steps import Check
from pytest_specbudget.agents.values import Reply

if TYPE_CHECKING:
    from pytest_specbudget.agents.course import Course
    from pytest_specbudget.agents.steps import Steps

__all__ = ["done_natively"]


def done_natively(course: Course) -> Steps[Result | None]:
    """Let the handler of the command do it; None where there is none, or it wants a model to."""
    handler = course.tools.native.of(course.decision.command)
    if handler is None:
        return None
    run = partial(handler, course.task.prompt.text(course.plan.tier))
    (done,) = yield (Check(run=run, routed=course.routed("primary", "native")),)
    course.tell("native", done=done.value is not None, latency_s=round(done.latency_s, 6))
    if done.value is None:
        return None
    reply = Reply(text=done.value, finish="stop")
    appraisal = yield from checked(course, reply)
    return Result(reply=reply, appraisal=appraisal, native=True)
