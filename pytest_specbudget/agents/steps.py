"""What an execution wants done, one step at a time, and what it is told of it.

An execution is a generator: it yields work and is sent what came of it.  All the work of one yield
may be done side by side.  Nothing here does any work, or knows whether that happens in threads or
in tasks.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from pytest_specbudget.agents.values import BadReply, Rejected, Unavailable
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.agents.values import NoReply, Question, Reply
    from pytest_specbudget.core.routed import Routed
    from pytest_specbudget.routing.values import ModelProfile

__all__ = [
    "Answer",
    "Ask",
    "Attempt",
    "Check",
    "Checked",
    "Ending",
    "Steps",
    "Work",
    "shown_words",
    "why_of",
]

_T = TypeVar("_T")
_SHOWN = 300

Ending = Literal["answered", "unavailable", "rejected", "bad-reply"]
"""How an attempt ended: with an answer; with a model that cannot be had now; with a question that
the provider will not take; with an answer that makes no sense."""


@value
class Ask:
    """A model to be asked.

    Attributes:
        profile: Whom to ask.
        question: What.
        routed: As what part of the task; the charge carries it.
    """

    profile: ModelProfile
    question: Question
    routed: Routed


@value
class Check:
    """Something of ours or the user's to be run: a validator, a native handler.

    Attributes:
        run: Runs it; what it raises ends the execution, but for `NoReply`.
        routed: As what part of the task the calls are charged that it makes.
    """

    run: Callable[[], Any]
    routed: Routed


Work: TypeAlias = Ask | Check
Steps: TypeAlias = Generator[tuple[Work, ...], tuple[Any, ...], _T]
"""Yields work and is sent, in the same order, an `Answer` or a `Checked` for each piece."""


@value
class Answer:
    """What came of an `Ask`.

    Attributes:
        reply: What the model answered, or None.
        problem: Why there is no answer, or None.
        latency_s: How long it took, in seconds.
        reused: Whether the same question was answered before in this run, so that nobody was asked.
        by: Who was asked, by its name in the table; the execution notes it.
        model: Its id at the provider; likewise.
    """

    reply: Reply | None = None
    problem: NoReply | None = None
    latency_s: float = 0.0
    reused: bool = False
    by: str = ""
    model: str = ""

    @property
    def ending(self) -> Ending:
        """How it ended, in one word."""
        if self.problem is None:
            return "answered"
        kinds: dict[type, Ending] = {Unavailable: "unavailable", Rejected: "rejected"}
        return kinds.get(type(self.problem), "bad-reply")

    @property
    def why(self) -> str | None:
        """Why there is no answer, in a word or two; None if there is one."""
        return None if self.problem is None else why_of(self.problem)

    @property
    def told(self) -> str | None:
        """Why there is no answer, for people: who was asked, and what happened, in its words."""
        if self.problem is None:
            return None
        who = f"{self.by} ({self.model})" if self.model not in {"", self.by} else self.by
        words = shown_words(getattr(self.problem, "message", None) or str(self.problem))
        why = why_of(self.problem)
        return f"{why}: {who}" if words in {"", why} else f"{why}: {who}: {words}"

    @property
    def transient(self) -> bool:
        """Whether the same question to the same model may be answered when it is asked again.

        A client waits out what a provider asks it to wait, so a rate limit that gets here is one
        that lasts.
        """
        if isinstance(self.problem, Unavailable):
            return self.problem.kind != "rate_limit"
        return isinstance(self.problem, BadReply)


def shown_words(text: str) -> str:
    """Return the first line of *text*, shortened, without what looks like a credential."""
    from pytest_specbudget.cassettes.secrets.hearsay import (  # noqa: PLC0415 - only trouble pays
        repeatable,
    )

    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return repeatable(first, _SHOWN)


def why_of(problem: NoReply) -> str:
    """Say why there is no answer, in a word or two that quote nobody."""
    if isinstance(problem, Unavailable):
        return problem.kind
    if isinstance(problem, Rejected):
        return f"rejected ({problem.status})"
    return "bad reply"


@value
class Checked:
    """What came of a `Check`.

    Attributes:
        value: What it returned; None if it raised `NoReply`.
        problem: That error, or None.
        latency_s: How long it took, in seconds.
    """

    value: Any
    problem: NoReply | None = None
    latency_s: float = 0.0


@value
class Attempt:
    """One time that a model was asked, and how that ended.

    Attributes:
        routed: As what part of the task; `slot` is the model that the plan names.
        profile: The model that was asked, by its name in the table: the slot's or an alternate.
        model: Its id at the provider.
        reasoning: How hard it was told to think, or None.
        ending: How it ended.
        why: Why there is no answer, in a word or two, or None.
        told: Why there is none, for people, with the words of whoever said so; or None.
        latency_s: How long it took, in seconds.
        reused: Whether nobody had to be asked, so that it cost nothing.
    """

    routed: Routed
    profile: str
    model: str
    ending: Ending
    reasoning: str | None = None
    why: str | None = None
    told: str | None = None
    latency_s: float = 0.0
    reused: bool = False

    def __repr__(self) -> str:
        """Say it in a line: `Attempt(primary gpt-4o, try 1, tier C: answered in 0.53 s)`."""
        slot = self.routed.slot
        who = slot if self.profile == slot else f"{self.profile} for {slot}"
        how = self.ending if self.why in {None, self.ending} else f"{self.ending}, {self.why}"
        time = "reused" if self.reused else f"in {self.latency_s:.2f} s"
        routed = self.routed
        return (
            f"Attempt({routed.role} {who}, try {routed.attempt}, tier {routed.tier}: {how} {time})"
        )

    __str__ = __repr__
