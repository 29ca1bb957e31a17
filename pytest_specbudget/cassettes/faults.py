"""What each kind of fault does to an answer, in the wire format of its provider; pure.

Some faults need no recording: a failure (`429`, `500`), no answer in time (`timeout`), an answer
that declines (`refusal`).  The others alter a recorded one:

* `bad_output`: every text that the model wrote becomes words that fit no schema; its counts stay.
* `truncated`: a stream ends, without an error, half-way to the event that would say that it is
  done; a document breaks off in the middle.
* `no_usage`: nothing that was consumed is reported, as many gateways do it.

An answer that cannot be altered so is a `ValueError`, never an answer that merely looks altered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, get_args

from pytest_specbudget.cassettes.bodies import header, opened
from pytest_specbudget.cassettes.framing import changed, contents, frames, is_stream
from pytest_specbudget.cassettes.scrub import with_body
from pytest_specbudget.providers import read_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.cassettes.interaction import Answer
    from pytest_specbudget.core.exchange import Request

__all__ = ["ALTERING", "HIDES_USAGE", "KINDS", "Call", "Fault", "Kind", "altered"]

Kind = Literal["bad_output", "timeout", "429", "500", "truncated", "no_usage", "refusal"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ALTERING: frozenset[Kind] = frozenset({"bad_output", "truncated", "no_usage"})
"""Kinds that alter a recorded answer; the others need none."""

HIDES_USAGE: frozenset[Kind] = frozenset({"truncated", "no_usage"})
"""Kinds after which an answer does not tell any more what it consumed."""

_BAD = "(bad output, injected by spec_fault)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A model call, as far as a fault is chosen by it.

    Attributes:
        request: What is asked.
        model: The model asked for, empty if the request names none.
        streaming: Whether a stream was asked for.
        role: What the model is asked as, where routing chose it, or None.
    """

    request: Request
    model: str = ""
    streaming: bool = False
    role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is to go wrong, for which calls.

    Attributes:
        kind: What goes wrong.
        model: A glob for the model asked for, with case.
        host: A glob for the host, in lower case and without the port.
        path: A glob for the path, without the query.
        role: What the model must be asked as, or None for whatever.
        times: How many calls it happens to, 1 or more.
        after: How many calls that fit come first, 0 or more.
        retry_after_s: What a `429` or a `500` says of when to ask again, or None to say nothing.
        words: What the answer says instead of our own words, or None.
    """

    kind: Kind
    model: str = "*"
    host: str = "*"
    path: str = "*"
    role: str | None = None
    times: int = 1
    after: int = 0
    retry_after_s: float | None = 0.001
    words: str | None = None

    def fits(self, call: Call) -> bool:
        """Tell whether *call* is one of those that it may happen to."""
        return (
            fnmatchcase(call.model, self.model)
            and fnmatchcase(call.request.host, self.host.lower())
            and fnmatchcase(call.request.path, self.path)
            and self.role in (None, call.role)
        )

    def __str__(self) -> str:
        chosen = {"model": "*", "host": "*", "path": "*", "role": None, "times": 1, "after": 0}
        told = [
            f"{name}={getattr(self, name)!r}"
            for name, usual in chosen.items()
            if getattr(self, name) != usual
        ]
        return f"spec_fault({', '.join([repr(self.kind), *told])})"


def altered(fault: Fault, request: Request, answer: Answer) -> Answer:
    """Return *answer* with what *fault* does to it.

    Raises:
        ValueError: If nothing of the kind can be done to it.
    """
    plain = opened(answer)
    if header(plain.headers, "content-encoding"):
        raise ValueError("the recorded answer is compressed in a way that cannot be undone here")
    return _ALTERATIONS[fault.kind](fault, request, plain)


# Bad output ---------------------------------------------------------------------------------------

_WRITTEN = frozenset(
    {"content", "text", "arguments", "partial_json", "response", "completion", "generated_text"}
    | {"outputText", "generation", "output_text", "thinking", "reasoning_content", "refusal"}
)
"""Keys under which a text stands that a model wrote, in any of the formats."""

_CALLED = frozenset({"input", "args"})
"""Keys of what a model calls a tool with, in Anthropic's and Google's formats: objects."""

_ECHOED = frozenset(
    {"instructions", "tools", "tool_choice", "metadata", "format", "prompt", "usage", "logprobs"}
    | {"usageMetadata", "error", "reasoning", "citations", "annotations"}
)
"""Keys below which stands what was asked, or what is about the answer."""


def _with_bad_output(fault: Fault, request: Request, answer: Answer) -> Answer:
    spoil = _Spoiling(
        _BAD if fault.words is None else fault.words, in_pieces=is_stream(answer.body)
    )
    body = changed(answer.body, spoil)
    if not spoil.spoilt:
        raise ValueError(f"the recorded answer to {request.path} holds no text that a model wrote")
    return with_body(answer, body)


class _Spoiling:
    """Puts words in place of what a model wrote.

    In a stream the words are the first piece, and all that follow are empty.  Events of the
    Responses API that say again what the pieces said are given the words whole.
    """

    def __init__(self, words: str, *, in_pieces: bool) -> None:
        self.spoilt = False
        self._words = words
        self._in_pieces = in_pieces

    def __call__(self, document: Any) -> Any:
        kind = document.get("type") if isinstance(document, dict) else None
        restated = str(kind).startswith("response.") and not str(kind).endswith(".delta")
        say = self._all if restated or not self._in_pieces else self._piece
        if isinstance(document, dict) and isinstance(document.get("delta"), str):
            document["delta"] = say(document["delta"])
        return self._walked(document, say)

    def _walked(self, value: Any, say: Callable[[str], str]) -> Any:
        if isinstance(value, list):
            return [self._walked(each, say) for each in value]
        if isinstance(value, dict):
            return {name: self._below(name, each, say) for name, each in value.items()}
        return value

    def _below(self, name: str, value: Any, say: Callable[[str], str]) -> Any:
        if name in _ECHOED:
            return value
        if name in _WRITTEN and isinstance(value, str):
            return say(value)
        if name in _CALLED and isinstance(value, dict) and value:
            self.spoilt = True
            return {}
        return self._walked(value, say)

    def _all(self, text: str) -> str:
        self.spoilt = self.spoilt or bool(text)
        return self._words if text else text

    def _piece(self, text: str) -> str:
        is_first = not self.spoilt
        return self._all(text) if is_first or not text else ""


# Truncated ----------------------------------------------------------------------------------------

_ENDING = re.compile(
    rb'"(?:finish_?[rR]eason|stop_?[rR]eason|done_reason|blockReason)"\s*:\s*["1-9]'
    rb'|"type"\s*:\s*"(?:message_stop|message-end|response\.(?:completed|incomplete|failed))"'
    rb'|"(?:done|is_finished)"\s*:\s*true|data:\s*\[DONE\]'
)


def _truncated(_fault: Fault, request: Request, answer: Answer) -> Answer:
    if is_stream(answer.body):
        whole = frames(answer.body)
        return with_body(answer, b"".join(whole[: _place_of_cut(whole)]))
    if not answer.body:
        raise ValueError(f"the recorded answer to {request.path} is empty")
    return with_body(answer, answer.body[: len(answer.body) // 2])


def _place_of_cut(whole: list[bytes]) -> int:
    """Return how many frames are left: half of those before the one that ends the answer."""
    ending = (at for at, frame in enumerate(whole) if _ENDING.search(contents(frame)))
    return -(-next(ending, len(whole) - 1) // 2)


# No usage -----------------------------------------------------------------------------------------

_COUNTS = frozenset(
    {"usageMetadata", "usage_metadata", "usage_breakdown", "tool_usage", "billed_units", "tokens"}
    | {
        "prompt_eval_count",
        "eval_count",
        "tokenCount",
        "x_groq",
        "amazon-bedrock-invocationMetrics",
    }
    | {"inputTextTokenCount", "prompt_token_count", "generation_token_count"}
)
_COUNTING_HEADER = re.compile(r"token-count|billed|usage|response-cost", re.IGNORECASE)
_REQUIRED = frozenset({"message", "message_start", "message_delta"})
"""Types of Anthropic's messages, which always have a `usage`; its counts are null there.

