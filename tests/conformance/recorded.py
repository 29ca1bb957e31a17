"""Recordings, read a second time: plainly, and by none of the project's own code.

What a recording holds is data: no tag in it makes an object.  Good enough for the pinned
distributions, which are known; the readers that meet anything are the project's.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Answer", "documents", "read"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Plain(_Loader):  # type: ignore[misc] # the C loader has no types
    """Takes what stands under a foreign tag as it is."""


def _as_it_is(loader: Any, tag: str, node: yaml.Node) -> Any:
    if tag == "binary":
        return base64.b64decode(node.value)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)[0]
    return node.value


for _prefix in ("!", "tag:yaml.org,2002:python/"):
    _Plain.add_multi_constructor(_prefix, _as_it_is)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One recorded exchange.

    Attributes:
        method: In upper case.
        url: As recorded.
        sent: The body of the request.
        status: 0 where none was recorded.
        headers: Of the answer, names in lower case.
        body: Of the answer, unpacked.
        raw: Of the answer, as recorded: perhaps compressed.
    """

    method: str
    url: str
    sent: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    raw: bytes


def read(path: Path) -> list[Answer]:
    """Return the exchanges of a recording, in their order; none if the file is something else."""
    data = path.read_bytes()
    if data.startswith(b"\x1f\x8b"):
        data = gzip.decompress(data)
    recording = yaml.load(data, Loader=_Plain)  # noqa: S506 - a safe loader with plain values
    if not isinstance(recording, dict):
        return []
    pairs = recording.get("interactions") or recording.get("http_interactions")
    if pairs:
        return [_answer(pair["request"], pair["response"]) for pair in pairs]
    both = zip(recording.get("requests") or (), recording.get("responses") or (), strict=True)
    return [_answer(*pair) for pair in both]


def _answer(request: Mapping[str, Any], response: Mapping[str, Any]) -> Answer:
    status = response.get("status", response.get("status_code"))
    raw = _body(response)
    return Answer(
        method=str(request["method"]).upper(),
        url=str(request.get("uri") or request.get("url")),
        sent=_body(request),
        status=int((status["code"] if isinstance(status, dict) else status) or 0),
        headers={name.lower(): _first(value) for name, value in response["headers"].items()},
        body=_unpacked(raw),
        raw=raw,
    )


def _first(value: Any) -> str:
    first = (value or [""])[0] if isinstance(value, list) else value
    return first.decode("latin-1") if isinstance(first, bytes) else str(first)


def _body(message: Mapping[str, Any]) -> bytes:
    if "parsed_body" in message:
        return json.dumps(message["parsed_body"]).encode()
    body = message.get("content", message.get("body"))
    if isinstance(body, dict):
        if "base64_string" in body:
            return base64.b64decode(body["base64_string"])
        body = body.get("string")
    return body if isinstance(body, bytes) else str(body or "").encode("utf-8", "surrogatepass")


def _unpacked(body: bytes) -> bytes:
    if body.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(wbits=47).decompress(body)
    return body


def documents(body: bytes) -> list[dict[str, Any]]:
    """Return the JSON objects of an answer: one, or those of its stream, in their order.

    A frame of an AWS event stream comes as `{event type: payload}`, or as the object that a
    `chunk` carries in base64.
    """
    if body[:1] == b"\x00":
        return list(_frames(body))
    try:
        whole = json.loads(body)
    except ValueError:
        return [one for line in body.splitlines() for one in _line(line)]
    return [one for one in (whole if isinstance(whole, list) else [whole]) if isinstance(one, dict)]


def _line(line: bytes) -> Iterator[dict[str, Any]]:
    try:
        found = json.loads(line.removeprefix(b"data:"))
    except ValueError:
        return
    if isinstance(found, dict):
        yield found


def _frames(body: bytes) -> Iterator[dict[str, Any]]:
    """Cut an event stream into its frames.

    Source: the AWS event stream encoding, https://smithy.io/2.0/aws/amazon-eventstream.html
    (checked 2026-11-22): total length, length of the headers, checksum, headers, payload, checksum.
    """
    while len(body) >= 16:
        length, head = (int.from_bytes(body[at : at + 4], "big") for at in (0, 4))
        named = _named(body[12 : 12 + head])
        payload = json.loads(body[12 + head : length - 4] or b"{}")
        carried = _line(base64.b64decode(payload.get("bytes", "")))
        yield from list(carried) or [{named: payload}]
        body = body[length:]


def _named(headers: bytes) -> str:
    """Return the event's type; all headers of these streams are strings (type 7)."""
    while headers:
        name_ends = 1 + headers[0]
        length = int.from_bytes(headers[name_ends + 1 : name_ends + 3], "big")
        value = headers[name_ends + 3 : name_ends + 3 + length]
        if headers[1:name_ends] in (b":event-type", b":exception-type"):
            return value.decode()
        headers = headers[name_ends + 3 + length :]
    return ""
