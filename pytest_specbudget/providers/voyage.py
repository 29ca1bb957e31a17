"""Voyage's embeddings of pictures, films and pieces; the others are in OpenAI's format.

Source: `MultimodalEmbeddingsObject` (`text_tokens`, `image_pixels`, `video_pixels`, `total_tokens`)
of voyageai 0.5.0, read 2026-11-22.  A total counts pixels as tokens, some 560 for one
(https://docs.voyageai.com/docs/multimodal-embeddings); that they are billed at a higher price of
their own is not confirmed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.providers import openai

if TYPE_CHECKING:
    from pytest_specbudget.providers.fold import Statement

__all__ = ["Embeddings"]


_PIXELS = ("image_pixels", "video_pixels")


class Embeddings(openai.Embeddings):
    """Embeddings, whose pictures and films are billed by the pixel."""

    def settle(self, stated: Statement) -> None:
        """Reckon up the tokens; with pixels they are a lower bound."""
        super().settle(stated)
        for name in _PIXELS:
            pixels = self.counts.part(self.usage, (name,))
            if pixels:
                self.counts.note(f"{pixels} {name} are billed beside the tokens")
                stated.finished = False
