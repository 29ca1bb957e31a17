"""Write docs/accuracy.md: what four programs read and price from the same recorded answers.

    python ci/fetch_recordings.py && python ci/accuracy.py

The answers are those of the conformance tests.  Each library is installed at a pinned version
into an environment of its own, kept in the cache; ours is asked through its commands.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from accuracy_page import Answers, page  # noqa: E402 - once tests/ is on the path
from accuracy_rows import COUNTED, Row, rows  # noqa: E402 - likewise
from conformance.exchanges import missing  # noqa: E402 - likewise
from conformance.pinned import cache, pins  # noqa: E402 - likewise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAGE = ROOT / "docs" / "accuracy.md"
PEERS = {"genai-prices": "0.2.3", "litellm": "1.106.2", "tokencost": "0.1.26"}


def main() -> int:
    """Ask everyone and write the page; 1 if recordings are missing."""
    if missing():
        print("recordings are missing; run python ci/fetch_recordings.py", file=sys.stderr)
        return 1
    asked = rows()
    answers = {"pytest-specbudget": _ours(asked)}
    notes = []
    for name, number in PEERS.items():
        try:
            answers[name] = _of_peer(name, number, asked)
        except subprocess.CalledProcessError as problem:
            notes.append(f"`{name}` {number} could not be asked: exit status {problem.returncode}.")
    versions = {"pytest-specbudget": version("pytest-specbudget"), **PEERS}
    text = page(asked, answers, versions, notes, datetime.now(UTC).date())
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{PAGE.relative_to(ROOT)}: {len(asked)} answers, {len(answers)} programs")
    return 0


def _ours(asked: Sequence[Row]) -> Answers:
    read = {row["id"]: row for pin in pins() for row in _usage(pin.name, pin.folder)}
    priced = {row["id"]: row for row in _priced([row for row in asked if row.cost is not None])}
    return {row.id: _told(read.get(row.id), priced.get(row.id)) for row in asked}


def _told(read: dict[str, Any] | None, priced: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the two commands said, and what of it a run would warn of."""
    warned = {
        "counts": "usage-partial" if read and read.get("usage_state") == "partial" else None,
        "cost": "cost-contradicted" if read and read.get("provider_cost_usd") else None,
    }
    return {
        "counts": _counts(read),
        "cost": _cost(priced),
        "doubts": [kind for kind, rule in warned.items() if rule],
    }


def _usage(name: str, folder: Path) -> Iterable[dict[str, Any]]:
    command = [sys.executable, "-m", "pytest_specbudget", "usage", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        row = json.loads(line)
        yield row | {"id": f"{name} {row['file']}#{row['index']}"}


def _counts(row: dict[str, Any] | None) -> Any:
    if row is None or not row["is_llm_call"]:
        return {"error": "not read as a model call"}
    if not row["usage_reported"]:
        return {"error": "no counts were reported"}
    return {name: row["usage"].get(name) or 0 for name in COUNTED}


def _priced(asked: Sequence[Row]) -> Iterable[dict[str, Any]]:
    lines = [
        {"id": row.id, "provider": row.provider, "model": row.model, "usage": row.counts}
        | {"at": row.at.isoformat() if row.at else None}
        for row in asked
    ]
    command = [sys.executable, "-m", "pytest_specbudget", "price"]
    said = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(command, input=said, capture_output=True, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _cost(row: dict[str, Any] | None) -> Any:
    if row is None:
        return None
    cost = row.get("list_cost_usd")
    return {"error": row.get("reason")} if cost is None else cost


def _of_peer(name: str, number: str, asked: Sequence[Row]) -> Answers:
    command = [str(_environment(name, number)), str(ROOT / "ci" / "accuracy_peers.py"), name]
    said = "".join(json.dumps(row.asked()) + "\n" for row in asked)
    local = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # as released, not as of today
    done = subprocess.run(
        command, input=said, env=local, stdout=subprocess.PIPE, text=True, check=True
    )
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {row.pop("id"): row for row in told}


def _environment(name: str, number: str) -> Path:
    """Return the Python of an environment that holds one library; make it where it is missing."""
    folder = cache() / "peers" / f"{name}-{number}"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (folder / "made").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "-qq", f"{name}=={number}"]
        subprocess.run(install, check=True)
        (folder / "made").touch()
    return python


if __name__ == "__main__":
    sys.exit(main())
