"""Google's formats: generateContent, streamGenerateContent and countTokens of the Gemini API.

Source: the types of google-genai 3.4.0 (GenerateContentResponseUsageMetadata: candidates exclude
thoughts, the prompt includes what was cached).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.emulator.answer import DATA, JSON, JSON_ARRAY, Answer, Prompt, Question
from support.emulator.tokens import cached_share, count, pieces, text_of, thinks, thought

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.emulator.answer import Payload, Reply

__all__ = ["count_tokens", "error", "generate", "stream_generate"]

_ERROR_STATUSES = {404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}


def error(status: int, message: str) -> Payload:
    """A failure as Google words it."""
    name = _ERROR_STATUSES.get(status, "INTERNAL")
    return {"error": {"code": status, "message": message, "status": name}}


def count_tokens(question: Question, _reply: Reply) -> Answer:
    """`:countTokens`: looks like usage, and costs nothing."""
    counted = {"totalTokens": count(_prompt(question.body))}
    return Answer(model=question.model, payloads=[counted], framing=JSON)


def generate(question: Question, reply: Reply) -> Answer:
    """`:generateContent`."""
    prompt, text = _asked(question, reply)
    usage = _usage(question.model, prompt, text)
    whole = _response(question, text, "STOP", usage)
    return Answer(model=question.model, payloads=[whole], framing=JSON)


def stream_generate(question: Question, reply: Reply) -> Answer:
    """`:streamGenerateContent`: events with `alt=sse`, one JSON array without."""
    prompt, text = _asked(question, reply)
    framing = DATA if "alt=sse" in question.query else JSON_ARRAY
    chunks = list(_chunks(question, prompt, text))
    return Answer(model=question.model, payloads=chunks, framing=framing)


def _asked(question: Question, reply: Reply) -> tuple[str, str]:
    prompt = _prompt(question.body)
    return prompt, reply(Prompt(provider="google", model=question.model, text=prompt))


def _prompt(body: Payload) -> str:
    return text_of([body.get("systemInstruction"), body.get("contents")])


def _usage(model: str, prompt: str, text: str) -> Payload:
    prompt_tokens, answer_tokens = count(prompt), count(text)
    thoughts = thought(model, answer_tokens)
    usage: Payload = {
        "promptTokenCount": prompt_tokens,
        "candidatesTokenCount": answer_tokens,
        "totalTokenCount": prompt_tokens + answer_tokens + thoughts,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": prompt_tokens}],
    }
    if thinks(model):
        usage["thoughtsTokenCount"] = thoughts
    if thinks(model) and (cached := cached_share(prompt_tokens)):
        usage["cachedContentTokenCount"] = cached
        usage["cacheTokensDetails"] = [{"modality": "TEXT", "tokenCount": cached}]
    return usage


def _response(question: Question, text: str, finish: str | None, usage: Payload) -> Payload:
    candidate: Payload = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    return {
        "candidates": [candidate | ({"finishReason": finish} if finish else {})],
        "usageMetadata": usage,
        "modelVersion": question.model,
        "responseId": question.serial,
    }


def _chunks(question: Question, prompt: str, text: str) -> Iterator[Payload]:
    """Each chunk counts what has been said so far; only the last one counts it all."""
    parts = pieces(text, question.most_pieces)
    told = ""
    for at, part in enumerate(parts, start=1):
        told += part
        finish = "STOP" if at == len(parts) else None
        yield _response(question, part, finish, _usage(question.model, prompt, told))
