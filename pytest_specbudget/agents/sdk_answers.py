"""What the answers of other people's SDKs say, by the attributes that they document.

None of them is imported: a response is known by its shape, so that those of litellm, of gateways
and of older versions are understood, too.  What they consumed is metered where they are sent.

Source: `ChatCompletion`, `Completion` and `Response` of openai 3.54.0 (and what litellm 1.106.2
makes of others), `Message` of anthropic 2.12.0, `GenerateContentResponse` of google-genai 3.4.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.values import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.agents.values import Finish

__all__ = ["reply_of"]

_FINISHES: Mapping[str, Finish] = {
    "stop": "stop",
    "completed": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_context_window_exceeded": "length",
    "content_filter": "refusal",
    "refusal": "refusal",
    "safety": "refusal",
    "recitation": "refusal",
    "blocklist": "refusal",
    "prohibited_content": "refusal",
    "spii": "refusal",
    "tool_calls": "tool",
    "function_call": "tool",
    "tool_use": "tool",
}


def reply_of(said: Any) -> Reply | None:
    """Return what an SDK's response says; None if it is none."""
    for read in (_chat, _response, _message, _generated):
        found = read(said)
        if found is not None:
            return found
    return None


def _chat(said: Any) -> Reply | None:
    """Read OpenAI's chat completions, and its older completions."""
    first = _first(said, "choices")
    if first is None or not hasattr(first, "finish_reason"):
        return None
    message = getattr(first, "message", None)
    refused = _text(getattr(message, "refusal", None))
    text = _text(getattr(first, "text", None) if message is None else message.content)
    ending = "refusal" if refused and not text else first.finish_reason
    return _reply(said, text or refused, ending)


def _response(said: Any) -> Reply | None:
    """Read a response of OpenAI's Responses API."""
    text, output = getattr(said, "output_text", None), getattr(said, "output", None)
    if not isinstance(text, str) or not isinstance(output, list | tuple):
        return None
    why = getattr(getattr(said, "incomplete_details", None), "reason", None)
    refused = "" if text else "".join(_refusals(output))
    return _reply(said, text or refused, "refusal" if refused else why or said.status)


def _refusals(output: Iterable[Any]) -> Iterable[str]:
    for item in output:
        for part in getattr(item, "content", None) or ():
            yield _text(getattr(part, "refusal", None))


def _message(said: Any) -> Reply | None:
    """Read a message of Anthropic's."""
    blocks = getattr(said, "content", None)
    if not hasattr(said, "stop_reason") or not isinstance(blocks, list | tuple):
        return None
    return _reply(said, _text(blocks), said.stop_reason)


def _generated(said: Any) -> Reply | None:
    """Read what Google's models generated."""
    first = _first(said, "candidates")
    if first is not None and hasattr(first, "content"):
        parts = getattr(first.content, "parts", None) or ()
        spoken = [part for part in parts if not getattr(part, "thought", None)]
        return _reply(said, _text(spoken), getattr(first, "finish_reason", None))
    blocked = getattr(getattr(said, "prompt_feedback", None), "block_reason", None)
    return None if blocked is None else _reply(said, "", "refusal")


def _first(said: Any, name: str) -> Any:
    listed = getattr(said, name, None)
    return listed[0] if isinstance(listed, list | tuple) and listed else None


def _text(content: Any) -> str:
    """Return the text that stands there, or in the parts that do."""
    if isinstance(content, list | tuple):
        return "".join(_text(getattr(part, "text", None)) for part in content)
    return content if isinstance(content, str) else ""


def _reply(said: Any, text: str, ending: Any) -> Reply:
    named = str(getattr(ending, "value", ending)).lower()
    model = getattr(said, "model", None) or getattr(said, "model_version", None)
    usage = getattr(said, "usage", None) or getattr(said, "usage_metadata", None)
    return Reply(
        text=text,
        finish=_FINISHES.get(named, "other"),
        model=model if isinstance(model, str) else None,
        usage_reported=usage is not None,
    )
