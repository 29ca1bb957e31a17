"""`specbudget cassettes migrate`: write recordings of any shape anew in the form that we write.

What is written was read back and compared first; what cannot be migrated stays as it is, and is
told.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import is_there, shown_path
from pytest_specbudget.cli._table import say
from pytest_specbudget.cli.cassettes._figures import dates
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.recordings.library import recordings
from pytest_specbudget.recordings.migration import migrated, target_name, write

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.migration import Migration

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "write recordings of any shape anew, scrubbed, in the form that replays fastest"
EXAMPLE = "specbudget cassettes migrate tests/cassettes --dry-run"

_PACKAGE = "pytest-specbudget"
_WRONG_ARGUMENTS = 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the action takes."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="recordings, or folders of them"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--in-place", action="store_true", help="put each new file in place of the old one"
    )
    where.add_argument(
        "--out", type=Path, metavar="DIR", help="write the new files there, under the same names"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only say what would be done, and taken out"
    )


def run(arguments: argparse.Namespace) -> int:
    """Migrate; 1 if anything could not be, 2 if it is not said where to."""
    problem = _nonsense(arguments)
    if problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    journey = _Journey(out=arguments.out, dry=arguments.dry_run)
    for root in arguments.paths:
        for recording in recordings(root, journey.complain):
            journey.take(recording, root)
    say(journey.summary())
    return 1 if journey.failed else 0


def _nonsense(arguments: argparse.Namespace) -> str:
    if not (arguments.in_place or arguments.out or arguments.dry_run):
        return "say where to: --in-place, --out DIR, or --dry-run to see what would be done"
    missing = [path for path in arguments.paths if not is_there(path)]
    return f'"{missing[0]}" does not exist' if missing else ""


@dataclass(slots=True, kw_only=True)
class _Journey:
    """What is done with one recording after the other, and how many went which way."""

    out: Path | None
    dry: bool
    done: int = 0
    left: int = 0
    failed: int = 0

    def take(self, recording: Recording, root: Path) -> None:
        """Migrate one recording, and say so."""
        plan = migrated(recording, _note(recording))
        if plan.refusal:
            self.complain(f"{shown_path(recording.path)}: not migrated, {plan.refusal}")
        elif plan.text is None and self.out is None:
            self.left += 1
        else:
            self._carry(recording, plan, self._target(recording, root))

    def complain(self, problem: str) -> None:
        """Tell of a file that stays as it is."""
        self.failed += 1
        complain(problem)

    def summary(self) -> str:
        """Say how many went which way."""
        did = "would be migrated" if self.dry else "migrated"
        whole = f"{calls_of(self.done, 'recording')} {did}"
        left = f"{self.left} in our form already" if self.left else ""
        failed = f"{self.failed} not migrated" if self.failed else ""
        return ", ".join(filter(None, (whole, left, failed)))

    def _target(self, recording: Recording, root: Path) -> Path:
        """Return where the new file goes; below `--out` it keeps its place below *root*."""
        if self.out is None:
            return recording.path.with_name(target_name(recording.path.name))
        return self.out / (target_name(recording.name) if root.is_dir() else _name(recording))

    def _carry(self, recording: Recording, plan: Migration, target: Path) -> None:
        source = shown_path(recording.path)
        if target.exists() and target.resolve() != recording.path.resolve():
            self.complain(f"{source}: not migrated, {shown_path(target)} is there already")
            return
        try:
            if not self.dry:
                self._write(recording, plan, target)
        except (RecordingError, OSError) as problem:
            self.complain(f"{source}: not migrated, {reason_of(problem)}")
            return
        self.done += 1
        for line in _told(recording, plan, target):
            say(line)

    def _write(self, recording: Recording, plan: Migration, target: Path) -> None:
        text = plan.text if plan.text is not None else recording.path.read_text("utf-8")
        write(text, target)
        if self.out is None and target.resolve() != recording.path.resolve():
            recording.path.unlink()


def _name(recording: Recording) -> str:
    return target_name(recording.path.name)


def _note(recording: Recording) -> str:
    form, times = recording.whole.form, [*filter(None, recording.whole.recorded)]
    when = f", recorded {dates(min(times), max(times))}" if times else ""
    us = f"{_PACKAGE} {version(_PACKAGE)}"
    return f"Written anew by {us} from {recording.path.name} ({form}{when})."


def _told(recording: Recording, plan: Migration, target: Path) -> Iterator[str]:
    many = calls_of(len(recording.interactions), "interaction")
    source, goal = shown_path(recording.path), shown_path(target)
    arrow = f" -> {goal}" if goal != source else ""
    yield f"{source}{arrow}   {recording.whole.form}, {many}"
    if plan.removed:
        told = (f"{name} x{many}" if many > 1 else name for name, many in plan.removed.items())
        yield f"    takes out  {', '.join(told)}"
    for remark in plan.remarks:
        yield f"    note       {remark}"
