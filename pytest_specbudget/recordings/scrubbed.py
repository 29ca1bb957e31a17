"""Where a request went whose recording no longer has the path.

Some projects scrub the whole URL.  The answer still tells in which format it is, and so at which
path such an answer is given; who gave it, nobody knows.  Only what a model's answer says of itself
is believed, because a recording holds the traffic of other services, too.
"""

from __future__ import annotations

import re

from pytest_specbudget.cassettes.encoding import plain

__all__ = ["path_told_by"]

_TELLING = 64 << 10  # in bytes; a format is told at the start
_FORMATS = tuple(
    (re.compile(rb'"%s"\s*:\s*"%s"' % (key, value)), path)
    for key, value, path in (
        (b"object", b"response", "/v1/responses"),
        (b"object", rb"chat\.completion(?:\.chunk)?", "/v1/chat/completions"),
        (b"object", b"text_completion", "/v1/completions"),
        (b"object", b"embedding", "/v1/embeddings"),
        (b"type", rb"message(?:_start)?", "/v1/messages"),
    )
)
"""What an answer says of itself, and where such answers are given.

In order: the items of a response are messages, too.
"""


def path_told_by(body: bytes, coding: str = "") -> str | None:
    """Return the path at which an answer like *body* is given; None if it is no model's.

    Args:
        body: Of the answer, as recorded.
        coding: Its `Content-Encoding`.

    Source: the `object` of `Response`, `ChatCompletion`, `Completion` and `Embedding` of openai
    3.54.0; the `type` of `Message` of anthropic 2.12.0.
    """
    start = (plain(body, coding) or b"")[:_TELLING]
    return next((path for says, path in _FORMATS if says.search(start)), None)
