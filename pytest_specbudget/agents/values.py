"""What a model is asked and what it answers, whoever makes it; and why there was no answer."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pytest_specbudget.core.value import value
from pytest_specbudget.errors import SpecBudgetError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.routing.values import ModelProfile

__all__ = [
    "Asking",
    "BadReply",
    "Call",
    "Finish",
    "Message",
    "NoReply",
    "Question",
    "Rejected",
    "Reply",
    "Speaker",
    "Unavailable",
    "Why",
]

Speaker = Literal["system", "user", "assistant"]
"""Who says a message."""

Finish = Literal["stop", "length", "refusal", "tool", "other"]
"""Why an answer ended: it was whole; its tokens were used up; the model or the provider would not
say it; the model wants a tool to be called; something else, or the answer does not tell."""

Why = Literal["rate_limit", "server", "timeout", "connection"]
"""Why a model cannot be had now: 429; 5xx; no answer in time; no connection, or one that broke."""


@value
class Message:
    """One turn of a conversation."""

    role: Speaker
    text: str


@value
class Question:
    """What a model is asked, in no provider's words.

    Attributes:
        messages: The conversation so far, oldest first; the last one is usually the user's.
        schema: The JSON schema that the answer shall fit, or None for text.
        max_tokens: The longest answer, in tokens, or None for the wire's usual limit.
        temperature: 0 or more, or None for the model's own.
        stop: Texts that end the answer where the format has a place for them.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    stop: tuple[str, ...] = ()


@value
class Call:
    """A request as it goes out."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@value
class Reply:
    """What a model answered.

    Attributes:
        text: What it said; for a question with a schema the JSON of it.  May be empty.
        parsed: What `text` says as JSON, for a question with a schema; None where it is no JSON.
        finish: Why the answer ended.
        model: The model that answered, by its own word, or None.
        usage_reported: Whether the answer tells what it consumed.
    """

    text: str
    parsed: object | None = None
    finish: Finish = "other"
    model: str | None = None
    usage_reported: bool = False


class Asking(Protocol):
    """Asks models: over HTTP, or through the user's own client.

    Both methods raise `NoReply`, and let everything that is no `Exception` through.
    """

    def ask(self, profile: ModelProfile, question: Question) -> Reply:
        """Ask, and wait for the answer."""

    async def ask_async(self, profile: ModelProfile, question: Question) -> Reply:
        """Ask, and let others work meanwhile."""


class NoReply(SpecBudgetError):  # noqa: N818 - like `CallRefused`: what happened, not whose error
    """A model was asked and there is no answer to use; one of the three below."""


class Unavailable(NoReply):
    """The model cannot be had now; another one, or a later time, may do.

    Attributes:
        kind: Why.
        retry_after_s: The wait that the provider asks for, in seconds; None where it names none.
        status: The HTTP status, or None where there was none.
        again: Whether the same request may be sent once more.  Not where it was sent and lost, for
            it may have been paid for, and not where waiting does not help.
    """

    def __init__(
        self,
        kind: Why,
        retry_after_s: float | None = None,
        status: int | None = None,
        *,
        message: str = "",
        again: bool = True,
    ) -> None:
        self.kind: Why = kind
        self.retry_after_s = retry_after_s
        self.status = status
        self.again = again
        super().__init__(message or kind)


class Rejected(NoReply):
    """The provider will not take the question, and would not take it again: any other 4xx.

    Attributes:
        status: The HTTP status.
        message: What the provider says about it, shortened.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(f"{status}: {message}")


class BadReply(NoReply):
    """An answer came, was paid for, and makes no sense.

    Attributes:
        reason: What is wrong with it.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
