"""docs/scale.md, from figures that `engines_timing.py` takes.

    python tests/benchmarks/scale_page.py --measure SMALL.parquet LARGE.parquet
    python tests/benchmarks/scale_page.py         writes the page of those in scale_figures.json

Each engine works in a process of its own, one after the other.  A billion records is a line through
two measured sizes, and is said to be no more.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
FIGURES = Path(__file__).with_name("scale_figures.json")
TEMPLATE = Path(__file__).with_name("scale_template.md")
BENCH = Path(__file__).with_name("engines_timing.py")
BILLION = 10**9

_ENGINES = {
    "duckdb": "DuckDB {duckdb}",
    "ibis": "DuckDB through Ibis {ibis-framework}",
    "chdb": "ClickHouse in the process (chDB {chdb})",
    "spark": "Spark {pyspark}, `local[2]`",
}
_TOOLS = ("duckdb", "ibis-framework", "chdb", "pyspark", "sqlglot")
_Figures = dict[str, Any]


def main() -> None:
    """Measure, or write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--measure", nargs=2, type=Path, metavar="PARQUET", help="two sizes")
    usages = parser.parse_args().measure
    if usages:
        FIGURES.write_text(json.dumps(measured(usages), indent=1) + "\n", encoding="utf-8")
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    PAGE.write_text(page(figures), encoding="utf-8", newline="\n")


def measured(usages: list[Path]) -> _Figures:
    """Take all figures."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} shared cores, "
        f"Python {platform.python_version()}",
        "versions": {name: version(name) for name in _TOOLS},
        "runs": [_run(engine, usage) for engine in _ENGINES for usage in usages],
    }


def _run(engine: str, usage: Path) -> _Figures:
    command = [sys.executable, str(BENCH), engine, str(usage)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: _Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def page(figures: _Figures) -> str:
    """Render the page."""
    digests = {(run["records"], run["digest"]) for run in figures["runs"]}
    assert len(digests) == len({records for records, _ in digests}), "engines disagree"
    few, many = sorted({run["records"] for run in figures["runs"]})
    large = [run for run in figures["runs"] if run["records"] == many]
    return TEMPLATE.read_text(encoding="utf-8").format(
        date=figures["date"],
        machine=figures["machine"],
        few=f"{few:,}",
        many=f"{many:,}",
        groups=f"{large[0]['groups']:,}",
        digest=large[0]["digest"][:12],
        unpriced=f"{100 * large[0]['unpriced'] / many:.0f} %",
        bytes=f"{large[0]['file_bytes'] / many:.0f}",
        engines="\n".join(_line(name, figures) for name in _ENGINES),
    )


def _line(engine: str, figures: _Figures) -> str:
    small, large = sorted(
        (run for run in figures["runs"] if run["engine"] == engine), key=lambda run: run["records"]
    )
    slope = (large["best_s"] - small["best_s"]) / (large["records"] - small["records"])
    rest = max(large["best_s"] - slope * large["records"], 0)
    cells = (
        _ENGINES[engine].format(**figures["versions"]),
        f"{large['opening_s']:.1f} s",
        f"{small['best_s']:.1f} s",
        f"{large['best_s']:.1f} s",
        f"{large['records'] / large['best_s'] / 10**6:.1f} M",
        " + ".join(f"{megabytes:,} MB" for megabytes in large["memory_mb"].values()),
        f"{(slope * BILLION + rest) / 60:.0f} min",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
