"""Tools that ran at the provider, are billed by the call, and have no price here.

Searches of the web that are counted as such (`web_search_requests`) have one, and are not told
here but for those of OpenAI's preview, which cost more where the model does not reason.  Opening a
page, remote MCP servers and tools that run at the caller's cost nothing by themselves.

Source: https://openai.com/api/pricing (built-in tools), https://ai.google.dev/gemini-api/docs/pricing
(grounding), https://docs.x.ai/docs/models (tools); not read for this, as told by
https://community.openai.com/t/search-web-using-openai-api/1363698 and recorded answers (checked
2026-11-22).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.providers.counts import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["in_candidates", "in_response", "in_usage", "of_model", "told"]

_BILLED = {"file_search_call": "file_search", "code_interpreter_call": "code_interpreter"}
"""Items of OpenAI's Responses by the tool that they are calls of."""

_SEARCHING = ("-search-preview", "-search-api")
"""How models of Chat Completions are called that search for each answer, which no count tells."""

_PREVIEW = "web_search_preview"
_SEARCH = "web_search_call"
_PRICED = ("web_search_calls", "mcp_calls")


def in_response(response: Mapping[str, Any]) -> Counter[str]:
    """Count the calls that the output of OpenAI's `Response` tells of."""
    kinds = Counter(str(item.get("type")) for item in mappings(response.get("output")))
    calls = Counter({name: kinds[kind] for kind, name in _BILLED.items() if kinds[kind]})
    if kinds[_SEARCH] and _searches_in_preview(response):
        calls[_PREVIEW] = kinds[_SEARCH]
    return calls


def of_model(model: str) -> Counter[str]:
    """Count the search that a *model* makes for each answer, if it is one that does."""
    return Counter(web_search=1) if any(word in model for word in _SEARCHING) else Counter()


def _searches_in_preview(response: Mapping[str, Any]) -> bool:
    """Tell whether a model that does not reason was given the tool as it was at first."""
    tools = (str(tool.get("type")) for tool in mappings(response.get("tools")))
    reasons = mapping(response.get("reasoning")).get("effort") is not None
    return not reasons and any(tool.startswith(_PREVIEW) for tool in tools)


def in_usage(usage: Mapping[str, Any]) -> Counter[str]:
    """Count the calls that xAI's `server_side_tool_usage_details` tell of."""
    details = mapping(usage.get("server_side_tool_usage_details"))
    return Counter(
        {
            name.removesuffix("_calls"): count
            for name, count in details.items()
            if name not in _PRICED and isinstance(count, int) and count > 0
        }
    )


def in_candidates(candidates: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Count the queries to Google's search that Gemini's candidates are grounded in."""
    queries = (
        mapping(each.get("groundingMetadata")).get("webSearchQueries") for each in candidates
    )
    count = sum(len(each) for each in queries if isinstance(each, list))
    return Counter(google_search=count) if count else Counter()


def told(calls: Mapping[str, int]) -> tuple[str, ...]:
    """Say how often each tool was called, for people: `file_search 2`."""
    return tuple(f"{name} {count}" for name, count in sorted(calls.items()))
