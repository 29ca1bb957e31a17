"""Records the calls of a matrix, never more of them than the ceiling allows.

Calls are sent in their order, some of them side by side.  One that might not fit waits until those
before it have come back, because they mostly cost less than they could; if it still does not fit,
it is refused, and nothing after it is sent.  Nor is anything after a call whose cost nobody can
know.  Each answer is on disk before anything else is done with it.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.interaction import Interaction
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from pytest_specbudget.budgets.admission import Worst
    from pytest_specbudget.cli._matrix.answers import Reader
    from pytest_specbudget.cli._matrix.plan import Pair
    from pytest_specbudget.cli._matrix.rows import Row
    from pytest_specbudget.cli._matrix.sender import Sender, Sent
    from pytest_specbudget.cli._matrix.till import Till
    from pytest_specbudget.recordings.matrix_folder import MatrixFolder

__all__ = ["Call", "Round"]

_MICROSECONDS = 6
_ZERO = Money()
_UNKNOWN = "nobody knows what a call cost, so nobody knows what is left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that is to be sent.

    Attributes:
        number: The place of its row.
        pair: What to send.
        worst: The most that it can cost.
        credentials: The headers that open its host.
    """

    number: int
    pair: Pair
    worst: Worst
    credentials: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Back:
    """A call that came back: how it went, the answer, and why that could not be written."""

    sent: Sent
    answer: Interaction | None = None
    problem: str = ""


@dataclass(slots=True, kw_only=True)
class Round:
    """One run over the calls that are left.

    Attributes:
        sender: Who sends.
        folder: Where answers are kept.
        reader: Who reads and prices them.
        till: The money.
        rows: What became of each call; those that are sent change.
        tell: Told of each call in one line, and why the run stops.
        at_once: How many calls may be on their way.
    """

    sender: Sender
    folder: MatrixFolder
    reader: Reader
    till: Till
    rows: list[Row]
    tell: Callable[[str], None]
    at_once: int = 1
    _running: dict[Future[_Back], Call] = field(default_factory=dict, init=False)
    _stop: str = field(default="", init=False)

    def record(self, calls: Sequence[Call]) -> None:
        """Send *calls* while the ceiling allows it; what is on its way is waited for and booked.

        An interruption (Ctrl-C) ends the run after that, as the ceiling does.
        """
        with ThreadPoolExecutor(self.at_once) as pool:
            try:
                for call in calls:
                    self._make_room(call.worst)
                    if self._is_admitted(call):
                        self.till.commit(call.worst)
                        self._running[pool.submit(self._exchange, call)] = call
            except KeyboardInterrupt:
                self._stop = "the run was interrupted before it"
            finally:
                while self._running:
                    self._settle_next()
        for call in calls:
            if self.rows[call.number].state == "planned":
                self._note(call, state="not sent", why=self._stop)

    def _make_room(self, worst: Worst) -> None:
        """Wait for calls until another may be sent, or none is on its way."""
        while self._running and (len(self._running) >= self.at_once or not self.till.admits(worst)):
            self._settle_next()

    def _is_admitted(self, call: Call) -> bool:
        if self._stop:
            return False
        if self.till.admits(call.worst):
            return self._is_writable(call)
        name = f"{call.pair.model} for {call.pair.case}"
        refusal = self.till.refusal(name, call.worst)
        self._stop = "the run ended before it: the next call could have crossed the ceiling"
        self._note(call, state="refused", why=refusal.what)
        self.tell(str(refusal))
        return False

    def _is_writable(self, call: Call) -> bool:
        """Make sure that an answer could be written, before it is paid for."""
        try:
            self.folder.check(call.pair.case, call.pair.model)
        except RecordingError as problem:
            self._stop = f"the run ended before it: {problem}"
        return not self._stop

    def _exchange(self, call: Call) -> _Back:
        """Send a call and write its answer; runs in a thread of its own."""
        pair = call.pair
        sent = self.sender.send(pair.asked, call.credentials)
        if sent.answer is None:
            return _Back(sent)
        try:
            kept = self.folder.keep(pair.case, pair.model, pair.asked, sent.answer)
        except RecordingError as problem:  # it is paid for, so it is reckoned with all the same
            return _Back(sent, Interaction(pair.asked, sent.answer), str(problem))
        return _Back(sent, kept)

    def _settle_next(self) -> None:
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        for future in done:
            self._settle(self._running.pop(future), future.result())

    def _settle(self, call: Call, back: _Back) -> None:
        """Read and price what came back, and enter it everywhere."""
        row = self._reckoned(call, self._came_back(call, back))
        self.rows[call.number] = row
        self._book(row)
        self.tell(row.line())
        if row.cost is not None and row.cost > call.worst.cost:
            self.tell(f"  that is more than the {call.worst.cost} USD that it was to cost at most")

    def _came_back(self, call: Call, back: _Back) -> Row:
        sent, row = back.sent, self.rows[call.number]
        row = replace(
            row,
            sent_at=sent.sent_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            duration_s=round(sent.duration_s, _MICROSECONDS),
            why=sent.why,
        )
        if back.answer is None:
            cost = None if sent.lost else Money()
            return replace(row, state="failed", cost=cost, recording=None)
        bill = self.reader.bill(call.pair, back.answer, sent.sent_at, sent.duration_s)
        if not back.problem:
            return replace(bill.on(row), state="recorded")
        self._stop = f"the run ended before it: {back.problem}"
        return replace(bill.on(row), state="failed", why=back.problem, recording=None)

    def _reckoned(self, call: Call, row: Row) -> Row:
        """Put the cost into the till; where nobody knows it, the most that it can be."""
        self.till.settle(call.worst, row.cost)
        if row.cost is not None:
            return row
        if call.pair.declared:
            return replace(row, bound=call.worst.cost)
        self._stop = self._stop or f"the run ended before it: {_UNKNOWN}"
        return replace(row, state="unknown")

    def _book(self, row: Row) -> None:
        """Keep what it cost beside the recordings, also where no recording came of it."""
        if row.cost == _ZERO and row.recording is None:
            return
        try:
            self.folder.book(row.booked())
        except RecordingError as problem:
            self._stop = self._stop or f"the run ended before it: {problem}"
            self.tell(str(problem))

    def _note(self, call: Call, **changes: Any) -> None:
        self.rows[call.number] = replace(self.rows[call.number], recording=None, **changes)
