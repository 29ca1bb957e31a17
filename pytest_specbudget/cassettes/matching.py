"""When a request is the same request.

Two requests are the same if method, host, path, query and body are: the query in any order, a
JSON body whatever its spacing, the order of its keys and the spelling of its numbers, a multipart
body whatever its boundary, and all of them without credentials.  Headers and the scheme do not
count.

A port counts if it says which service is meant: `localhost:11434` and `localhost:8000` differ.
The scheme's own port does not, and neither does one that the operating system picked for a server
on this machine, because it picks another at every run.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from pytest_specbudget.cassettes.scrub import scrubbed_body, scrubbed_uri
from pytest_specbudget.core.canonical import canonical
from pytest_specbudget.core.json_paths import drop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult

    from pytest_specbudget.cassettes.interaction import Asked
    from pytest_specbudget.core.json_paths import JsonPath

__all__ = ["Fingerprint", "document_of", "fingerprint", "service_of", "target_of"]

# Linux hands out ports from 32768 on, other systems from 49152 on (RFC 6335, section 6).
_FIRST_PORT_OF_THE_SYSTEM = 32768
_OWN_PORTS = {80, 443}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_EXACT_FLOATS = 2**53


class Fingerprint(NamedTuple):
    """What has to be equal for a recording to answer.

    Attributes:
        target: Method, host and path: `POST api.openai.com/v1/responses`.
        query: Sorted, without credentials.
        body: A digest of the canonical body.
    """

    target: str
    query: tuple[tuple[str, str], ...]
    body: bytes


def fingerprint(asked: Asked, volatile: Sequence[JsonPath] = ()) -> Fingerprint:
    """Reduce a request to what counts; equal requests have equal fingerprints.

    Args:
        asked: The request.
        volatile: Places in a JSON body that do not count.
    """
    target, query = _addressed(asked.method, asked.uri)
    return Fingerprint(
        target=target,
        query=query,
        body=hashlib.blake2b(
            _canonical(scrubbed_body(asked.body), volatile), digest_size=16
        ).digest(),
    )


@lru_cache(maxsize=256)  # the calls of a suite go to few places
def _addressed(method: str, uri: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    url = urlsplit(scrubbed_uri(uri))
    query = tuple(sorted(parse_qsl(url.query, keep_blank_values=True))) if url.query else ()
    return _target(method, url), query


def target_of(asked: Asked) -> str:
    """Return method, host and path of a request, as its fingerprint has them."""
    return _target(asked.method, urlsplit(scrubbed_uri(asked.uri)))


def document_of(body: bytes | None) -> Any:
    """Decode a JSON array or object with its numbers in one spelling; None for other bodies."""
    if not body or body.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        return None


def service_of(url: SplitResult) -> str:
    """Return the host, with the port where that says which service is meant."""
    host = url.hostname or ""
    try:
        port = url.port
    except ValueError:
        return url.netloc
    if port is None or port in _OWN_PORTS:
        return host
    is_picked = host in _THIS_MACHINE and port >= _FIRST_PORT_OF_THE_SYSTEM
    return host if is_picked else f"{host}:{port}"


def _target(method: str, url: SplitResult) -> str:
    return f"{method.upper()} {service_of(url)}{url.path or '/'}"


def _canonical(body: bytes | None, volatile: Sequence[JsonPath]) -> bytes:
    document = document_of(body)
    if document is None:
        return _without_boundary(body or b"")
    if volatile:
        drop(document, volatile)
    try:
        return canonical(document, body or b"").encode()
    except RecursionError:
        return body or b""


def _number(text: str) -> float:
    number = float(text)
    return int(number) if abs(number) < _EXACT_FLOATS and number.is_integer() else number


# `json.loads` makes it anew at each call that asks for anything special.
_DECODER = json.JSONDecoder(parse_float=_number)


def _without_boundary(body: bytes) -> bytes:
    """Name the boundary of a multipart body, which clients draw at random, always the same."""
    boundary = body.partition(b"\r\n")[0]
    if boundary.startswith(b"--") and body.rstrip().endswith(boundary + b"--"):
        return body.replace(boundary, b"--boundary")
    return body
