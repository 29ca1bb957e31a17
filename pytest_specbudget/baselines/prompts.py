"""The requests that are not asked as they were, with the difference as text.

Which call became which is `audit`'s; here the two requests are looked up in the recordings and
compared.  A request whose answer another's recording gave (a stale one) was never written down, so
only the places where it differs are known.

What is shown is without credentials and short: a prompt may be a book.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.audit.aligning import align
from pytest_specbudget.audit.comparison import RequestChange
from pytest_specbudget.baselines.filenames import name_from
from pytest_specbudget.cassettes.differences import ABSENT, differences, places_of
from pytest_specbudget.cassettes.interaction import Asked
from pytest_specbudget.cassettes.scrub import scrubbed_text
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.recordings.whole import whole_recording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.audit.pairing import Pair
    from pytest_specbudget.baselines.sources import Source
    from pytest_specbudget.cassettes.differences import Difference

__all__ = ["MOST_CHARACTERS", "MOST_LINES", "Lookup", "request_changes", "requests_in"]

MOST_LINES = 60
"""How many lines a difference has at most, with the one that says how many are left out."""

MOST_CHARACTERS = 10_000
"""How many characters its lines have together at most."""

Lookup = Callable[[Iterable[Charge]], Mapping[str, Asked]]
"""Finds what calls asked, by their ids; what nobody wrote down is left out."""

_MOST_LOOKED_UP = 100
_CONTEXT = 1  # lines around a change
_LONGEST = 200  # characters of a line
_LEAD = 40  # of these before the first difference, where a line is longer
_MOST_COMPARED = 100_000  # characters of a text; what follows is not looked at
_SENTENCE = re.compile(r"(?<=[.!?;:]) +")


def request_changes(
    base: Side, head: Side, *, then: Lookup, now: Lookup, rootdir: Path
) -> tuple[RequestChange, ...]:
    """Return the requests that changed, the dearest rise first.

    The requests of the 100 dearest are looked up; of others only the fact is told.

    Args:
        base: One side.
        head: The other.
        then: Finds what the calls of *base* asked.
        now: Finds what those of *head* do.
        rootdir: What the names of recordings begin from.
    """
    changed = sorted(filter(_is_changed, align(base, head).pairs), key=_dearest)
    closely = [pair for pair in changed if not _is_stale(pair)][:_MOST_LOOKED_UP]
    asked_then = then([pair.base for pair in closely if pair.base is not None])
    asked_now = now([pair.head for pair in closely if pair.head is not None])
    found = (_change(pair, asked_then, asked_now, rootdir) for pair in changed)
    return tuple(change for change in found if change is not None)


def requests_in(source: Source, rootdir: Path, known: Iterable[str] = ()) -> Lookup:
    """Return what looks requests up in the recordings of *source*.

    Args:
        source: Where they are.
        rootdir: What the names of its files begin from.
        known: Names of its files, for calls that were made on another machine.
    """
    names = frozenset(known)

    def look_up(calls: Iterable[Charge]) -> Mapping[str, Asked]:
        wanted: dict[str, list[Charge]] = defaultdict(list)
        for call in calls:
            if call.cassette is not None:
                wanted[name_from(call.cassette, rootdir, names)].append(call)
        return {
            call.id: asked
            for file in source.files(wanted)
            for call, asked in _asked_in(file.data or b"", file.name, wanted[file.name])
        }

    return look_up


def _asked_in(data: bytes, name: str, calls: Iterable[Charge]) -> Iterator[tuple[Charge, Asked]]:
    try:
        whole = whole_recording(data, Path(name))
    except RecordingError:  # that it is damaged was told by whoever counted it
        return
    interactions = [] if whole is None else whole.interactions
    for call in calls:
        place = call.cassette_index
        if place is not None and 0 <= place < len(interactions):
            yield call, interactions[place].asked


def _is_changed(pair: Pair) -> bool:
    base, head = pair
    if base is None or head is None:
        return False
    return base.fingerprint != head.fingerprint or _is_stale(pair)


def _is_stale(pair: Pair) -> bool:
    staleness = None if pair.head is None else pair.head.staleness
    return staleness is not None and not staleness.excused


def _dearest(pair: Pair) -> tuple[int, str, str]:
    base, head = pair
    costs = (0 if one is None or one.list_cost is None else one.list_cost.atto for one in pair)
    then, now = costs
    name = "" if head is None else head.attribution.test
    return then - now, name, "" if base is None else base.id


def _change(
    pair: Pair, then: Mapping[str, Asked], now: Mapping[str, Asked], rootdir: Path
) -> RequestChange | None:
    base, head = pair
    if base is None or head is None:
        return None
    places, lines = _places_known(base, head), tuple[str, ...]()
    if base.id in then and head.id in now and not _is_stale(pair):
        found = differences(now[head.id], then[base.id])
        if not found:  # it was written down without credentials, or with its keys in another order
            return None
        places, lines = places_of(found), _shortened(_lines(found))
    cassette = head.cassette or base.cassette
    return RequestChange(
        test=head.attribution.test,
        places=places,
        lines=lines,
        base=base.list_cost,
        head=head.list_cost,
        cassette="" if cassette is None else name_from(cassette, rootdir),
    )


def _places_known(base: Charge, head: Charge) -> tuple[str, ...]:
    """Say where requests differ that nobody wrote down, as far as their charges tell."""
    if head.staleness is not None:
        return head.staleness.places
    then, now = base.reading.request_model, head.reading.request_model
    return ("$.model",) if then != now else ()


def _lines(found: Iterable[Difference]) -> Iterator[str]:
    for difference in found:
        yield f"@@ {difference.place} @@"
        yield from _changed(_pieces(difference.then), _pieces(difference.now))


def _pieces(told: Any) -> list[str]:
    """Cut what stands at a place into lines, and long lines into sentences."""
    if told is ABSENT:
        return []
    text = scrubbed_text(_text(told))[:_MOST_COMPARED]
    lines = text.splitlines() or [""]
    return [piece for line in lines for piece in _sentences(line)]


def _text(told: Any) -> str:
    if isinstance(told, bytes):
        return told.decode("utf-8", "replace")
    if isinstance(told, str):
        return told
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, default=repr)


def _sentences(line: str) -> list[str]:
    return [line] if len(line) <= _LONGEST else _SENTENCE.split(line)


def _changed(then: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    """Yield the lines that were, those that are, and the ones around them."""
    matcher = difflib.SequenceMatcher(None, then, now, autojunk=True)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        for kind, begin, end, start, stop in group:
            if kind == "equal":
                yield from (f" {_cut(line, 0)}" for line in then[begin:end])
            else:
                yield from _replaced(then[begin:end], now[start:stop])


def _replaced(then: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    """Yield what was and what is; of long lines that stand for each other, where they part."""
    common = [_common(old, new) for old, new in zip(then, now, strict=False)]
    for sign, lines in (("-", then), ("+", now)):
        for line, at in zip(lines, chain(common, [0] * len(lines)), strict=False):
            yield f"{sign}{_cut(line, at)}"


def _common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    shorter = min(len(one), len(other))
    return next((at for at, (here, there) in pairs if here != there), shorter)


def _cut(line: str, at: int) -> str:
    """Shorten *line* to what is around its character *at*."""
    if len(line) <= _LONGEST:
        return line
    begin = max(0, min(at - _LEAD, len(line) - _LONGEST))
    end = begin + _LONGEST
    before, after = "…" if begin else "", "…" if end < len(line) else ""
    return f"{before}{line[begin:end]}{after}"


def _shortened(lines: Iterable[str]) -> tuple[str, ...]:
    """Leave out what is too much, and say so."""
    lines = [*lines]
    kept: list[str] = []
    room = MOST_CHARACTERS - len(_left_out(len(lines)))
    for line in lines:
        room -= len(line)
        if room < 0 or (len(kept) == MOST_LINES - 1 and len(lines) > MOST_LINES):
            break
        kept.append(line)
    if len(kept) < len(lines):
        kept.append(_left_out(len(lines) - len(kept)))
    return tuple(kept)


def _left_out(count: int) -> str:
    return f"… {count:,} more lines"
