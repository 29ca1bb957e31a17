"""The section of docs/performance.md about replay, from figures that this script takes.

    python tests/benchmarks/replay_page.py --measure    takes them, some minutes, and writes it
    python tests/benchmarks/replay_page.py              writes it of those in replay_figures.json

All figures come from one run on one machine, those of the others, too.  What is not installed is
left out and said.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench_replay import FEW, MANY, MOST, Bench
from replay_suites import SUITES, TESTS, run_s
from replayers import OURS, PEERS, RECORDING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from replayers import Replayer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
FIGURES = Path(__file__).with_name("replay_figures.json")
TEMPLATE = Path(__file__).with_name("replay_template.md")
BEGIN, END = "<!-- replay: made by replay_page.py -->\n", "<!-- end of replay -->\n"
_TOOLS = ("pytest-specbudget", "vcrpy", "pytest-recording", "cassetter", "httpx2", "pytest")
_SIZES = (FEW, MANY, MOST)


def main() -> None:
    """Measure, or write the section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--measure", action="store_true", help="take the figures anew")
    if parser.parse_args().measure:
        FIGURES.write_text(json.dumps(measured(), indent=2) + "\n", encoding="utf-8")
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    text = f"{before}{BEGIN}{section(figures)}{END}{after}"
    PAGE.write_text(text, encoding="utf-8", newline="\n")


def measured() -> dict[str, Any]:
    """Take all figures; what is slow in a peer is measured at sizes where it takes minutes."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        replayers = [each for each in (OURS, *PEERS) if each.is_installed]
        return {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}",
            "versions": _versions(),
            "call_us": {
                each.name: {
                    str(size): _where_it_can(bench.call_us, each, size)
                    for size in _SIZES
                    if size < MOST or each.form != "vcrpy" or each.sample
                }
                for each in replayers
            },
            "load_s": {
                each.name: {str(size): _where_it_can(bench.load_s, each, size) for size in _SIZES}
                for each in replayers
                if "," not in each.name
            },
            "single_us": {
                each.name: bench.single_us(each, MANY)
                for each in (*replayers, RECORDING)
                if each.is_installed and "," not in each.name
            },
            "suite_s": {
                suite.name: run_s(suite, Path(folder) / f"suite-{suite.form}")
                for suite in SUITES
                if find_spec(suite.needs) is not None
            },
        }


def _where_it_can(
    take: Callable[[Replayer, int], float], replayer: Replayer, size: int
) -> float | None:
    """Take a figure; None where a peer refuses: cassetter 0.16.1 reads up to 250,000 YAML nodes."""
    try:
        return take(replayer, size)
    except Exception as refusal:
        if replayer is OURS:
            raise
        sys.stderr.write(f"{replayer.name}, {size} calls: {str(refusal)[:200]}\n")
        return None


def section(figures: dict[str, Any]) -> str:
    """Render the section."""
    ours = figures["call_us"][OURS.name]
    calls = [
        (name, *(_us(of.get(str(size))) for size in _SIZES), _times(of[str(MANY)], ours[str(MANY)]))
        for name, of in figures["call_us"].items()
    ]
    loads = [
        (name, *(_s(of[str(size)]) for size in _SIZES)) for name, of in figures["load_s"].items()
    ]
    singles, suites = figures["single_us"], figures["suite_s"]
    ones = [(name, _us(took), _times(took, singles[OURS.name])) for name, took in singles.items()]
    runs = [(name, _s(took), _times(took, suites[OURS.name])) for name, took in suites.items()]
    sizes = [f"{size:,} calls" for size in _SIZES]
    return TEMPLATE.read_text(encoding="utf-8").format(
        date=figures["date"],
        machine=figures["machine"],
        versions=", ".join(f"{name} {number}" for name, number in figures["versions"].items()),
        missing=_missing(figures["versions"]),
        calls=_table(("a call of", *sizes, f"beside ours, at {MANY:,}"), calls),
        loads=_table(("loading", *sizes), loads),
        many=f"{MANY:,}",
        tests=f"{TESTS:,}",
        singles=_table(("one call and its file", "processor time", "beside ours"), ones),
        suites=_table(("recordings by", "processor time", "beside ours"), runs),
    )


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


def _us(value: float | None) -> str:
    return "none" if value is None else f"{value:,.0f} µs"


def _s(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g} s"


def _times(other: float, ours: float) -> str:
    return "" if other == ours else f"{other / ours:,.3g} times"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


if __name__ == "__main__":
    main()
