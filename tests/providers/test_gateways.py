"""What a gateway says about the cost of a call."""

from __future__ import annotations

import pytest
from support.answers import chat, encoded, hear

from pytest_specbudget.core.money import Money
from pytest_specbudget.providers import HostRule

ANSWER = encoded({"usage": {"prompt_tokens": 3, "completion_tokens": 4, "cost": 7}})
HEADER = "X-LiteLLM-Response-Cost"


@pytest.mark.parametrize(
    ("stated", "cost"),
    [
        pytest.param("0.0009884999999999998", "0.0009885", id="rounded to attodollars"),
        pytest.param("1.5e-05", "0.000015", id="as Python writes small numbers"),
        pytest.param("3", "3", id="a whole number"),
        pytest.param("0.0", None, id="nothing at all is no cost"),
        pytest.param("None", None, id="no number"),
        pytest.param("-1", None, id="less than nothing"),
        pytest.param("nan", None, id="not a number"),
        pytest.param("1e999999999", None, id="more money than there is"),
    ],
)
def test_the_cost_that_litellm_states_is_taken(stated: str, cost: str | None) -> None:
    reading = hear(chat("llm.corp"), ANSWER, headers={HEADER: stated})

    assert reading.provider_cost == (None if cost is None else Money.parse(cost))


def test_a_declared_gateway_is_a_gateway_still() -> None:
    rules = [HostRule(pattern="*.corp", provider="anthropic")]

    reading = hear(chat("llm.corp"), ANSWER, headers={HEADER: "0.5"}, rules=rules)

    assert reading.provider_cost == Money.parse("0.5")


@pytest.mark.parametrize(
    ("host", "cost"),
    [
        pytest.param("api.openai.com", None, id="a provider passes no cost on"),
        pytest.param("openrouter.ai", "7", id="a provider states its own"),
    ],
)
def test_a_provider_is_no_gateway(host: str, cost: str | None) -> None:
    reading = hear(chat(host), ANSWER, headers={HEADER: "0.5"})

    assert reading.provider_cost == (None if cost is None else Money.parse(cost))


def test_a_failed_call_cost_nothing_that_a_gateway_could_state() -> None:
    reading = hear(chat("llm.corp"), b"{}", status=500, headers={HEADER: "0.5"})

    assert reading.provider_cost is None
