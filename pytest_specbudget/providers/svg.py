"""Drawings in shapes: a language model writes them down after a picture that another has drawn.

Its tokens stand apart from those of the picture, and are billed as that model's.

Source: `ImagesResponse.svg_usage` ("Token usage for SVG authoring, separate from image rendering
usage") and `ImageGenerationCall.svg_usage` of openai 3.54.0;
https://runware.ai/docs/models/openai-gpt-image-2-6-flare/guides/svg-output (two models in turn),
read 2026-11-23.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reading import Part
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.openai_usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.counts import Counts
    from pytest_specbudget.providers.dialects import Dialect

__all__ = ["authors"]

_USAGE = "svg_usage"


def authors(answer: Mapping[str, Any], counts: Counts, dialect: Dialect) -> list[Part]:
    """Return who wrote the drawings of *answer*: of the Images API, or of a response."""
    told = (mapping(each.get(_USAGE)) for each in (answer, *mappings(answer.get("output"))))
    return [
        Part(
            model=text(usage.get("model")) or "(author of an image)",
            usage=read_usage(usage, counts, dialect),
        )
        for usage in told
        if usage
    ]
