"""Where credentials stand in a text: in a body, an address, the value of a header.

What scrubbing takes out and what lint reports is found here, by the same rules, so that nothing
that we wrote is ever reported.  Texts are taken as they stand, without parsing: what is kept is
kept byte for byte, and a body that is no valid JSON, or no text at all, is searched too.

A value is a credential because of its name (a field, a parameter, a header), because of its shape
(`sk-...`, a JSON web token), or because it looks random and stands where credentials stand:
after `token =`, beside an AWS key, in a header that nobody knows.  Passwords, which look like
words, are found where they are assigned to their name.  Long values that a replay needs
back (identifiers, signatures of thoughts, images) stand at none of these places.

Bytes in, places out.
"""

from __future__ import annotations

import re
from bisect import bisect
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.cassettes.secrets import names
from pytest_specbudget.cassettes.secrets.assignments import assigned
from pytest_specbudget.cassettes.secrets.runs import is_random, runs
from pytest_specbudget.cassettes.secrets.shapes import BEGINNING, LATER, SHAPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["REDACTED", "Span", "apart", "cleaned", "in_body", "in_header", "in_name", "in_uri"]

REDACTED = b"REDACTED"
_NO_ACCOUNT = b"000000000000"

_Run = tuple[int, int]


class Span(NamedTuple):
    """A credential's place in a text.

    Attributes:
        start: Its first byte.
        end: The byte after its last.
        kind: What it is, for people.
        instead: What is written in its place.
    """

    start: int
    end: int
    kind: str
    instead: bytes = REDACTED


def in_body(text: bytes, *, received: bool = False) -> list[Span]:
    """Find the credentials in a body.

    Args:
        text: What was sent, or received.
        received: Whether it is an answer, where a plain field `token` is no credential.
    """
    found = [*_fields(text, received=received), *_in_text(text)]
    if text.lstrip()[:1] not in (b"{", b"["):
        found += _form(text)
    return apart(found)


def in_uri(uri: bytes) -> list[Span]:
    """Find the credentials in an address: before the host, in the query, in the path."""
    slashes = uri.find(b"//")
    has_host = slashes >= 0
    found = _in_url(uri, slashes + 2 if has_host else 0, len(uri), lenient=has_host)
    return apart([*found, *_in_text(uri)])


def in_header(name: str, value: bytes) -> list[Span]:
    """Find the credentials in one value of the header *name*; its name may make it one, whole."""
    kind = names.header(name)
    if kind is not None:
        return [Span(0, len(value), kind)] if value else []
    found = _in_text(value)
    if not names.is_ordinary_header(name):
        found += (
            Span(start, end, "random value in an unknown header")
            for start, end in map(lambda run: _whole(value, *run), runs(value))  # noqa: C417
            if is_random(value[start:end])
        )
    return apart(found)


def in_name(name: bytes) -> list[Span]:
    """Find what has the shape of a credential in a name, which may look random itself."""
    return apart(span for run in runs(name) for span in _shaped(name, *run))


def cleaned(text: bytes, find: Callable[[bytes], Sequence[Span]]) -> bytes:
    """Return *text* without what *find* finds in it, and then in what is left; or itself."""
    for _ in range(_ROUNDS):
        made = _without(text, find(text))
        if made == text:
            break
        text = made
    return text


_ROUNDS = 9  # what stood beside a credential may look like one without it; this bounds how often


def _without(text: bytes, spans: Sequence[Span]) -> bytes:
    pieces: list[bytes] = []
    done = 0
    for start, end, _, instead in spans:
        pieces += (text[done:start], instead)
        done = end
    return b"".join((*pieces, text[done:])) if pieces else text


def apart(found: Iterable[Span]) -> list[Span]:
    """Sort spans; those that overlap become one."""
    spans: list[Span] = []
    for span in sorted(found):
        if spans and span.start < spans[-1].end:
            last = spans[-1]
            spans[-1] = last._replace(end=max(last.end, span.end))
        else:
            spans.append(span)
    return spans


# What begins with one character is looked for much faster than what begins with two.
_ADDRESSES = re.compile(rb":(?:(?=\\?/)|(?<=arn:)aws)")


def _in_text(text: bytes) -> list[Span]:
    found = [*_runs_of(text)]
    if _ADDRESSES.search(text):
        found += (*_urls(text), *_accounts(text))
    elif b"%" in text and b"arn%3" in text:
        found += _accounts(text)
    if b";" in text:
        found += _connections(text)
    found += (Span(*one) for one in assigned(text))
    return found


# --- by shape, and by looking random


def _runs_of(text: bytes) -> Iterator[Span]:
    found = [*runs(text)]
    if not found:
        return
    aws = False
    for start, end in found:
        for span in _shaped(text, start, end):
            aws = aws or span.kind == "AWS access key"
            yield span
        yield from _introduced(text, start, end)
    if aws:
        yield from _beside_aws_keys(text)
    if b"-----BEGIN " in text:
        yield from (Span(*one.span(), "private key") for one in _PEM.finditer(text))


