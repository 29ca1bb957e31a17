"""Hears one answer and says what it consumed.

A listener stands between a user and their answer, so nothing it does may raise: what goes wrong in
it makes the reading `unreadable`, which a gate does not pass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.providers.body import Body
from pytest_specbudget.providers.damage import CutError, DamageError
from pytest_specbudget.providers.estimate import Estimate
from pytest_specbudget.providers.fold import Statement
from pytest_specbudget.providers.gateways import stated_cost
from pytest_specbudget.providers.sold_tools import charged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.exchange import End
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.core.reading import UsageState
    from pytest_specbudget.providers.fold import Fold
    from pytest_specbudget.providers.hosts import HostRule
    from pytest_specbudget.providers.splitting import Shape

__all__ = ["Listener"]

_ENCODING = "content-encoding"
_SUCCESS = range(200, 300)
_KEPT = 8000
"""Characters of what is wrong with an answer; whoever shows it cuts it."""


class Listener:
    """Reads one answer while it passes.

    Attributes:
        provider: Who is asked.
        operation: What is asked for: `chat`, `embeddings`, `generate_content`, ...
        request_model: The model asked for, or None.
        certain: False if the request merely resembles a model call.
        streaming: Whether a stream was asked for.
        gateway: Whether the host belongs to no provider that is known, so that what it says of the
            cost is its own.
    """

    certain = True
    streaming = False
    gateway = False
    _hearing = False
    _decoded = False
    _first: bytes | None = None
    _body: Body | None = None
    _shape: Shape = "empty"
    _damage = ""
    _estimate: Estimate | None = None

    def __init__(self, fold: Fold, operation: str, rule: HostRule | None = None) -> None:
        asked = fold.asked
        self.provider = asked.provider
        self.operation = operation
        self.request_model = asked.model
        self._fold = fold
        self._rule = rule
        if rule is not None and rule.estimate is not None:
            self._estimate = Estimate(fold, rule.estimate)

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Hear the status and the headers, whose names may be in any case."""
        if status in _SUCCESS:
            self._hearing = True
            self._fold.headers = headers

    def feed(self, chunk: bytes) -> None:
        """Hear the next bytes of the body, compressed or not.

        The first are kept back until it is clear whether they are all.
        """
        if not self._hearing:
            return
        if self._first is None:
            self._first = chunk
            return
        try:
            body = self._body or self._opened(self._first)
            body.feed(chunk)
        except Exception as problem:  # noqa: BLE001 - observing must never break the user's call
            self._give_up(problem)

    def whole(self, body: bytes) -> None:
        """Hear a whole body at once, whose content encoding is undone."""
        self._decoded = True
        self._first = body

    def finish(self, end: End) -> Reading:
        """Say what the answer consumed, once its body ended."""
        try:
            self._close(end)
            stated = self._fold.statement()
        except Exception as problem:  # noqa: BLE001 - observing must never break the user's call
            self._give_up(problem)
            stated = self._left()
        reading = self._reading(stated)
        if self._estimate is not None and (end == "complete" or stated.finished):
            return self._estimate.completed(reading)
        return reading

    def _left(self) -> Statement:
        """Return all of an answer that was over before the damage; of another, no counts."""
        try:
            stated = self._fold.statement()
        except Exception as problem:  # noqa: BLE001 - observing must never break the user's call
            self._damage = self._damage or _said(problem)
            return Statement()
        if not self._damage:
            return stated
        left = Statement()
        left.model, left.response_id, left.flags = stated.model, stated.response_id, stated.flags
        return left

    def _opened(self, first: bytes) -> Body:
        headers = {name.lower(): value for name, value in self._fold.headers.items()}
        if self._decoded:
            headers.pop(_ENCODING, None)
        body = self._body = Body(headers, self._estimate or self._fold)
        body.feed(first)
        return body

    def _close(self, end: End) -> None:
        hearing, first, body = self._hearing, self._first, self._body
        self._hearing = False
        if not hearing or first is None:
            if self._damage:
                raise DamageError(self._damage)
            return
        # One plain JSON object, as most bodies are, is read without looking for its parts.
        heard = self._estimate or self._fold
        if body is None and first.startswith(b"{") and heard.whole(first):
            self._shape = "document"
            return
        body = body or self._opened(first)
        try:
            body.close()
        except CutError:
            if end == "complete":
                raise
        finally:
            self._shape = body.shape
        if end == "complete" and not self._fold.torn:
            self._fold.end()

    def _give_up(self, problem: Exception) -> None:
        if self._body is not None:
            self._shape = self._body.shape
        self._hearing = False
        if not self._fold.over:
            self._damage = self._damage or _said(problem)

    def _reading(self, stated: Statement) -> Reading:
        rule = self._rule
        reading = Reading(
            self.provider,
            self.operation,
            self.request_model,
            stated.model,
            stated.usage,
            self._state(stated),
            self._shape == "events",
            stated.response_id,
            stated.service_tier,
            stated.region or self._fold.asked.region,
            stated.parts,
            self._gateway_cost(stated) if self.gateway else stated.provider_cost,
            stated.counted,
            self._real_model(rule, stated) if rule else None,
            rule.free if rule else None,
            self.certain,
            (*stated.flags, self._damage) if self._damage else stated.flags,
            stated.unpriced_tools,
        )
        return charged(reading) if reading.unpriced_tools else reading

    def _gateway_cost(self, stated: Statement) -> Money | None:
        told = stated.provider_cost
        return stated_cost(self._fold) if told is None else told

    def _real_model(self, rule: HostRule, stated: Statement) -> str | None:
        aliases = rule.models
        return aliases.get(stated.model or "") or aliases.get(self.request_model or "")

    def _state(self, stated: Statement) -> UsageState:
        nonsense = self._shape == "opaque" and not self._fold.may_be_opaque
        if nonsense or self._damage or stated.damaged:
            return "unreadable"
        given, made = stated.usage.input_tokens, stated.usage.output_tokens
        if (given is None) is not (made is None):
            return "partial"
        if given is None and not stated.usage.reported():
            return "none"
        return "complete" if stated.finished else "partial"


def _said(problem: Exception) -> str:
    return f"{type(problem).__name__}: {problem}"[:_KEPT]
