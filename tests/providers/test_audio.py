"""Speech at Deepgram and xAI: seconds that were heard, characters that nobody counts."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.exchange import Request

DEEPGRAM = Request(
    "POST", "api.deepgram.com", "/v1/listen", b"RIFF", "model=nova-3&utterances=true"
)
XAI = Request("POST", "api.x.ai", "/v1/stt", b"--b\r\n")


def metadata(**more: Any) -> bytes:
    """Write what Deepgram says about a recording."""
    facts = {"request_id": "r1", "duration": 3.5, "channels": 1, "model_info": {"u": {}}, **more}
    return encoded({"metadata": facts, "results": {}})


@pytest.mark.parametrize(
    ("request_", "body", "seconds"),
    [
        pytest.param(DEEPGRAM, metadata(duration=3.6999376), 4, id="a part is a whole second"),
        pytest.param(DEEPGRAM, metadata(duration=4.0), 4, id="whole seconds stay"),
        pytest.param(DEEPGRAM, metadata(duration=3.5, channels=2), 8, id="each channel is billed"),
        pytest.param(XAI, encoded({"text": "Hi", "duration": 3.7}), 4, id="xAI"),
        pytest.param(XAI, encoded({"text": "Hi", "duration": 12}), 12, id="xAI in whole seconds"),
    ],
)
def test_what_was_heard_is_counted_in_seconds(request_: Request, body: bytes, seconds: int) -> None:
    reading = hear(request_, body)

    assert reading.usage.reported() == {"audio_seconds": seconds}
    assert (reading.usage_state, reading.operation) == ("complete", "transcription")


@pytest.mark.parametrize("duration", [-1.5, float("nan"), float("inf"), "3", True])
def test_a_length_that_makes_no_sense_is_unreadable(duration: object) -> None:
    assert hear(XAI, encoded({"duration": duration})).usage_state == "unreadable"


def test_the_model_is_the_one_in_the_address() -> None:
    assert hear(DEEPGRAM, metadata()).model == "nova-3"


def test_the_answer_names_the_model_where_the_address_does_not() -> None:
    request = Request("POST", "api.deepgram.com", "/v1/listen", b"RIFF")

    reading = hear(
        request, metadata(model_info={"u": {"name": "general-nova-2", "arch": "nova-2"}})
    )

    assert (reading.model, reading.response_id) == ("nova-2", "r1")


def test_captions_are_no_damage() -> None:
    assert hear(DEEPGRAM, b"WEBVTT\n\n00:00 --> 00:01\nHi").usage_state == "none"


@pytest.mark.parametrize(
    ("request_", "headers", "model"),
    [
        pytest.param(
            ask("api.deepgram.com", "/v1/speak", {"text": "Hi"}),
            {"DG-Model-Name": "aura-2-thalia-en"},
            "aura-2-thalia-en",
            id="Deepgram names the voice in a header",
        ),
        pytest.param(
            ask("api.x.ai", "/v1/tts", {"text": "Hi", "language": "auto"}),
            {},
            "(unnamed)",
            id="xAI has one voice model",
        ),
        pytest.param(
            ask(
                "api.elevenlabs.io",
                "/v1/text-to-speech/v1",
                {"text": "Hi", "model_id": "eleven_v3"},
            ),
            {},
            "eleven_v3",
            id="ElevenLabs is asked for it",
        ),
    ],
)
def test_what_was_spoken_is_unreported(
    request_: Request, headers: dict[str, str], model: str
) -> None:
    reading = hear(request_, b"\xff\xf3d\xc4", headers=headers)

    assert (reading.usage_state, reading.operation) == ("none", "speech")
    assert reading.model == model
