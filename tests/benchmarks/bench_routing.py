"""How long it takes to decide who does a task, beside writing down the question that is then asked.

The decision is the dearest there is: an unknown command, promoted, under pressure, the cheapest of
equals.  "bare" is `json.dumps` of a question of 5 KB.
"""

from __future__ import annotations

import argparse
import json
import sys
from fractions import Fraction
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money
from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.loading import load

if TYPE_CHECKING:
    from collections.abc import Callable

TURN = {"role": "user", "content": "x" * 1000}
QUESTION = {"model": "claude-3-5-haiku-20241022", "max_tokens": 500, "messages": [TURN] * 5}
TABLE = load('on_budget_pressure = "downgrade"\nselect = "cheapest"\n', "bench.toml")
ROUNDS = 15


def main() -> None:
    """Measure and print what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=1000, help="decisions a round")
    calls: int = parser.parse_args().calls
    figures = {
        "plain decision": measure(lambda: decide(TABLE, "plan"), calls),
        "dearest decision": measure(dearest, calls),
    }
    sys.stdout.write(json.dumps({"routing": figures}, indent=2) + "\n")


def dearest() -> None:
    """Decide with everything that can be told."""
    decide(
        TABLE,
        "/speckit.unknown",
        stage="draft",
        error_rate=Fraction(3, 4),
        pressure=Fraction(95, 100),
        prices=lambda profile: Money(len(profile.name)),
    )


def measure(decision: Callable[[], Any], calls: int) -> dict[str, float]:
    """Measure *decision* and the writing of a question, in turns; microseconds."""
    turns = [
        (_round(lambda: json.dumps(QUESTION), calls), _round(decision, calls))
        for _ in range(ROUNDS)
    ]
    bare, added = (median(times) for times in zip(*turns, strict=True))
    figures = {"bare_us": bare, "added_us": added, "ratio": added / bare}
    return {name: round(value, 3) for name, value in figures.items()}


def _round(what: Callable[[], Any], calls: int) -> float:
    started = perf_counter()
    for _ in range(calls):
        what()
    return (perf_counter() - started) / calls * 1e6


if __name__ == "__main__":
    main()
