"""Speech at Deepgram, xAI and ElevenLabs: seconds that were heard, characters nobody counts."""

from __future__ import annotations

from typing import Any

import pytest
from support.answers import ask, encoded, hear

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import Listener
from pytest_specbudget.providers.audio import Analysis
from pytest_specbudget.providers.fold import Asked

DEEPGRAM = Request(
    "POST", "api.deepgram.com", "/v1/listen", b"RIFF", "model=nova-3&utterances=true"
)
XAI = Request("POST", "api.x.ai", "/v1/stt", b"--b\r\n")
ELEVENLABS = Request("POST", "api.elevenlabs.io", "/v1/speech-to-text", b"--b\r\n")


def metadata(**more: Any) -> bytes:
    """Write what Deepgram says about a recording."""
    facts = {"request_id": "r1", "duration": 3.5, "channels": 1, "model_info": {"u": {}}, **more}
    return encoded({"metadata": facts, "results": {"channels": [{"alternatives": []}]}})


def two_channels(**more: Any) -> bytes:
    """Write what Deepgram says about a recording whose channels were transcribed by themselves."""
    channels: list[Any] = [{"alternatives": []}, {"alternatives": []}]
    return encoded({"metadata": {"duration": 3.5, **more}, "results": {"channels": channels}})


@pytest.mark.parametrize(
    ("request_", "body", "seconds"),
    [
        pytest.param(DEEPGRAM, metadata(duration=3.6999376), 4, id="a part is a whole second"),
        pytest.param(DEEPGRAM, metadata(duration=4.0), 4, id="whole seconds stay"),
        pytest.param(DEEPGRAM, metadata(channels=2), 4, id="channels that were mixed are one"),
        pytest.param(DEEPGRAM, two_channels(), 8, id="channels by themselves are billed each"),
        pytest.param(XAI, encoded({"text": "Hi", "duration": 3.7}), 4, id="xAI"),
        pytest.param(
            XAI,
            encoded({"duration": 3.7, "channels": [{"index": 0}, {"index": 1}]}),
            8,
            id="xAI with channels by themselves",
        ),
        pytest.param(ELEVENLABS, encoded({"audio_duration_secs": 3.2}), 4, id="ElevenLabs"),
        pytest.param(
            ELEVENLABS,
            encoded({"transcripts": [{"audio_duration_secs": 3.2}, {"audio_duration_secs": 5}]}),
            9,
            id="ElevenLabs with a transcript for each channel",
        ),
        pytest.param(
            ELEVENLABS,
            encoded({"transcripts": [{}, {}], "audio_duration_secs": 3.2}),
            8,
            id="ElevenLabs with one length for all channels",
        ),
        pytest.param(
            ELEVENLABS,
            encoded(
                {
                    "audio_duration_secs": 3.2,
                    "words": [{"channel_index": 1}, {"channel_index": 0}, {"channel_index": None}],
                }
            ),
            8,
            id="ElevenLabs with channels combined",
        ),
        pytest.param(XAI, encoded({"text": "Hi", "duration": 12}), 12, id="xAI in whole seconds"),
    ],
)
def test_what_was_heard_is_counted_in_seconds(request_: Request, body: bytes, seconds: int) -> None:
    reading = hear(request_, body)

    assert reading.usage.reported() == {"audio_seconds": seconds}
    assert (reading.usage_state, reading.operation) == ("complete", "transcription")


@pytest.mark.parametrize(
    ("request_", "body", "flag"),
    [
        pytest.param(
            Request("POST", "api.deepgram.com", "/v1/listen", b"", "diarize=true&redact=false"),
            metadata(),
            "diarize is billed beside the seconds",
            id="Deepgram's add-ons",
        ),
        pytest.param(
            DEEPGRAM,
            metadata(summary_info={"model_uuid": "u", "input_tokens": 9, "output_tokens": 4}),
            "summary_info is billed beside the seconds",
            id="Deepgram's other models",
        ),
        pytest.param(
            Request(
                "POST",
                "api.elevenlabs.io",
                "/v1/speech-to-text",
                b'--b\r\nContent-Disposition: form-data; name="keyterms"\r\n\r\nquarrel\r\n--b--',
            ),
            encoded({"audio_duration_secs": 3.2}),
            "keyterms is billed beside the seconds",
            id="ElevenLabs' surcharges",
        ),
    ],
)
def test_what_is_billed_beside_makes_the_seconds_a_lower_bound(
    request_: Request, body: bytes, flag: str
) -> None:
    reading = hear(request_, body)

    assert (reading.usage.audio_seconds, reading.usage_state) == (4, "partial")
    assert reading.flags == (flag,)


@pytest.mark.parametrize(
    ("request_", "accepted"),
    [
        pytest.param(DEEPGRAM, {"request_id": "r1"}, id="Deepgram"),
        pytest.param(ELEVENLABS, {"message": "Request accepted", "request_id": "r1"}, id="11Labs"),
    ],
)
def test_a_transcript_that_is_sent_elsewhere_is_unreported(
    request_: Request, accepted: dict[str, str]
) -> None:
    reading = hear(request_, encoded(accepted))

    assert (reading.usage_state, reading.response_id) == ("none", "r1")


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


@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped twice", "wrapped once"])
def test_an_analysis_counts_the_tokens_of_each_kind(*, wrapped: bool) -> None:
    counts = {"model_uuid": "u", "input_tokens": 9, "output_tokens": 4}
    facts = {"request_id": "r1", "summary_info": counts, "topics_info": counts}
    request = ask("api.deepgram.com", "/v1/read", {"text": "Hi"})
    listener = Listener(
        Analysis(Asked(request=request, provider="deepgram", model=None)), operation="chat"
    )

    listener.head(200, {})
    listener.whole(encoded({"metadata": {"metadata": facts} if wrapped else facts}))
    reading = listener.finish("complete")

    assert reading.usage.reported() == {"input_tokens": 18, "output_tokens": 8}
    assert (reading.usage_state, reading.response_id) == ("complete", "r1")


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
