"""Google's generateContent, of the Gemini API and of Vertex.

A schema goes out as `responseSchema`, which every model knows, where the few words of that say it;
else as `responseJsonSchema`, which younger models know.

Source: google-genai 3.4.0 (`types.FinishReason`, `types.Schema`, `types.ThinkingConfig`,
`models._GenerateContentConfig_to_mldev`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.values import BadReply, Reply
from pytest_specbudget.agents.wires.addresses import address
from pytest_specbudget.agents.wires.bodies import documents, read, unfinished
from pytest_specbudget.agents.wires.documents import Json, found, listed, named, told
from pytest_specbudget.agents.wires.gemini_schemas import response_schema
from pytest_specbudget.agents.wires.writing import posted, spoken, system_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.agents.values import Call, Finish, Question
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["asked", "replied", "streamed"]

_REFUSALS = (
    *("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "ESCALATION"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR"),
)
_FINISHES: Mapping[str, Finish] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    **dict.fromkeys(_REFUSALS, "refusal"),
}
_BY_NUMBER = {1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY", 4: "RECITATION"}
"""How enumerations are told to those who ask for numbers."""

_ROLES = {"user": "user", "assistant": "model"}


def asked(profile: ModelProfile, question: Question, *, stream: bool = False) -> Call:
    """Write *question* as a request to `:generateContent` or `:streamGenerateContent`.

    A `reasoning` of digits is a budget for thoughts in tokens; anything else but `auto` a level.
    """
    system = system_text(question.messages)
    document: Json = {
        "systemInstruction": {"parts": [{"text": system}]} if system else None,
        "contents": [
            {"role": _ROLES[each.role], "parts": [{"text": each.text}]}
            for each in spoken(question.messages)
        ],
        "generationConfig": _config(profile, question),
    }
    operation = "streamGenerateContent" if stream else "generateContent"
    url = address(profile, f"/models/{profile.model}:{operation}", "/v1beta")
    return posted(_in_events(url) if stream else url, document)


def replied(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """Read an answer, whether it came whole or in events."""
    return read(status, headers, body, _reply, streamed)


def streamed(events: Iterable[bytes]) -> Reply:
    """Read an answer out of the data of its events, in order."""
    said = _Said()
    for document in documents(events):
        said.hear(document)
    if said.finish is None:
        raise unfinished()
    return said.reply()


def _reply(document: Json) -> Reply:
    said = _Said()
    said.hear(document)
    if said.finish is None and not said.begun:
        raise BadReply("the answer holds no candidate")
    return said.reply()


class _Said:
    """What was said so far; thoughts are not."""

    def __init__(self) -> None:
        self.finish: str | None = None
        self.begun = False
        self._text: list[str] = []
        self._model: str | None = None
        self._usage = False
        self._tool = False

    def hear(self, document: Json) -> None:
        """Take an answer, or the next part of it."""
        candidate = next(iter(listed(document, "candidates")), {})
        parts = listed(found(candidate, "content"), "parts")
        self.begun = self.begun or bool(candidate)
        self.finish = _finish(document, candidate) or self.finish
        self._text += [told(part, "text") for part in parts if part.get("thought") is not True]
        self._tool = self._tool or any(found(part, "functionCall") for part in parts)
        self._model = named(document, "modelVersion") or self._model
        self._usage = self._usage or bool(found(document, "usageMetadata"))

    def reply(self) -> Reply:
        text = "".join(self._text)
        finish = _FINISHES.get(self.finish or "", "other")
        return Reply(
            text=text,
            finish="tool" if self._tool and not text and finish == "stop" else finish,
            model=self._model,
            usage_reported=self._usage,
        )


def _finish(document: Json, candidate: Json) -> str | None:
    """Return why the answer ends here, or None where it goes on."""
    if named(found(document, "promptFeedback"), "blockReason"):
        return "SAFETY"
    reason = candidate.get("finishReason")
    if isinstance(reason, int):
        return _BY_NUMBER.get(reason, "OTHER") if reason else None
    return named(candidate, "finishReason")


def _config(profile: ModelProfile, question: Question) -> Json:
    config: Json = {
        "maxOutputTokens": question.max_tokens,
        "temperature": question.temperature,
        "stopSequences": list(question.stop) or None,
        "thinkingConfig": _thinking(profile.reasoning),
    }
    if question.schema is not None:
        config |= {"responseMimeType": "application/json"} | _structured(question.schema)
    return {name: value for name, value in config.items() if value is not None}


def _structured(schema: Mapping[str, Any]) -> Json:
    plain = response_schema(schema)
    return {"responseJsonSchema": schema} if plain is None else {"responseSchema": plain}


def _thinking(reasoning: str | None) -> Json | None:
    if reasoning in (None, "auto"):
        return None
    if reasoning.isdecimal():
        return {"thinkingBudget": int(reasoning)}
    return {"thinkingLevel": reasoning.upper()}


def _in_events(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}alt=sse"
