"""The section of docs/performance.md about histories, from figures that this script takes.

    python tests/benchmarks/history_page.py --measure    takes them, some minutes, and writes it
    python tests/benchmarks/history_page.py              writes it of those in history_figures.json

All figures come from one run on one machine, those of the others, too.  What is not installed is
left out and said.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from history import GROUPS, MODELS, write
from history_loops import LOOPS
from history_sample import FEW, same_as_the_loop, sample

from pytest_specbudget.analysis.engines.duck import opened
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.prices.loading import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
FIGURES = Path(__file__).with_name("history_figures.json")
TEMPLATE = Path(__file__).with_name("history_template.md")
TIMING = Path(__file__).with_name("history_timing.py")
BEGIN, END = "<!-- history: made by history_page.py -->\n", "<!-- end of history -->\n"
SIZES = (1_000_000, 10_000_000)
_TOOLS = ("pytest-specbudget", "duckdb", "genai-prices", "litellm")
_QUESTIONS = {
    "as of then": "each call at the prices of its time",
    "at one instant": "all calls at the prices of one instant",
}


def main() -> None:
    """Measure, or write the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--measure", action="store_true", help="take the figures anew")
    if parser.parse_args().measure:
        FIGURES.write_text(json.dumps(measured(), indent=2) + "\n", encoding="utf-8")
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    text = f"{before}{BEGIN}{section(figures)}{END}{after}"
    PAGE.write_text(text, encoding="utf-8", newline="\n")


def measured() -> dict[str, Any]:
    """Take all figures."""
    catalogue = load_catalogue()
    with tempfile.TemporaryDirectory() as temporary:
        folders = {size: Path(temporary, str(size)) for size in SIZES}
        for size, folder in folders.items():
            write(folder, size, catalogue)
        sizes = {str(size): _timed(folder) for size, folder in folders.items()}
        with opened(History(folders[SIZES[0]])) as engine:
            same = same_as_the_loop(engine, catalogue)
            few = sample(engine, FEW)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}",
        "versions": _versions(),
        "sizes": sizes,
        "same": same,
        "loops": {
            loop.name: dict(
                zip(("us", "unknown"), loop.took(few, catalogue), strict=True), of=len(few)
            )
            for loop in LOOPS
            if loop.is_installed
        },
    }


def _timed(folder: Path) -> dict[str, Any]:
    """Measure in a process of its own, so that its memory is nobody else's."""
    done = subprocess.run([sys.executable, TIMING, folder], check=True, stdout=subprocess.PIPE)
    taken: dict[str, Any] = json.loads(done.stdout)
    files = folder.rglob("*.parquet")
    return taken | {"bytes": sum(file.stat().st_size for file in files)}


def section(figures: dict[str, Any]) -> str:
    """Render the section."""
    sizes = figures["sizes"]
    most = sizes[str(SIZES[-1])]
    rows = [_row("scanning the columns", [sizes[str(size)]["scan"] for size in SIZES])]
    rows += [
        _row(said, [sizes[str(size)][name] for size in SIZES]) for name, said in _QUESTIONS.items()
    ]
    heads = [f"{size:,} records" for size in SIZES]
    ours = max(most[name]["cpu_s"] for name in _QUESTIONS) / SIZES[-1] * 1e6
    loops = [
        (name, f"{of['us']:,.0f} µs", f"{of['us'] / ours:,.0f} times", _known(of))
        for name, of in figures["loops"].items()
    ]
    return TEMPLATE.read_text(encoding="utf-8").format(
        date=figures["date"],
        machine=figures["machine"],
        versions=", ".join(f"{name} {number}" for name, number in figures["versions"].items()),
        missing=_missing(figures["versions"]),
        models=len(MODELS),
        groups=f"{GROUPS:,}",
        times=_table(("by the clock", *heads, "a second", "processor time", "beside it"), rows),
        memory=f"{most['peak_mb']:,.0f} MB",
        record=f"{most['bytes'] / SIZES[-1]:.0f}",
        same=f"{figures['same']:,}",
        loops=_table(("one after the other", "a record", "beside ours", "has a price"), loops),
    )


def _row(said: str, took: list[dict[str, float]]) -> tuple[str, ...]:
    most = took[-1]
    beside = f"{most['cpu_ratio']:.2g} times the scan" if "cpu_ratio" in most else ""
    pace = f"{SIZES[-1] / most['wall_s'] / 1e6:.2g} million"
    clocks = (f"{each['wall_s']:.2g} s" for each in took)
    return said, *clocks, pace, f"{most['cpu_s']:.2g} s", beside


def _known(of: dict[str, float]) -> str:
    return f"{of['of'] - of['unknown']:,.0f} of {of['of']:,.0f}"


def _versions() -> dict[str, str]:
    found = {}
    for name in _TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _missing(versions: dict[str, str]) -> str:
    names = [name for name in _TOOLS if name not in versions]
    return f"Not installed, so not measured: {', '.join(names)}.\n" if names else ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    main()
