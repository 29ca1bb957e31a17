"""What it takes to read an answer, against `json.loads` of the same bytes.

"Bare" is that decoding, and reading is all that a listener does from the request on: who is asked,
what the answer holds, what it consumed.  That time stands as "added", and the ratio is the one to
the other.  A stream's event is mostly read without being decoded; its bare time is its decoding.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from time import process_time
from typing import TYPE_CHECKING

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ASKED = json.dumps({"model": "gpt-5-mini", "messages": []}).encode()
USAGE = {
    "prompt_tokens": 900,
    "completion_tokens": 120,
    "total_tokens": 1020,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 64, "audio_tokens": 0},
}
DELTA = {"index": 0, "delta": {"content": "word "}, "finish_reason": None}
CHUNK = {"id": "c", "object": "chat.completion.chunk", "model": "gpt-5-mini", "choices": [DELTA]}
_ROUNDS = 51
_EVENTS = 500


def document(size: int) -> bytes:
    """Make an answer of about *size* bytes, as varied as answers are."""
    sentence = 'The quick brown fox, "aged" 7,\njumps over the lazy dog — and on. '
    words = sentence * ((size - 900) // len(json.dumps(sentence)) + 1)
    message: dict[str, object] = {
        "role": "assistant",
        "content": words,
        "refusal": None,
        "annotations": [],
    }
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    answer = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "choices": [choice]}
    return json.dumps({**answer, "model": "gpt-5-mini", "usage": USAGE}).encode()


def read(pieces: Sequence[bytes]) -> None:
    """Read one answer; it must be complete, or nothing was measured."""
    listener = recognise(Request("POST", "api.openai.com", "/v1/chat/completions", ASKED))
    if listener is None:
        sys.exit("the call was not recognised, so nothing was measured")
    listener.head(200, {})
    for piece in pieces:
        listener.feed(piece)
    if listener.finish("complete").usage_state != "complete":
        sys.exit("the answer was not read, so nothing was measured")


def compare(
    bare: Callable[[], object], ours: Callable[[], object], times: int, divisor: int = 1
) -> dict[str, float]:
    """Time both in turns; medians, and the median of the paired ratios."""
    pairs = [(_microseconds(bare, times), _microseconds(ours, times)) for _ in range(_ROUNDS)]
    return {
        "bare_us": round(statistics.median(one for one, _ in pairs) / divisor, 3),
        "added_us": round(statistics.median(other for _, other in pairs) / divisor, 3),
        "ratio": round(statistics.median(other / one for one, other in pairs), 3),
    }


def _microseconds(work: Callable[[], object], times: int) -> float:
    started = process_time()
    for _ in range(times):
        work()
    return (process_time() - started) / times * 1e6


def main() -> None:
    """Measure an answer of 2 KB, one of 200 KB and a stream, and print what came out."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    small, large, event = document(2048), document(200 << 10), json.dumps(CHUNK).encode()
    last = json.dumps({**CHUNK, "choices": [], "usage": USAGE}).encode()
    stream = [b"data: %s\n\n" % each for each in (*[event] * _EVENTS, last, b"[DONE]")]
    result = {
        "2 KB answer": compare(lambda: json.loads(small), lambda: read([small]), 400),
        "200 KB answer": compare(lambda: json.loads(large), lambda: read([large]), 8),
        "stream event": compare(
            lambda: [json.loads(event) for _ in range(_EVENTS)], lambda: read(stream), 2, _EVENTS
        ),
    }
    sys.stdout.write(json.dumps({"reading": result}, indent=2) + "\n")


if __name__ == "__main__":
    main()
