"""How often validators were right, as far as tests told what was true."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of, percent
from pytest_specbudget.quality.confusion import confusion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.quality.confusion import Confusion

__all__ = ["TRUTH", "validators"]

TRUTH = "truth"
"""The event by which a test says whether an answer that validators judged is good."""


def validators(journals: Iterable[Journal]) -> Iterator[str]:
    """Yield a sentence for each command whose answers were held against the truth."""
    told: dict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    for journal in journals:
        for event in journal.events:
            if event.event == TRUTH:
                key = str(event.values["command"]), str(event.values["by"])
                told[key].append((bool(event.values["accepted"]), bool(event.values["good"])))
    for (command, names), cases in sorted(told.items()):
        accepted, good = zip(*cases, strict=True)
        yield f"validators of {command} ({names}): {_told(confusion(accepted, good))}"


def _told(one: Confusion) -> str:
    return (
        f"{calls_of(one.n, 'answer')} held against the truth, "
        f"{one.accepted_bad:,} bad accepted ({_share(one.false_acceptances)} of the bad), "
        f"{one.rejected_good:,} good rejected ({_share(one.false_rejections)} of the good)"
    )


def _share(share: Fraction | None) -> str:
    return "none" if share is None else percent(share)
