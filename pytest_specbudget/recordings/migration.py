"""Recordings of any shape, written anew in ours: a line of JSON for each interaction.

A migrated recording is scrubbed and decompressed, and keeps the comments at its top.  It takes no
place before it was read back: the same requests by fingerprint, the same answers byte for byte
apart from what was scrubbed, the same usage.  Whatever is in doubt is refused, and the original
stays as it is.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.bodies import header, opened, plain
from pytest_specbudget.cassettes.lines import header as file_header
from pytest_specbudget.cassettes.lines import line, parse
from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.cassettes.scrub import scrubbed, scrubbed_text, with_body
from pytest_specbudget.cassettes.secrets.spans import in_body
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.recordings.library import reading_of
from pytest_specbudget.recordings.whole import OURS, flat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_specbudget.cassettes.interaction import Answer, Headers, Interaction
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.whole import Whole

__all__ = ["Migration", "migrated", "target_name", "write"]

_LENGTH, _CODING = "content-length", "content-encoding"
_FOLLOWING = {_LENGTH, _CODING}
"""The headers that follow what was done to a body."""
_PACKED = (".json", ".har", ".toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What becomes of one recording.

    Attributes:
        text: The file in our form; None if there is nothing to do or it cannot be done.
        refusal: Why it cannot be migrated; empty if it can.
        removed: What the new file holds no more, with how often, by what names it: `request header
            "authorization"`.
        remarks: What a reader should know, whole sentences.
    """

    text: str | None = None
    refusal: str = ""
    removed: Mapping[str, int]
    remarks: tuple[str, ...] = ()


def migrated(recording: Recording, note: str) -> Migration:
    """Write *recording* in our form, and read it back.

    Args:
        recording: Of any shape.
        note: The comment that says where the file comes from; it follows the comments it has.
    """
    whole = recording.whole
    if whole.homeless:
        return _refused(f"it holds {', '.join(whole.homeless)}, which our form has no place for")
    tidy = [_tidy(each) for each in whole.interactions]
    removed = Counter(
        name
        for old, new in zip(whole.interactions, tidy, strict=True)
        for name in _removed(old, new)
    )
    if _is_done(whole, tidy):
        return Migration(removed={})
    text = file_header("\n".join(_notes(whole.comments, note))) + "".join(map(line, tidy))
    problem = _difference(recording, tidy, text)
    if problem:
        return _refused(problem)
    return Migration(text=text, removed=removed, remarks=tuple(_remarks(recording, tidy)))


def target_name(name: str) -> str:
    """Name the migrated file: our form is YAML, so all others become `.yaml`."""
    bare = name.removesuffix(".gz")
    for suffix in _PACKED:
        if bare.endswith(suffix):
            return bare.removesuffix(suffix) + ".yaml"
    return bare


def write(text: str, target: Path) -> None:
    """Put *text* into the file *target*, at once or not at all.

    Raises:
        RecordingError: If it cannot be written; what was there is untouched.
    """
    target = target.resolve()
    beside = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise RecordingError(f"{target} cannot be written: {reason_of(problem)}") from problem


def _is_done(whole: Whole, tidy: list[Interaction]) -> bool:
    """Tell whether a recording is in our form already, with nothing in it to take out."""
    clean = all(scrubbed_text(comment) == comment for comment in whole.comments)
    return whole.form == OURS and clean and whole.note is None and tidy == whole.interactions


def _refused(why: str) -> Migration:
    return Migration(refusal=why, removed={})


def _notes(comments: tuple[str, ...], note: str) -> Iterator[str]:
    yield from map(scrubbed_text, comments)
    if note not in comments:
        yield note


def _tidy(interaction: Interaction) -> Interaction:
    """Decompress and scrub; a stated length that was wrong already is put right, too."""
    done = scrubbed(replace(interaction, answer=opened(interaction.answer)))
    return replace(done, answer=_measured(done.answer))


def _measured(answer: Answer) -> Answer:
    """State the length of a body that there is; the answer to a HEAD states one without it."""
    if not answer.body or not header(answer.headers, _LENGTH):
        return answer
    return with_body(replace(answer, body=b""), answer.body)


def _removed(old: Interaction, new: Interaction) -> Iterator[str]:
    """Name what was taken out, and never say what it was."""
    asked, answer = old.asked, opened(old.answer)
    yield from _headers_changed("request header", asked.headers, new.asked.headers)
    yield from _parameters_changed(asked.uri, new.asked.uri)
    yield from _kinds("request body", asked.body or b"", new.asked.body or b"", received=False)
    yield from _headers_changed("answer header", answer.headers, new.answer.headers)
    yield from _kinds("answer body", answer.body, new.answer.body, received=True)


def _kinds(what: str, old: bytes, new: bytes, *, received: bool) -> Iterator[str]:
    if old != new:
        found = in_body(plain(old) or old, received=received)
        yield from (f"{what}: {span.kind}" for span in found)


def _headers_changed(what: str, old: Headers, new: Headers) -> Iterator[str]:
    for name, values in old.items():
        if name.lower() not in _FOLLOWING and values != new.get(name):
            yield f'{what} "{name.lower()}"'


def _parameters_changed(old: str, new: str) -> Iterator[str]:
    (start, _, query), (clean, _, rest) = old.partition("?"), new.partition("?")
    if start != clean:
        yield "in a URL"
    for before, after in zip(query.split("&"), rest.split("&"), strict=False):
        if before != after:
            yield f'query parameter "{after.partition("=")[0]}"'


def _difference(recording: Recording, tidy: list[Interaction], text: str) -> str:
    """Say what the new file would have changed; empty if nothing."""
    try:
        back = parse(text.encode(), "the new file")
    except (RecordingError, UnicodeEncodeError) as problem:
        return f"it cannot be read back: {reason_of(problem)}"
    if not back.ours or back.interactions != tidy:
        return "it does not read back as it was written"
    for place, (old, new) in enumerate(
        zip(recording.whole.interactions, back.interactions, strict=True)
    ):
        if fingerprint(old.asked) != fingerprint(new.asked):
            return f"the request of interaction {place} would be another one"
        if _told(recording.readings[place]) != _told(reading_of(flat(new))):
            return f"the usage of interaction {place} would read differently"
    return ""


def _told(reading: Reading | None) -> object:
    """Return what of a reading must not change; ids may be scrubbed."""
    return reading and replace(reading, response_id=None, flags=())


def _remarks(recording: Recording, tidy: list[Interaction]) -> Iterator[str]:
    if recording.whole.note:
        yield recording.whole.note
    packed = sum(bool(header(each.answer.headers, _CODING)) for each in tidy)
    if packed:
        yield f"answers that stay compressed, and were not searched for credentials: {packed}"
