"""How requests are written, in all formats alike."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_specbudget.agents.values import Call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.agents.values import Message
    from pytest_specbudget.agents.wires.documents import Json

__all__ = ["ANSWER", "posted", "spoken", "system_text"]

ANSWER = "structured_answer"
"""What a schema is called where it needs a name."""


def posted(url: str, document: Json, **headers: str) -> Call:
    """Write a request that sends *document*; what is None or empty in it is left out."""
    kept = {name: value for name, value in document.items() if value not in (None, [], {})}
    body = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), default=dict)
    written = {"content-type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return Call(method="POST", url=url, headers=written, body=body.encode("utf-8", "replace"))


def system_text(messages: Iterable[Message]) -> str | None:
    """Return what the system says, for formats that have one place for it; None for nothing."""
    return "\n\n".join(each.text for each in messages if each.role == "system") or None


def spoken(messages: Iterable[Message]) -> list[Message]:
    """Return what the others say."""
    return [each for each in messages if each.role != "system"]
