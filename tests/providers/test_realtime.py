from __future__ import annotations

import pytest

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers.realtime import listener_to

LIVE = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"


@pytest.mark.parametrize(
    ("host", "path", "query", "expected"),
    [
        pytest.param(
            "api.openai.com",
            "/v1/realtime",
            "model=gpt-realtime",
            ("openai", "gpt-realtime", True),
            id="OpenAI",
        ),
        pytest.param(
            "llm-gw.corp",
            "/openai/v1/realtime",
            "model=gpt-realtime",
            ("openai", "gpt-realtime", True),
            id="OpenAI behind a gateway",
        ),
        pytest.param(
            "generativelanguage.googleapis.com", LIVE, "key=k", ("google", None, True), id="Gemini"
        ),
        pytest.param(
            "api.deepgram.com", "/v1/listen", "", ("deepgram", None, True), id="any at a provider"
        ),
        pytest.param(
            "chat.corp", "/realtime", "", ("openai", None, False), id="what only resembles one"
        ),
        pytest.param("chat.corp", "/rooms/7", "", None, id="another socket"),
        pytest.param("x.corp", "/realtime/v1/websocket", "", None, id="a database's changes"),
    ],
)
def test_whose_session_it_is(
    host: str, path: str, query: str, expected: tuple[str, str | None, bool] | None
) -> None:
    listener = listener_to(Request("GET", host, path, b"", query))

    told = listener and (listener.provider, listener.request_model, listener.certain)
    assert told == expected


def test_what_a_session_consumed_stays_unknown() -> None:
    listener = listener_to(Request("GET", "api.openai.com", "/v1/realtime", b""))
    assert listener is not None
    listener.head(101, {})

    reading = listener.finish("complete")

    assert (reading.usage_state, reading.operation) == ("none", "realtime")
    assert reading.usage.input_tokens is None
