"""DashScope's own answers (Qwen on Alibaba Cloud); its compatible mode answers as OpenAI does.

Counts are named as the Responses API names them, beside the output.  Every event of a stream
repeats the counts so far; the last one says why it ended.  An application tells what each of its
models consumed.  Pictures, films and sound are billed by the piece, the second or the character:
beside tokens they make these a lower bound, alone they stay unreported.  A task that was begun for
later tells nothing.

Source: `Usage`, `AppUsage`, `NativeProtocol`, `embeddings` and `rerank` of dashscope 2.0.2, read
2026-11-22.  That `finish_reason` is the word "null" until the end is not confirmed, nor which
counts of an embedding hold its pictures: there the highest sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.dialects import OPENAI
from pytest_specbudget.providers.ending import Ending
from pytest_specbudget.providers.fold import USAGE, Fold, events_with
from pytest_specbudget.providers.inputs import all_input
from pytest_specbudget.providers.openai_usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Embedding", "Generation"]

_PIECES = ("characters", "duration", "image_count", "plugins", "video_count", "video_duration")
_GOES_ON = "null"


class Generation(Fold):
    """Text, pictures and sound of a model, and what an application answers."""

    telling = events_with(USAGE, r'finish_reason"\s*:\s*"(?!null")')

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: Mapping[str, Any] = {}
        count = mapping(asked.request.document.get("parameters")).get("n")
        self._ending = Ending(count if isinstance(count, int) and count > 0 else 1)

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        stated, output = self.stated, mapping(document.get("output"))
        stated.response_id = text(document.get("request_id")) or stated.response_id
        self._usage = mapping(document.get("usage")) or self._usage
        choices = mappings(output.get("choices")) or [output]
        ended = [str(each.get("index", at)) for at, each in enumerate(choices) if _ended(each)]
        stated.finished = whole or self._ending.reached(ended, self._usage)

    def end(self) -> None:
        """Take an answer for finished whose choices ended."""
        self.stated.finished |= self._ending.all_ended

    def settle(self, stated: Statement) -> None:
        """Reckon up the last usage."""
        stated.usage = self._reckoned()
        stated.parts = self._parts()
        if stated.parts:
            stated.usage = sum((part.usage for part in stated.parts), Usage())
        for piece in filter(self._usage.get, _PIECES):
            self.counts.note(f"{piece} may be billed beside the tokens")
            stated.finished = False

    def _reckoned(self) -> Usage:
        return read_usage(self._usage, self.counts, OPENAI)

    def _parts(self) -> tuple[Part, ...]:
        return tuple(
            Part(model=model, usage=read_usage(told, self.counts, OPENAI))
            for told in mappings(self._usage.get("models"))
            if (model := text(told.get("model_id")))
        )


class Embedding(Generation):
    """Embeddings and rankings."""

    def _reckoned(self) -> Usage:
        given = self.counts.total(self._usage, ("input_tokens",))
        images = self.counts.part(self._usage, ("image_tokens",))
        total = self.counts.total(self._usage, ("total_tokens",))
        if given is None and total is None:
            return all_input(images)
        return all_input(max((given or 0) + (images or 0), total or 0))


def _ended(told: Mapping[str, Any]) -> bool:
    return (text(told.get("finish_reason")) or _GOES_ON) != _GOES_ON
