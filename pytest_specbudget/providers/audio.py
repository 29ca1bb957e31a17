"""Speech at providers who do not speak OpenAI's format: Deepgram, xAI and ElevenLabs.

What is heard is billed by its length, once for each channel that was transcribed by itself.
Providers state fractions of a second; a part of a second is counted as a whole one, for each
channel, so that the count is never too low (whether they round is not confirmed).  What is added to
a transcript for a price of its own makes it a lower bound.  What is spoken is billed by the
character, which no answer counts in tokens: it stays unreported.

Source: `ListenV1Response`, `ListenV1ResponseMetadata` and `ReadV1Response` of deepgram-sdk 7.17.0;
`SpeechToTextChunkResponseModel`, `MultichannelSpeechToTextResponseModel` and
`speech_to_text.convert` of elevenlabs 2.78.0, which says what is billed beside; channels at
Deepgram: https://github.com/orgs/deepgram/discussions/932 and
https://developers.deepgram.com/docs/multichannel (checked 2026-11-22).  xAI's `duration` is that of
a recorded answer; that it bills each channel is not confirmed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.fold import Fold
from pytest_specbudget.providers.forms import fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.providers.counts import Counts
    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Analysis", "Speech", "Transcript", "rounded_up", "whole_seconds"]

_LENGTH = ("duration", "audio_duration_secs")
_IN_QUERY = ("detect_entities", "diarize", "keyterm", "redact")
"""What Deepgram adds for a price of its own (https://deepgram.com/pricing; which of them cost
something on which plan is not confirmed)."""
_IN_FORM = ("detect_speaker_roles", "entity_detection", "keyterms", "transcript_edit")
"""What ElevenLabs adds for a price of its own (of `entity_detection` this is not confirmed)."""
_INTELLIGENCE = ("summary_info", "sentiment_info", "topics_info", "intents_info")
"""Where Deepgram tells what other models consumed that looked at the text."""


class Transcript(Fold):
    """What was heard, with how long it is."""

    may_be_opaque = True  # captions come as plain text

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._seconds: int | None = None
        self._analysed: list[str] = []

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document; Deepgram keeps its facts in `metadata`."""
        told = mapping(document.get("metadata")) or document
        stated = self.stated
        stated.response_id = text(told.get("request_id")) or text(told.get("transcription_id"))
        stated.model = _architecture(told)
        self._seconds = self._all_seconds(document, told)
        self._analysed = [name for name in _INTELLIGENCE if mapping(told.get(name))]
        stated.finished = whole

    def settle(self, stated: Statement) -> None:
        """State the seconds."""
        stated.model = _model_asked(self.asked) or stated.model
        if self._seconds is None:
            return
        stated.usage = Usage(audio_seconds=self._seconds)
        for name in (*_added(self.asked), *self._analysed):
            self.counts.note(f"{name} is billed beside the seconds")
            stated.finished = False

    def _all_seconds(self, document: Mapping[str, Any], told: Mapping[str, Any]) -> int | None:
        """Add up the seconds of all channels; one length for several is taken for that of each."""
        each = [self._length(channel) for channel in mappings(document.get("transcripts"))]
        if each and None not in each:
            return sum(filter(None, each))
        seconds = self._length(told)
        return None if seconds is None else seconds * (_channels(document) or 1)

    def _length(self, told: Mapping[str, Any]) -> int | None:
        """Return a length in seconds, of which a part is a whole one."""
        name = next((name for name in _LENGTH if told.get(name) is not None), None)
        return None if name is None else whole_seconds(self.counts, name, told[name])


class Analysis(Fold):
    """What Deepgram reads out of a text (`/v1/read`), billed by the token for each kind."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage = Usage()

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the document; some describe its metadata as wrapped twice."""
        told = mapping(document.get("metadata"))
        told = mapping(told.get("metadata")) or told
        self.stated.response_id = text(told.get("request_id"))
        self.stated.finished = whole
        for name in _INTELLIGENCE:
            self._usage += Usage(
                input_tokens=self.counts.total(told, (name, "input_tokens")),
                output_tokens=self.counts.total(told, (name, "output_tokens")),
            )

    def settle(self, stated: Statement) -> None:
        """State the tokens of all kinds."""
        stated.usage = self._usage


class Speech(Fold):
    """What was spoken."""

    may_be_opaque = True

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take a document, which is no speech but a word about it."""
        self.stated.finished = whole and bool(document)

    def settle(self, stated: Statement) -> None:
        """Name the voice."""
        stated.model = self.header("dg-model-name") or _model_asked(self.asked)


def whole_seconds(counts: Counts, name: str, stated: Any) -> int | None:
    """Return a length in seconds, of which a part is a whole one; None if it is nonsense."""
    return counts.take((name,), rounded_up(stated), total=True)


def rounded_up(seconds: Any) -> Any:
    """Count a part of a second as a whole one; what is no such number stays as it is.

    So OpenAI counts, too, which once said that it rounds: `duration` 8.47, `usage.seconds` 9.

    Source: the example of https://platform.openai.com/docs/api-reference/audio/verbose-json-object,
    as copies of it in public repositories have it, read 2026-11-23.
    """
    fraction = isinstance(seconds, float) and math.isfinite(seconds)
    return math.ceil(seconds) if fraction else seconds


def _model_asked(asked: Asked) -> str | None:
    """Return the model asked for: `?model=nova-3` at Deepgram, `model_id` at ElevenLabs."""
    in_query = parse_qs(asked.request.query).get("model", [None])[0]
    return in_query or text(asked.request.document.get("model_id"))


def _architecture(metadata: Mapping[str, Any]) -> str | None:
    models = mapping(metadata.get("model_info")).values()
    return next((text(mapping(model).get("arch")) for model in models), None)


def _channels(document: Mapping[str, Any]) -> int:
    """Count what was transcribed by itself; 0 where an answer does not tell channels apart.

    Deepgram's `metadata.channels` is not asked, as a file may have channels that were mixed.
    """
    results = mapping(document.get("results"))
    told = (results.get("channels"), document.get("channels"), document.get("transcripts"))
    listed = max(len(mappings(channels)) for channels in told)
    return max(listed, *_channels_of_words(document), 0)


def _channels_of_words(document: Mapping[str, Any]) -> Iterator[int]:
    """Number the channels of a combined transcript of ElevenLabs, whose words tell theirs."""
    for word in mappings(document.get("words")):
        index = word.get("channel_index")
        if type(index) is int:
            yield index + 1


def _added(asked: Asked) -> list[str]:
    """Name what was asked for beside the transcript."""
    request = asked.request
    query, form = parse_qs(request.query), request.document or fields_of(request.body or b"")
    by_query = [name for name in _IN_QUERY if query.get(name, ["false"]) != ["false"]]
    return by_query + [name for name in _IN_FORM if name in form]
