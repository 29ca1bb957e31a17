"""Runs the benchmarks and holds each measured ratio under its limit in ratios.json.

A benchmark is a script `bench_*.py` of this folder that prints one JSON object and nothing else:
what was measured of what, in microseconds.

    {"httpx": {"metered call": {"bare_us": 103.1, "added_us": 20.4, "ratio": 1.198}}}

Where another does the same work instead, as in `replay`, bare is its time and added is ours.
Bare and ours are measured in turns, so that a loaded machine slows both, and ratios are what is
held.  Their limits are generous, because a gate that fails on a busy machine is soon switched
off; the microseconds are printed beside their target.  A ratio over its limit is measured again
before it fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LIMITS = HERE / "ratios.json"
_LIMIT_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a benchmark says of one thing.

    Attributes:
        name: What was measured, as ratios.json calls it: "httpx, metered call".
        bare_us: Microseconds without us.
        added_us: Microseconds that we add.
        ratio: How many times as long it takes with us.
    """

    name: str
    bare_us: float
    added_us: float
    ratio: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What ratios.json says of one thing.

    Attributes:
        max_ratio: The ratio that fails when it is exceeded.
        target_us: What we mean to add at most, in microseconds; shown, not held.
        needs: The module without which there is nothing to compare with, so nothing is measured.
    """

    max_ratio: float
    target_us: float
    needs: str | None = None


def main() -> int:
    """Measure; 1 if a ratio stays over its limit, or a name stands on one side alone."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=1, help="how often at least (default 1)")
    rounds: int = parser.parse_args().rounds
    limits = _limits()
    problems = []
    unseen = {name for name, limit in limits.items() if _is_possible(limit)}
    for script in sorted(HERE.glob("bench_*.py")):
        for best in _best(script, limits, rounds):
            unseen.discard(best.name)
            problems += _judge(best, limits)
    problems += [f"{name}: has a limit and was not measured" for name in sorted(unseen)]
    sys.stdout.writelines(f"FAILED {problem}\n" for problem in problems)
    return 1 if problems else 0


def _limits() -> dict[str, Limit]:
    stored: dict[str, dict[str, Any]] = json.loads(LIMITS.read_text(encoding="utf-8"))
    return {name: Limit(**values) for name, values in stored.items()}


def _is_possible(limit: Limit) -> bool:
    try:
        return limit.needs is None or find_spec(limit.needs) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False


def _best(script: Path, limits: dict[str, Limit], rounds: int) -> list[Measurement]:
    """Measure *rounds* times, once more if a limit is exceeded, and keep the lowest ratios."""
    best: dict[str, Measurement] = {}
    for done in range(rounds + 1):
        if done >= rounds and not any(_exceeds(one, limits) for one in best.values()):
            break
        for one in _measure(script):
            best[one.name] = min(one, best.get(one.name, one), key=lambda each: each.ratio)
    return list(best.values())


def _exceeds(one: Measurement, limits: dict[str, Limit]) -> bool:
    limit = limits.get(one.name)
    return limit is not None and one.ratio > limit.max_ratio


def _measure(script: Path) -> list[Measurement]:
    command = [sys.executable, str(script)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=_LIMIT_S)
    measured: dict[str, dict[str, dict[str, float]]] = json.loads(done.stdout)
    return [
        Measurement(name=f"{subject}, {thing}", **figures)
        for subject, things in measured.items()
        for thing, figures in things.items()
    ]


def _judge(one: Measurement, limits: dict[str, Limit]) -> list[str]:
    limit = limits.get(one.name)
    if limit is None:
        return [f"{one.name}: has no limit in {LIMITS.name}"]
    sys.stdout.write(
        f"{one.name}: ratio {one.ratio:.4g} of at most {limit.max_ratio}; adds "
        f"{one.added_us:,.1f} us to {one.bare_us:,.1f} us, target {limit.target_us:,} us\n"
    )
    sys.stdout.flush()
    if one.ratio <= limit.max_ratio:
        return []
    return [f"{one.name}: ratio {one.ratio:.4g} is over {limit.max_ratio:.4g}"]


if __name__ == "__main__":
    sys.exit(main())
