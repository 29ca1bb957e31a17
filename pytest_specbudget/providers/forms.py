"""The fields of a form with files, found in one pass over its body.

What a file holds is never looked into: it may be long, it may be no text, and what looks like a
field in it is none.  The line that the body begins with is what parts its fields.

Source: RFC 7578 and RFC 2046, section 5.1.1, with lone line feeds and names without quotes, as
some write them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["fields_of", "said"]

_LONGEST = 1000
"""Characters.  What matters in a field, a name or a number, is short."""
_MOST_HEAD = 4096
"""Bytes.  A field whose headers take more is none of ours."""
_WORDS = {"true": True, "false": False}
_NAME = re.compile(rb'[;\s]name=(?:"([^"\r\n]*)"|([^;\s"]+))', re.IGNORECASE)
_FILE = re.compile(rb"[;\s]filename\*?=", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


def fields_of(body: bytes) -> Mapping[str, Any]:
    """Return what the form in *body* says by name, as `said` has it; empty if it is no form.

    Of two fields of one name the first counts.
    """
    fields: dict[str, Any] = {}
    for part in _parts(body):
        head = _BLANK_LINE.search(body, part.start, min(part.stop, part.start + _MOST_HEAD))
        if head is not None:
            _take(body, range(part.start, head.start()), range(head.end(), part.stop), fields)
    return fields


def said(value: Any) -> Any:
    """Return a field's *value* as text, or True or False where it says so.

    None for what is no text, a file, or too long to matter.
    """
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    return _WORDS.get(text, text)


def _parts(body: bytes) -> Iterator[range]:
    """Yield where each field lies, its headers and its value."""
    end = body.find(b"\n", 0, _MOST_HEAD)
    if end < 0 or not body.startswith(b"--"):
        return
    mark = b"\n" + body[:end].rstrip(b"\r")
    start = end
    while (stop := body.find(mark, start)) > 0:
        yield range(start, stop)
        start = stop + len(mark)


def _take(body: bytes, head: range, value: range, fields: dict[str, Any]) -> None:
    """Keep one field by its name."""
    headers = body[head.start : head.stop]
    name = _NAME.search(headers)
    if name is None:
        return
    told = None
    if len(value) <= 2 * _LONGEST and not _FILE.search(headers):
        told = said(body[value.start : value.stop].removesuffix(b"\r"))
    fields.setdefault((name[1] or name[2] or b"").decode("utf-8", "replace"), told)
