"""What the recordings of a repository hold, booked as a run that replays each of them once would.

The same code reads, prices and merges as in a run, so that what is shown here is what a run says.
Which prices count is what the settings say that the repository has already, if any.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.cassettes.damage import REMEDY
from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.journal.reader import Journal
from pytest_specbudget.recordings.dating import date_of
from pytest_specbudget.recordings.library import recordings, request_of
from pytest_specbudget.recordings.matrix_folder import is_of_a_matrix
from pytest_specbudget.recordings.secrets import secrets_in_recording
from pytest_specbudget.recordings.valuation import charges_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.secrets import Secret
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Recorded", "RecordedFile", "read_recordings"]

_SUFFIXES = (".yaml", ".yml", ".json", ".yaml.gz", ".yml.gz", ".json.gz", ".har")
_SURE_FOLDER = re.compile(r"(?:^|/)(?:vcr_)?cassettes?/", re.IGNORECASE)
_LOOKS_RECORDED = re.compile(
    rb"""(?:^|[{,])\s*["']?(?:(?:http_)?interactions|requests)["']?\s*:\s*(?:\[|$|&|!)""",
    re.MULTILINE,
)
_SNIFFED = 64 << 10
_LARGEST = 64 << 20
_GZIP = b"\x1f\x8b"
_UNTOLD = ("none", "unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFile:
    """One file of recordings.

    Attributes:
        name: Its path below rootdir.
        form: Who writes such files, as `Whole` says it.
        interactions: How many it holds.
        days: The first and the last day of an answer, as RFC 3339 dates; None where none is told.
        secrets: The credentials in it, without what merely names an account.
    """

    name: str
    form: str
    interactions: int
    days: tuple[str, str] | None
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """All recordings of a repository.

    Attributes:
        files: Those that hold recordings, by name.
        ledger: Their model calls; the `test` of each charge is the name of its file.
        resembling: How many calls merely resemble model calls, by host.
        addressless: How many exchanges have no address left, so that none can tell what was called.
        priced_at: The instant whose prices count, RFC 3339 as settings take it.
    """

    files: tuple[RecordedFile, ...]
    ledger: Ledger
    resembling: Mapping[str, int]
    addressless: int
    priced_at: str

    @property
    def days(self) -> tuple[str, str] | None:
        """The first and the last day of all, or None."""
        told = [day for file in self.files for day in file.days or ()]
        return (min(told), max(told)) if told else None


def read_recordings(
    rootdir: Path, names: Iterable[str], settings: Settings, unread: Callable[[str], None]
) -> Recorded:
    """Read what may be a recording among the files *names*.

    Args:
        rootdir: What the names are relative to.
        names: Files, in the order in which they count.
        settings: Which prices and host rules hold.
        unread: Told in one line of each recording that cannot be read.

    Raises:
        CatalogueError: If the prices cannot be read.
    """
    books = _Books(PriceDesk(settings))
    for name in names:
        path = rootdir / name
        if not name.endswith(_SUFFIXES) or is_of_a_matrix(path, Path(path.anchor)):
            continue
        if _may_be_recording(rootdir, name, unread):
            for found in recordings(
                path, lambda told: unread(_below(told, rootdir)), settings.hosts
            ):
                if found.whole.note:
                    unread(f"{name}: {found.whole.note}; {REMEDY}")
                books.take(found, name)
    return Recorded(
        files=tuple(books.files),
        ledger=merge([Journal(name="recordings", charges=books.charges)]).ledger,
        resembling=dict(books.resembling),
        addressless=books.addressless,
        priced_at=_as_setting(books.desk.as_of),
    )


@dataclass(slots=True)
class _Books:
    """The books of a run that replays everything once."""

    desk: PriceDesk
    files: list[RecordedFile] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    resembling: Counter[str] = field(default_factory=Counter)
    addressless: int = 0

    def take(self, recording: Recording, name: str) -> None:
        """Book every model call of *recording*."""
        owner = Attribution(test=name)
        charges = charges_of(recording, self.desk.quote)
        self.charges += (replace(charge, attribution=owner) for charge in charges)
        self.resembling.update(_resembling(recording))
        self.addressless += sum("//" not in one.url for one in recording.interactions)
        days = _days_of(date for one in recording.interactions if (date := date_of(one)))
        secrets = secrets_in_recording(recording.path, recording.whole)
        self.files.append(
            RecordedFile(
                name=name,
                form=recording.whole.form,
                interactions=len(recording.interactions),
                days=days,
                secrets=tuple(one for one in secrets if not one.is_account),
            )
        )


def _resembling(recording: Recording) -> Iterator[str]:
    """Yield the hosts of what looks like model calls, and told no counts."""
    for interaction, reading in zip(recording.interactions, recording.readings, strict=True):
        if reading is not None and not reading.certain and reading.usage_state in _UNTOLD:
            yield request_of(interaction).host


def _may_be_recording(rootdir: Path, name: str, unread: Callable[[str], None]) -> bool:
    """Tell by its folder or its first lines whether a file may hold recordings."""
    path = rootdir / name
    try:
        if path.stat().st_size > _LARGEST:
            sure = _SURE_FOLDER.search(name) or _LOOKS_RECORDED.search(_start_of(path))
            if sure:
                unread(f"{name}: more than {_LARGEST >> 20} MiB, left out")
            return False
        return bool(_SURE_FOLDER.search(name) or _LOOKS_RECORDED.search(_start_of(path)))
    except (OSError, EOFError) as problem:
        unread(f"{name}: cannot be read: {reason_of(problem)}")
        return False


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            file.seek(0)
            return file.read(_SNIFFED)
    with gzip.open(path) as packed:
        return packed.read(_SNIFFED)


def _days_of(dates: Iterable[datetime]) -> tuple[str, str] | None:
    days = [date.date().isoformat() for date in dates]
    return (min(days), max(days)) if days else None


def _as_setting(moment: datetime) -> str:
    """Write an instant as short as it can be: midnight is the date alone."""
    stamp = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return stamp.removesuffix("T00:00:00Z")


def _below(told: str, rootdir: Path) -> str:
    return told.replace(f"{rootdir}/", "", 1)
