"""From the journals of many processes to the charges that are judged.

Each charge counts once: lines are joined by id.  Three rules keep a verdict the same however the
tests were spread over workers and however often a flaky one was rerun:

* A fixture that outlives tests runs once in each worker; identical calls of one instance of it,
  with one parameter and in one place, are judged once.
  Where their answers differ, the dearest is judged, and before all one whose cost is unknown.
  What was billed for the copies is still added up, because each of them was paid.
* Work that an answer tells of later (a background response, a run, a batch) counts once, by its
  provider's own id, at the call that began it.  Where several did, or several answers tell, the
  same ones count whatever the order in which they came.
* A replayed call of an attempt that a rerun replaced is shown as a retry and not judged; a live
  one was paid and counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.unseen import without_end
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.deferred import RETRIEVE, settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.providers.deferred import Work

__all__ = ["Merged", "is_shared", "last_attempts", "merge", "same_call"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What the journals say together.

    Attributes:
        ledger: The charges that are judged and shown, in order of time.
        retries: How many calls of replaced attempts were left out, by test.
        copies: How many copies of a shared fixture's calls were left out.
        repeats: Answers that told again what is counted elsewhere; none is `counted`.
    """

    ledger: Ledger
    retries: Mapping[str, int] = field(default_factory=dict)
    copies: int = 0
    repeats: tuple[Charge, ...] = ()


def merge(journals: Iterable[Journal], *, count_mocked: bool = False) -> Merged:
    """Join *journals*; with *count_mocked* a fake's answer is judged like a replayed one."""
    journals = list(journals)
    unique: dict[str, Charge] = {}
    for journal in journals:
        for charge in (*journal.charges, *without_end(journal)):
            unique.setdefault(charge.id, charge)
    charges = sorted(unique.values(), key=lambda charge: (charge.at, charge.id))
    if count_mocked:
        charges = [_counted(charge) for charge in charges]
    kept, retries = _without_replaced(charges, last_attempts(journals))
    shared = _shared_once(kept)
    once, repeats = _works_once(shared)
    copies = len(kept) - len(shared)
    return Merged(ledger=Ledger(once), retries=retries, copies=copies, repeats=repeats)


def _counted(charge: Charge) -> Charge:
    return replace(charge, source="replay") if charge.mocked else charge


def last_attempts(journals: Iterable[Journal]) -> Counter[str]:
    """Return the last attempt of each test that was rerun."""
    last: Counter[str] = Counter()
    for journal in journals:
        for event in journal.events:
            if event.event == "attempt":
                test, attempt = str(event.values["test"]), int(event.values["attempt"])
                last[test] = max(last[test], attempt)
    return last


def _without_replaced(
    charges: Iterable[Charge], last: Counter[str]
) -> tuple[list[Charge], dict[str, int]]:
    kept: list[Charge] = []
    retries: Counter[str] = Counter()
    for charge in charges:
        owner = charge.attribution
        replaced = owner.attempt < last[owner.test] and charge.source in ("replay", "mock")
        if replaced:
            retries[owner.test] += 1
        else:
            kept.append(charge)
    return kept, dict(retries)


def _shared_once(charges: list[Charge]) -> list[Charge]:
    """Keep one worker's calls of each shared fixture: of the one that made the most of them."""
    copies: dict[object, dict[str, list[Charge]]] = defaultdict(lambda: defaultdict(list))
    for charge in charges:
        if is_shared(charge):
            copies[same_call(charge)][_process(charge)].append(charge)
    replaced: dict[str, Charge | None] = {}
    for by_worker in copies.values():
        replaced.update(_one_of(by_worker))
    merged = (replaced.get(charge.id, charge) for charge in charges)
    return [charge for charge in merged if charge is not None]


def is_shared(charge: Charge) -> bool:
    """Tell whether *charge* is of what every worker does for itself, and is judged once."""
    once = charge.attribution.test.startswith(("<fixture ", "<collection>"))
    return once and charge.fingerprint is not None


