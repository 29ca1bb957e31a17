"""Recordings written by us, as other recorders would; each spells out only what a test is about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DATE", "SECRET", "chat", "exchange", "link_to_nothing", "write"]

DATE = "Mon, 02 Nov 2026 10:00:00 GMT"
SECRET = "sk-proj-4uW9rTz7kQ2mN8vB1xY6cL3pD5sF0gHj"  # noqa: S105 - written for this, opens nothing


def exchange(  # noqa: PLR0913 - each a part of an exchange
    asked: object,
    answered: object,
    *,
    url: str = "https://api.openai.com/v1/chat/completions",
    status: int = 200,
    date: str | None = DATE,
    sent: dict[str, list[str]] | None = None,
    **headers: str,
) -> dict[str, Any]:
    """Record one exchange as vcrpy does; bodies that are no text are written as JSON."""
    told = {name.replace("_", "-"): [text] for name, text in headers.items()}
    dated = {"Date": [date]} if date is not None else {}
    return {
        "request": {"method": "POST", "uri": url, "body": _text(asked), "headers": sent or {}},
        "response": {
            "status": {"code": status, "message": "OK"},
            "headers": dated | told,
            "body": {"string": _text(answered)},
        },
    }


def chat(  # noqa: PLR0913 - each decides what the call costs
    prompt: str = "hello",
    *,
    model: str = "gpt-4o",
    answering: str | None = None,
    given: int = 1000,
    made: int = 100,
    cached: int = 0,
    **more: Any,
) -> dict[str, Any]:
    """Record a chat completion of OpenAI's."""
    usage = {"prompt_tokens": given, "completion_tokens": made}
    if cached:
        usage |= {"prompt_tokens_details": {"cached_tokens": cached}}  # type: ignore[dict-item]
    asked = {"model": model, "messages": [{"role": "user", "content": prompt}]}
    answered = {
        "id": "chatcmpl-1",
        "model": answering or model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "fine"}}],
        "usage": usage,
    }
    return exchange(asked, answered, **more)


def write(path: Path, *exchanges: dict[str, Any]) -> Path:
    """Write a recording in the JSON that vcrpy reads, which is YAML as well, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "interactions": exchanges}), encoding="utf-8")
    return path


def link_to_nothing(path: Path) -> None:
    """Put a link to `gone.yaml`, which is not there, with the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("gone.yaml")


def _text(body: object) -> object:
    return body if isinstance(body, str | None) else json.dumps(body)
