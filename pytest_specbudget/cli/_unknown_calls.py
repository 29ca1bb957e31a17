"""The calls of unknown cost that a project keeps: which they are, and what was decided of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.budgets.calendar import SETTLE
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of, exact
from pytest_specbudget.histories.settled_file import read_settlements
from pytest_specbudget.histories.spent import in_doubt
from pytest_specbudget.histories.traces import NO_TRACE, traces_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pytest_specbudget.histories.doubted import Doubted
    from pytest_specbudget.histories.settled import Settlement
    from pytest_specbudget.histories.traces import Trace
    from pytest_specbudget.settings.settings import Settings

__all__ = ["UnknownCall", "UnknownCalls", "print_unknown", "unknown_calls"]

_HEADERS = ("call of unknown cost", "when", "test", "model", "why", "at most USD")
_NAMED = 20


@value
class UnknownCall:
    """One call of unknown cost.

    Attributes:
        call: What its record tells.
        trace: What its journal tells beside that.
        settled: What was decided of it, or None.
    """

    call: Doubted
    trace: Trace
    settled: Settlement | None

    @property
    def why(self) -> str:
        """Why nobody knows what it cost, and what broke it."""
        error = self.trace.error
        return f"{self.call.why} ({error})" if error else self.call.why

    def document(self) -> dict[str, Any]:
        """Return it for programs."""
        call, bound = self.call, self.trace.bound
        told = {
            "id": call.id,
            "at": f"{call.at.isoformat()}Z",
            **{name: getattr(call, name) for name in ("run", "spec", "test", "provider", "model")},
            "host": self.trace.host or None,
            "why": self.why,
            "known_usd": str(call.known),
            "bound_usd": None if bound is None else str(bound.usd),
            "bound_by": None if bound is None else bound.by,
        }
        return told | {"settled": None if self.settled is None else _decided(self.settled)}


@value
class UnknownCalls:
    """All of them.

    Attributes:
        open: Those that leave their day and month undecided, the newest first.
        settled: Those that count as was decided, the newest first.
        left_out: How many more are open, which are older.
    """

    open: tuple[UnknownCall, ...] = ()
    settled: tuple[UnknownCall, ...] = ()
    left_out: int = 0


def unknown_calls(
    places: Sequence[Path], settings: Settings, file: Path, named: Sequence[str] = ()
) -> UnknownCalls:
    """Return the calls of unknown cost at *places*: the newest, and those that are named.

    Args:
        places: Where a project keeps what it spent.
        settings: What is declared of hosts.
        file: What was decided.
        named: Ids of calls and runs.

    Raises:
        JournalError: If there is nothing at one of *places*, or it takes DuckDB and that is not
            installed.
        SettingError: If the file makes no sense.
    """
    decided = read_settlements(file).by_call
    found = in_doubt(*places, today=now().date(), named={*decided, *named})
    ids = {one.id for one in found.calls}
    traces = traces_of(places, ids, settings.hosts) if ids else {}
    calls = [
        UnknownCall(call=one, trace=traces.get(one.id, NO_TRACE), settled=decided.get(one.id))
        for one in found.calls
    ]
    return UnknownCalls(
        open=tuple(one for one in calls if one.settled is None),
        settled=tuple(one for one in calls if one.settled is not None),
        left_out=found.left_out,
    )


def print_unknown(found: UnknownCalls) -> None:
    """Print which calls leave days and months undecided, and what was decided of others."""
    if found.open:
        say()
        print_table(_HEADERS, map(_cells, found.open[:_NAMED]), names=5)
        left = len(found.open) - _NAMED + found.left_out
        if left > 0:
            say(f"and {calls_of(left, 'older call')}")
        say("their days and months stay undecided until it is said what they count as:")
        say(f"    {SETTLE}")
    for one in found.settled:
        if one.settled is not None:
            usd = max(one.settled.usd, one.call.known)
            say(f"{one.call.id} counts as ${exact(usd)}, settled {one.settled}")


def _cells(one: UnknownCall) -> tuple[str, ...]:
    call, bound = one.call, one.trace.bound
    return (
        call.id,
        f"{call.at:%Y-%m-%d %H:%M}",
        call.test or "-",
        f"{call.provider}/{call.model}",
        one.why,
        "-" if bound is None else exact(bound.usd),
    )


def _decided(one: Settlement) -> dict[str, str]:
    return {"usd": str(one.usd), "reason": one.reason, "by": one.by, "on": one.on.isoformat()}
