"""Tools of providers that have a published price for each call, charged as parts of an answer.

What `tools` tells of an answer becomes a part of it, under the name that the price catalogue has
for the tool; so each tool has its own price, its own history and its own line.  What nobody can
tell from an answer (a container that may live on, a kind of search, free hours) stays told, and in
no sum.  An account's free calls are no matter of a single answer: the list price counts.

Source: https://openai.com/index/new-tools-for-building-agents/ (searches in files) and
https://community.openai.com/t/1299919 (searches of the web); https://docs.x.ai/developers/pricing
(tools); that Google bills an answer that is grounded in its search, however many queries that took,
before Gemini 3, and each query from there on: https://ai.google.dev/gemini-api/docs/pricing as told
by litellm 1.109.1 (all checked 2026-11-22).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.reading import Reading

__all__ = ["charged"]

_PREVIEW, _SEARCH, _QUERY = "web_search_preview", "google_search", "google_search_query"
_SOLD = {
    "openai": {"file_search", _PREVIEW, "web_search"},
    "azure": {"file_search"},
    "xai": {"x_search", "code_interpreter", "file_search", "attachment_search"},
    "google": {_SEARCH, "google_maps"},
}
_GENERATION = re.compile(r"gemini-(\d+)")
_BY_QUERY = 3
"""The generation of Gemini from which on queries are billed, not answers."""


def charged(reading: Reading) -> Reading:
    """Return *reading* with a part for each tool that has a price; others stay told.

    An answer without counts is left as it is: it is unknown anyway.
    """
    if not reading.unpriced_tools or not reading.usage.reported():
        return reading
    sold = dict(_sold_of(reading))
    if not sold:
        return reading
    first, *others = reading.parts or (Part(model=reading.model, usage=reading.usage),)
    parts = [_part_of(name, count, first.usage) for name, count in sold.values()]
    if any(part.usage.web_search_requests for part in parts):
        first = Part(model=first.model, usage=_without_searches(first.usage))
    calls = sum((part.usage for part in parts if part.usage.tool_calls), Usage())
    return replace(
        reading,
        parts=(first, *others, *parts),
        usage=reading.usage + calls,
        unpriced_tools=tuple(told for told in reading.unpriced_tools if told not in sold),
    )


def _sold_of(reading: Reading) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield what is told of each tool that is sold by the call, its name and how many count."""
    for told in reading.unpriced_tools:
        tool, _, count = told.rpartition(" ")
        if count.isascii() and count.isdecimal() and tool in _SOLD.get(reading.provider, ()):
            name, once = _billed_as(tool, reading.model)
            if name:
                yield told, (name, 1 if once else int(count))


def _billed_as(tool: str, model: str) -> tuple[str, bool]:
    """Name what is billed for a *tool*, or nothing; and whether that is once for all its calls."""
    if tool == "web_search":  # models of Chat Completions that search for each answer
        return (_PREVIEW if "-search-preview" in model else tool), False
    if not tool.startswith("google_"):
        return tool, False
    generation = _GENERATION.search(model)
    if generation is None:
        return "", False
    if int(generation[1]) < _BY_QUERY:
        return tool, True
    return (_QUERY if tool == _SEARCH else ""), False


def _part_of(name: str, count: int, whole: Usage) -> Part:
    """Return the part of a tool; searches of the web are counted as such where they are told so."""
    if name == _PREVIEW and whole.web_search_requests:
        return Part(model=name, usage=Usage(web_search_requests=whole.web_search_requests))
    return Part(model=name, usage=Usage(tool_calls=count))


def _without_searches(usage: Usage) -> Usage:
    return Usage(**{**usage.reported(), "web_search_requests": None})
