"""What model calls say over gRPC, as the documents that readers know.

A `Speech` is one provider's: which request a message is, and what its answer says as JSON.  Its
methods are told by their paths alone, because every call over gRPC is asked.  Neither gRPC nor
protobuf is imported before a model is called.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import google_grpc, xai_grpc

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.watching import Watch

__all__ = ["Speech", "speech_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How one provider speaks.

    Attributes:
        begin: Opens an attempt at the call of a method, by host, path and message, or declines.
        document: Writes an answer, or a piece of one, as JSON; pieces with a name in *telling*
            are worth it.
        telling: The fields of a piece that tell something.
        last: The event that ends a stream.
    """

    begin: Callable[[Watch, str, str, Any], Attempt | None]
    document: Callable[[Any], bytes]
    telling: tuple[str, ...]
    last: bytes = b""

    def tells(self, piece: Any) -> bool:
        """Tell whether *piece*, which is not the first of its stream, is worth reading."""
        said = _buffer(piece)
        return any(said.HasField(name) for name in self.telling)


@lru_cache(maxsize=256)  # a channel has few methods, and calls them again and again
def speech_of(method: bytes) -> Speech | None:
    """Return who speaks in *method*, a path such as `/xai_api.Chat/GetCompletion`; None for most.

    It is a path of bytes, as stubs hold it.
    """
    path = method.decode()
    if path in xai_grpc.METHODS:
        return _XAI
    return _GOOGLE if google_grpc.is_model_call(path) else None


def _begin_xai(watch: Watch, host: str, path: str, message: Any) -> Attempt | None:
    asked = Request("POST", host, path, _json(message, as_declared=True))
    listener = xai_grpc.listener_to(asked)
    return None if listener is None else watch.open(asked, listener)


def _begin_google(watch: Watch, host: str, path: str, message: Any) -> Attempt | None:
    asked = Request("POST", host, path, _json(message, as_declared=False))
    return watch.begin(google_grpc.as_http(asked))


def _json(message: Any, *, as_declared: bool) -> bytes | None:
    """Return *message* as JSON, its fields named as declared or `likeThis`; None for no message."""
    said = _buffer(message)
    if not hasattr(said, "DESCRIPTOR"):
        return None
    from google.protobuf.json_format import (  # type: ignore[import-untyped] # noqa: PLC0415 # loaded with the message
        MessageToJson,
    )

    text: str = MessageToJson(said, preserving_proto_field_name=as_declared, indent=None)
    return text.encode()


def _buffer(message: Any) -> Any:
    """Return *message*, or the protocol buffer in it where proto-plus wraps one."""
    wrapped = getattr(type(message), "pb", None)
    return message if wrapped is None else wrapped(message)


def _google_document(message: Any) -> bytes:
    return _json(message, as_declared=False) or b""


def _xai_document(message: Any) -> bytes:
    return json.dumps(_plain(message)).encode()


def _plain(message: Any, *, every: bool = False) -> dict[str, Any]:
    """Return the telling fields of a protocol buffer, or all, as plain values; enums by name."""
    return {
        field.name: _value(field, getattr(message, field.name))
        for field in message.DESCRIPTOR.fields
        if (every or field.name in xai_grpc.TELLING)
        and (not field.has_presence or message.HasField(field.name))
    }


def _value(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return _plain(value, every=field.name == "usage")
    if field.enum_type is None:
        return value
    names = field.enum_type.values_by_number
    if isinstance(value, int):
        return names[value].name if value in names else str(value)
    return [names[one].name if one in names else str(one) for one in value]


_XAI = Speech(
    begin=_begin_xai, document=_xai_document, telling=("usage",), last=b"data: [DONE]\n\n"
)
_GOOGLE = Speech(
    begin=_begin_google, document=_google_document, telling=("usage_metadata", "prompt_feedback")
)
