"""The wire formats in which models are asked: pure, a request out of a question and back.

Each of `openai`, `openai_responses`, `anthropic` and `gemini` has the three functions of `Format`;
`FORMATS` finds them by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pytest_specbudget.agents.wires import anthropic, gemini, openai, openai_responses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.agents.values import Call, Question, Reply
    from pytest_specbudget.routing.values import ModelProfile, Wire

__all__ = ["FORMATS", "Format"]


class Format(Protocol):
    """One way to ask a model over HTTP."""

    def asked(self, profile: ModelProfile, question: Question, *, stream: bool = False) -> Call:
        """Write *question* as a request, without credentials.

        Raises:
            SettingError: If nobody knows where *profile* is asked.
        """

    def replied(self, status: int, headers: Mapping[str, str], body: bytes) -> Reply:
        """Read an answer, whether it came whole or in events.

        Args:
            status: The HTTP status.
            headers: By names in lower case; only what tells how the body is written is read.
            body: As it came, perhaps compressed.

        Raises:
            NoReply: If there is no answer in it; `BadReply` if it makes no sense.
        """

    def streamed(self, events: Iterable[bytes]) -> Reply:
        """Read an answer out of the data of its events, in order.

        Raises:
            NoReply: As `replied`; `BadReply` also if the events end before the answer does.
        """


FORMATS: Mapping[Wire, Format] = {
    "openai": openai,
    "openai-responses": openai_responses,
    "anthropic": anthropic,
    "gemini": gemini,
}
