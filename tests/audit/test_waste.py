from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.sides import TEST, call, side

from pytest_specbudget.audit.waste import waste
from pytest_specbudget.core.routed import Routed

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Reading


def failed(status: int | None = 429, prompt: str = "plan a trip") -> Charge:
    return call(prompt, cost="0", tokens=(0, 0), outcome="failed", status=status)


def routed(attempt: int = 1, slot: str = "small", **others: Any) -> Routed:
    return Routed(task="t", role="primary", tier="S", slot=slot, attempt=attempt, **others)


def rerun(charge: Charge, attempt: int) -> Charge:
    return replace(charge, attribution=replace(charge.attribution, attempt=attempt))


def polling(charge: Charge) -> Charge:
    reading: Reading = replace(charge.reading, operation="retrieve")
    return replace(charge, reading=reading)


@pytest.mark.parametrize(
    ("calls", "found"),
    [
        pytest.param([call(), call("another")], [], id="two questions"),
        pytest.param([call(), call()], [("duplicate", 1, "0.002")], id="one question asked twice"),
        pytest.param([call(), call(), call()], [("duplicate", 2, "0.004")], id="or three times"),
        pytest.param(
            [call(fingerprint=None), call(fingerprint=None)],
            [],
            id="requests that nobody saw are not taken for equal",
        ),
        pytest.param(
            [call(), call(test="tests/test_b.py::test_b")], [], id="two tests may ask the same"
        ),
        pytest.param([failed(429), call()], [("retry", 1, "0")], id="put off, then answered"),
        pytest.param([failed(503)], [("retry", 1, "0")], id="a provider that is down"),
        pytest.param([failed(400)], [], id="a bad request that nobody asks again"),
        pytest.param([failed(400), call()], [("retry", 1, "0")], id="a bad request asked again"),
        pytest.param([failed(None), call()], [("retry", 1, "0")], id="a broken line, asked again"),
        pytest.param([failed(None, "x"), call()], [], id="a broken line, another question"),
        pytest.param(
            [call(cost=None, outcome="unknown"), call()],
            [("retry", 1, "0")],
            id="an answer that nobody saw, asked again",
        ),
        pytest.param([call(), failed(400)], [], id="answered first, then a bad request"),
        pytest.param(
            [call(routed=routed()), call(routed=routed(2))],
            [("retry", 1, "0.002")],
            id="a second try by routing is a retry and no duplicate",
        ),
        pytest.param(
            [call(routed=routed()), call(model="large", routed=routed(2, escalated=True))],
            [("escalation", 1, "0.02")],
            id="a higher tier is an escalation and no retry",
        ),
        pytest.param(
            [call(routed=routed()), call(routed=routed(slot="other"))],
            [],
            id="one question to two models is a consensus",
        ),
        pytest.param([call(role="judge"), call(role="primary")], [], id="or in two roles"),
        pytest.param(
            [call(), rerun(call(), 2)], [("retry", 1, "0.002")], id="a test that was run again"
        ),
        pytest.param([rerun(call(), 2)], [], id="a rerun of which only the last run counts"),
        pytest.param([polling(call()), polling(call())], [], id="a poll is no call"),
    ],
)
def test_waste_is_named_and_priced(calls: list[Charge], found: list[tuple[str, int, str]]) -> None:
    listed = waste(None, side(*calls))

    assert [(one.kind, one.calls, str(one.list_cost)) for one in listed] == found


@pytest.mark.parametrize(
    ("base", "new"),
    [
        pytest.param(None, False, id="without a base nothing is new"),
        pytest.param(side(), True, id="a test that did not exist"),
        pytest.param(side(call()), True, id="there was none"),
        pytest.param(side(call(), call()), True, id="there were fewer"),
        pytest.param(side(call(), call(), call()), False, id="there were as many"),
        pytest.param(side(failed(), failed(), call()), True, id="there were others"),
    ],
)
def test_what_is_new_is_told(base: Any, new: bool) -> None:  # noqa: FBT001 - a column of the table
    (one,) = waste(base, side(call(), call(), call()))

    assert one.new is new


def test_the_dearest_stands_first() -> None:
    other = "tests/test_b.py::test_b"
    calls = [call(), call(), failed(), *(call(model="large", test=other) for _ in range(2))]

    assert [(one.kind, one.test) for one in waste(None, side(*calls))] == [
        ("duplicate", other),
        ("duplicate", TEST),
        ("retry", TEST),
    ]
