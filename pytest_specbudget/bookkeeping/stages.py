"""Steps without a model, and stages that left no trace.

A pipeline has steps that need no model: they cost $0, and only their time is kept.  A stage that
a marker names must show up in the books, as a call or as such a step; else a hook is missing or a
client is not metered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING

from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Ledger
    from pytest_specbudget.journal.reader import Journal

__all__ = ["native_notes", "unrecorded_stages"]

_Stage = tuple[str, str]


def free_notes(ledger: Ledger) -> Iterator[str]:
    """Yield a sentence for each reason for which calls cost nothing, as the user declared it."""
    reasons = Counter(charge.reading.free for charge in ledger if charge.reading.free)
    for reason, count in sorted(reasons.items()):
        yield f"{calls_of(count)} declared free: {reason}"


def native_notes(journals: Iterable[Journal]) -> Iterator[str]:
    """Yield a sentence for each native step: how often it ran, and how long that took."""
    times: dict[str, list[float]] = defaultdict(list)
    for journal in journals:
        for event in journal.events:
            if event.event == "native":
                times[str(event.values["step"])].append(float(event.values["latency_s"]))
    for step, latencies in sorted(times.items()):
        ran = calls_of(len(latencies), "time")
        yield f'native step "{step}" ran {ran} for $0, {sum(latencies):.3f} s together'


def unrecorded_stages(journals: Iterable[Journal]) -> Iterator[Finding]:
    """Yield a warning for each stage whose tests ran and of which nothing was recorded.

    A call that was refused was made, and is seen by its start.
    """
    journals = list(journals)
    marked = set(_told(journals, "stage"))
    seen = _seen(journals) if marked else set[_Stage]()
    for spec, name in sorted(marked - seen):
        yield Finding(
            rule="stage-unrecorded",
            subject=f"{spec} {name}",
            message=f'stage "{name}" of {spec} ran, and no call of it was seen',
            remedy="if it calls a model, see which client it uses; if it needs none, say so: "
            'with spec_spend.native("..."):',
            severity="warning",
        )


def _told(journals: Iterable[Journal], name: str) -> Iterator[_Stage]:
    for journal in journals:
        for event in journal.events:
            if event.event == name:
                yield str(event.values.get("spec")), str(event.values.get("stage"))


def _seen(journals: list[Journal]) -> set[_Stage]:
    """Return the stages that made a call, or ran a step without a model."""
    charges = (charge for journal in journals for charge in journal.charges)
    begun = (start.unanswered() for journal in journals for start in journal.starts.values())
    owners = (charge.attribution for charge in chain(charges, begun))
    made = {(owner.spec, str(owner.stage)) for owner in owners}
    return made.union(_told(journals, "native"))
