"""The journal of a run that nobody here trusts, as a pull request from a fork leaves one.

Whoever wrote it may have chosen every byte.  So it is bounded before it is read; an archive is
never unpacked to disk, and only one name in it is looked at, so that no path leads anywhere; and of
the lines only those count that have the right shape.  Nothing of it is executed.

What the run says about its own limits is left out: what it was held to, which prices it had, and
what its markers allow beyond the limit of the base are the base's to say.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from typing import TYPE_CHECKING, NoReturn

from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import BaselineError, JournalError
from pytest_specbudget.journal.combining import names_of
from pytest_specbudget.journal.reader import read_lines

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.baselines.git import Repository
    from pytest_specbudget.journal.reader import Journal

__all__ = ["DAMAGES", "MEMBER", "MOST_BYTES", "doubts_of", "hostile_journal"]

MEMBER = "spec-budget.jsonl"
"""The one file of an archive that is looked at."""

MOST_BYTES = 64 << 20
"""How large a journal may be; a call takes about a kilobyte."""

DAMAGES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a rule may stumble over where a value is of another kind than any run writes."""

_SHORT_ID = 7
_MOST_COMMITS = 8
_MOST_LINES = 200_000
_MOST_PACKED = 16 << 20
_MOST_MEMBERS = 1_000
_USUAL = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def hostile_journal(path: Path) -> Journal:
    """Read the journal at *path*, or the one in the archive (`.zip`) that is there.

    Raises:
        JournalError: If it is too large, or no journal at all.  A line that makes no sense is
            damage, as in any journal.
    """
    packed = path.suffix == ".zip"
    data = _unpacked(path) if packed else _bounded(path, MOST_BYTES)
    lines = data.decode("utf-8", "replace").split("\n")
    if len(lines) > _MOST_LINES:
        raise JournalError(f"{path.name} has more than {_MOST_LINES:,} lines, so it was not read")
    odd = [number for number, line in enumerate(lines) if line and not _is_json(line)]
    for number in odd:
        lines[number] = ""
    name = f"{path.name}/{MEMBER}" if packed else path.name
    journal = read_lines(name, lines)
    if journal.header is None:
        raise JournalError(f"{path.name} holds no journal; give what specbudget combine wrote")
    journal.damage += [f"{name}:{number + 1}: a line that is no JSON" for number in odd]
    return journal


def doubts_of(journal: Journal, repository: Repository, head: str) -> tuple[str, ...]:
    """Say, in whole sentences, what leaves open whether *journal* is of the commit *head*.

    A provider may merge a change into its base and test that: such a merge is of the change.

    Raises:
        JournalError: If it is of another commit, as one that an earlier run left is.
    """
    told = "" if journal.header is None else journal.header.commit or ""
    commits = sorted(names_of(told))[:_MOST_COMMITS]
    if not commits:
        return ("the journal does not say of which commit it is",)
    known = {each: _commit(repository, each) for each in commits if each != head}
    for each, commit in known.items():
        if commit is not None and head not in {commit, _commit(repository, f"{each}^2")}:
            raise JournalError(
                f"{journal.name} is of the commit {each[:_SHORT_ID]}, and the change is "
                f"{head[:_SHORT_ID]}; give the journal of its own run"
            )
    unknown = sorted(each[:_SHORT_ID] for each, commit in known.items() if commit is None)
    words = "which git does not know here, so it may be another than the change"
    return (f"the journal is of {', '.join(unknown)}, {words}",) if unknown else ()


def _commit(repository: Repository, revision: str) -> str | None:
    try:
        return repository.commit(revision)
    except BaselineError:
        return None


def _bounded(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {reason_of(error)}") from error
    if len(data) > most:
        raise JournalError(f"{path.name} is larger than {most >> 20} MiB, so it was not read")
    return data


def _unpacked(path: Path) -> bytes:
    """Return what an archive has under the name `MEMBER`; nothing is written anywhere."""
    _bounded(path, _MOST_PACKED)
    try:
        data = _member(path)
    except _BROKEN as error:
        raise JournalError(f"{path.name} is no archive with a readable {MEMBER}") from error
    if len(data) > MOST_BYTES:
        raise JournalError(f"{MEMBER} is larger than {MOST_BYTES >> 20} MiB, so it was not read")
    return data


def _member(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        if len(archive.infolist()) > _MOST_MEMBERS:
            raise ValueError("it holds too many files")
        found = archive.getinfo(MEMBER)
        if found.compress_type not in _USUAL:
            raise ValueError("it is packed in an unusual way")
        with archive.open(found) as file:
            return file.read(MOST_BYTES + 1)


def _is_json(line: str) -> bool:
    """Tell whether *line* is JSON by the standard, which knows no `NaN` and no `Infinity`."""
    try:
        json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
