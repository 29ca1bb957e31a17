"""What to tell somebody whose request has no recording: the nearest one, and what differs.

Values are shown short and without credentials.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from pytest_specbudget.cassettes.matching import document_of, target_of
from pytest_specbudget.cassettes.scrub import scrubbed_body, scrubbed_uri

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.cassettes.interaction import Asked, Interaction

__all__ = ["describe", "explain"]

_SHOWN = 2
_COMPARED = 30
_LONGEST_VALUE = 40
_MODEL_IN_PATH = re.compile(r"/models?/([^/:]+)")
_ABSENT = object()


def describe(asked: Asked) -> str:
    """Name a request in a line: `POST api.openai.com/v1/responses, model "gpt-4o"`."""
    model = _model(asked)
    return target_of(asked) + (f', model "{model}"' if model else "")


def explain(
    asked: Asked,
    recordings: Sequence[Interaction],
    *,
    unplayed: Sequence[int],
    path: Path,
    mode: str,
) -> str:
    """Say in three to six lines why no recording answers *asked*, and what to do.

    Args:
        asked: The request that was refused.
        recordings: What the file holds, in file order.
        unplayed: The places in it that nothing has asked for yet, in order.
        path: The file.
        mode: The mode it was opened in.
    """
    lines = [
        f"no recording answers {describe(asked)}",
        f"    cassette  {path} ({_held(recordings, path)}, mode {mode})",
        *_reason(asked, recordings, unplayed),
        "    record    pytest --spec-record=new",
    ]
    return "\n".join(lines)


def _held(recordings: Sequence[Interaction], path: Path) -> str:
    if not recordings:
        return "empty" if path.exists() else "does not exist"
    return f"{len(recordings)} interaction{'s' * (len(recordings) != 1)}"


def _reason(
    asked: Asked, recordings: Sequence[Interaction], unplayed: Sequence[int]
) -> Iterator[str]:
    clean = replace(asked, uri=scrubbed_uri(asked.uri), body=scrubbed_body(asked.body))
    compared = [
        (number, list(_differences(clean, recordings[number].asked)))
        for number in islice(_on_its_path(asked, recordings, unplayed), _COMPARED)
    ]
    if compared:
        yield from _nearest(*min(compared, key=lambda found: len(found[1])))
    elif recordings:
        targets = sorted({target_of(stored.asked) for stored in recordings[:_COMPARED]})
        yield f"    holds     {_listed(targets)}, and nothing on this path"


def _nearest(number: int, differences: Sequence[str]) -> Iterator[str]:
    if not differences:
        yield f"    played    interaction {number} and every equal one already"
        return
    yield f"    differs   from interaction {number} in {differences[0]}"
    for difference in differences[1:_SHOWN]:
        yield f"              and {difference}"
    if len(differences) > _SHOWN:
        yield f"              and {len(differences) - _SHOWN} more"


def _on_its_path(
    asked: Asked, recordings: Sequence[Interaction], unplayed: Sequence[int]
) -> Iterator[int]:
    """Yield the recordings of the same method and path on any host, those still to come first."""
    wanted = _method_and_path(asked)
    waiting = set(unplayed)
    others = (number for number in range(len(recordings)) if number not in waiting)
    for number in chain(unplayed, others):
        if _method_and_path(recordings[number].asked) == wanted:
            yield number


def _method_and_path(asked: Asked) -> tuple[str, str]:
    return asked.method.upper(), "/".join(asked.uri.partition("?")[0].split("/")[3:])


def _differences(asked: Asked, stored: Asked) -> Iterator[str]:
    now, then = urlsplit(asked.uri), urlsplit(scrubbed_uri(stored.uri))
    if target_of(asked) != target_of(stored):
        yield f'the host: now "{now.netloc}", recorded "{then.netloc}"'
    yield from _in_values(dict(parse_qsl(now.query)), dict(parse_qsl(then.query)), "query ")
    if asked.body != stored.body:
        yield from _in_bodies(asked.body, scrubbed_body(stored.body))


def _in_bodies(now: bytes | None, then: bytes | None) -> Iterator[str]:
    new, old = document_of(now), document_of(then)
    if new is None or old is None:
        yield f"the body: now {len(now or b'')} bytes, recorded {len(then or b'')}"
    else:
        yield from _in_values(new, old, "")


def _in_values(now: Any, then: Any, where: str) -> Iterator[str]:
    """Walk two documents side by side and name each place where they part."""
    if isinstance(now, dict) and isinstance(then, dict):
        for key in sorted(now.keys() | then.keys()):
            yield from _in_values(now.get(key, _ABSENT), then.get(key, _ABSENT), _under(where, key))
    elif isinstance(now, list) and isinstance(then, list):
        for at in range(max(len(now), len(then))):
            new, old = (side[at] if at < len(side) else _ABSENT for side in (now, then))
            yield from _in_values(new, old, f"{where}[{at}]")
    elif now != then or isinstance(now, bool) is not isinstance(then, bool):
        yield f"{where}: now {_shown(now, then)}, recorded {_shown(then, now)}"


def _under(where: str, key: str) -> str:
    return f"{where}.{key}" if where and not where.endswith(" ") else f"{where}{key}"


def _shown(value: Any, beside: Any) -> str:
    """Write a value short; of a long text, the piece where it parts from the other one."""
    if value is _ABSENT:
        return "nothing"
    if not isinstance(value, str):
        text = repr(value) if isinstance(value, int | float) else type(value).__name__
        return {"True": "true", "False": "false", "NoneType": "null"}.get(text, text)
    start = max(0, _common_start(value, beside) - 10) if isinstance(beside, str) else 0
    piece = value[start : start + _LONGEST_VALUE]
    opening = "..." if start else ""
    closing = "..." if start + _LONGEST_VALUE < len(value) else ""
    return f'"{opening}{piece}{closing}"'.replace("\n", "\\n")


def _common_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown


def _model(asked: Asked) -> str | None:
    document = document_of(asked.body)
    named = document.get("model") if isinstance(document, dict) else None
    found = _MODEL_IN_PATH.search(asked.uri)
    if isinstance(named, str):
        return named
    return found[1] if found else None
