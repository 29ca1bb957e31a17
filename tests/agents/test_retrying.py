from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.agents.retrying import Patience, Pause, advanced, attempts
from pytest_specbudget.agents.values import Call, NoReply, Rejected, Reply, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST, SECOND = (Call(method="POST", url=f"https://a/{key}") for key in "12")
FINE = Reply(text="fine", finish="stop")
LOST = Unavailable("connection", again=False)


def limited(seconds: float | None = None, *, again: bool = True) -> Unavailable:
    return Unavailable("rate_limit", seconds, 429, again=again)


def course(
    outcomes: Sequence[Reply | NoReply], calls: Sequence[Call] = (FIRST,), **patience: float
) -> list[Call | float | Reply | NoReply]:
    """What is done when *outcomes* come of it: calls, waits in seconds, and the end."""
    steps = attempts(calls, Patience(**patience))  # type: ignore[arg-type] # retries are whole
    left = iter(outcomes)
    done: list[Call | float | Reply | NoReply] = []
    step: Call | Pause | Reply = advanced(steps, None)
    try:
        while not isinstance(step, Reply):
            done.append(step.seconds if isinstance(step, Pause) else step)
            step = advanced(steps, None if isinstance(step, Pause) else next(left))
    except NoReply as problem:
        return [*done, problem]
    return [*done, step]


def test_an_answer_is_the_end() -> None:
    assert course([FINE]) == [FIRST, FINE]


def test_what_is_rejected_is_the_end() -> None:
    problem = Rejected(400, "no")

    assert course([problem], [FIRST, SECOND]) == [FIRST, problem]


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_key_that_is_turned_down_gives_way_to_the_next(status: int) -> None:
    turned_down = Rejected(status, "not with this key")

    assert course([turned_down, FINE], [FIRST, SECOND]) == [FIRST, SECOND, FINE]


def test_keys_that_are_all_turned_down_are_the_end() -> None:
    first, second = Rejected(401, "who are you"), Rejected(403, "not you")

    assert course([first, second], [FIRST, SECOND]) == [FIRST, SECOND, first]


@pytest.mark.parametrize("limited_first", [True, False])
def test_a_key_that_is_limited_is_waited_for_beside_one_that_is_turned_down(
    *, limited_first: bool
) -> None:
    problems = [limited(7), Rejected(401, "who are you")]
    told = problems if limited_first else problems[::-1]

    assert course([*told, FINE], [FIRST, SECOND]) == [FIRST, SECOND, 7, FIRST, FINE]


def test_what_is_lost_is_the_end() -> None:
    assert course([LOST], [FIRST, SECOND]) == [FIRST, LOST]


def test_a_wait_is_as_long_as_asked_for() -> None:
    assert course([limited(7), FINE]) == [FIRST, 7, FIRST, FINE]


def test_waits_that_nobody_names_double_up_to_the_longest() -> None:
    problem = limited()

    done = course([problem] * 5, retries=4, first_wait_s=1, longest_wait_s=3)

    assert [step for step in done if step not in (FIRST, problem)] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    ("wait", "waits"),
    [
        pytest.param(60, True, id="exactly the longest is waited for"),
        pytest.param(60.001, False, id="a moment more is not"),
    ],
)
def test_the_longest_wait_is_inclusive(wait: float, *, waits: bool) -> None:
    problem = limited(wait)

    expected = [FIRST, wait, FIRST, FINE] if waits else [FIRST, problem]
    assert course([problem, FINE]) == expected


def test_what_is_not_worth_sending_again_is_not() -> None:
    problem = limited(1, again=False)

    assert course([problem]) == [FIRST, problem]


def test_each_key_is_tried_before_any_wait() -> None:
    done = course([limited(9), limited(5), FINE], [FIRST, SECOND])

    assert done == [FIRST, SECOND, 5, FIRST, FINE]


def test_a_key_whose_month_is_over_does_not_stop_the_other() -> None:
    over, soon = limited(again=False), limited(4)

    done = course([over, soon, over, FINE], [FIRST, SECOND])

    assert done == [FIRST, SECOND, 4, FIRST, SECOND, FINE]
