"""Runs the commands of README.md and docs/, and compares what they print with what is shown.

All commands of a page run in order in one copy of a fresh clone, with the programs of the Python
that runs this first on the PATH.  How a page says what it expects: see page_commands.py.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from clone import ROOT, copy_clone
from page_commands import Command, Shown, agrees, commands_of, with_outputs

_LIMIT_S = 600


def main() -> int:
    """Run all commands, or print a line to paste, or write the output into the pages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pages", nargs="*", type=Path, help="default: README.md and docs/")
    parser.add_argument("--refresh", action="store_true", help="write the real output into them")
    parser.add_argument("--print", type=int, metavar="N", help="print the README's line N to paste")
    chosen = parser.parse_args()
    if chosen.print:
        pasted = [command for command in _commands(Path("README.md")) if command.pasted]
        print(pasted[chosen.print - 1].text)
        return 0
    wrong = sum(_try_page(page, refresh=chosen.refresh) for page in chosen.pages or _pages())
    return 1 if wrong else 0


def _pages() -> list[Path]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page.relative_to(ROOT) for page in pages]


def _commands(page: Path) -> list[Command]:
    return commands_of(page, (ROOT / page).read_text(encoding="utf-8"))


def _try_page(page: Path, *, refresh: bool) -> int:
    """Run the commands of *page* and return how many went wrong."""
    commands = _commands(page)
    outputs: list[tuple[Shown, list[str]]] = []
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, "clone")
        if any(not command.not_run for command in commands):
            copy_clone(clone)
        wrong = sum([_try(command, clone, outputs) for command in commands])
    if refresh and outputs:
        renewed = with_outputs((ROOT / page).read_text(encoding="utf-8"), outputs)
        (ROOT / page).write_text(renewed, encoding="utf-8", newline="\n")
    return wrong


def _try(command: Command, clone: Path, outputs: list[tuple[Shown, list[str]]]) -> bool:
    if command.not_run:
        print(f"not run  {command.place}  {command.text}   ({command.not_run})")
        return False
    done = _run(command, clone)
    printed = [line.rstrip() for line in done.stdout.strip("\n").splitlines()]
    if command.shown and command.shown.is_whole:
        outputs.append((command.shown, printed))
    problem = _problem(command, done.returncode, printed)
    print(f"{'FAILED ' if problem else 'ok     '}  {command.place}  {command.text}", flush=True)
    if problem:
        print(problem, *printed, sep="\n    ", flush=True)
    return bool(problem)


def _run(command: Command, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [shutil.which("bash") or "/bin/sh", "-c", command.text],
        cwd=folder,
        env=_environment(),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_LIMIT_S,
    )


def _environment() -> dict[str, str]:
    """Return the environment of a new user: nothing of ours set, no colour, 80 columns."""
    ours = ("SPECBUDGET_", "PYTEST_", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    kept.pop("CI", None)
    programs = str(Path(sys.executable).parent)
    path = os.pathsep.join([programs, kept.get("PATH", os.defpath)])
    return kept | {"PATH": path, "NO_COLOR": "1", "COLUMNS": "80", "PYTHONUTF8": "1"}


def _problem(command: Command, status: int, printed: list[str]) -> str:
    if status != command.exits:
        return f"ended with {status}, not {command.exits}; it printed:"
    if command.shown and not agrees(command.shown.lines, printed):
        return "printed something else than is shown:"
    return ""


if __name__ == "__main__":
    sys.exit(main())
