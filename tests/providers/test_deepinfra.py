"""DeepInfra in its own format."""

from __future__ import annotations

from support.answers import ask, encoded, hear

from pytest_specbudget.core.money import Money

REQUEST = ask("api.deepinfra.com", "/v1/inference/zai-org/GLM-5", {"input": "x"})
STATUS = {"status": "succeeded", "tokens_input": 8, "tokens_generated": 2, "cost": 0.0007}


def test_counts_and_cost_stand_together() -> None:
    reading = hear(REQUEST, encoded({"request_id": "r1", "inference_status": STATUS}))

    assert reading.usage.reported() == {"input_tokens": 8, "output_tokens": 2}
    assert reading.provider_cost == Money.parse("0.0007")
    assert (reading.usage_state, reading.response_id) == ("complete", "r1")
    assert (reading.provider, reading.model) == ("deepinfra", "zai-org/GLM-5")


def test_a_picture_has_a_cost_and_no_tokens() -> None:
    reading = hear(REQUEST, encoded({"images": [], "inference_status": {"cost": 0.5}}))

    assert (reading.usage_state, reading.provider_cost) == ("none", Money.parse("0.5"))
