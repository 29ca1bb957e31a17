"""Voyage's embeddings of pictures and of documents in pieces; the others are in OpenAI's format.

Source: https://docs.voyageai.com/reference/multimodal-embeddings-api (`usage.text_tokens`,
`image_pixels`, `total_tokens`) and https://docs.voyageai.com/docs/pricing, checked 2026-11-21.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.providers import openai

if TYPE_CHECKING:
    from pytest_specbudget.providers.fold import Statement

__all__ = ["Embeddings"]


class Embeddings(openai.Embeddings):
    """Embeddings, whose pictures are billed by the pixel."""

    def settle(self, stated: Statement) -> None:
        """Reckon up the tokens; with pictures they are a lower bound."""
        super().settle(stated)
        pixels = self.counts.part(self.usage, ("image_pixels",))
        if pixels:
            self.counts.note(f"{pixels} pixels are billed beside the tokens")
            stated.finished = False
