"""Tokens estimated from the length of texts, where an answer tells none and the user asked for it.

A token of English is about four characters, of other languages and of code it is fewer; nobody
knows how many without the model's own tokenizer.  So an estimate is made for hosts alone whose rule
declares it, is never taken for a count, and counts texts only: of the prompt those in the request,
of the completion those in the answer or in the deltas of its stream.  Images, sound, files and the
descriptions of tools are no texts.

Where no text is found on a side that must have one, nothing is estimated: the answer's format is
not understood then, and the call fails closed as any other without counts.

Source: https://github.com/openai/tiktoken ("On average, in practice, each token corresponds to
about 4 bytes"), checked 2026-11-22.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.documents import decode
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers.fold import Fold

__all__ = ["METHODS", "Estimate", "characters_asked"]

METHODS: Mapping[str, int] = {"chars/4": 4}
"""How tokens may be estimated: name, and the characters that stand for one token."""

_GENERATING = frozenset({"chat", "text_completion", "generate_content"})
_EMBEDDING = "embeddings"

_BOTH = frozenset(
    {
        *("args", "arguments", "content", "function", "functionCall", "functionResponse"),
        *("output", "parts", "reasoning", "reasoning_content", "refusal", "text", "thinking"),
        *("toolResult", "toolUse", "tool_calls"),
    }
)
_ASKED = _BOTH | {
    *("chat_history", "contents", "documents", "input", "inputText", "inputs", "instances"),
    *("instructions", "message", "messages", "preamble", "prompt", "prompts", "query", "requests"),
    *("suffix", "system", "systemInstruction", "system_instruction", "texts"),
}
_ANSWERED = _BOTH | {
    *("candidates", "choices", "completion", "completions", "delta", "generated_text"),
    *("generation", "generations", "message", "messages", "outputText", "outputs"),
    *("partial_json", "response", "result", "results"),
}
_NO_TEXT = ("audio", "image", "video")


class Estimate:
    """Stands before a fold, and counts the characters of the answer while it passes.

    Attributes:
        heard: Whether any of the answer was seen.
        characters: How many there were in its texts so far.
    """

    __slots__ = ("_each", "_fold", "characters", "heard")

    def __init__(self, fold: Fold, method: str) -> None:
        """Listen to what *fold* takes; *method* is one of `METHODS`."""
        self._fold = fold
        self._each = METHODS[method]
        self.heard = False
        self.characters = 0

    def event(self, data: bytes) -> None:
        """Take one event of a stream."""
        over = self._fold.over
        self._fold.event(data)
        if not over:
            self._add_event(data)

    def last_event(self, data: bytes) -> None:
        """Take what followed the last whole event."""
        over = self._fold.over
        self._fold.last_event(data)
        if not over:
            self._add_event(data)

    def document(self, data: bytes) -> None:
        """Take a whole plain body."""
        self._fold.document(data)
        self._add(_decoded(data))

    def whole(self, data: bytes) -> bool:
        """Take *data* if it is a whole plain body; tell whether it is."""
        if not self._fold.whole(data):
            return False
        self._add(_decoded(data))
        return True

    def completed(self, reading: Reading) -> Reading:
        """Return *reading* with estimated counts, if it has none and they can be estimated."""
        if reading.usage_state != "none" or not reading.counted or not self.heard:
            return reading
        given = characters_asked(self._fold.asked.request.document)
        if not given or not self._is_understood(reading.operation):
            return reading
        made = self.characters if reading.operation in _GENERATING else 0
        usage = Usage(input_tokens=self._tokens(given), output_tokens=self._tokens(made))
        return replace(reading, usage=usage, usage_state="estimated")

    def _is_understood(self, operation: str) -> bool:
        return operation == _EMBEDDING or (operation in _GENERATING and self.characters > 0)

    def _tokens(self, characters: int) -> int:
        return -(-characters // self._each)

    def _add(self, document: Any) -> None:
        self.heard = True
        self.characters += _characters([document], _ANSWERED)

    def _add_event(self, data: bytes) -> None:
        document = _decoded(data)
        if document is None and b"\n" in data:  # events that no blank line parted
            for line in data.split(b"\n"):
                self._add_event(line.strip())
        elif not isinstance(document, dict):
            self._add(document)
        elif isinstance(token := document.get("token"), dict):
            # Its last event tells the whole text again.  Source: `TextGenerationStreamOutput` in
            # https://huggingface.co/docs/huggingface.js (checked 2026-11-22).
            self._add(None if token.get("special") else {"text": token.get("text")})
        elif _is_news(document):
            self._add(document)


def characters_asked(document: Mapping[str, Any]) -> int:
    """Count the characters of the texts in the request that *document* is the body of."""
    return _characters([document], _ASKED)


def _is_news(event: Mapping[str, Any]) -> bool:
    """Tell whether *event* tells text for the first time, and not what its deltas told before.

    Those of most formats have no type, and each of them is a delta.

    Source: the events of openai 3.54.0 (Responses) and anthropic 2.12.0;
    https://docs.cohere.com/docs/streaming and its version 1 (checked 2026-11-22).
    """
    kind = event.get("type") or event.get("event_type")
    if not isinstance(kind, str):
        return True
    return kind in ("completion", "text-generation") or kind.endswith("delta")


def _characters(nodes: list[Any], keys: frozenset[str]) -> int:
    """Count the characters of all texts below *nodes* that stand under *keys*."""
    count = 0
    while nodes:
        node = nodes.pop()
        if isinstance(node, str):
            count += len(node)
        elif isinstance(node, list):
            nodes += node
        elif isinstance(node, dict) and not _is_no_text(node):
            nodes += _within(node, keys)
    return count


def _is_no_text(node: Mapping[str, Any]) -> bool:
    kind = node.get("type")
    return isinstance(kind, str) and any(word in kind for word in _NO_TEXT)


def _within(node: Mapping[str, Any], keys: frozenset[str]) -> Iterable[Any]:
    """Return what *node* tells under *keys*; the arguments of a tool are the text of their JSON."""
    told = {key: node[key] for key in keys & node.keys()}
    if "reasoning_content" in told:  # some servers tell the same under both names
        told.pop("reasoning", None)
    is_call = node.get("type") == "tool_use" or "toolUseId" in node
    for key in ("args", "arguments", "input") if is_call else ("args", "arguments"):
        if isinstance(arguments := node.get(key), dict):
            told[key] = _json(arguments)
    return told.values()


def _json(arguments: Mapping[str, Any]) -> str:
    try:
        return json.dumps(arguments, ensure_ascii=False)
    except RecursionError:
        return ""


def _decoded(data: bytes) -> Any:
    try:
        return decode(data)
    except ValueError:
        return None
