"""One question to one model: the requests that may be sent for it, and what an answer means.

No I/O; keys come from the environment that is handed over and stand in no message.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_specbudget.agents.credentials import (
    KEYLESS,
    authorized,
    base_url_in,
    keys_in,
    looked_for,
    needs_key,
)
from pytest_specbudget.agents.failures import failure
from pytest_specbudget.agents.structured import understood
from pytest_specbudget.agents.values import BadReply, NoReply, Rejected, Unavailable
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
        wanted = looked_for(self.profile)
        if isinstance(problem, Rejected) and problem.status in _LOCKED and wanted and not self.keys:
            return Rejected(problem.status, f"{problem.message} ({self._keyless})")
        return problem

    @property
    def host(self) -> str:
        """Where it is asked, with the port where that is not the usual one."""
        return urlsplit(self.calls[0].url).netloc.rpartition("@")[2]

    @property
    def locked(self) -> str | None:
        """Say what is missing where the model must have a key and there is none, else None."""
        if self.keys or not needs_key(self.profile, self.calls[0].url):
            return None
        profile = self.profile
        declared = f'credentials = ["{KEYLESS}"] in [models."{profile.name}"] of the routing table'
        return (
            f"{profile.name} ({profile.model} at {self.host}) cannot be asked: {self._keyless}, "
            f"or declare that it needs none: {declared}"
        )

    def lost(self, problem: NoReply) -> NoReply:
        """Say of a *problem* on the way where it was, and whether a key was missing."""
        words = f"{self.host}: {problem}"
        if not self.keys and looked_for(self.profile):
            words = f"{words} ({self._keyless})"
        if isinstance(problem, Unavailable):
            after, status = problem.retry_after_s, problem.status
            return Unavailable(problem.kind, after, status, message=words, again=problem.again)
        return BadReply(words) if isinstance(problem, BadReply) else problem

    @property
    def _keyless(self) -> str:
        return f"there is no key: set {' or '.join(looked_for(self.profile))}"


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
