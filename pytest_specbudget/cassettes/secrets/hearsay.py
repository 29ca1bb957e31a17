"""Words of others, made fit to be kept and shown: on one line, short, without credentials.

What an exception, an answer or a path says comes from outside, and may quote what was sent: an
address with its key, a header that no request can hold, the key that was refused.  Nobody needs
these words back, so they are held to more than recordings are: what merely looks random goes too,
and what this process itself holds under the name of a credential, however it looks.

A model's name is what calls are summed by.  It loses only what can be nothing else than a key.

Text in, text out; beside it only the environment is looked at.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from pytest_specbudget.cassettes.secrets import names
from pytest_specbudget.cassettes.secrets.placeholders import is_placeholder
from pytest_specbudget.cassettes.secrets.runs import is_random, runs
from pytest_specbudget.cassettes.secrets.spans import (
    Span,
    apart,
    cleaned,
    in_body,
    in_name,
    in_uri,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["MOST", "repeatable", "repeatable_name"]

MOST = 300
"""So many characters of others' words are kept."""

_LOOKED_AT = 4000  # characters; of what is longer, the rest is left out
_CUT_OFF = re.compile(r"[\w+/=.~%-]*\Z")


def repeatable(words: str, most: int = MOST) -> str:
    """Return *words* on one line of at most *most* characters, without credentials."""
    clean = _without(_bounded(words), _in_words)
    line = " ".join("".join(one if one.isprintable() else " " for one in clean).split())
    return line if len(line) <= most else f"{line[: most - 3]}..."


@lru_cache(maxsize=1024)
def repeatable_name(name: str) -> str:
    """Return the *name* of a model without what has the shape of a key, or is one held here."""
    return _without(name, _in_name)


def _in_words(text: bytes) -> list[Span]:
    """Find the credentials in what somebody says about a request, its answer, or why there is none.

    What a header holds that no request can is one, whatever it looks like.
    """
    return apart(
        (
            *in_body(text),
            *_in_addresses(text),
            *_in_headers(text),
            *_in_pieces(text),
            *_held(text),
        )
    )


def _bounded(words: str) -> str:
    """Cut *words* where nothing is cut in two: half a credential is one that nobody recognises."""
    return words if len(words) <= _LOOKED_AT else _CUT_OFF.sub("...", words[:_LOOKED_AT], 1)


def _without(text: str, find: Callable[[bytes], Sequence[Span]]) -> str:
    raw = text.encode("utf-8", "surrogatepass")
    made = cleaned(raw, find)
    return text if made is raw else made.decode("utf-8", "replace")


def _in_name(name: bytes) -> list[Span]:
    held = (span for span in _held(name) if is_random(name[span.start : span.end]))
    return apart((*in_name(name), *held))


# --- in addresses, and in what is left of them: `Max retries exceeded with url: /v1?key=...`

_ADDRESS = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*+://[^\s\"'<>`]+")
_QUERY = re.compile(rb"[?&]([\w.%~-]{1,64})=([^\s\"'<>`&#]+)")


def _in_addresses(text: bytes) -> Iterator[Span]:
    for found in _ADDRESS.finditer(text):
        yield from _moved(in_uri(found[0]), found.start())
    for pair in _QUERY.finditer(text):
        name = pair[1].decode("ascii", "replace")
        if names.parameter(name):
            yield Span(*pair.span(2), f'parameter "{name}"')


# --- in headers, as Python writes them

_VALUE = rb"(?<!\w)b?(?P<quote>[\"'])(?P<value>(?:[^\\]|\\.)*?)(?:(?P=quote)|\\?\Z)"
_NO_HEADER = re.compile(
    rb"header (?:field )?(?:value|part)\b[^\"'\r\n]{0,40}?" + _VALUE, re.IGNORECASE | re.DOTALL
)
_HEADER = re.compile(rb"[\"']([\w.-]{1,64})[\"']\s*[:,]\s*" + _VALUE, re.DOTALL)


def _in_headers(text: bytes) -> Iterator[Span]:
    """Find `Illegal header value b'...'` of h11, http.client and others, and headers by name."""
    for found in _NO_HEADER.finditer(text):
        yield Span(*found.span("value"), "value of a header")
    for found in _HEADER.finditer(text):
        name = found[1].decode("ascii", "replace")
        if names.header(name):
            yield Span(*found.span("value"), f'header "{name}"')


# --- by its shape or by looking random, in whatever piece of a path

_PIECE = re.compile(rb"[^/]+")


def _in_pieces(text: bytes) -> Iterator[Span]:
    for start, end in runs(text):
        for piece in _PIECE.finditer(text, start, end):
            if is_random(piece[0].rstrip(b".-~")):
                yield Span(*piece.span(), "random value")
            else:
                yield from _moved(in_name(piece[0]), piece.start())


def _moved(spans: Iterable[Span], by: int) -> Iterator[Span]:
    return (span._replace(start=span.start + by, end=span.end + by) for span in spans)


# --- by being held here

_SHORTEST = 8
"""No credential is shorter; what is may be a word of the sentence."""
_NO_SECRETS = frozenset({"PWD", "OLDPWD"})


def _held(text: bytes) -> Iterator[Span]:
    """Find what a variable of the environment holds, if its name says that it is a credential."""
    for name, value in os.environ.items():
        secret = value.strip()
        if len(secret) >= _SHORTEST and _is_secret(name, secret):
            for form in {secret, quote(secret, safe="")}:
                for found in re.finditer(re.escape(form.encode("utf-8", "replace")), text):
                    yield Span(*found.span(), f'value of "{name}"')


def _is_secret(name: str, value: str) -> bool:
    verdict = None if name in _NO_SECRETS else names.field(name, received=True)
    raw = value.encode("utf-8", "replace")
    return (verdict == "secret" and not is_placeholder(raw)) or (
        verdict == "perhaps" and is_random(raw)
    )
