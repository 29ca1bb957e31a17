"""How much a booked call adds, beside the span that OpenTelemetry makes of the same call.

The span says where a call went and what status came back; a booked call is read, priced and
written down.  Both watch httpx, and what the span is made of is handed to nobody.  Where
OpenTelemetry's instrumentation of httpx is not installed, there is nothing to measure.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from bench_booked import ASKED, CALL, in_process
from bench_meters import microseconds

from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.meters import watch
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_ROUNDS = 21
NEEDS = "opentelemetry.instrumentation.httpx"


def traced() -> Any:
    """Make a client whose calls OpenTelemetry makes spans of."""
    instrumentor = importlib.import_module(NEEDS).HTTPXClientInstrumentor
    provider = importlib.import_module("opentelemetry.sdk.trace").TracerProvider()
    client = in_process(httpx, events=0)
    instrumentor.instrument_client(client, tracer_provider=provider)
    return client


def caller(client: Any) -> Callable[[], object]:
    """Return what makes one call."""
    return lambda: client.post(CALL, json=ASKED)


def measure(books: Bookkeeper, calls: int) -> dict[str, float]:
    """Time a bare call, a traced one and a booked one in turns; medians."""
    plain, spans = caller(in_process(httpx, events=0)), caller(traced())
    turns = []
    for _ in range(_ROUNDS):
        bare, traced_us = microseconds(plain, calls), microseconds(spans, calls)
        watching = watch(books)
        booked = microseconds(plain, calls)
        watching.stop()
        turns.append((traced_us - bare, booked - bare))
    return {
        "bare_us": round(statistics.median(span for span, _ in turns), 3),
        "added_us": round(statistics.median(ours for _, ours in turns), 3),
        "ratio": round(statistics.median(ours / span for span, ours in turns), 3),
    }


def is_installed() -> bool:
    """Tell whether there is something to compare with."""
    try:
        return find_spec(NEEDS) is not None
    except ModuleNotFoundError:
        return False


def main() -> None:
    """Measure, if that is possible, and print what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=150, help="calls a round")
    calls: int = parser.parse_args().calls
    result: dict[str, dict[str, dict[str, float]]] = {}
    identity = Identity(run="bench", worker="main", host="localhost")
    with tempfile.TemporaryDirectory() as folder:
        books = Bookkeeper(settings=Settings(), identity=identity, folder=Path(folder))
        if is_installed():
            result["tracing"] = {"booked call, a span": measure(books, calls)}
        books.close()
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