def same_call(charge: Charge) -> tuple[str | bool | None, ...]:
    """Return what copies of a shared call have in common, on all workers."""
    owner = charge.attribution
    ending, mocked = owner.when == "teardown", charge.source == "mock"
    return (owner.test, owner.within, owner.fixture, ending, charge.fingerprint, mocked)


def _process(charge: Charge) -> str:
    """Return which process of which run made *charge*; ids begin with it."""
    return charge.id.rpartition("/")[0] or charge.worker


def _one_of(by_worker: Mapping[str, list[Charge]]) -> dict[str, Charge | None]:
    ranked = sorted(by_worker, key=lambda worker: (-len(by_worker[worker]), worker))
    kept = by_worker[ranked[0]]
    replaced: dict[str, Charge | None] = {}
    for worker in ranked[1:]:
        replaced.update((charge.id, None) for charge in by_worker[worker])
    for place, charge in enumerate(kept):
        made = [calls[place] for calls in by_worker.values() if place < len(calls)]
        billed = Money.total(one.billed_cost or Money() for one in made)
        replaced[charge.id] = replace(
            max(made, key=_weight),
            id=charge.id,
            at=charge.at,
            worker=charge.worker,
            billed_cost=billed,
            workers=len(made),
        )
    return replaced


def _weight(charge: Charge) -> tuple[bool, Money]:
    """Return how much it would hide to leave *charge* out: the unknown before any cost."""
    return charge.uncertain and not charge.bounded, (
        charge.list_cost or Money()
    ) + charge.list_spread


def _works_once(charges: list[Charge]) -> tuple[list[Charge], tuple[Charge, ...]]:
    """Count each piece of deferred work once; return what is judged, and what repeats it."""
    changed: dict[str, Charge] = {}
    for mocked in (False, True):
        group = sorted((one for one in charges if one.mocked is mocked), key=_place)
        for work in settled([charge.reading for charge in group]):
            changed.update(_settle(work, group))
    merged = [changed.get(charge.id, charge) for charge in charges]
    repeats = tuple(one for one in merged if _is_repeat(one))
    return [one for one in merged if not _is_repeat(one)], repeats


def _place(charge: Charge) -> tuple[str, str, str]:
    """Return where *charge* stands among those that tell of the same work, on any worker."""
    return charge.attribution.test, charge.at, charge.id


def _is_repeat(charge: Charge) -> bool:
    return charge.reading.operation == RETRIEVE and not charge.reading.counted


def _settle(work: Work, group: list[Charge]) -> dict[str, Charge]:
    """Move the counts to the call that began the work, if its answer was seen."""
    spent = None if work.teller is None else group[work.teller]
    nothing = [group[place] for place in (*work.begun, *work.repeats)]
    changed: dict[str, Charge] = {}
    if spent is not None and spent.reading.operation == RETRIEVE and work.begun:
        first = nothing.pop(0)
        changed[first.id] = _with_counts(first, spent)
        nothing.append(spent)
    return changed | {charge.id: _without_counts(charge) for charge in nothing}


def _with_counts(begun: Charge, told: Charge) -> Charge:
    """Return the call *begun* as if it had *told* its counts itself."""
    asked = begun.reading
    reading = replace(
        told.reading,
        operation=asked.operation,
        request_model=asked.request_model,
        response_model=told.reading.response_model or asked.response_model,
        response_id=asked.response_id,
        streaming=asked.streaming,
    )
    return replace(
        begun,
        reading=reading,
        outcome=told.outcome,
        list_cost=told.list_cost,
        contracted_cost=told.contracted_cost,
        billed_cost=told.billed_cost,
        price_id=told.price_id,
        priced_at=told.priced_at or told.at,
        reason=told.reason,
    )


def _without_counts(charge: Charge) -> Charge:
    """Return *charge* with nothing to count: another one does."""
    reading = replace(
        charge.reading,
        usage=Usage(),
        usage_state="complete",
        parts=(),
        provider_cost=None,
        counted=False,
    )
    zero = Money()
    return replace(
        charge,
        reading=reading,
        list_cost=zero,
        contracted_cost=zero,
        billed_cost=zero,
        price_id=None,
        priced_at=None,
        reason=None,
    )
