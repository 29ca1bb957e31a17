"""How long one engine takes to re-price a Parquet file of usage, and how much memory.

    python tests/benchmarks/engines_timing.py spark usage.parquet

Prints one JSON object: seconds of a first and of a second round, the greatest memory of this
process and of those that it started, and the digest of the answer.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from time import perf_counter

from pytest_specbudget.analysis.engines.conforming import digest_of
from pytest_specbudget.analysis.engines.opening import LOCAL, Readable, opened
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.prices.loading import load_catalogue

_ROUNDS = 2


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("engine", choices=LOCAL)
    parser.add_argument("usage", type=Path)
    chosen = parser.parse_args()
    print(json.dumps(measured(chosen.engine, chosen.usage)))  # noqa: T201 - what it is for


def measured(name: str, usage: Path) -> dict[str, object]:
    """Re-price *usage* on an engine with the whole shipped catalogue, each at its own time."""
    catalogue = load_catalogue()
    started = perf_counter()
    with opened(name) as engine:
        assert isinstance(engine, Readable)
        engine.read("usage_t", usage)
        opening = perf_counter() - started
        rounds = []
        for _ in range(_ROUNDS):
            started = perf_counter()
            said = reprice(engine, catalogue, "recorded")
            rounds.append(perf_counter() - started)
        return {
            "engine": name,
            "records": said.records,
            "groups": len(said.groups),
            "unpriced": sum(group.unpriced_calls for group in said.groups),
            "opening_s": opening,
            "first_s": rounds[0],
            "best_s": min(rounds),
            "memory_mb": _memory_mb(),
            "file_bytes": usage.stat().st_size,
            "digest": digest_of(said),
        }


def _memory_mb() -> dict[str, int]:
    """Return the greatest resident memory so far, by program: Spark works in a Java of its own."""
    found = {"python": _peak(os.getpid())}
    for status in Path("/proc").glob("[0-9]*/status"):
        text = status.read_text("utf-8", "replace") if status.exists() else ""
        if "Name:\tjava" in text and _descends(int(status.parent.name)):
            found["java"] = _peak(int(status.parent.name))
    return found


def _descends(process: int) -> bool:
    while process > 1:
        if process == os.getpid():
            return True
        process = int(_told(process, "PPid:"))
    return False


def _peak(process: int) -> int:
    return int(_told(process, "VmHWM:")) // 1024


def _told(process: int, field: str) -> str:
    lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    return next(line.split()[1] for line in lines if line.startswith(field))


if __name__ == "__main__":
    main()
