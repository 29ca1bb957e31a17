"""One question to one model: the requests that may be sent for it, and what an answer means.

No I/O; keys come from the environment that is handed over and stand in no message.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from pytest_specbudget.agents.credentials import authorized, base_url_in, keys_in, variables_of
from pytest_specbudget.agents.failures import failure
from pytest_specbudget.agents.structured import understood
from pytest_specbudget.agents.values import NoReply, Rejected
from pytest_specbudget.agents.wires import FORMATS
from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_specbudget.agents.values import Call, Question, Reply
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["Answered", "Inquiry", "inquiry"]

_SUCCESS = range(200, 300)
_LOCKED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_MASK = b"***"


@value
class Answered:
    """What came back, in plain.

    Attributes:
        status: The HTTP status.
        headers: By names in lower case; without the encoding, which is undone.
        body: Whole.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


@value
class Inquiry:
    """One question to one model.

    Attributes:
        profile: The model.
        question: What it is asked.
        keys: What may open its host, in the order of trying; perhaps none.
        calls: The same request with each of them; one without, where there is none.
    """

    profile: ModelProfile
    question: Question
    keys: tuple[str, ...]
    calls: tuple[Call, ...]

    def read(self, answer: Answered, now: datetime) -> Reply | NoReply:
        """Say what *answer*, which came *now*, means."""
        if answer.status not in _SUCCESS:
            return self._refused(answer, now)
        wire = FORMATS[self.profile.wire]
        try:
            reply = wire.replied(answer.status, answer.headers, answer.body)
        except NoReply as problem:
            return problem
        return understood(reply, self.question)

    def _refused(self, answer: Answered, now: datetime) -> NoReply:
        body = answer.body
        for key in self.keys:
            body = body.replace(key.rpartition(" ")[2].encode(), _MASK)
        problem = failure(answer.status, answer.headers, body, now)
        if isinstance(problem, Rejected) and problem.status in _LOCKED and not self.keys:
            wanted = " or ".join(self.profile.credentials or variables_of(self.profile.provider))
            return Rejected(problem.status, f"{problem.message} (no key was sent: set {wanted})")
        return problem


def inquiry(
    profile: ModelProfile, question: Question, environment: Mapping[str, str], *, stream: bool
) -> Inquiry:
    """Prepare to ask *profile* a *question*, with what *environment* says of keys and gateways.

    Raises:
        SettingError: If nobody knows where the model is asked.
    """
    keys = keys_in(environment, profile)
    placed = replace(profile, base_url=base_url_in(environment, profile))
    call = FORMATS[profile.wire].asked(placed, question, stream=stream)
    opened = tuple(
        replace(call, headers={**call.headers, **authorized(profile, key)}) for key in keys
    )
    return Inquiry(profile=profile, question=question, keys=keys, calls=opened or (call,))
