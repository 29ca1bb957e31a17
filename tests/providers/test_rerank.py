"""Reranking: one answer for everybody, billed by tokens or by searches."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.money import Money

BODY = {"model": "rerank-1", "query": "q", "documents": ["a", "b"]}


@pytest.mark.parametrize(
    ("host", "path", "answer", "usage"),
    [
        pytest.param(
            "api.cohere.com",
            "/v2/rerank",
            {"meta": {"billed_units": {"search_units": 2}}},
            {"search_units": 2},
            id="Cohere bills searches",
        ),
        pytest.param(
            "api.voyageai.com",
            "/v1/rerank",
            {"usage": {"total_tokens": 57}},
            {"input_tokens": 57, "output_tokens": 0},
            id="Voyage states a total",
        ),
        pytest.param(
            "api.jina.ai",
            "/v1/rerank",
            {"usage": {"total_tokens": 57, "prompt_tokens": 57}},
            {"input_tokens": 57, "output_tokens": 0},
            id="Jina states it twice",
        ),
        pytest.param(
            "api.together.ai",
            "/v1/rerank",
            {"usage": {"prompt_tokens": 57, "completion_tokens": 0, "total_tokens": 57}},
            {"input_tokens": 57, "output_tokens": 0},
            id="Together writes it as OpenAI does",
        ),
        pytest.param(
            "api.aleph-alpha.com",
            "/rerank",
            {"usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 57}},
            {"input_tokens": 57, "output_tokens": 0},
            id="Aleph Alpha states a total beside zeros",
        ),
        pytest.param(
            "openrouter.ai",
            "/api/v1/rerank",
            {"usage": {"search_units": 1, "cost": 0.002}},
            {"search_units": 1},
            id="OpenRouter passes searches on",
        ),
        pytest.param(
            "rerank.example",
            "/v1/rerank",
            {"meta": {"billed_units": {}, "tokens": {"input_tokens": 57, "output_tokens": 0}}},
            {"input_tokens": 57, "output_tokens": 0},
            id="others fill Cohere's other field",
        ),
        pytest.param("rerank.example", "/rerank", {"results": []}, {}, id="a server that says nil"),
    ],
)
def test_reranking_counts_what_its_provider_bills(
    host: str, path: str, answer: dict[str, Any], usage: dict[str, int]
) -> None:
    reading = hear(ask(host, path, BODY), encoded(answer))

    assert reading.usage.reported() == usage
    assert reading.usage_state == ("complete" if usage else "none")
    assert (reading.operation, reading.model, reading.certain) == ("rerank", "rerank-1", True)


@pytest.mark.parametrize("documents", [{"documents": ["a"]}, {"texts": ["a"]}], ids=list)
def test_an_embedding_server_counts_in_a_header(documents: dict[str, Any]) -> None:
    request = ask("abc.aws.endpoints.huggingface.cloud", "/rerank", {"query": "q", **documents})
    scores = encoded([{"index": 0, "score": 0.9}, {"index": 1, "score": 0.1}])

    reading = hear(request, scores, headers={"X-Compute-Tokens": "57"})

    assert reading.usage.reported() == {"input_tokens": 57, "output_tokens": 0}
    assert reading.usage_state == "complete"


def test_openrouter_states_the_price_of_a_ranking() -> None:
    answer = {"model": "rerank-2.5", "usage": {"total_tokens": 17, "cost": 3.4e-7}}

    reading = hear(ask("openrouter.ai", "/api/v1/rerank", BODY), encoded(answer))

    assert reading.provider_cost == Money.parse("0.00000034")
    assert (reading.model, reading.usage.input_tokens) == ("rerank-2.5", 17)
