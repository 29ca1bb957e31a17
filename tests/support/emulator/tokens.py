"""Counts as the emulated providers report them: functions of the text and of nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["cached_share", "changed", "count", "pieces", "reported", "text_of", "thinks", "thought"]

_PROSE = frozenset(
    {"content", "contents", "input", "instructions", "messages", "parts", "system", "text"}
    | {"systemInstruction", "thinking"}
)
_USAGE = frozenset({"usage", "usageMetadata"})
_REASONING_MODELS = ("o1", "o3", "o4", "gpt-5", "gemini-2.5", "gemini-3")
_CACHE_FLOOR = 1024
_CACHE_STEP = 128


def count(text: str) -> int:
    """Tokens in *text*: a quarter of its characters, rounded up."""
    return -(-len(text) // 4)


def cached_share(prompt_tokens: int) -> int:
    """The part of a prompt that a provider's automatic cache served.

    Half of a prompt of 1,024 tokens or more, in steps of 128, as OpenAI caches; none of a shorter.
    """
    if prompt_tokens < _CACHE_FLOOR:
        return 0
    return prompt_tokens // 2 // _CACHE_STEP * _CACHE_STEP


def thinks(model: str) -> bool:
    """Whether *model* spends output tokens on thoughts that it does not show."""
    return model.startswith(_REASONING_MODELS)


def thought(model: str, answer_tokens: int) -> int:
    """Reasoning tokens behind an answer: half as many again, of a model that thinks."""
    return -(-answer_tokens // 2) if thinks(model) else 0


def text_of(value: Any) -> str:
    """All that a person or a model wrote in a request: prompts, never roles, types or names."""
    return "\n".join(_prose(value))


def _prose(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _prose(item)
        case dict():
            for key, item in value.items():
                if key in _PROSE:
                    yield from _prose(item)


def pieces(text: str, most: int) -> list[str]:
    """*text* in at most *most* parts of equal length, the last one shorter; at least one part."""
    size = max(1, -(-len(text) // most))
    return [text[start : start + size] for start in range(0, len(text), size)] or [""]


def reported(payloads: Sequence[Any]) -> dict[str, Any] | None:
    """The usage that a client has read when it has read all of *payloads*; None if there is none.

    Later counts replace earlier ones, field by field, as each of the three providers documents.
    """
    found = [usage for payload in payloads for usage in _usages(payload)]
    return {field: value for usage in found for field, value in usage.items()} if found else None


def _usages(value: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key in _USAGE and isinstance(item, dict):
            yield item
        else:
            yield from _usages(item)


def changed(value: Any, *, factor: int | None) -> Any:
    """A payload whose counts are multiplied by *factor*, or left out where it is None."""
    if not isinstance(value, dict):
        return value
    return {
        key: multiplied(item, factor) if key in _USAGE and factor else changed(item, factor=factor)
        for key, item in value.items()
        if not (key in _USAGE and factor is None)
    }


def multiplied(value: Any, factor: int) -> Any:
    """Every integer inside *value* times *factor*."""
    match value:
        case bool():
            return value
        case int():
            return value * factor
        case dict():
            return {key: multiplied(item, factor) for key, item in value.items()}
        case list():
            return [multiplied(item, factor) for item in value]
        case _:
            return value
