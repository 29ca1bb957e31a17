"""Transports of the user's own that send again below the client: each failure is an attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from meters.loopback import Answer

from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from meters.fakes import RecordingSink
    from meters.loopback import Server


def retrying(library: Any, sends: int) -> Any:
    class Retrying(library.BaseTransport):  # type: ignore[misc] # it is Any here
        def __init__(self) -> None:
            self._inner = library.HTTPTransport()

        def handle_request(self, request: Any) -> Any:
            for _ in range(sends - 1):
                self._inner.handle_request(request).read()
            return self._inner.handle_request(request)

        def close(self) -> None:
            self._inner.close()

    return library.Client(transport=Retrying())


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_a_transport_was_turned_away_with_is_an_attempt_of_its_own(
    server: Server, sink: RecordingSink, library: Any, status: int
) -> None:
    server.will(Answer(status=status), Answer(status=status), Answer())

    with retrying(library, 3) as client:
        client.post(server.chat, json={})

    told = [(one.status, one.outcome, one.hidden) for one in sink.exchanges]
    assert told == [(status, "failed", 0), (status, "failed", 0), (200, "answered", 0)]
    assert [ticket.wires for ticket in sink.tickets] == [1, 1, 1]


def test_an_answer_that_a_transport_throws_away_stays_hidden(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    with retrying(library, 2) as client:
        client.post(server.chat, json={})

    assert sink.only.hidden == 1


def test_the_next_attempt_of_a_transport_may_be_refused(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    server.will(Answer(status=429))

    class Once(type(sink)):  # type: ignore[misc] # mypy knows no such base
        """A sink that admits one attempt."""

        def admit(self, request: Any, listener: Any) -> Any:
            if self.tickets:
                raise CallRefused("the budget is spent")
            return super().admit(request, listener)

    sink.__class__ = Once
    with retrying(library, 2) as client, pytest.raises(CallRefused):
        client.post(server.chat, json={})

    assert [(one.status, one.outcome) for one in sink.exchanges] == [(429, "failed")]
    assert len(server.received) == 1
