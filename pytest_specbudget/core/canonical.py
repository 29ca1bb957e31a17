"""JSON written in the one way that equal documents share: sorted, in ASCII, without a blank.

Every request of a model is written so while the user's test waits, and a prompt is long: quoting it
is most of the work.  pydantic's own writer quotes in a third of the time of `json`, letter by
letter the same for ASCII, which `tests/core/test_canonical.py` holds against each of its
characters.  But it has to be called for each string, so it is asked where strings are long.
"""

from __future__ import annotations

import json.encoder
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["canonical"]

_LONG = 300
"""From so many characters on, the quicker writer pays for being called; measured."""
_LEAST = 2_000
_WORDY = 400
"""The same for the bytes of a body, and for those of them for each object in it."""


def canonical(document: object, body: bytes) -> str:
    """Write the JSON *document* that was read from *body*, which tells how long its strings are.

    Raises:
        RecursionError: If it is nested too deep.
    """
    size = len(body)
    is_wordy = size >= _LEAST and size >= _WORDY * body.count(b"{")
    return _of_long_strings(document) if is_wordy else _of_short_strings(document)


def _quoted_quickly(text: str) -> str:
    """Quote *text*; DEL is the one character of ASCII that the two write differently."""
    if len(text) < _LONG or not text.isascii() or "\x7f" in text:
        return _quoted(text)
    return to_json(text).decode()


def _encoder(quoted: Callable[[str], str]) -> Callable[[object], str]:
    """Return what writes a document, and its strings by *quoted*.

    `JSONEncoder.encode` makes itself an encoder in C for every document, which takes as long as
    using it.  Making it once is no public way, so it may fail, and then `encode` does.
    """
    encoder = json.JSONEncoder(sort_keys=True, check_circular=False, separators=(",", ":"))
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    try:
        encode = make(None, encoder.default, quoted, None, ":", ",", True, False, True)  # noqa: FBT003 # C takes no keywords
    except TypeError:
        return encoder.encode
    return lambda document: "".join(encode(document, 0))


_quoted = json.encoder.encode_basestring_ascii
_of_short_strings = _encoder(_quoted)
_of_long_strings = _encoder(_quoted_quickly)
