"""What Gemini's candidates are grounded in, by the tools of which each has a price of its own.

Queries to the web look alike, whoever answered them, so what the request lets search tells whose
they are; where Google's own search is among those, they are taken for its.  A map counts once, and
so do an account's own documents (Vertex AI Search), however many queries that took.

Source: `GroundingMetadata` and `Tool` of google-genai 3.4.0;
https://cloud.google.com/vertex-ai/generative-ai/docs/grounding/web-grounding-enterprise and
https://docs.cloud.google.com/vertex-ai/generative-ai/docs/grounding/grounding-with-parallel (each
sold apart from Google Search), read 2026-11-23.  That images which were searched for are billed
as other queries are is not confirmed, nor is that documents count once.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.providers.counts import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["grounded_in"]

_SEARCH = "google_search"
_OTHERS = {
    "enterprisewebsearch": "enterprise_web_search",
    "parallelaisearch": "parallel_ai_search",
    "exaaisearch": "exa_ai_search",
}
"""Who else searches the web, by the name in a request, in lower case and without underscores."""
_GOOGLES = {"googlesearch", "googlesearchretrieval"}


def grounded_in(
    candidates: Iterable[Mapping[str, Any]], request: Mapping[str, Any]
) -> Counter[str]:
    """Count what *candidates* are grounded in, by tool.

    Args:
        candidates: As an answer has them.
        request: What was asked for, with the tools that it lets the model use.
    """
    grounds = [told for each in candidates if (told := mapping(each.get("groundingMetadata")))]
    if not grounds:
        return Counter()
    chunks = [chunk for ground in grounds for chunk in mappings(ground.get("groundingChunks"))]
    return +Counter(
        {
            _searcher(request): _queries(grounds, "webSearchQueries"),
            "google_image_search": _queries(grounds, "imageSearchQueries"),
            "google_maps": int(any("maps" in chunk for chunk in chunks)),
            "vertex_ai_search": int(_queries(grounds, "retrievalQueries") > 0),
        }
    )


def _queries(grounds: Iterable[Mapping[str, Any]], name: str) -> int:
    """Count the queries of that *name*; empty ones are none."""
    listed = [ground.get(name) for ground in grounds]
    return sum(len([*filter(None, each)]) for each in listed if isinstance(each, list))


def _searcher(request: Mapping[str, Any]) -> str:
    """Name who searches the web for *request*: Google, unless others alone may."""
    allowed = {
        key.replace("_", "").lower() for each in mappings(request.get("tools")) for key in each
    }
    others = [name for key, name in _OTHERS.items() if key in allowed]
    return others[0] if others and allowed.isdisjoint(_GOOGLES) else _SEARCH
