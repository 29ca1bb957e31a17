"""How much a call costs more when it is held to three hard ceilings.

"sent call" is its admission alone: the way to the network, without the network.  "booked call" is
the whole way, on which what it came to cost takes the place of what it could.  Other workers spend
on the same ceilings.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.bookkeeping.admission import SUMS, Admission
from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.bookkeeping.shared import SharedSums, key_of
from pytest_specbudget.core.exchange import Exchange, Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.meters.scope import Owner, entered
from pytest_specbudget.meters.scope import Scope as Step
from pytest_specbudget.providers import read_whole
from pytest_specbudget.settings.settings import Limit, Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.settings.values import Scope

TURN = {"role": "user", "content": "x" * 200}
ASKED = {"model": "gpt-5-mini", "max_completion_tokens": 500, "messages": [TURN] * 5}
HOST, PATH = "api.openai.com", "/v1/chat/completions"
REQUEST = Request("POST", HOST, PATH, json.dumps(ASKED).encode())
SIZES = 100
KINDS = 2_999
"""So many kinds that each is new, and what was known of it forgotten, when it comes round again."""
ANSWER = {
    "object": "chat.completion",
    "model": "gpt-5-mini",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "x" * 2000}}],
    "usage": {"prompt_tokens": 250, "completion_tokens": 400, "total_tokens": 650},
}
ROUNDS = 15
WORKERS = 4
UNIT = "1000000"
SUBJECTS: dict[Scope, str] = {"spec": "SPEC-1", "session": "whole run", "test": "t.py::test_a"}
LIMITS = tuple(
    Limit(scope=scope, ceiling=Money.parse(1_000_000), origin=f"--spec-{scope}-budget")
    for scope in SUBJECTS
)


def main() -> None:
    """Measure and print what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=300, help="calls a round")
    calls: int = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as folder:
        result = {"admission": measure(Path(folder), calls)}
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


def measure(folder: Path, calls: int) -> dict[str, Any]:
    """Measure a call with and without hard ceilings, in turns."""
    settings = Settings(limits=LIMITS, stop_loss=True)
    identity = Identity(run="bench", worker="main", host="localhost")
    books = Bookkeeper(settings=settings, identity=identity, folder=folder)
    others = _others(folder)
    admission = Admission(settings=settings, desk=books.desk, folder=folder, refuse=SystemExit)
    turns = (None, admission)
    with entered(Step(owner=Owner(test="t.py::test_a", spec="SPEC-1"), when="call")):
        figures = {
            name: [_round(books, call, calls, turns) for _ in range(ROUNDS)]
            for name, call in _calls(books).items()
        }
    books.close()
    for other in others:
        other.close()
    return {name: _figures(rounds) for name, rounds in figures.items()}


def _figures(rounds: list[list[float]]) -> dict[str, float]:
    bare, held = (median(times) for times in zip(*rounds, strict=True))
    figures = {"bare_us": bare, "added_us": held - bare, "ratio": held / bare}
    return {name: round(value, 3) for name, value in figures.items()}


def _others(folder: Path) -> list[SharedSums]:
    """Let other workers spend on the same ceilings."""
    others = [SharedSums(folder / SUMS) for _ in range(WORKERS - 1)]
    for other in others:
        for limit in LIMITS:
            other.publish(other.own(key_of(limit.scope, SUBJECTS[limit.scope], UNIT)), 1, 0)
    return others


def _calls(books: Bookkeeper) -> dict[str, Callable[[], None]]:
    """Return what sends a call, of a known kind and of a new one, and what sends and books it."""
    body = json.dumps(ANSWER).encode()
    headers = {"content-type": "application/json"}
    reading: Reading | None = read_whole(REQUEST, 200, headers, body)
    listener = books.recognise(REQUEST)
    exchange = Exchange(
        request=REQUEST,
        status=200,
        source="live",
        outcome="answered",
        end="complete",
        sent_at=Clock.utc(),
        duration_s=0.1,
    )
    if reading is None or listener is None:
        sys.exit("the call was not recognised, so nothing was measured")
    sizes, kinds = cycle(_sizes()), cycle(_kinds())

    def sent() -> None:
        books.admit(next(sizes), listener).wire()

    def first() -> None:
        books.admit(next(kinds), listener).wire()

    def booked() -> None:
        ticket = books.admit(next(sizes), listener)
        ticket.wire()
        ticket.book(exchange, reading)

    return {"sent call": sent, "first call": first, "booked call": booked}


def _sizes() -> list[Request]:
    """Make calls that differ in their size alone."""
    return [
        _read(Request("POST", HOST, PATH, json.dumps({**ASKED, "user": "x" * number}).encode()))
        for number in range(SIZES)
    ]


def _kinds() -> list[Request]:
    """Make calls that nothing is known of."""
    return [
        _read(Request("POST", HOST, f"/v{number}/chat/completions", REQUEST.body))
        for number in range(KINDS)
    ]


def _read(request: Request) -> Request:
    """Decode the body, as is done before a call is admitted."""
    if not request.document:
        sys.exit("a request has no document, so nothing was measured")
    return request


def _round(
    books: Bookkeeper, call: Callable[[], None], calls: int, turns: tuple[Admission | None, ...]
) -> list[float]:
    """Return microseconds a call, for each of *turns*."""
    took = []
    for admission in turns:
        books.admission = admission
        call()
        started = perf_counter()
        for _ in range(calls):
            call()
        took.append((perf_counter() - started) / calls * 1e6)
    return took


if __name__ == "__main__":
    main()
