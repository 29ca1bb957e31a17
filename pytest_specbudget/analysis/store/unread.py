"""What could not be read of a file: noted, and forgotten when that file comes again and is whole.

Whether it is that file again, a path does not tell: exporters write the next day under the same
name.  A journal is known by its first line, wherever it lies.  JSON lines are the same file again
if they begin with all that stood before the damage, and are longer than they were; where nothing
stood before it, and of Parquet and other documents, nobody can tell, and only dismissing helps.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.store.doubts import Doubt, line_of, lines_in, write_lines
from pytest_specbudget.analysis.store.sources import UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_specbudget.analysis.store.sources import Source

__all__ = ["identity_of", "note_unread"]

_KNOWN_OTHERWISE = ("journal", "quarantine")
"""The shapes that are told from others by their first line, or that only one file has."""

_STOOD = "stood"
_ADVICE = {"advice": "nobody can tell whether a file is this one again: add what it held"}


def note_unread(
    troubles: Mapping[Source, list[str]], sound: Mapping[Source, int], history: Path
) -> list[str]:
    """Remember what could not be read of each source, and forget it of those that are whole now.

    Args:
        troubles: What could not be read, a sentence each; none of a source that is whole.
        sound: How many bytes stand before the damage, of JSON lines that have some.
        history: The history.

    Returns:
        The sentences, without those that were dismissed.
    """
    if not any(troubles.values()) and not (history / UNREAD).is_dir():
        return []
    copies: defaultdict[str, list[Source]] = defaultdict(list)
    for source in troubles:
        copies[_identity(source)].append(source)
    told: list[str] = []
    for identity, sources in copies.items():
        file = history / UNREAD / f"{identity}.jsonl"
        told += _noted(file, {one: troubles[one] for one in sources}, sound)
    return told


def _noted(
    file: Path, troubles: Mapping[Source, list[str]], sound: Mapping[Source, int]
) -> list[str]:
    before = [*lines_in(file)]
    known = {_known_by(one): one for one in before}
    new = [
        one
        for source, sentences in troubles.items()
        for one in _doubts(file, source, sentences, sound.get(source, 0))
    ]
    now = [known.get(_known_by(one), one) for one in new]
    left = [one for one in before if not any(_is_again(source, one) for source in troubles)]
    left += now if all(troubles.values()) else []  # where one copy is whole, nothing is lost
    write_lines(file, dict.fromkeys(one.text for one in left))
    return [one.told["reason"] for one, as_known in zip(new, now, strict=True) if as_known.open]


def _doubts(file: Path, source: Source, sentences: list[str], sound: int) -> Iterator[Doubt]:
    more = _mark(source, sound) if sentences else {}
    for sentence in sentences:
        told = {"reason": sentence, "from": str(source.path), **more}
        yield Doubt(file, line_of(sentence, str(source.path), **more), told)


def _mark(source: Source, sound: int) -> dict[str, Any]:
    """Return what a line says of a file so that it is known again; nothing of a journal."""
    if source.shape in _KNOWN_OTHERWISE:
        return {}
    try:
        size = source.path.stat().st_size
        digest = _digest(source.path, sound or size)
    except OSError:
        return _ADVICE
    return {_STOOD: {"bytes": sound, "sha256": digest, "of": size}} | ({} if sound else _ADVICE)


def _known_by(doubt: Doubt) -> tuple[str, object]:
    """Return what a line says, wherever the file lies, and of which content."""
    reason = str(doubt.told["reason"]).removeprefix(doubt.place)
    return reason, _stood(doubt).get("sha256")


def _is_again(source: Source, doubt: Doubt) -> bool:
    """Tell whether *source* is the file that *doubt* is about, and has more than it had."""
    if source.shape in _KNOWN_OTHERWISE:
        return True
    stood = _stood(doubt)
    try:
        if not stood.get("bytes") or source.path.stat().st_size <= stood["of"]:
            return False
        return bool(_digest(source.path, stood["bytes"]) == stood["sha256"])
    except OSError:  # which whoever read it has said
        return False


def _stood(doubt: Doubt) -> Mapping[str, Any]:
    stood = doubt.told.get(_STOOD)
    return stood if isinstance(stood, dict) else {}


def _digest(path: Path, length: int) -> str:
    """Return the digest of the first *length* bytes."""
    with path.open("rb") as content:
        return hashlib.sha256(content.read(length)).hexdigest()


def identity_of(journal: Path) -> str:
    """Return what a journal is known by: its first line, or, if it has none, its path."""
    try:
        with journal.open("rb") as lines:
            first = lines.readline()
    except OSError:
        first = b""
    return _short_digest(first) if b'"header"' in first else _placed(journal)


def _identity(source: Source) -> str:
    """Return the name of the file that tells what of *source* could not be read."""
    return identity_of(source.path) if source.shape == "journal" else _placed(source.path)


def _placed(path: Path) -> str:
    return _short_digest(os.fsencode(path.resolve()))


def _short_digest(known_by: bytes) -> str:
    return hashlib.sha256(known_by).hexdigest()[:16]
