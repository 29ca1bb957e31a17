"""Recordings of every shape in the wild, read into plain interactions.

Stock vcrpy in YAML and JSON, `parsed_body` (pydantic-ai), the old httpx stub's `content`, the
`requests` and `responses` lists of langchain, Ruby's VCR, go-vcr, and cassetter in YAML and TOML;
each perhaps gzipped.  A recording comes from anywhere, so nothing in it is executed: tags of other
languages are read as the plain values under them.  Expansion and nesting are limited before a
value is built.

Words without quotes are text unless they are values of JSON: all of these writers mean it so, and
YAML 1.1 would make times, and numbers to the base of 60, of what is in a prompt.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, ClassVar

import yaml

from pytest_specbudget.cassettes import cassetter
from pytest_specbudget.cassettes.bounds import check
from pytest_specbudget.cassettes.damage import damaged, reason_of
from pytest_specbudget.cassettes.sizes import MAX_BYTES
from pytest_specbudget.cassettes.unopened import unopened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_specbudget.errors import RecordingError

__all__ = [
    "Interaction",
    "body_in",
    "load",
    "pairs_in",
    "read_recording",
    "status_in",
    "times_in",
    "unpacked",
    "unreadable",
]

_GZIP = b"\x1f\x8b"
_MOST_VALUES = 16 << 20  # of a JSON document; one with more goes through the check for YAML

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One recorded request and its answer.

    Attributes:
        method: In upper case.
        url: As recorded; hosts may be scrubbed.
        request_body: As sent.
        status: The HTTP status, or 0 if the recording has none.
        headers: Of the answer, names in lower case, several values joined by a comma.
        body: Of the answer, as recorded: compressed or not, whatever the headers say.
        request_headers: As sent and recorded, in the form of `headers`.
        recorded_at: When, aware UTC, if the recording says so; vcrpy's do not.
    """

    method: str
    url: str
    request_body: bytes
    status: int
    headers: Mapping[str, str]
    body: bytes
    request_headers: Mapping[str, str] = field(default_factory=dict)
    recorded_at: datetime | None = None


def read_recording(path: Path) -> list[Interaction] | None:
    """Read the interactions of one recording, in their order.

    Returns:
        None if the file is well-formed and no recording.

    Raises:
        RecordingError: If the file cannot be read, with its name, the reason, and the line or the
            number of the interaction, from 0, where there is one.
    """
    data = b""
    try:
        data = unpacked(path)
        document = load(data)
        cassetter.refuse_other_protocols(document)
        pairs = pairs_in(document)
        return None if pairs is None else _interactions(pairs, times_in(document))
    except Exception as problem:  # PyYAML's constructors raise whatever `int` and `dict` do
        raise unreadable(path, problem, data) from problem


def unreadable(path: Path, problem: Exception, data: bytes) -> RecordingError:
    """Make the error for a file that cannot be read, or holds what makes no sense."""
    if isinstance(problem, OSError) and problem.strerror:
        return unopened(path, problem)
    return damaged(str(path), problem, data)


