"""The ways in which servers and recordings write the same answer."""

from __future__ import annotations

import gzip
import json
import zlib
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st
from support.answers import anthropic, ask, chat, encoded, gemini, responses, sse
from support.frames import chunk, event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_specbudget.core.exchange import Request

__all__ = ["ANSWERS", "ENCODINGS", "Encoding", "cut", "cuts", "event_streams"]

OPENAI = {"model": "m", "choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
CLAUDE = {"model": "m", "usage": {"input_tokens": 3, "output_tokens": 1}}
TWO = {"input_tokens": 3, "output_tokens": 4}
REPLACED = {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 4}}
GOOGLE = {
    "candidates": [{"finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 4},
}
BEGUN = {"candidates": [{}], "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 1}}
COMPLETED = {"type": "response.completed", "response": {"model": "m", "usage": TWO}}
DONE = {"model": "m", "done": True, "prompt_eval_count": 3, "eval_count": 4}
BEDROCK = "bedrock-runtime.eu-west-1.amazonaws.com"
METRICS = {"inputTokenCount": 3, "outputTokenCount": 4}

EVENTS: Mapping[str, tuple[Request, tuple[Any, ...]]] = {
    "chat": (chat(stream=True), ({"model": "m", "text": "äöü\n\n\r"}, OPENAI, "[DONE]")),
    "responses": (responses(stream=True), ({"type": "response.created"}, COMPLETED)),
    "anthropic": (
        anthropic(stream=True),
        ({"type": "message_start", "message": CLAUDE}, REPLACED, {"type": "message_stop"}),
    ),
    "gemini": (gemini("streamGenerateContent"), (BEGUN, GOOGLE)),
}
"""Requests, and the events that answer them."""

ANSWERS: Mapping[str, tuple[Request, bytes]] = {
    "a document": (chat(), encoded(OPENAI)),
    "a document over several lines": (chat(), json.dumps(OPENAI, indent=1).encode()),
    **{f"events of {name}": (asked, sse(*told)) for name, (asked, told) in EVENTS.items()},
    "a JSON array": (gemini("streamGenerateContent"), encoded([{"text": '"]}\\'}, BEGUN, GOOGLE])),
    "JSON lines": (
        ask("localhost", "/api/chat", {"model": "m", "messages": []}),
        encoded({"model": "m", "done": False}) + b"\n" + encoded(DONE) + b"\n",
    ),
    "frames of Converse": (
        ask(BEDROCK, "/model/m/converse-stream", {"messages": []}),
        event("messageStart", {"role": "assistant"})
        + event("metadata", {"usage": {"inputTokens": 3, "outputTokens": 4}}),
    ),
    "frames of InvokeModel": (
        ask(BEDROCK, "/model/m/invoke-with-response-stream", {"messages": []}),
        chunk({"generation": "Hi", "prompt_token_count": 3})
        + chunk({"amazon-bedrock-invocationMetrics": METRICS}),
    ),
}
"""Requests, and answers of every shape that tell three tokens of input."""


def _deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def _brotli(body: bytes) -> bytes:
    packed: bytes = pytest.importorskip("brotli").compress(body, quality=5)
    return packed


def _zstd(body: bytes) -> bytes:
    packed: bytes = pytest.importorskip("zstandard").ZstdCompressor().compress(body)
    return packed


def _in_parts(pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda body: b"".join(
        pack(body[start : start + 50]) for start in range(0, len(body), 50)
    )


Encoding = tuple["Callable[[bytes], bytes]", "Sequence[str]"]
"""How a body is packed, and the headers under which it must be read."""

ANY = ("", "gzip", "br", "deflate", "zstd", "identity", "nonsense")
ENCODINGS: Mapping[str, Encoding] = {
    "plain": (bytes, ANY),
    "gzip": (gzip.compress, ANY),
    "gzip of several members": (_in_parts(gzip.compress), ANY),
    "zlib": (zlib.compress, ANY),
    "raw deflate": (_deflate, ("deflate",)),
    "brotli": (_brotli, ("br",)),
    "zstd": (_zstd, ANY),
    "zstd of several frames": (_in_parts(_zstd), ANY),
}

cuts = st.lists(st.integers(0, 600), max_size=12)
"""Places to cut a body at."""


def cut(body: bytes, places: Sequence[int]) -> list[bytes]:
    """Cut *body* at *places*, some of which may lie behind its end."""
    edges = [0, *sorted(min(place, len(body)) for place in places), len(body)]
    return [body[start:end] for start, end in pairwise(edges)]


@st.composite
def event_streams(draw: st.DrawFn) -> tuple[Request, bytes, bytes]:
    """Draw a request, its stream as it is usually written, and the same written otherwise."""
    request, told = draw(st.sampled_from(list(EVENTS.values())))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    lines = [line for each in told for line in (*draw(_beside), *draw(_data(each)), "")]
    text = draw(st.sampled_from(["", "\ufeff", end])) + "".join(line + end for line in lines)
    kept = draw(st.integers(0, 2))  # the blank line after the last event, and its own end
    return request, sse(*told), (text.rstrip("\r\n") + end * kept).encode()


_BESIDE = (": ping", ":", "retry: 3000", "id: 7", "event: message", "unknown: x", "", ": data: {")
_beside = st.lists(st.sampled_from(_BESIDE), max_size=3)


@st.composite
def _data(draw: st.DrawFn, told: Any) -> list[str]:
    """Write one event's data, on one line or on several, and perhaps its name after it."""
    text = (
        told if isinstance(told, str) else json.dumps(told, indent=draw(st.sampled_from([None, 1])))
    )
    colon = draw(st.sampled_from(["data: ", "data:", "data:  "]))
    after = draw(st.sampled_from([[], ["event: message"], ["id: 7", ": ping"]]))
    return [*(colon + line for line in text.split("\n")), *after]
