"""What it takes to read the journals of a run and to judge them, against `json.loads` of the lines.

"Bare" is that decoding of a call's two lines, and ours, which stands as "added", is reading them
into a charge, judging it, or combining two journals of such calls into one.  In "20000, 2000" bare
is reading and judging a call of 2,000, and ours one of 20,000.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.journal.combining import write_combined
from pytest_specbudget.journal.lines import SCHEMA, Start, charge_line, facts, start_line
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.journal.writer import JournalWriter
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.verdicts.closing import judged_again

if TYPE_CHECKING:
    from collections.abc import Callable

_WORKERS = ("gw0", "gw1")
_FEW, _MANY = 2_000, 20_000
_OF_A_TEST = 10
_ROUNDS = 7
_RUN = "20261123T070000.000001Z-ab12cd34"
_CEILINGS = tuple(
    Limit(scope=scope, subject=None, ceiling=Money.parse("1000"), origin="--spec-budget=1000")
    for scope in ("spec", "session")
)
_SETTINGS = Settings(limits=_CEILINGS, asked=True)


def written(folder: Path, calls: int) -> list[Path]:
    """Write the journals of a run of plain *calls*, as its processes do."""
    return [_written(folder / str(calls), worker, calls // len(_WORKERS)) for worker in _WORKERS]


def _written(folder: Path, worker: str, calls: int) -> Path:
    path = folder / f"{worker}.jsonl"
    header = {"kind": "header", "schema": SCHEMA, "run": _RUN, "worker": worker, "pid": 7}
    journal = JournalWriter(path, header)
    spent = Money()
    for number in range(calls):
        start, charge = _call(worker, number)
        said = facts(start)
        journal.append(start_line(start, said))
        journal.append(charge_line(charge, said))
        spent += charge.list_cost or Money()
    journal.close({"kind": "footer", "count": calls, "list_cost": str(spent), "events": 0})
    return path


def _call(worker: str, number: int) -> tuple[Start, Charge]:
    second, part = divmod(number * 1700, 1_000_000)
    at, test = f"2026-11-23T07:00:{second:02}.{part:06}Z", number // _OF_A_TEST
    owner = Attribution(
        test=f"tests/test_{test % 9}.py::test_{worker}_{test}", spec="SPEC-1", when="call"
    )
    model, cost = ("gpt-5", "gpt-5-mini")[number % 2], Money((1_234_567 + number * 31) * 10**9)
    start = Start(
        f"{_RUN}/{worker}/7/{number + 1}",
        at,
        "api.openai.com",
        worker,
        "openai",
        "chat",
        model,
        f"{number:032x}",
        owner,
        None,
    )
    counts = {"input_tokens": 900 + number, "output_tokens": 120, "reasoning_output_tokens": 64}
    reading = Reading(
        *("openai", "chat", model, f"{model}-2025-08-07", Usage(**counts), "complete"),
        response_id=f"resp_{number:032x}",
    )
    charge = Charge(
        *(start.id, at, start.host, reading, owner, "live", "answered", start.fingerprint, 200),
        *(cost, cost, cost, f"openai/{model}/2025-08-07", None, worker, 0.25 + number / 1e6),
    )
    return start, charge


def compare(
    bare: Callable[[], object], ours: Callable[[], object], calls: int = _FEW, of: int = _FEW
) -> dict[str, float]:
    """Time both in turns; medians of a call's share, and the median of the paired ratios.

    Args:
        bare: What ours is held against.
        ours: What is measured.
        calls: Of how many calls that is.
        of: Of how many calls what it is held against is.
    """
    pairs = [(_microseconds(bare, of), _microseconds(ours, calls)) for _ in range(_ROUNDS)]
    return {
        "bare_us": round(statistics.median(one for one, _ in pairs), 2),
        "added_us": round(statistics.median(other for _, other in pairs), 2),
        "ratio": round(statistics.median(other / one for one, other in pairs), 3),
    }


def _microseconds(work: Callable[[], object], calls: int) -> float:
    started = process_time()
    work()
    return (process_time() - started) / calls * 1e6


def judged(files: list[Path]) -> None:
    """Read the journals in *files* and judge the run; it must pass, or nothing was measured."""
    report = judged_again([read_journal(file) for file in files], _SETTINGS)
    if not report.verdict.passed or not report.totals.calls:
        sys.exit("the run did not pass, so nothing was measured")


def main() -> None:
    """Measure reading, judging and combining, and a run ten times as large; print what came out."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many = written(folder, _FEW), written(folder, _MANY)
        lines = [line for file in few for line in file.read_text().splitlines()]
        journals = [read_journal(file) for file in few]

        def decoded() -> None:
            for line in lines:
                json.loads(line)

        judged(few)
        result = {
            "reading": compare(decoded, lambda: [read_journal(file) for file in few]),
            "judging": compare(decoded, lambda: judged_again(journals, _SETTINGS)),
            "combining": compare(decoded, lambda: write_combined(few, folder / "combined")),
            f"a call of {_MANY}, {_FEW}": compare(
                lambda: judged(few), lambda: judged(many), calls=_MANY
            ),
        }
    sys.stdout.write(json.dumps({"journals": result}, indent=2) + "\n")


if __name__ == "__main__":
    main()
