"""Asks models side by side, and their alternates where they cannot be had."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.agents.values import Unavailable
from pytest_specbudget.routing.deciding import alternates_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_specbudget.agents.course import Course, Seat
    from pytest_specbudget.agents.steps import Answer, Steps
    from pytest_specbudget.core.routed import Role
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["asked", "asked_one"]


def asked(course: Course, role: Role, seats: Sequence[Seat]) -> Steps[dict[str, Answer]]:
    """Ask whoever sits on *seats* side by side; return what came of each slot in the end."""
    answers: dict[str, Answer] = {}
    busy = {seat.profile.name for seat in seats}
    while seats:
        asks = tuple(course.ask(role, seat) for seat in seats)
        replies = yield asks
        for ask, answer in zip(asks, replies, strict=True):
            named = replace(answer, by=ask.profile.name, model=ask.profile.model)
            course.note(ask, named)
            answers[ask.routed.slot] = named
        seats = [*_stand_ins(course, seats, replies, busy)]
        course.number += bool(seats)
    return answers


def asked_one(course: Course, role: Role, seat: Seat) -> Steps[Answer]:
    """Ask whoever sits on *seat*."""
    answers = yield from asked(course, role, [seat])
    return answers[seat.slot]


def _stand_ins(
    course: Course, seats: Sequence[Seat], answers: Sequence[Answer], busy: set[str]
) -> Iterator[Seat]:
    """Yield each seat whose model cannot be had with the next of its alternates on it."""
    for seat, answer in zip(seats, answers, strict=True):
        if isinstance(answer.problem, Unavailable):
            free = next(_free(course, seat, busy), None)
            if free is not None:
                busy.add(free.name)
                yield replace(seat, profile=free, reason=answer.problem.kind)


def _free(course: Course, seat: Seat, busy: set[str]) -> Iterator[ModelProfile]:
    """Yield the alternates of a slot that have no part in this yet."""
    table = course.tools.table
    for name in alternates_of(table, course.plan, seat.slot):
        if name not in busy:
            yield table.profiles[name]
