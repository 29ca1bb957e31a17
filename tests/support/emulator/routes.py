"""Which path is whose, and what answers it.

Paths are matched at their end, so that a gateway's prefix does not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.emulator import anthropic, google, openai

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.emulator.answer import Answer, Question, Reply

__all__ = ["Route", "route"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation of one provider.

    Attributes:
        free: It costs nothing, though its answer may hold counts.
    """

    provider: str
    path: re.Pattern[str]
    answer: Callable[[Question, Reply], Answer]
    error: Callable[[int, str], dict[str, Any]]
    free: bool = False

    def model(self, path: str, body: dict[str, Any]) -> str:
        """The model that is asked for: in the path, or in the body."""
        named = self.path.search(path)
        in_path = named.groupdict().get("model") if named else None
        return str(in_path or body.get("model", ""))


_GEMINI = r"/models/(?P<model>[^/:]+):"

_ROUTES = (
    Route(
        provider="openai",
        path=re.compile(r"/chat/completions$"),
        answer=openai.chat,
        error=openai.error,
    ),
    Route(
        provider="openai",
        path=re.compile(r"/responses$"),
        answer=openai.responses,
        error=openai.error,
    ),
    Route(
        provider="openai",
        path=re.compile(r"/embeddings$"),
        answer=openai.embeddings,
        error=openai.error,
    ),
    Route(
        provider="anthropic",
        path=re.compile(r"/messages$"),
        answer=anthropic.messages,
        error=anthropic.error,
    ),
    Route(
        provider="anthropic",
        path=re.compile(r"/messages/count_tokens$"),
        answer=anthropic.count_tokens,
        error=anthropic.error,
        free=True,
    ),
    Route(
        provider="google",
        path=re.compile(_GEMINI + "generateContent$"),
        answer=google.generate,
        error=google.error,
    ),
    Route(
        provider="google",
        path=re.compile(_GEMINI + "streamGenerateContent$"),
        answer=google.stream_generate,
        error=google.error,
    ),
    Route(
        provider="google",
        path=re.compile(_GEMINI + "countTokens$"),
        answer=google.count_tokens,
        error=google.error,
        free=True,
    ),
)


def route(path: str) -> Route | None:
    """The operation that *path* (without its query) asks for, if any."""
    return next((each for each in _ROUTES if each.path.search(path)), None)
