"""Read journals back; damage is reported with file and line, and the rest is still read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import from_json

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.below import journals_below
from pytest_specbudget.journal.checks import OddValueError
from pytest_specbudget.journal.events import check_values
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.journal.plain import is_plain_start, plain_charge
from pytest_specbudget.journal.schema import (
    ChargeLine,
    EventLine,
    FooterLine,
    HeaderLine,
    StartLine,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

__all__ = [
    "Journal",
    "decoded",
    "journal_files",
    "lines_of",
    "older_runs",
    "read_journal",
    "read_lines",
]

_HOME = "journal"
_SET_ASIDE = frozenset({"quarantine", "unread"})
"""Folders of a history, as `analysis.store.sources` names them."""


@dataclass(slots=True)
class Journal:
    """What one process wrote down.

    Attributes:
        name: The file, for people.
        header: Its first line, or None if that is damaged.
        starts: Calls that were begun and of whose end no charge tells, by id.
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
        if not self.starts:
            return []
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
        return read_lines(str(path), lines_of(path))
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {reason_of(error)}") from error


def lines_of(path: Path, kept: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of a file, one at a time, for there may be a gigabyte of them.

    Args:
        path: The file.
        kept: Lines that its process could not write, from the first such one on; they follow.  Of
            one that only began to be written, the whole that was kept is taken.

    Raises:
        OSError: If the file cannot be read.
    """
    with path.open("rb") as content:
        for line in content:
            text = line.removesuffix(b"\n").decode("utf-8", errors="replace")
            began = bool(kept) and not line.endswith(b"\n") and kept[0].startswith(text)
            if not began:
                yield text
    yield from kept


def read_lines(name: str, lines: Iterable[str]) -> Journal:
    """Read the lines of one process; the last may be torn, and an empty one is none."""
    reader = _Reader(Journal(name))
    for number, line in enumerate(lines, start=1):
        if line:
            reader.take(line, f"{name}:{number}")
    return reader.whole()


@dataclass(slots=True)
class _Reader:
    """A journal while it is read.

    Attributes:
        journal: What was read so far, but for its starts.
        begun: What the lines of starts say that are not answered yet, by id.
        ended: The ids of charges: where journals were combined, they stand before their starts.
    """

    journal: Journal
    begun: dict[str, Any] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)

    def whole(self) -> Journal:
        """Return the journal, when all lines were taken."""
        self.journal.starts = {
            call: StartLine.model_validate(values) for call, values in self.begun.items()
        }
        return self.journal

    def take(self, line: str, where: str) -> None:
        """Take one *line*, or note that it makes no sense."""
        try:
            values = decoded(line)
            taken = _TAKERS[values["kind"]]
        except (ValueError, KeyError, TypeError, RecursionError):
            self.journal.damage.append(f"{where}: a torn or foreign line: {line[:60]!r}")
            return
        try:
            taken(self, values)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            self.journal.damage.append(f"{where}: {place}: {first['msg']}")
        except OddValueError as odd:
            self.journal.damage.append(f"{where}: {odd}")

    def header(self, values: Any) -> None:
        """Take the first line; that of a newer format is refused."""
        header = self.journal.header = HeaderLine.model_validate(values)
        if header.schema_ > SCHEMA:
            raise JournalError(
                f"{self.journal.name} was written by a later version (schema {header.schema_}, "
                f"this one reads {SCHEMA}); upgrade pytest-specbudget"
            )

    def start(self, values: Any) -> None:
        """Take a call that was begun, unless its end was told already."""
        if not is_plain_start(values):
            StartLine.model_validate(values)
        if values["id"] not in self.ended:
            self.begun[values["id"]] = values

    def charge(self, values: Any) -> None:
        """Take a call that ended; nobody asks for its start any more."""
        charge = plain_charge(values) or ChargeLine.model_validate(values).charge()
        self.journal.charges.append(charge)
        self.begun.pop(charge.id, None)
        self.ended.add(charge.id)

    def event(self, values: Any) -> None:
        """Take anything else, if its values are such as we write."""
        event = EventLine.model_validate(values)
        check_values(event.event, event.values)
        self.journal.events.append(event)

    def footer(self, values: Any) -> None:
        """Take the last line."""
        self.journal.footer = FooterLine.model_validate(values)


def decoded(line: str) -> Any:
    """Decode *line* in half the time that the standard library takes, which is asked in doubt.

    Short texts that lines have in common are kept once.

    Raises:
        ValueError: If it is no JSON, or a number in it is too long.
        RecursionError: If it is nested beyond reason.
    """
    try:
        return from_json(line)
    except ValueError:
        return json.loads(line)


_TAKERS: dict[str, Callable[[_Reader, Any], None]] = {
    "header": _Reader.header,
    "start": _Reader.start,
    "charge": _Reader.charge,
    "event": _Reader.event,
    "footer": _Reader.footer,
}
