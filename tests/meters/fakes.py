"""A sink that keeps what it is told, and a listener that keeps what it hears."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.core.reading import Reading
from pytest_specbudget.providers import Listener

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.exchange import End, Exchange, Request
    from pytest_specbudget.core.reading import UsageState
    from pytest_specbudget.meters import Watch


class Ear(Listener):
    def __init__(self) -> None:
        self.provider = "fake"
        self.operation = "chat"
        self.request_model = "m"
        self.certain = True
        self.headers: dict[str, str] = {}
        self.pieces: list[bytes] = []
        self.decoded = False

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        self.headers = {"status": str(status), **headers}

    def feed(self, data: bytes) -> None:
        self.pieces.append(data)

    def whole(self, body: bytes) -> None:
        self.decoded = True
        self.pieces.append(body)

    def finish(self, end: End) -> Reading:
        state: UsageState = "complete" if end == "complete" else "partial"
        return Reading(provider=self.provider, operation=self.operation, usage_state=state)


@dataclass
class Booking:
    """A ticket, and what was booked on it."""

    sink: RecordingSink
    ear: Listener
    wires: int = 0

    def wire(self) -> None:
        self.wires += 1
        if self.sink.refuse_wire is not None:
            raise self.sink.refuse_wire

    def book(self, exchange: Exchange, reading: Reading) -> None:
        with self.sink.lock:
            self.sink.exchanges.append(exchange)
            self.sink.readings.append(reading)


@dataclass
class RecordingSink:
    refuse: BaseException | None = None
    refuse_wire: BaseException | None = None
    cannot_read: Exception | None = None
    ears: list[Ear] = field(default_factory=list)
    tickets: list[Booking] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    troubles: list[tuple[str, Exception]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    watching: Watch | None = None

    @property
    def only(self) -> Exchange:
        (exchange,) = self.exchanges
        return exchange

    def end_session(self) -> None:
        assert self.watching is not None
        self.watching.finish_open()

    def recognise(self, request: Request) -> Listener | None:
        if self.cannot_read is not None:
            raise self.cannot_read
        if "ignored" in request.path:
            return None
        ear = Ear()
        self.ears.append(ear)
        return ear

    def admit(self, request: Request, listener: Listener) -> Booking:
        assert request.path
        if self.refuse is not None:
            raise self.refuse
        booking = Booking(self, listener)
        self.tickets.append(booking)
        return booking

    def trouble(self, where: str, error: Exception) -> None:
        self.troubles.append((where, error))
