"""Speech at providers who do not speak OpenAI's format: Deepgram, xAI and ElevenLabs.

What is heard is billed by its length.  Providers state fractions of a second; a part of a second is
counted as a whole one, so that the count is never too low.  What is spoken is billed by the
character, which no answer counts in tokens: it stays unreported, and so does what ElevenLabs heard,
which says nothing about its length.

Source: https://developers.deepgram.com/reference/speech-to-text/listen-pre-recorded,
https://docs.x.ai/docs/guides/voice, each checked against recorded answers 2026-11-21.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.counts import Counts
    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Speech", "Transcript"]


class Transcript(Fold):
    """What was heard, with how long it is."""

    may_be_opaque = True  # captions come as plain text

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._told: Mapping[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document; Deepgram keeps its facts in `metadata`."""
        self._told = mapping(document.get("metadata")) or document
        self.stated.response_id = text(self._told.get("request_id")) or self.stated.response_id
        self.stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """Reckon up the seconds; every channel that was transcribed is billed."""
        stated.model = _model_asked(self.asked) or _architecture(self._told)
        seconds = _whole_seconds(self._told, self.counts)
        channels = self.counts.part(self._told, ("channels",)) or 1
        if seconds is not None:
            stated.usage = Usage(audio_seconds=seconds * channels)


class Speech(Fold):
    """What was spoken."""

    may_be_opaque = True

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take a document, which is no speech but a word about it."""
        self.stated.finished = whole and bool(document)

    def settle(self, stated: Statement) -> None:
        """Name the voice."""
        stated.model = self.header("dg-model-name") or _model_asked(self.asked)


def _model_asked(asked: Asked) -> str | None:
    """Return the model asked for: `?model=nova-3` at Deepgram, `model_id` at ElevenLabs."""
    in_query = parse_qs(asked.request.query).get("model", [None])[0]
    return in_query or text(asked.request.document.get("model_id"))


def _architecture(metadata: Mapping[str, Any]) -> str | None:
    models = mapping(metadata.get("model_info")).values()
    return next((text(mapping(model).get("arch")) for model in models), None)


def _whole_seconds(told: Mapping[str, Any], counts: Counts) -> int | None:
    stated = told.get("duration")
    if isinstance(stated, float) and math.isfinite(stated):
        stated = math.ceil(stated)
    return None if stated is None else counts.take(("duration",), stated, total=True)
