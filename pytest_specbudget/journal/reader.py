"""Read journals back; damage is reported with file and line, and the rest is still read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.below import journals_below
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.journal.schema import (
    ChargeLine,
    EventLine,
    FooterLine,
    HeaderLine,
    StartLine,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

__all__ = ["Journal", "journal_files", "older_runs", "read_journal", "read_lines"]

_HOME = "journal"
_SET_ASIDE = frozenset({"quarantine", "unread"})
"""Folders of a history, as `analysis.store.sources` names them."""


@dataclass(slots=True)
class Journal:
    """What one process wrote down.

    Attributes:
        name: The file, for people.
        header: Its first line, or None if that is damaged.
        starts: Calls that were begun, by id.
        charges: Calls that ended, in order.
        events: What else happened, in order.
        footer: Its last line, or None if the process did not end well.
        damage: One sentence for each line that makes no sense, with file and line.
    """

    name: str
    header: HeaderLine | None = None
    starts: dict[str, StartLine] = field(default_factory=dict)
    charges: list[Charge] = field(default_factory=list)
    events: list[EventLine] = field(default_factory=list)
    footer: FooterLine | None = None
    damage: list[str] = field(default_factory=list)

    @property
    def damaged(self) -> str | None:
        """What makes no sense, as one sentence for all lines: how many, and the first; or None."""
        if len(self.damage) <= 1:
            return next(iter(self.damage), None)
        return (
            f"{self.name}: {len(self.damage):,} lines cannot be read; the first: {self.damage[0]}"
        )

    @property
    def unanswered(self) -> list[Charge]:
        """The calls that were begun and whose end nobody saw."""
        ended = {charge.id for charge in self.charges}
        ended.update(event.values["id"] for event in self.events if "id" in event.values)
        return [start.unanswered() for start in self.starts.values() if start.id not in ended]

    @property
    def incomplete(self) -> str | None:
        """Why the lines are not all that was booked, as one sentence, or None."""
        if self.footer is None:
            return (
                f"{self.name}: the process did not end well; calls after its last line may be lost"
            )
        if self.header is None:
            return f"{self.name}: its first line, the header, is missing or cannot be read"
        if len(self.events) < (self.footer.events or 0):
            return f"{self.name}: {self.footer.events} events were written, {len(self.events)} left"
        booked = self._booked_here()
        total = Money.total(charge.list_cost or Money() for charge in booked)
        if (self.footer.count, self.footer.list_cost) == (len(booked), total):
            return None
        return (
            f"{self.name}: its footer counts {self.footer.count} calls of ${self.footer.list_cost}"
            f", its lines {len(booked)} of ${total}"
        )

    def _booked_here(self) -> list[Charge]:
        """Return the charges of the process that wrote the footer, without its forked children."""
        pid = f"/{self.header.pid}/" if self.header is not None and self.header.pid else ""
        return [charge for charge in self.charges if pid in charge.id]


def journal_files(path: Path) -> list[Path]:
    """Return the journals at *path*, sorted: the file itself, or those of the newest run.

    A folder may hold the journals of several projects or shards, each in a `journal` folder of its
    own; of each of these the newest run is taken.  Files that lie in no such folder are all taken.

    Raises:
        JournalError: If there is none.
    """
    files = [path] if path.is_file() else sorted(_below(path))
    if not files:
        why = "holds no journal (*.jsonl)" if path.exists() else "does not exist"
        raise JournalError(f"{path} {why}")
    newest = {home: max(runs) for home, runs in _runs(files).items()}
    return [file for file in files if newest.get(file.parent.parent, file.parent) == file.parent]


def older_runs(path: Path) -> int:
    """Return how many runs in the folder *path* `journal_files` leaves out."""
    if path.is_file():
        return 0
    return sum(len(runs) - 1 for runs in _runs(_below(path)).values())


def _below(folder: Path) -> Iterator[Path]:
    """Yield the journals in *folder*; what a history set aside has lines of another kind."""
    for file in journals_below(folder):
        if _SET_ASIDE.isdisjoint(file.relative_to(folder).parts[:-1]):
            yield file


def _runs(files: Iterable[Path]) -> dict[Path, set[Path]]:
    """Return the runs of each `journal` folder; their names sort by time."""
    homes: dict[Path, set[Path]] = {}
    for file in files:
        if file.parent.parent.name == _HOME:
            homes.setdefault(file.parent.parent, set()).add(file.parent)
    return homes


def read_journal(path: Path) -> Journal:
    """Read one file; damage is collected, and a newer format refused.

    Raises:
        JournalError: If the file cannot be read, or was written by a later version.
    """
    try:
        with path.open("rb") as content:  # a line at a time, for there may be a gigabyte of them
            return read_lines(str(path), (_text(line) for line in content))
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {reason_of(error)}") from error


def _text(line: bytes) -> str:
    return line.removesuffix(b"\n").decode("utf-8", errors="replace")


def read_lines(name: str, lines: Iterable[str]) -> Journal:
    """Read the lines of one process; the last may be torn, and an empty one is none."""
    journal = Journal(name)
    for number, line in enumerate(lines, start=1):
        if line:
            _read_line(journal, line, f"{name}:{number}")
    return journal


def _read_line(journal: Journal, line: str, where: str) -> None:
    try:
        values = json.loads(line)
        take = _TAKERS[values["kind"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        journal.damage.append(f"{where}: a torn or foreign line: {line[:60]!r}")
        return
    try:
        take(journal, values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        journal.damage.append(f"{where}: {place}: {first['msg']}")


def _header(journal: Journal, values: Any) -> None:
    journal.header = HeaderLine.model_validate(values)
    if journal.header.schema_ > SCHEMA:
        raise JournalError(
            f"{journal.name} was written by a later version (schema {journal.header.schema_}, "
            f"this one reads {SCHEMA}); upgrade pytest-specbudget"
        )


def _start(journal: Journal, values: Any) -> None:
    line = StartLine.model_validate(values)
    journal.starts[line.id] = line


def _charge(journal: Journal, values: Any) -> None:
    journal.charges.append(ChargeLine.model_validate(values).charge())


def _event(journal: Journal, values: Any) -> None:
    journal.events.append(EventLine.model_validate(values))


def _footer(journal: Journal, values: Any) -> None:
    journal.footer = FooterLine.model_validate(values)


_TAKERS: dict[str, Callable[[Journal, Any], None]] = {
    "header": _header,
    "start": _start,
    "charge": _charge,
    "event": _event,
    "footer": _footer,
}
