"""What a history is in doubt about, until somebody puts it right or dismisses it.

    quarantine/8d21....jsonl    records that were refused, as they came, each with the reason
    unread/53ab....jsonl        what could not be read of one file that was added

A line is `reason`, `from` and, of a record, `record`: texts by the names of columns.  It is open
until it is `corrected` (the date; a record of its id and part came later, or the line itself was
corrected and its file added) or `dismissed` (`on` a date, and `why`).  Closed lines stay, so that
the same record, added again, opens nothing anew.

What lies in `unread/` is written by `unread` and `missing_calls`; here it is read and dismissed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.store.sources import QUARANTINE, UNREAD
from pytest_specbudget.analysis.store.whole_files import write_whole
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path

    Row = Mapping[str, Any]

__all__ = [
    "CLOSED",
    "Doubt",
    "awaited",
    "call_of",
    "closed",
    "correct",
    "dismiss",
    "doubts_of",
    "key_of",
    "line_of",
    "lines_in",
    "open_sentences",
    "parted",
    "set_aside",
    "write_lines",
]

CLOSED = frozenset({"corrected", "dismissed"})
"""The keys of a line that nobody is in doubt about any more."""

_KEY = "key"
"""The key of a line that tells what its record was known by when it came."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One line.

    Attributes:
        file: Where it lies.
        text: The line as it stands.
        told: What it says; of a line that makes no sense, that it makes none.
    """

    file: Path
    text: str
    told: dict[str, Any]

    @property
    def open(self) -> bool:
        """Whether nobody has put it right or dismissed it."""
        return not self.told.keys() & CLOSED

    @property
    def keys(self) -> set[str]:
        """What its record is known by: as it stands, and as it came, should somebody mend it."""
        came = {str(self.told[_KEY])} if _KEY in self.told else set()
        return came if self.record is None else {key_of(self.record), *came}

    @property
    def place(self) -> str:
        """Where it came from."""
        return str(self.told.get("from"))

    @property
    def record(self) -> dict[str, Any] | None:
        """The record that was refused; None if it is about what could not be read."""
        record = self.told.get("record")
        return record if isinstance(record, dict) else None

    def marked(self, **mark: object) -> Doubt:
        """Return it closed."""
        told = {**self.told, **mark}
        return Doubt(self.file, json.dumps(told, ensure_ascii=False), told)


def doubts_of(history: Path, *kinds: str) -> Iterator[Doubt]:
    """Read the lines of the *history*, open and closed: all, or those of some folders in it."""
    for kind in kinds or (QUARANTINE, UNREAD):
        for file in sorted((history / kind).glob("*.jsonl")):
            yield from lines_in(file)


def awaited(history: Path) -> Mapping[tuple[str, str], set[Path]]:
    """Return the calls of refused records that are open, by id and part, each with its files."""
    files: defaultdict[tuple[str, str], set[Path]] = defaultdict(set)
    for doubt in doubts_of(history, QUARANTINE):
        if doubt.open and doubt.record is not None:
            files[call_of(doubt.record)].add(doubt.file)
    return files


def open_sentences(history: Path) -> tuple[str, ...]:
    """Say what is open, a sentence for each place that it came from."""
    return (
        *_grouped(doubts_of(history, QUARANTINE), _aside_sentence),
        *_grouped(doubts_of(history, UNREAD), _unread_sentence),
    )


def closed(history: Path) -> set[str]:
    """Return the keys of the refused records that nobody is in doubt about any more."""
    return {key for one in doubts_of(history, QUARANTINE) if not one.open for key in one.keys}


def key_of(record: Row) -> str:
    """Return what a refused record is known by: all that it says."""
    said = {name: str(told) for name, told in record.items()}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def call_of(record: Row) -> tuple[str, str]:
    """Return the id and part that a refused record names, as text."""
    return str(record.get("id")), str(record.get("part", "0"))


def parted(row: Row) -> tuple[str, str, dict[str, Any]]:
    """Part a row that was refused into where it is from, the reason, and what it says."""
    record = {name: told for name, told in row.items() if told is not None}
    return record.pop("from"), record.pop("reason"), record


def set_aside(rows: Iterable[Row], history: Path) -> None:
    """Keep rows that were refused, as they came, one file for what came from one place.

    Args:
        rows: Each with its `from` and its `reason` beside what it says; what lies in the quarantine
            already is not kept twice.
        history: The history.
    """
    known = {key for one in doubts_of(history, QUARANTINE) for key in one.keys}
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        place, reason, record = parted(row)
        if (key := key_of(record)) not in known:
            known.add(key)
            lines[place].append(line_of(reason, place, key=key, record=record))
    for of_one in map(sorted, lines.values()):
        name = hashlib.sha256("\n".join(of_one).encode()).hexdigest()[:16]
        file = history / QUARANTINE / f"{name}.jsonl"
        write_lines(file, [*(one.text for one in lines_in(file)), *of_one])


def correct(files: Iterable[Path], today: date, *, is_sound: Callable[[Row], bool]) -> None:
    """Close the lines in *files* whose record *is_sound* now."""

    def corrected(doubt: Doubt) -> Doubt:
        put_right = doubt.open and doubt.record is not None and is_sound(doubt.record)
        return doubt.marked(corrected=today.isoformat()) if put_right else doubt

    for file in files:
        _rewrite(file, corrected)


def dismiss(history: Path, why: str, today: date, *, places: Collection[str] = ()) -> int:
    """Close all that is open, or what is from *places*, and return how many lines that are."""
    mark = {"on": today.isoformat(), "why": why}
    files = Counter(one.file for one in doubts_of(history) if one.open and _is_from(one, places))

    def dismissed(doubt: Doubt) -> Doubt:
        asked_for = doubt.open and _is_from(doubt, places)
        return doubt.marked(dismissed=mark) if asked_for else doubt

    for file in files:
        _rewrite(file, dismissed)
    return files.total()


def lines_in(file: Path) -> Iterator[Doubt]:
    """Read the lines of one file, which need not be there."""
    try:
        lines = file.read_text("utf-8", errors="replace").split("\n")
    except FileNotFoundError:
        return
    for number, text in enumerate(lines, start=1):
        if text:
            yield Doubt(file, text, _told(text, f"{file}:{number}"))


def _told(text: str, where: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and "reason" in told:
        return told
    return {"reason": f"{where}: makes no sense", "from": where}


def line_of(reason: str, place: str, **more: object) -> str:
    """Write a line that is open, with *more* of what it says."""
    return json.dumps({"reason": reason, "from": place, **more}, ensure_ascii=False)


def _rewrite(file: Path, change: Callable[[Doubt], Doubt]) -> None:
    write_lines(file, [change(doubt).text for doubt in lines_in(file)])


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """Let *file* have these lines and no others; without any it goes."""
    # The half of a byte in the name of a file is what JSON reads as that again: `\udcff`.
    text = "".join(f"{line}\n" for line in lines).encode(errors="backslashreplace")
    if not text:
        file.unlink(missing_ok=True)
    elif not (file.is_file() and file.read_bytes() == text):
        write_whole(file, text)


def _is_from(doubt: Doubt, places: Collection[str]) -> bool:
    return not places or doubt.place in places


def _grouped(doubts: Iterable[Doubt], sentence: Callable[[list[Doubt]], str]) -> Iterator[str]:
    by_place: defaultdict[str, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        if doubt.open:
            by_place[doubt.place].append(doubt)
    yield from map(sentence, by_place.values())


def _aside_sentence(doubts: list[Doubt]) -> str:
    first, count = doubts[0], len(doubts)
    name = (first.record or {}).get("id") or "a record"
    more = f"; and {count - 1:,} more" if count > 1 else ""
    return (
        f"{calls_of(count, 'record')} from {first.place} {'are' if count > 1 else 'is'} set aside: "
        f"{name}: {first.told['reason']}{more}; correct {first.file} and add it, or dismiss with "
        "`specbudget history forget`"
    )


def _unread_sentence(doubts: list[Doubt]) -> str:
    first, count = doubts[0], len(doubts)
    more = f"; and {count - 1:,} more" if count > 1 else ""
    advice = first.told.get("advice", "add the same file again when it is whole")
    return f"{first.told['reason']}{more}; {advice}, or dismiss with `specbudget history forget`"
