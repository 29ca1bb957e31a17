"""A form with files is put together while it is sent; what it says beside them is known."""

from __future__ import annotations

import asyncio
import io
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import httpx2
import pytest
import urllib3
from meters.loopback import Answer
from meters.posting import session

from pytest_specbudget.meters.uploads import request_of
from pytest_specbudget.providers import read_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from meters.fakes import RecordingSink
    from meters.loopback import Server

HEARD = Answer(pieces=(b'{"text": "x", "usage": {"type": "duration", "seconds": 60}}',))
SOUND = b"RIFF\0\1"


def file() -> io.BytesIO:
    return io.BytesIO(SOUND)


def by_aiohttp(url: str) -> None:
    form = aiohttp.FormData()
    form.add_field("model", "whisper-1")
    form.add_field("file", SOUND, filename="a.wav")
    asyncio.run(_posted(url, form))


def by_aiohttp_from_fields(url: str) -> None:
    asyncio.run(_posted(url, {"model": "whisper-1", "file": file()}))


def by_aiohttp_from_pairs(url: str) -> None:
    asyncio.run(_posted(url, [("model", "whisper-1"), ("file", file())]))


async def _posted(url: str, form: Any) -> None:
    async with aiohttp.ClientSession() as client, client.post(url, data=form) as response:
        await response.read()


def by_httpx(url: str) -> None:
    httpx.post(url, data={"model": "whisper-1"}, files={"file": file()}, trust_env=False)


def by_httpx2(url: str) -> None:
    httpx2.post(url, data={"model": "whisper-1"}, files={"file": file()}, trust_env=False)


def by_requests(url: str) -> None:
    with session() as client:
        client.post(url, data={"model": "whisper-1"}, files={"file": file()})


def by_requests_toolbelt(url: str) -> None:
    toolbelt = pytest.importorskip("requests_toolbelt")
    form = toolbelt.MultipartEncoder({"model": "whisper-1", "file": ("a.wav", file())})
    with session() as client:
        client.post(url, data=form, headers={"content-type": form.content_type})


def by_urllib3(url: str) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("POST", url, fields={"model": "whisper-1", "file": ("a.wav", SOUND)})


WAYS = (
    by_aiohttp,
    by_aiohttp_from_fields,
    by_aiohttp_from_pairs,
    by_httpx,
    by_httpx2,
    by_requests,
    by_requests_toolbelt,
    by_urllib3,
)


@pytest.mark.parametrize("way", WAYS)
def test_the_model_of_a_transcription_is_read_from_its_form(
    way: Callable[[str], None], server: Server, sink: RecordingSink
) -> None:
    server.will(HEARD)

    way(f"{server.url}/v1/audio/transcriptions")

    reading = read_whole(sink.only.request, 200, {}, HEARD.pieces[0])
    assert reading is not None
    assert reading.request_model == "whisper-1"
    assert reading.certain
    assert reading.usage.audio_seconds == 60


def request(form: Any, body: bytes | None = None) -> Any:
    return request_of("POST", "api.openai.com", "/v1/audio/transcriptions", body, "", form)


def httpx_form(*fields: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(fields=list(fields))


def test_fields_of_httpx_have_values_and_files_have_none() -> None:
    fields = (
        SimpleNamespace(name="model", value="whisper-1"),
        SimpleNamespace(name="stream", value="false"),
        SimpleNamespace(name="language", value=b"en"),
        SimpleNamespace(name="file", filename="a.wav"),
    )

    said = request(httpx_form(*fields)).document

    assert said == {"model": "whisper-1", "stream": False, "language": "en", "file": None}


def test_a_long_text_is_not_kept() -> None:
    form = httpx_form(SimpleNamespace(name="prompt", value="x" * 1001))

    assert request(form).document == {"prompt": None}


def test_an_upload_is_the_same_as_no_other_though_they_say_the_same() -> None:
    form = {"model": "whisper-1", "file": file()}

    assert request(form).fingerprint() is None


def test_a_body_that_was_seen_goes_before_the_form() -> None:
    seen = request({"model": "of the form"}, b'{"model": "of the body"}')

    assert seen.document == {"model": "of the body"}
    assert seen.fingerprint() is not None


def pieces() -> Iterator[bytes]:
    yield b'{"model": "m"}'


@pytest.mark.parametrize("form", [None, "text", 7, pieces(), object(), [b"ab", b"cd"], file()])
def test_what_is_no_form_says_nothing(form: Any) -> None:
    assert request(form).document == {}
    assert request(form).body is None


def test_names_that_are_no_text_are_no_fields() -> None:
    form = httpx_form(SimpleNamespace(name=7, value="x"), SimpleNamespace())

    assert request(form).document == {}