_MARKS = (b"-", b"_", b".")
_SHORT = (
    512  # bytes; what is longer is an image or the like, and looked through for its marks first
)


def _shaped(text: bytes, start: int, end: int) -> Iterator[Span]:
    """Find shapes at the start of a run, and after what divides one; none within another."""
    done = start
    for place, beginning in _beginnings(text, start, end):
        shape = SHAPES[beginning]
        found = shape.pattern.match(text, place) if place >= done else None
        if found:
            done = found.end()
            yield Span(place, done, shape.kind)


def _beginnings(text: bytes, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    first = BEGINNING.match(text, start, end)
    if first:
        yield start, first[0]
    if end - start > _SHORT and all(text.find(mark, start, end) < 0 for mark in _MARKS):
        return
    for later in LATER.finditer(text, start, end):
        if later[0] in b".~" or not SHAPES[later[1]].is_plain:
            yield later.end(), later[1]


_PEM = re.compile(
    rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    rb"(?:[\w+/=\s:,.]|-(?!----)|\\+[nrt]){24,}+"
    rb"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?"
)

_BEFORE = 64  # bytes before a value in which its name may stand
_QUOTES = b"\"'`\\ \t"
_SIGNS = (b"=>", b":=", b"=", b":", b"%3D", b"\\u003d")
_SCHEMES = (b"bearer ", b"basic ", b"bearer+", b"basic+", b"bearer%20", b"basic%20")
_OF_FIELDS = (b'": "', b'":"', b'\\": \\"', b'\\":\\"')  # how a field of JSON begins
_NAMING = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_MARKED_NAMES = bytes(ord("x") if code in _NAMING else ord(" ") for code in range(256))
_DIGIT_OR_PADDED = re.compile(rb"\d|=\Z")


def _introduced(text: bytes, start: int, end: int) -> Iterator[Span]:
    """Find what is a credential because of the words before it: `Bearer`, `API_KEY=`."""
    before = text[max(0, start - _BEFORE) : start]
    if before.endswith(_OF_FIELDS):
        return
    name = _name_at_end(before)
    is_named = name and names.field(name, received=True)
    if not is_named and not before.lower().endswith(_SCHEMES):
        return
    start, end = _whole(text, start, end)
    if is_named and _opens(name, text[start:end]):
        yield Span(start, end, "random value of a suspicious name")
    elif not is_named and _DIGIT_OR_PADDED.search(text[start:end]):
        yield Span(start, end, "credential after its scheme")


def _name_at_end(before: bytes) -> str:
    """Return the name to which *before* is about to give a value: `x-api-key: "`; or nothing."""
    before = before.rstrip(_QUOTES)
    sign = next((sign for sign in _SIGNS if before.endswith(sign)), None)
    if sign is None:
        return ""
    left = before[: -len(sign)].rstrip(_QUOTES)
    return _words(left[left.translate(_MARKED_NAMES).rfind(b" ") + 1 :])


_HASH = re.compile(rb"[0-9a-f]+")


def _opens(name: str, value: bytes) -> bool:
    """Tell whether *value* looks random; a mere `key` may also be a hash, which names a thing."""
    if name.lower().endswith("key") and _HASH.fullmatch(value):
        return names.field(name, received=True) == "secret"
    return is_random(value.rstrip(b"="))


def _whole(text: bytes, start: int, end: int) -> _Run:
    """Put base64's padding to a run, and take the full stop of a sentence off."""
    padded = end
    while text[padded : padded + 1] == b"=" and padded - end < 2:  # noqa: PLR2004 - base64 has two
        padded += 1
    if padded == end:
        while end > start and text[end - 1 : end] in (b".", b"-"):
            end -= 1
        return start, end
    return start, padded


_NEAR = 1000  # bytes
_AWS_KEY = re.compile(rb"(?:AKIA|ASIA)[A-Z0-9]{16}")
_AWS_SECRET = re.compile(rb"(?:(?<![A-Za-z0-9+/])|(?<=\\[nrt]))[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])")


def _beside_aws_keys(text: bytes) -> Iterator[Span]:
    """Find the secret that belongs to an AWS key: forty random characters near it."""
    keys = [key.start() for key in _AWS_KEY.finditer(text)]
    for one in _AWS_SECRET.finditer(text):
        after = bisect(keys, one.start())
        is_near = any(abs(key - one.start()) < _NEAR for key in keys[max(0, after - 1) : after + 1])
        if is_near and is_random(one[0]):
            yield Span(*one.span(), "AWS secret key")


# --- by the name of a field

_LAST = rf"(?:{names.LAST_LETTERS})".encode()
# The ends of names that may be secret; of names in JSON that was quoted more than once, all.
_NAME_ENDS = re.compile(
    rb'"(?=\s*:)(?:(?<=' + _LAST + rb'")|(?<=' + _LAST + rb'\\")|(?<=\\\\\\"))\s*:', re.IGNORECASE
)
_LONGEST_NAME = 64


def _fields(text: bytes, *, received: bool) -> Iterator[Span]:
    """Find the values of JSON fields; of JSON that stands in a JSON string, too."""
    for found in _NAME_ENDS.finditer(text):
        quote = found.start()
        name_end = quote - _backslashes_before(text, quote)
        name_start = text.rfind(b'"', max(0, name_end - _LONGEST_NAME), name_end) + 1
        name = _words(text[name_start:name_end])
        verdict = names.field(name, received=received) if name_start else None
        if verdict is None:
            continue
        value = _value_pattern(quote - name_end).match(text, found.end())
        if value is None:
            continue
        start, end = value.span(value.lastindex or 0)
        if end > start and (verdict == "secret" or _opens(name, text[start:end])):
            yield Span(start, end, f'field "{name}"')


def _backslashes_before(text: bytes, place: int) -> int:
    count = 0
    while text[place - count - 1 : place - count] == b"\\":
        count += 1
    return count


@lru_cache(maxsize=64)
def _value_pattern(depth: int) -> re.Pattern[bytes]:
    """Match a string, or all strings of a list, behind quotes with *depth* backslashes."""
    quote = b"\\\\" * depth + b'"'
    # An inner quote has more backslashes than the one that ends the string.
    inner = (
        rb"(?>[^\"\\]+|\\++[^\"\\]|" + quote[:-1] + rb"\\++\")*+"
        if depth
        else rb'(?>[^"\\]+|\\.)*+'
    )
    wrapped = rb"\s*(?:\{\s*" + quote + rb"value" + quote + rb"\s*:\s*)?"
    one = quote + rb"(" + inner + rb")(?:" + quote + rb"|\Z)"
    next_one = quote + rb"\s*,\s*" + quote
    many = rb"\[\s*" + quote + rb"(" + inner + rb"(?:" + next_one + inner + rb")*+)" + quote
    return re.compile(wrapped + rb"(?:" + one + rb"|" + many + rb")", re.DOTALL)


_FORM = re.compile(rb"(?:\A|&)([\w.%-]{1,64})=([^&\s]+)")


def _form(text: bytes) -> Iterator[Span]:
    for pair in _FORM.finditer(text):
        name = _words(pair[1])
        if names.field(name, received=False) == "secret" or name.lower().endswith("assertion"):
            yield Span(*pair.span(2), f'field "{name}"')


_CONNECTION = re.compile(
    rb";\s*((?:shared)?access(?:key|signature)|accountkey|password|pwd|secret)\s*=\s*([^;\s\"'\\&]+)",
    re.IGNORECASE,
)


def _connections(text: bytes) -> Iterator[Span]:
    """Find the key of a connection string: `Endpoint=...;AccountKey=...`."""
    for pair in _CONNECTION.finditer(text):
        yield Span(*pair.span(2), f'connection string, "{_words(pair[1])}"')


# --- in addresses

_URL = re.compile(rb":(?:\\?/){2}((?:[^\s\"'<>`\\]|\\+(?:/|u0026|u003[dD]))+)")
_PARAMETER = re.compile(
    rb"(?:[?&#;]|\\u0026|&amp;)([\w.%~-]{1,64})(?:=|\\u003[dD])((?:(?!\\u0026)[^&#;])+)"
)
_PASSWORD = re.compile(rb"[^/?#@:]*+:([^/?#@]++)@")
_USER = re.compile(rb"([^/?#]*)@")


def _urls(text: bytes) -> Iterator[Span]:
    for url in _URL.finditer(text):
        yield from _in_url(text, *url.span(1))


def _in_url(text: bytes, start: int, end: int, *, lenient: bool = False) -> Iterator[Span]:
    """Find what opens a door in an address from its host on; *lenient*: a bare user may, too."""
    user = (_USER if lenient else _PASSWORD).match(text, start, end)
    if user and user[1]:
        yield Span(*user.span(1), "password in an address")
    if text.find(b"=", start, end) < 0 and b"\\u003" not in text[start:end]:
        return
    for pair in _PARAMETER.finditer(text, start, end):
        if names.parameter(_words(pair[1])):
            yield Span(*pair.span(2), f'parameter "{_words(pair[1])}"')


_ARN = re.compile(rb"arn(?::|%3[Aa])aws[\w-]*(?:(?::|%3[Aa])[\w-]*?){2}(?::|%3[Aa])(\d{12})(?!\d)")


def _accounts(text: bytes) -> Iterator[Span]:
    """Find the accounts in names of AWS resources, which stay well-formed without them."""
    for arn in _ARN.finditer(text):
        yield Span(*arn.span(1), "AWS account", _NO_ACCOUNT)


def _words(name: bytes) -> str:
    return name.decode("ascii", "replace")