class _PlainLoader(_Loader):  # type: ignore[misc] # the C loader has no types
    """Reads JSON's types, and what any other tag stands on as a plain value."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _pattern, _first in (
    ("null", r"(?:null|Null|NULL|~|)", "nN~"),
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)", "tTfF"),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?", "-0123456789"),
    ("merge", "<<", "<"),
):
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"{_pattern}\Z"), [*_first]
    )
# An empty value begins with nothing.
_PlainLoader.yaml_implicit_resolvers[""] = [("tag:yaml.org,2002:null", re.compile(r"\Z"))]
_PlainLoader.add_constructor("tag:yaml.org,2002:merge", _Loader.construct_yaml_str)


def _plain(loader: Any, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return base64.b64decode(node.value) if tag == "binary" else node.value
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    values = loader.construct_sequence(node, deep=True)
    # a header's name as `!!python/object/apply:multidict._multidict.istr [Accept]`
    return values[0] if tag.startswith("object/apply:") and len(values) == 1 else values


for _prefix in ("!", "tag:yaml.org,2002:python/", "tag:ruby.yaml.org,2002:"):
    _PlainLoader.add_multi_constructor(_prefix, _plain)


def unpacked(path: Path) -> bytes:
    """Read a file, and take gzip off; never more than `MAX_BYTES`."""
    with path.open("rb") as plain:
        data = plain.read(MAX_BYTES + 1)
    if data.startswith(_GZIP):
        with gzip.open(io.BytesIO(data)) as file:
            data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES >> 20} MiB")
    return data


def load(data: bytes) -> Any:
    """Read what a file holds, whatever the notation, as plain values; several documents as a list.

    Raises:
        ValueError, yaml.YAMLError, RecursionError: If it is none, or too much.
    """
    if data.lstrip()[:1] == b"{" and data.count(b",") <= _MOST_VALUES:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            pass  # YAML in flow style starts so, too; its check names the line
    if cassetter.is_toml(data):
        return cassetter.load_toml(data)
    check(data)
    documents = [*yaml.load_all(data, Loader=_PlainLoader)]  # a safe loader; see _plain
    return documents if len(documents) > 1 else next(iter(documents), None)


def pairs_in(recording: Any) -> list[tuple[Any, Any]] | None:
    """Return the requests and answers of a recording of any shape; None if it is none."""
    if not isinstance(recording, dict):
        return None
    for key in ("interactions", "http_interactions"):
        if key in recording:
            return [_pair(each, f"{key}[{i}]") for i, each in enumerate(recording[key] or ())]
    if "requests" in recording and "responses" in recording:
        return _zipped(recording["requests"] or [], recording["responses"] or [])
    return None


def _pair(interaction: Any, place: str) -> tuple[Any, Any]:
    if not isinstance(interaction, dict) or not {"request", "response"} <= interaction.keys():
        raise ValueError(f"{place} has no request or no response")
    return interaction["request"], interaction["response"]


def _zipped(requests: Any, responses: Any) -> list[tuple[Any, Any]]:
    if len(requests) != len(responses):
        raise ValueError(f"{len(requests)} requests, but {len(responses)} responses")
    return list(zip(requests, responses, strict=True))


def times_in(document: Mapping[str, Any]) -> list[datetime | None]:
    """Say when each interaction was recorded, for those that stand in one list."""
    listed = document.get("interactions", document.get("http_interactions"))
    return [_time(str(each.get("recorded_at", ""))) for each in listed or ()]


def _time(words: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = read(words)
        except ValueError:
            continue
        return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    return None


def _interactions(pairs: list[tuple[Any, Any]], times: list[datetime | None]) -> list[Interaction]:
    found = []
    for number, (request, response) in enumerate(pairs):
        try:
            time = times[number] if times else None
            found.append(_interaction(request, response, time))
        except Exception as problem:
            raise ValueError(f"interaction {number}: {reason_of(problem)}") from problem
    return found


def _interaction(request: Any, response: Any, recorded_at: datetime | None) -> Interaction:
    if not isinstance(request, dict) or not isinstance(response, dict):
        raise ValueError("a request or a response is no mapping")  # noqa: TRY004 - damage, too
    return Interaction(
        method=str(request.get("method", "")).upper(),
        url=str(request.get("uri", request.get("url", ""))),
        request_body=body_in(request),
        status=status_in(response),
        headers=_headers(response.get("headers")),
        body=body_in(response),
        request_headers=_headers(request.get("headers")),
        recorded_at=recorded_at,
    )


def body_in(message: Mapping[str, Any]) -> bytes:
    """Return the body of a request or an answer, as bytes; empty where there is none."""
    told = cassetter.body_of(message)
    if told is not None:
        return told
    for key in ("parsed_body", "content", "body"):
        if message.get(key) is not None:
            return _bytes(message[key], structured=key == "parsed_body")
    return b""


def _bytes(value: Any, *, structured: bool) -> bytes:
    if isinstance(value, dict) and not structured:
        packed = value.get("base64_string", value.get("b64"))
        if isinstance(packed, str):
            return base64.b64decode(packed)
        if "string" in value or "encoding" in value:
            value = value.get("string") or b""
    if isinstance(value, bytes):
        return value
    words = value if isinstance(value, str) else json.dumps(value, default=str)
    return words.encode("utf-8", "surrogatepass")


def status_in(response: Mapping[str, Any]) -> int:
    """Return the HTTP status of an answer, or 0 if it has none; go-vcr writes it as `200 OK`."""
    told = (response.get(name) for name in ("status", "status_code", "code"))
    status = next(filter(None, told), 0)
    code = status.get("code") if isinstance(status, dict) else status
    return int(code.partition(" ")[0] if isinstance(code, str) else code or 0)


def _headers(headers: Any) -> dict[str, str]:
    pairs = headers.items() if isinstance(headers, dict) else (headers or ())
    return {str(name).lower(): _value(value) for name, value in pairs}


def _value(value: Any) -> str:
    values = value if isinstance(value, list | tuple) else (value,)
    return ", ".join(
        each.decode("latin-1") if isinstance(each, bytes) else str(each) for each in values
    )
