"""How much metering adds to a call, in microseconds, bare and metered in turns.

    python tests/benchmarks/bench_meters.py [--sink MODULE:FACTORY] [--calls N] [--events N]

The client talks to a transport in the process, so that nothing but the client and the meter is
measured.  *FACTORY* makes the sink; without it a trivial one is used, which shows the meter alone.
Prints JSON; asserts nothing, because a shared machine is no judge of time.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import sys
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.meters import watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODEL_URL = "http://model.invalid/v1/chat/completions"
OTHER_URL = "http://model.invalid/users"
ANSWER = json.dumps({"text": "x" * 2000, "usage": {"prompt_tokens": 9}}).encode()
EVENT = b'data: {"choices":[{"delta":{"content":"word "}}]}\n\n'
BODY = {"model": "m", "messages": [{"role": "user", "content": "x" * 1000}]}
_ROUNDS = 51
_READING = Reading(provider="trivial", operation="chat")


class TrivialSink:
    """Sink, listener and ticket in one, doing nothing."""

    def __init__(self) -> None:
        self.booked = 0

    def recognise(self, _request: Any) -> Any:
        return self

    def admit(self, _request: Any, _listener: Any) -> Any:
        return self

    def head(self, _status: int, _headers: Any) -> None:
        """Hear nothing."""

    def feed(self, _data: bytes) -> None:
        """Hear nothing."""

    def whole(self, _body: bytes) -> None:
        """Hear nothing."""

    def finish(self, _end: str) -> Reading:
        return _READING

    def wire(self) -> None:
        """Allow everything."""

    def book(self, _exchange: Any, _reading: Any) -> None:
        self.booked += 1

    def trouble(self, where: str, error: Exception) -> None:
        raise SystemExit(f"{where}: {error!r}")


def in_process(library: Any, events: int) -> Any:
    """Make a client whose transport answers from memory."""

    class Events(library.SyncByteStream):  # type: ignore[misc] # either library's
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(events):
                yield EVENT

    class Memory(library.BaseTransport):  # type: ignore[misc] # either library's
        def handle_request(self, request: Any) -> Any:
            if "stream" in request.url.query.decode():
                headers = {"content-type": "text/event-stream"}
                return library.Response(200, headers=headers, stream=Events())
            headers = {"content-type": "application/json"}
            return library.Response(200, headers=headers, content=ANSWER)

    return library.Client(transport=Memory(), trust_env=False)


def microseconds(work: Callable[[], object], times: int) -> float:
    """Return the processor time of one *work*, averaged over *times*, after a warm-up."""
    for _ in range(times // 5 + 1):  # a patched class makes Python specialise its code anew
        work()
    started = process_time()
    for _ in range(times):
        work()
    return (process_time() - started) / times * 1e6


def compare(
    work: Callable[[], object], times: int, make_sink: Callable[[], Any], divisor: int = 1
) -> dict[str, float]:
    """Time *work* bare and metered in turns; medians and the median of paired differences."""
    pairs = []
    for _ in range(_ROUNDS):
        bare = microseconds(work, times)
        watching = watch(make_sink())
        metered = microseconds(work, times)
        watching.stop()
        pairs.append((bare / divisor, metered / divisor))
    return {
        "bare_us": round(statistics.median(bare for bare, _ in pairs), 3),
        "added_us": round(statistics.median(metered - bare for bare, metered in pairs), 3),
        "ratio": round(statistics.median(metered / bare for bare, metered in pairs), 3),
    }


def measure(name: str, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Measure one library."""
    make_sink = factory(options.sink)
    with in_process(importlib.import_module(name), options.events) as client:

        def stream() -> None:
            with client.stream("POST", MODEL_URL + "?stream", json=BODY) as response:
                for _ in response.iter_raw():
                    pass

        def call() -> object:
            return client.post(MODEL_URL, json=BODY)

        def ignored() -> object:
            return client.post(OTHER_URL, json=BODY)

        streams = max(options.calls // options.events, 2)
        return {
            "metered call": compare(call, options.calls, make_sink),
            "ignored call": compare(ignored, options.calls, make_sink),
            "stream event": compare(stream, streams, make_sink, divisor=options.events),
        }


def factory(name: str | None) -> Callable[[], Any]:
    """Find the sink's factory by `MODULE:NAME`."""
    if name is None:
        return TrivialSink
    module, _, attribute = name.partition(":")
    make: Callable[[], Any] = getattr(importlib.import_module(module), attribute)
    return make


def main() -> None:
    """Measure both libraries and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sink", metavar="MODULE:FACTORY", help="what makes the sink")
    parser.add_argument("--calls", type=int, default=200, help="calls a round")
    parser.add_argument("--events", type=int, default=500, help="events a stream")
    options = parser.parse_args()
    result = {name: measure(name, options) for name in ("httpx", "httpx2")}
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
