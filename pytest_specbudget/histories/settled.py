"""What calls of unknown cost count as, since a person decided it: what is settled.

Unknown is never zero, and nobody but a person knows better: from the provider's bill, or by what
such a call costs at most.  The decision is about calls that are named; it counts for days and
months, which hold what is billed, as long as nothing tells what the call cost.  What is known of a
call already is the least that it counts as.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.spending import doubted, headless, may_have_cost
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of, exact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from pytest_specbudget.histories.telling import Told

__all__ = ["NOTHING_SETTLED", "Settled", "Settlement", "Settlements", "settled_notes"]


@value
class Settlement:
    """One decision.

    Attributes:
        calls: The ids of the calls.
        usd: What each of them counts as.
        reason: Why.
        by: Who decided it.
        on: When.
    """

    calls: tuple[str, ...]
    usd: Money
    reason: str
    by: str
    on: date

    def __str__(self) -> str:
        return f"by {self.by} on {self.on}: {self.reason}"


@value
class Settled:
    """A call that counts as was decided.

    Attributes:
        call: Its id.
        day: When it was made, UTC.
        usd: What it counts as.
        decided: The decision.
    """

    call: str
    day: date
    usd: Money
    decided: Settlement


class Settlements:
    """All decisions, of which there is one a call at most.

    Attributes:
        by_call: The decisions by the ids of calls.
    """

    def __init__(self, several: Iterable[Settlement] = ()) -> None:
        self.by_call: Mapping[str, Settlement] = {id_: one for one in several for id_ in one.calls}

    def applied(self, records: Iterable[Told]) -> tuple[list[Told], tuple[Settled, ...]]:
        """Let what nobody knows count as was decided.

        Args:
            records: Values by the names of columns; of a call all parts that are told.

        Returns:
            The records; and which calls count so.
        """
        told = [*records]
        if self.by_call.keys().isdisjoint(one["id"] for one in told):
            return told, ()
        least = headless([one for one in told if one["source"] != "replay"])
        settled: list[Settled] = []
        for place, one in enumerate(told):
            decided = self.by_call.get(one["id"])
            if decided is not None and _is_open(one, least):
                usd = max(decided.usd, Money(one["billed_cost"] or 0))
                settled.append(Settled(call=one["id"], day=one["day"], usd=usd, decided=decided))
                told[place] = {**one, **_KNOWN, "billed_cost": usd.atto}
        return told, tuple(settled)


NOTHING_SETTLED = Settlements()

_KNOWN: Mapping[str, Any] = {"part": 0, "outcome": "answered", "usage_state": "complete"}
"""What a record says of whose call is known what was paid."""


def settled_notes(settled: Iterable[Settled], file: str) -> Iterator[str]:
    """Say what counts as was decided, a sentence for each decision.

    Args:
        settled: The calls.
        file: Where the decisions stand.
    """
    of_one: defaultdict[str, list[Settled]] = defaultdict(list)
    for one in settled:
        of_one[str(one.decided)].append(one)
    for decided, several in of_one.items():
        usd = exact(Money.total(one.usd for one in several))
        yield (
            f"{calls_of(len(several))} of unknown cost {'count' if len(several) > 1 else 'counts'} "
            f"as ${usd}, settled in {file} {decided}"
        )


def _is_open(told: Told, least: Mapping[str, int]) -> bool:
    """Tell whether a record is the one that leaves unknown what its call cost.

    Args:
        told: The record.
        least: The calls whose first part is not told, with the least part that is.
    """
    if told["source"] == "replay":
        return False
    if told["id"] in least:
        return told["part"] == least[told["id"]] and may_have_cost(told)
    return told["part"] == 0 and doubted(told)
