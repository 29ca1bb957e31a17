"""Own formats of servers that people run themselves: llama.cpp's and LM Studio's.

Both speak OpenAI's formats, too.  In their own, llama.cpp counts all of the prompt whether it was
still in its cache or not, and LM Studio tells of the whole answer under `stats`.

Source: https://github.com/ggml-org/llama.cpp (`tools/server/README.md`, `/completion`) and
https://lmstudio.ai/docs (REST API v1, `/api/v1/chat`), as answers in public repositories have
them, 2026-11-22.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.counts import mapping, text
from pytest_specbudget.providers.fold import Fold, events_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["Chat", "Completion"]


class _Counted(Fold):
    """Keeps the last object in which counts stood."""

    given, made = "", ""

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._told: Mapping[str, Any] = {}

    def settle(self, stated: Statement) -> None:
        """State the two counts."""
        stated.usage = Usage(
            input_tokens=self.counts.total(self._told, (self.given,)),
            output_tokens=self.counts.total(self._told, (self.made,)),
            reasoning_output_tokens=self.counts.part(self._told, ("reasoning_output_tokens",)),
        )


class Completion(_Counted):
    """llama.cpp's `/completion` and `/infill`; a stream's last event has the counts."""

    telling = events_with(r'stop"\s*:\s*true')
    given, made = "tokens_evaluated", "tokens_predicted"

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        self.stated.model = text(document.get("model")) or self.stated.model
        if whole or document.get("stop") is True:
            self._told = document
            self.stated.finished = True


class Chat(_Counted):
    """LM Studio's `/api/v1/chat`; a stream's last event has the answer as a whole."""

    telling = events_with(r'stats"\s*:\s*\{', r'model_instance_id"\s*:\s*"')
    given, made = "input_tokens", "total_output_tokens"

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        answer = mapping(document.get("result")) or document
        stated = self.stated
        stated.model = text(answer.get("model_instance_id")) or stated.model
        stated.response_id = text(answer.get("response_id")) or stated.response_id
        self._told = mapping(answer.get("stats")) or self._told
        stated.finished = whole or ("result" in document and bool(self._told))
