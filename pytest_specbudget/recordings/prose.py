"""The words in requests and answers of models, whoever's format they are in.

Found by names that the formats share: messages under `messages`, `input` or `contents`; text under
`text` or `content`; tools under `tools` or `toolConfig`.  Pure; a value of an unexpected kind is
passed over.

Source: the request and answer formats of OpenAI's Chat Completions and Responses, Anthropic's
Messages, Gemini's generateContent, Bedrock's Converse, Cohere's v2 chat and Ollama's chat, as
recordings of them show (2026-11-22).
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["messages", "parameters", "prose", "tools"]

_SYSTEM = ("system", "instructions", "system_instruction", "systemInstruction", "preamble")
_TURNS = ("chat_history", "messages", "input", "contents")
_PROMPTS = ("prompt", "message", "query", "inputText", "input_text", "texts", "inputs", "text")
_SAID = ("text", "content", "parts", "input_text", "output", "arguments", "thinking")
_TOOLS = ("tools", "toolConfig", "tool_config", "functions")
_DECLARED = ("functionDeclarations", "function_declarations", "tools")
_ELSEWHERE = {"model", "model_id", "modelId", *_SYSTEM, *_TURNS, *_PROMPTS, *_TOOLS}
# Where answers keep what they say; of the rest, such as usage, nothing is prose.
_ANSWERED = (
    *("choices", "message", "messages", "delta", "content", "text", "candidates", "parts"),
    *("output", "output_text", "contentBlockDelta", "response", "generation", "outputText"),
    *("results", "generations", "completion", "error", "answer", "outputs"),
    *("tool_calls", "content_block", "contentBlockStart", "start"),
)
_PLAIN = {"text", "content", "output_text", "delta", "response", "generation", "outputText"}
_PLAIN |= {"completion", "message", "error", "answer"}
_CALLS = ("function", "functionCall", "function_call", "toolUse")
_DRAFTS = {"choices", "candidates"}
_DEEPEST = 30


def messages(document: Any) -> Iterator[tuple[str, str]]:
    """Yield role and text of each message of a request, in order."""
    if not isinstance(document, dict):
        return
    for key in _SYSTEM:
        if document.get(key):
            yield "system", _text(document[key])
    for key in _TURNS:
        yield from _turns(document.get(key))
    for key in _PROMPTS:
        if isinstance(document.get(key), str | list):
            yield "user", _text(document[key])


def tools(document: Any) -> Iterator[str]:
    """Yield the name of each tool that a request offers; of one without a name its type."""
    if isinstance(document, dict):
        for key in _TOOLS:
            yield from _tool_names(document.get(key))


def parameters(document: Any) -> Iterator[tuple[str, str]]:
    """Yield what a request asks for beside model, messages and tools; nested names have a dot."""
    if not isinstance(document, dict):
        return
    for name, told in document.items():
        if name in _ELSEWHERE or told is None:
            continue
        if isinstance(told, dict):
            yield from ((f"{name}.{inner}", _short(each)) for inner, each in told.items())
        else:
            yield name, _short(told)


def prose(documents: Iterable[Any]) -> str:
    """Join what an answer says: of one document, or of the events of a stream in their order."""
    return "".join(chain.from_iterable(_words(each, 0) for each in documents if _adds(each)))


def _turns(turns: Any) -> Iterator[tuple[str, str]]:
    if isinstance(turns, str):
        yield "user", turns
    for turn in turns if isinstance(turns, list) else ():
        if isinstance(turn, dict):
            role = turn.get("role") or turn.get("type") or "user"
            yield str(role), _text(turn)
        else:
            yield "user", _text(turn)


def _text(told: Any, depth: int = 0) -> str:
    """Write what one message says; of what is no text its kind, in brackets."""
    if isinstance(told, str):
        return told
    if isinstance(told, list) and depth < _DEEPEST:
        return " ".join(filter(None, (_text(each, depth + 1) for each in told)))
    if not isinstance(told, dict) or depth >= _DEEPEST:
        return ""
    said = next((told[key] for key in _SAID if told.get(key)), None)
    if said is not None and not isinstance(said, dict):
        return _text(said, depth + 1)
    calls = told.get("tool_calls")
    return _text(calls, depth + 1) if calls else _kind(told)


def _kind(part: dict[str, Any]) -> str:
    """Name a part that is no text: `[image_url]`, `[tool_use get_weather]`."""
    inner = next((each for each in part.values() if isinstance(each, dict)), {})
    name = part.get("name") or inner.get("name")
    kind = part.get("type") or next((key for key in part if key != "role"), "")
    words = [str(each) for each in (kind, name) if isinstance(each, str) and each]
    return f"[{' '.join(words)}]" if words else ""


def _tool_names(tools: Any) -> Iterator[str]:
    if isinstance(tools, dict):
        tools = tools.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict):
            yield from _names_of(tool)


def _names_of(tool: dict[str, Any]) -> Iterator[str]:
    declared = next((tool[key] for key in _DECLARED if isinstance(tool.get(key), list)), None)
    if declared is not None:
        yield from _tool_names(declared)
        return
    inner = [each for each in tool.values() if isinstance(each, dict)]
    names = [each.get("name") for each in (tool, *inner)]
    told = next((name for name in names if isinstance(name, str)), None)
    yield told or str(tool.get("type") or next(iter(tool), ""))


def _short(told: Any) -> str:
    if isinstance(told, bool):
        return str(told).lower()
    if isinstance(told, str | int | float):
        return str(told)
    if isinstance(told, list):
        return f"[{len(told)}]"
    return "{...}" if told else "{}"


def _adds(event: Any) -> bool:
    """Whether an event brings something new; of OpenAI's Responses only what ends in `.delta`."""
    kind = event.get("type") if isinstance(event, dict) else None
    if not isinstance(kind, str) or "." not in kind:
        return True
    return kind.endswith(".delta") and "arguments" not in kind and "reasoning" not in kind


def _words(told: Any, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(told, list):
        for each in told:
            yield from _words(each, depth + 1)
    elif isinstance(told, dict) and told.get("thought") is not True:
        yield from _called(told)
        for key in _ANSWERED:
            each = told.get(key)
            if isinstance(each, str) and key in _PLAIN:
                yield each
            elif isinstance(each, dict | list):
                yield from _words(_first(each) if key in _DRAFTS else each, depth + 1)


def _called(told: dict[str, Any]) -> Iterator[str]:
    """Name the tool that an answer calls."""
    called = next((told[key] for key in _CALLS if isinstance(told.get(key), dict)), None)
    if called is None and told.get("type") in {"tool_use", "function_call"}:
        called = told
    if called and called.get("name") and isinstance(called["name"], str):
        yield f"[calls {called['name']}]"


def _first(drafts: dict[str, Any] | list[Any]) -> Any:
    """Keep the first of several answers to one request; in a stream they come intermingled."""
    if isinstance(drafts, dict):
        return drafts
    return [each for each in drafts if not (isinstance(each, dict) and each.get("index"))]
