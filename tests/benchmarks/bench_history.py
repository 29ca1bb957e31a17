"""How long a history takes to re-price, beside merely scanning the columns that this reads.

"Bare" is the scan, "added" the re-pricing, in microseconds for a thousand records; both are the
processor's, all threads together.  docs/performance.md has the figures for ten million.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from history import write
from history_timing import SCAN, took

from pytest_specbudget.analysis.engines.duck import opened
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.prices.loading import load_catalogue

ROUNDS = 3


def main() -> None:
    """Measure and print what came out; nothing without DuckDB."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--records", type=int, default=400_000)
    records: int = parser.parse_args().records
    figures = {"history": measure(records)} if find_spec("duckdb") else {}
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


def measure(records: int) -> dict[str, dict[str, float]]:
    """Measure a history of some days, in turns; by stage and model."""
    catalogue = load_catalogue()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "history")
        write(folder, records, catalogue, days=8)
        with opened(History(folder)) as engine:
            turns = [
                (
                    took(lambda: engine.run(SCAN)).cpu_s,
                    took(
                        lambda: reprice(engine, catalogue, "recorded", by=("stage", "model"))
                    ).cpu_s,
                )
                for _ in range(ROUNDS)
            ]
    scan, ours = (min(each) for each in zip(*turns, strict=True))
    scale = 1e9 / records
    return {
        "re-pricing": {
            "bare_us": round(scan * scale, 1),
            "added_us": round(ours * scale, 1),
            "ratio": round(ours / scan, 3),
        }
    }


if __name__ == "__main__":
    main()
