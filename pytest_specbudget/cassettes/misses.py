"""What to tell somebody whose request has no recording: the nearest one, and what differs.

Values are shown short and without credentials: of a long text the piece where it parts from the
recorded one, with its length; of tools their names.
"""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.differences import ABSENT, differences
from pytest_specbudget.cassettes.matching import document_of, target_of
from pytest_specbudget.cassettes.secrets.hearsay import repeatable_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.cassettes.differences import Difference
    from pytest_specbudget.cassettes.interaction import Asked, Interaction
    from pytest_specbudget.core.json_paths import JsonPath

__all__ = ["describe", "explain"]

_SHOWN = 5
_TARGETS = 2
_COMPARED = 30
_LONGEST_VALUE = 40
_BEFORE = 10
_MODEL_IN_PATH = re.compile(r"/models?/([^/:]+)")
_FIRST = ("host", "path", "model", "messages", "contents", "input", "system", "tools")


def describe(asked: Asked) -> str:
    """Name a request in a line: `POST api.openai.com/v1/responses, model "gpt-4o"`."""
    model = _model(asked)
    return target_of(asked) + (f', model "{repeatable_name(model)}"' if model else "")


def explain(  # noqa: PLR0913 - each a fact that the message states
    asked: Asked,
    recordings: Sequence[Interaction],
    *,
    unplayed: Sequence[int],
    path: Path,
    mode: str,
    command: str,
    volatile: Iterable[JsonPath] = (),
) -> str:
    """Say in three to ten lines why no recording answers *asked*, and what to do.

    Args:
        asked: The request that was refused.
        recordings: What the file holds, in file order.
        unplayed: The places in it that nothing has asked for yet, in order.
        path: The file.
        mode: The mode it was opened in.
        command: What records the call.
        volatile: Places in a body that do not count.
    """
    lines = [
        f"no recording answers {describe(asked)}",
        f"    cassette  {path} ({_held(recordings, path)}, mode {mode})",
        *_reason(asked, recordings, unplayed, volatile),
        f"    record    {command}",
    ]
    return "\n".join(lines)


def _held(recordings: Sequence[Interaction], path: Path) -> str:
    if not recordings:
        return "empty" if path.exists() else "does not exist"
    return f"{len(recordings)} interaction{'s' * (len(recordings) != 1)}"


def _reason(
    asked: Asked,
    recordings: Sequence[Interaction],
    unplayed: Sequence[int],
    volatile: Iterable[JsonPath],
) -> Iterator[str]:
    compared = [
        (number, differences(asked, recordings[number].asked, volatile))
        for number in islice(_on_its_path(asked, recordings, unplayed), _COMPARED)
    ]
    if compared:
        yield from _nearest(*min(compared, key=lambda found: len(found[1])))
    elif recordings:
        targets = sorted({target_of(stored.asked) for stored in recordings[:_COMPARED]})
        yield f"    holds     {_listed(targets)}, and nothing on this path"


def _nearest(number: int, found: Sequence[Difference]) -> Iterator[str]:
    if not found:
        yield f"    played    interaction {number} and every equal one already"
        return
    first, *others = _in_reading_order(found)
    yield f"    differs   from interaction {number} in {_told(first)}"
    for difference in others[: _SHOWN - 1]:
        yield f"              and {_told(difference)}"
    if len(found) > _SHOWN:
        yield f"              and {len(found) - _SHOWN} more"


def _in_reading_order(found: Sequence[Difference]) -> list[Difference]:
    """Put first what people change: the model, then the messages, then the tools."""

    def rank(difference: Difference) -> int:
        head = str(difference.steps[0])
        return _FIRST.index(head) if head in _FIRST else len(_FIRST)

    return sorted(found, key=rank)


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
    path = "/".join(asked.uri.partition("?")[0].split("/")[3:])
    return asked.method.upper(), _MODEL_IN_PATH.sub("/models/*", f"/{path}")


def _told(difference: Difference) -> str:
    now, then = difference.now, difference.then
    if not difference.in_body and isinstance(now, bytes | None) and isinstance(then, bytes | None):
        return f"the body: now {len(now or b'')} bytes, recorded {len(then or b'')}"
    name = f"the {difference.place}" if not difference.in_body else _name(difference.steps)
    return f"{name}: now {_shown(now, then)}, recorded {_shown(then, now)}"


def _name(steps: Sequence[str | int]) -> str:
    """Write the way to a value as programmers do: `messages[0].content`."""
    words = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return "".join(words).removeprefix(".")


def _shown(value: Any, beside: Any) -> str:
    """Write a value short; of a long text, the piece where it parts from the other one."""
    if value is ABSENT:
        return "nothing"
    if isinstance(value, str):
        return _shown_text(value, beside)
    if isinstance(value, dict | list):
        return _shown_part(value)
    text = repr(value) if isinstance(value, int | float) else type(value).__name__
    return {"True": "true", "False": "false", "NoneType": "null"}.get(text, text)


def _shown_text(text: str, beside: Any) -> str:
    start = max(0, _common_start(text, beside) - _BEFORE) if isinstance(beside, str) else 0
    piece = text[start : start + _LONGEST_VALUE]
    opening = "..." if start else ""
    closing = "..." if start + _LONGEST_VALUE < len(text) else ""
    length = f" ({len(text):,} characters)" if closing else ""
    return f'"{opening}{piece}{closing}"'.replace("\n", "\\n") + length


def _shown_part(part: dict[str, Any] | list[Any]) -> str:
    """Say what a message, a tool or a list of them is, and not all that is in it."""
    if isinstance(part, list):
        return (
            f"[{_listed([_shown_part(one) if isinstance(one, dict) else '...' for one in part])}]"
        )
    function = part.get("function")
    named = function if isinstance(function, dict) else part
    for word in ("name", "role", "type"):
        if isinstance(named.get(word), str):
            text = named.get("content") or named.get("text")
            said = f": {_shown_text(text, None)}" if isinstance(text, str) else ""
            return f"{word} {named[word][:_LONGEST_VALUE]}{said}"
    return f"an object of {len(part)} keys"


def _common_start(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_TARGETS])
    return f"{shown} and {len(names) - _TARGETS} more" if len(names) > _TARGETS else shown


def _model(asked: Asked) -> str | None:
    document = document_of(asked.body)
    named = document.get("model") if isinstance(document, dict) else None
    found = _MODEL_IN_PATH.search(asked.uri)
    if isinstance(named, str):
        return named
    return found[1] if found else None
