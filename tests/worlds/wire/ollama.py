"""Ollama's own chat, plain and as JSON lines.

Source: `ChatResponse` of ollama 0.6.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.emulator import Prompt
from support.emulator.answer import JSON, Answer
from support.emulator.tokens import count, pieces, text_of
from worlds.wire.framing import JSON_LINES

if TYPE_CHECKING:
    from support.emulator import Reply
    from support.emulator.answer import Payload, Question

__all__ = ["chat", "error"]


def error(_status: int, message: str) -> Payload:
    """A failure as Ollama words it."""
    return {"error": message}


def chat(question: Question, reply: Reply) -> Answer:
    """`POST /api/chat`, which streams unless told not to; the last line has the counts."""
    prompt = text_of(question.body.get("messages"))
    text = reply(Prompt(provider="ollama", model=question.model, text=prompt))
    counts = {"prompt_eval_count": count(prompt), "eval_count": count(text)}
    end = {"done": True, "done_reason": "stop", "total_duration": 1000, **counts}
    if not question.body.get("stream", True):
        whole = _said(question, text) | end
        return Answer(model=question.model, payloads=[whole], framing=JSON)
    told = [_said(question, each) for each in pieces(text, question.most_pieces)]
    lines = [*told, _said(question, "") | end]
    return Answer(model=question.model, payloads=lines, framing=JSON_LINES)


def _said(question: Question, text: str) -> Payload:
    return {
        "model": question.model,
        "created_at": "2025-11-03T12:00:00.000000Z",
        "message": {"role": "assistant", "content": text},
        "done": False,
    }
