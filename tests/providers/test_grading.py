"""What graders of fine-tuning use."""

from __future__ import annotations

import pytest
from support.answers import ask, encoded, hear

REQUEST = ask("api.openai.com", "/v1/fine_tuning/alpha/graders/run", {"grader": {}})


@pytest.mark.parametrize(
    ("told", "state", "counts"),
    [
        pytest.param(
            {
                "gpt-5": {"prompt_tokens": 9, "completion_tokens": 1},
                "o4-mini": {"prompt_tokens": 5, "completion_tokens": 2},
            },
            "complete",
            {"input_tokens": 14, "output_tokens": 3},
            id="two models judged",
        ),
        pytest.param({}, "complete", {"input_tokens": 0, "output_tokens": 0}, id="none did"),
        pytest.param({"gpt-5": {}}, "none", {}, id="one did, and nothing is said of it"),
        pytest.param(None, "none", {}, id="nothing is said at all"),
    ],
)
def test_the_models_that_judged_are_counted(
    told: object, state: str, counts: dict[str, int]
) -> None:
    body = encoded({"reward": 1.0, "model_grader_token_usage_per_model": told})

    reading = hear(REQUEST, body)

    assert (reading.usage_state, reading.usage.reported()) == (state, counts)
    assert [part.model for part in reading.parts] == list(told if isinstance(told, dict) else ())
