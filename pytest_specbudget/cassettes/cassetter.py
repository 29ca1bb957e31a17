"""What cassetter writes: bodies with their type, kept as values where they are JSON.

A body is `{type, content}` in YAML and `body_type`, `body_content` in TOML; a status is a number;
bodies are decompressed.  JSON loses its spacing on the way, so a stated length is stated anew.
gRPC and WebSocket exchanges stand in lists of their own, which nothing here reads.

YAML 1.1, which vcrpy's files are read as, takes some of its plain words for times, numbers and
merge marks; they are text, and so what reads such a file resolves JSON's values alone.

Source: cassetter 0.16.1, from what it recorded of a loopback server (2026-11-22).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["as_vcrpy", "body_of", "is_toml", "load_toml", "refuse_other_protocols", "wrote"]

_TYPES = frozenset(("json", "text", "binary", "none"))
_BODY = re.compile(rb"^ +body:\r?\n +type: (?:json|text|binary|none)\r?$", re.MULTILINE)
_TOML = re.compile(rb"(?:\s*#[^\n]*\n)*\s*version\s*=\s*\d+\s*$", re.MULTILINE)
_PART = rb"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
# tomllib takes a time that grows with the square of a key's parts.
_ENDLESS = re.compile(rb"(?<![\w-])" + _PART + rb"(?:[ \t]*+\.[ \t]*+" + _PART + rb"){100}")
_OTHERS = {"grpc_interactions": "gRPC", "ws_interactions": "WebSocket"}


def wrote(data: bytes) -> bool:
    """Tell whether *data* looks like a YAML recording of cassetter's."""
    return _BODY.search(data) is not None


def is_toml(data: bytes) -> bool:
    """Tell whether *data* begins like a TOML recording of cassetter's."""
    return _TOML.match(data) is not None


def load_toml(data: bytes) -> Any:
    """Read TOML, unless a key in it has so many parts that the reader would take for ever.

    Raises:
        ValueError: If it is no TOML.
    """
    import tomllib  # noqa: PLC0415 - needed for recordings in TOML alone

    if _ENDLESS.search(data):
        raise ValueError("a key of more than 100 parts")
    return tomllib.loads(data.decode())


def body_of(message: Mapping[str, Any]) -> bytes | None:
    """Return the body of a request or response that cassetter wrote; None if it did not.

    Raises:
        ValueError: If the body is not what its type says.
    """
    body = message.get("body")
    if "body_type" in message:
        kind, content = message["body_type"], message.get("body_content")
        return _bytes("text" if kind == "json" else kind, content)
    if isinstance(body, dict) and body.get("type") in _TYPES and body.keys() <= {"type", "content"}:
        return _bytes(body["type"], body.get("content"))
    return None


def as_vcrpy(entry: Any) -> Any:
    """Bring an entry that cassetter wrote to the shape that vcrpy writes; leave any other."""
    request, response = entry["request"], entry["response"]
    asked, answered = body_of(request), body_of(response)
    if asked is None or answered is None:
        return entry
    return {
        "request": {**request, "body": asked or None},
        "response": {
            "status": {"code": response["status"], "message": None},
            "headers": _measured(response.get("headers") or {}, answered),
            "body": {"string": answered},
        },
    }


def refuse_other_protocols(document: Any) -> None:
    """Refuse a recording of exchanges that are no HTTP, rather than to pass over them in silence.

    Raises:
        ValueError: With their number.
    """
    for key, protocol in _OTHERS.items():
        if isinstance(document, dict) and document.get(key):
            raise ValueError(f"{len(document[key])} {protocol} interactions, which cannot be read")


def _bytes(kind: str, content: Any) -> bytes:
    match kind:
        case "none":
            return b""
        case "json":
            return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(
                "utf-8", "surrogatepass"
            )
        case "text" if isinstance(content, str):
            return content.encode("utf-8", "surrogatepass")
        case "binary" if isinstance(content, str):
            return bytes.fromhex(content)
    raise ValueError(f"a body of type {kind!r} holds {type(content).__name__}")


def _measured(headers: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    length = [str(len(body))]
    return {
        name: length if name.lower() == "content-length" else values
        for name, values in headers.items()
    }
