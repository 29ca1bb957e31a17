"""How long a history takes to re-price, beside merely scanning the columns that this reads.

    python tests/benchmarks/history_timing.py FOLDER [--rounds N]

Prints JSON.  A process of its own, so that its memory is nobody else's.  Scans and re-pricings are
measured in turns, so that a loaded machine slows both; a ratio is that of one turn.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.engines.duck import opened
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.prices.loading import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_specbudget.analysis.pricing.repricing import Repriced

__all__ = ["SCAN", "Took", "measured", "took"]

_NUMBERS = (
    *("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_write_5m_input_tokens"),
    *("reasoning_output_tokens", "part", "list_cost"),
)
_OTHERS = (
    *("provider", "model", "service_tier", "region", "spec", "stage", "operation"),
    *("outcome", "usage_state", "free", "at", "clock"),
)
_SUMS = [f"sum(u.{name})" for name in _NUMBERS]
_HASHES = [f"bit_xor(hash(u.{name}))" for name in _OTHERS]
SCAN = f"select {', '.join(_SUMS + _HASHES)} from usage_t u"  # noqa: S608 - names of columns
"""Reads every column that re-pricing reads, and makes one value of each."""


@dataclass(frozen=True, slots=True)
class Took:
    """How long something took.

    Attributes:
        wall_s: By the clock.
        cpu_s: Of the processors, all threads together.
    """

    wall_s: float
    cpu_s: float


def measured(folder: Path, rounds: int) -> dict[str, Any]:
    """Measure a history in turns."""
    catalogue = load_catalogue()
    started = perf_counter()
    with opened(History(folder)) as engine:
        opening = perf_counter() - started
        turns = [
            (
                took(lambda: engine.run(SCAN)),
                took(lambda: _checked(reprice(engine, catalogue, "recorded", tokens=False))),
                took(lambda: _checked(reprice(engine, catalogue, catalogue.as_of, tokens=False))),
            )
            for _ in range(rounds)
        ]
    scans, then, now = zip(*turns, strict=True)
    return {
        "open_s": opening,
        "scan": _best(scans),
        "as of then": _best(then) | _ratios(scans, then),
        "at one instant": _best(now) | _ratios(scans, now),
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    """Return the most memory that this process ever held.

    On Linux `getrusage` would tell that of the process that started this one, if it was more.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = status.read_text(encoding="ascii").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) / 1024


def took(work: Callable[[], object]) -> Took:
    """Do *work*, and say how long it took."""
    wall, cpu = perf_counter(), process_time()
    work()
    return Took(perf_counter() - wall, process_time() - cpu)


def _checked(repriced: Repriced) -> None:
    if repriced.problems:
        sys.exit(f"{repriced.problems[0].reason}, so this is not what is measured")


def _best(all_of_them: Sequence[Took]) -> dict[str, float]:
    return {
        "wall_s": min(one.wall_s for one in all_of_them),
        "cpu_s": min(one.cpu_s for one in all_of_them),
    }


def _ratios(scans: Sequence[Took], others: Sequence[Took]) -> dict[str, float]:
    pairs = list(zip(scans, others, strict=True))
    return {
        "wall_ratio": median(other.wall_s / scan.wall_s for scan, other in pairs),
        "cpu_ratio": median(other.cpu_s / scan.cpu_s for scan, other in pairs),
    }


def main() -> None:
    """Measure and print what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    sys.stdout.write(json.dumps(measured(chosen.folder, chosen.rounds), indent=2) + "\n")


if __name__ == "__main__":
    main()
