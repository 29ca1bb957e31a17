"""How much a call costs more when it is metered, read, priced and written to the journal.

Beside bench_meters.py, which measures the meter alone, this measures the whole way of a call.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_meters import compare

from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

CALL = "https://api.openai.com/v1/chat/completions"
OTHER = "https://shop.invalid/basket"
ASKED = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "x" * 1000}]}
USAGE = {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020}
ANSWER = json.dumps(
    {
        "id": "chatcmpl-C8f2Lq0wYVt3o1n7xRzE5mBdKpA9u",
        "object": "chat.completion",
        "model": "gpt-5-mini",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "x" * 2000}}],
        "usage": USAGE,
    }
).encode()
WORD = {"object": "chat.completion.chunk", "model": "gpt-5-mini", "choices": [{"index": 0}]}
EVENT = f"data: {json.dumps(WORD)}\n\n".encode()
LAST = f"data: {json.dumps({**WORD, 'choices': [], 'usage': USAGE})}\n\ndata: [DONE]\n\n".encode()


def in_process(library: Any, events: int) -> Any:
    """Make a client of *library* whose transport answers from memory."""

    class Events(library.SyncByteStream):  # type: ignore[misc] # either library's
        def __iter__(self) -> Iterator[bytes]:
            yield from [EVENT] * events
            yield LAST

    class Memory(library.BaseTransport):  # type: ignore[misc] # either library's
        def handle_request(self, request: Any) -> Any:
            if b'"stream"' in request.content:
                headers = {"content-type": "text/event-stream"}
                return library.Response(200, headers=headers, stream=Events())
            headers = {"content-type": "application/json"}
            return library.Response(200, headers=headers, content=ANSWER)

    return library.Client(transport=Memory(), trust_env=False)


def measure(library: Any, books: Bookkeeper, calls: int, events: int) -> dict[str, Any]:
    """Measure one library."""
    with in_process(library, events) as client:

        def stream() -> None:
            with client.stream("POST", CALL, json={**ASKED, "stream": True}) as response:
                for _ in response.iter_raw():
                    pass

        def call() -> object:
            return client.post(CALL, json=ASKED)

        def ignored() -> object:
            return client.post(OTHER, json=ASKED)

        return {
            "booked call": compare(call, calls, lambda: books),
            "unrecognised call": compare(ignored, calls, lambda: books),
            "booked stream event": compare(stream, 3, lambda: books, divisor=events),
        }


def main() -> None:
    """Measure both libraries and print what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=300, help="calls a round")
    parser.add_argument("--events", type=int, default=300, help="events a stream")
    chosen = parser.parse_args()
    identity = Identity(run="bench", worker="main", host="localhost")
    with tempfile.TemporaryDirectory() as folder:
        books = Bookkeeper(settings=Settings(), identity=identity, folder=Path(folder))
        result = {
            name: measure(importlib.import_module(name), books, chosen.calls, chosen.events)
            for name in ("httpx", "httpx2")
        }
        books.close()
    if not books.tally.count:
        sys.exit("no call was booked, so nothing was measured")
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