Source: `Message`, `MessageDeltaEvent` and `accumulate_event` of anthropic 2.12.0."""


def _without_usage(_fault: Fault, request: Request, answer: Answer) -> Answer:
    body = changed(answer.body, _uncounted)
    silent = with_body(replace(answer, headers=_silent(answer.headers)), body)
    if _tells_usage(request, silent):
        raise ValueError(f"what the answer to {request.path} consumed cannot be taken out of it")
    return silent


def _uncounted(value: Any) -> Any:
    if isinstance(value, list):
        return [_uncounted(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _uncounted(each) for name, each in value.items() if name not in _COUNTS}
    if "usage" in kept:
        kept["usage"] = _nulled(kept["usage"]) if value.get("type") in _REQUIRED else None
    return kept


def _nulled(usage: Any) -> Any:
    return dict.fromkeys(usage) if isinstance(usage, dict) else None


def _silent(headers: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: told for name, told in headers.items() if not _COUNTING_HEADER.search(name)}


def _tells_usage(request: Request, answer: Answer) -> bool:
    headers = {name.lower(): ", ".join(told) for name, told in answer.headers.items()}
    reading = read_whole(request, answer.status, headers, answer.body)
    return reading is not None and bool(reading.usage.reported())


_ALTERATIONS: Mapping[str, Callable[[Fault, Request, Answer], Answer]] = {
    "bad_output": _with_bad_output,
    "truncated": _truncated,
    "no_usage": _without_usage,
}
