"""How providers put their answers on the wire that the emulator does not emulate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support.emulator.answer import Framing
from support.frames import event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.emulator.answer import Payload

__all__ = ["AWS_EVENTS", "JSON_LINES"]


def _lines(payloads: Sequence[Payload]) -> list[bytes]:
    return [json.dumps(each).encode() + b"\n" for each in payloads]


def _events(payloads: Sequence[Payload]) -> list[bytes]:
    return [event(kind, document) for each in payloads for kind, document in each.items()]


JSON_LINES = Framing(content_type="application/x-ndjson", frames=_lines)
AWS_EVENTS = Framing(content_type="application/vnd.amazon.eventstream", frames=_events)
"""Each payload has one key: the kind of its event."""
