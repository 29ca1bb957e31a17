"""Tools that ran at the provider, are billed by the call, and have no price here.

Searches of the web that are counted as such (`web_search_requests`) have one, and are not told
here but for those of OpenAI's preview, which cost more where the model does not reason.  Opening a
page, remote MCP servers and tools that run at the caller's cost nothing by themselves.  Images
that a model had made are another model's work: they stand here where no tokens tell of them, as in
answers of OpenAI's before those had `tool_usage`, and of Azure's.

Source: https://openai.com/api/pricing (built-in tools), https://docs.x.ai/docs/models (tools); not
read for this, as told by https://community.openai.com/t/search-web-using-openai-api/1363698 and
recorded answers (checked 2026-11-22).  `tool_calls_details` and `executed_tools` are those of
answers of Perplexity and Groq in public repositories, of that day; images without counts are those
of https://github.com/vercel/ai (packages/azure/src/__fixtures__), checked 2026-11-23.
`BetaServerToolUsage` of anthropic 2.12.0 has no count of code that was executed; Anthropic's pages
have one, and say that it costs nothing beside searches.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.providers.counts import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "IN_USAGE",
    "counted",
    "executed",
    "in_choices",
    "in_response",
    "in_usage",
    "of_model",
    "told",
]

_BILLED = {
    "file_search_call": "file_search",
    "code_interpreter_call": "code_interpreter",
    "x_search_call": "x_search",  # xAI, before its usage told of tools
}
"""Items of OpenAI's Responses by the tool that they are calls of."""

IN_USAGE = _XAI, _PERPLEXITY = "server_side_tool_usage_details", "tool_calls_details"
"""Where usage tells of tools by name."""

_SEARCHING = ("-search-preview", "-search-api")
"""How models of Chat Completions are called that search for each answer, which no count tells."""

_IMAGE = "image_generation_call"
_PREVIEW = "web_search_preview"
_SEARCH = "web_search_call"
_PRICED = ("web_search_calls", "mcp_calls")


def in_response(response: Mapping[str, Any]) -> Counter[str]:
    """Count the calls that the output of OpenAI's `Response` tells of."""
    items = mappings(response.get("output"))
    kinds = Counter(str(item.get("type")) for item in items)
    calls = Counter({name: kinds[kind] for kind, name in _BILLED.items() if kinds[kind]})
    calls["shell"] = sum(map(_is_hosted_shell, items))
    if kinds[_IMAGE] and not _counts_images(response):
        calls["image_generation"] = sum(map(_is_image, items))
    if kinds[_SEARCH] and _searches_in_preview(response):
        calls[_PREVIEW] = kinds[_SEARCH]
    return +calls


def of_model(model: str) -> Counter[str]:
    """Count the search that a *model* makes for each answer, if it is one that does."""
    return Counter(web_search=1) if any(word in model for word in _SEARCHING) else Counter()


def _searches_in_preview(response: Mapping[str, Any]) -> bool:
    """Tell whether a model that does not reason was given the tool as it was at first."""
    tools = (str(tool.get("type")) for tool in mappings(response.get("tools")))
    reasons = mapping(response.get("reasoning")).get("effort") is not None
    return not reasons and any(tool.startswith(_PREVIEW) for tool in tools)


def in_usage(usage: Mapping[str, Any]) -> Counter[str]:
    """Count the calls that the usage of xAI and of Perplexity's agents tells of."""
    calls = Counter(
        {
            name.removesuffix("_calls"): count
            for name, count in mapping(usage.get(_XAI)).items()
            if name not in _PRICED and type(count) is int
        }
    )
    for name, details in mapping(usage.get(_PERPLEXITY)).items():
        count = mapping(details).get("invocation")
        calls[name] += count if type(count) is int else 0
    return +calls


def in_choices(choices: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the tools that Groq executed for *choices*, by choice and place.

    A stream tells of a tool more than once.
    """
    return {
        f"{choice.get('index')} {tool.get('index', place)}": str(tool.get("type"))
        for choice in choices
        for message in (mapping(choice.get("message")), mapping(choice.get("delta")))
        for place, tool in enumerate(mappings(message.get("executed_tools")))
    }


def executed(usage: Mapping[str, Any], request: Mapping[str, Any]) -> Counter[str]:
    """Count the code that Anthropic executed, unless *request* lets it search the web, too."""
    count = mapping(usage.get("server_tool_use")).get("code_execution_requests")
    if type(count) is not int:
        return Counter()
    free = any(str(tool.get("type")).startswith("web_") for tool in mappings(request.get("tools")))
    return Counter() if free else +Counter(code_execution=count)


def _is_hosted_shell(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is a shell that runs in a container of OpenAI's, not at the caller's."""
    place = str(mapping(item.get("environment")).get("type"))
    return item.get("type") == "shell_call" and place.startswith("container")


def _counts_images(response: Mapping[str, Any]) -> bool:
    """Tell whether the tokens of images are counted beside the others, if only as none."""
    told = mapping(mapping(response.get("tool_usage")).get("image_gen"))
    return any(type(told.get(name)) is int for name in ("total_tokens", "output_tokens"))


def _is_image(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is an image, whose status is left at `generating` by some."""
    return item.get("type") == _IMAGE and item.get("status") != "failed"


def told(calls: Mapping[str, int]) -> tuple[str, ...]:
    """Say how often each tool was called, for people: `file_search 2`."""
    return tuple(f"{name} {count}" for name, count in sorted(calls.items()))


def counted(words: Iterable[str]) -> Counter[str]:
    """Count the calls that `told` spoke of."""
    calls: Counter[str] = Counter()
    for name, _, count in (word.rpartition(" ") for word in words):
        calls[name] += int(count)
    return calls
