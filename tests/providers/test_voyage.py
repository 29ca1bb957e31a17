"""Voyage bills pictures and films by the pixel, beside the tokens."""

from __future__ import annotations

import pytest
from support.answers import ask, encoded, hear


@pytest.mark.parametrize(
    ("usage", "state"),
    [
        pytest.param(
            {"text_tokens": 9, "image_pixels": 0, "total_tokens": 9}, "complete", id="text"
        ),
        pytest.param(
            {"text_tokens": 5, "image_pixels": 2240, "total_tokens": 9}, "partial", id="pictures"
        ),
        pytest.param(
            {"text_tokens": 5, "video_pixels": 2240, "total_tokens": 9}, "partial", id="films"
        ),
    ],
)
def test_embedded_pictures_are_a_lower_bound(usage: dict[str, int], state: str) -> None:
    body = {"model": "voyage-multimodal-3", "inputs": []}
    request = ask("api.voyageai.com", "/v1/multimodalembeddings", body)

    reading = hear(request, encoded({"model": "voyage-multimodal-3", "usage": usage}))

    assert reading.usage.reported() == {"input_tokens": 9, "output_tokens": 0}
    assert reading.usage_state == state
