"""Sums that say more than the calls which took their place: a journal of that run is missing.

A cost summary, or telemetry, gives way to the calls of its run and SPEC.  If it says more than they
come to, that is noted in `unread/`, until the rest is added or somebody dismisses it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_specbudget.analysis.store.documents import SUMMARY, TELEMETRY
from pytest_specbudget.analysis.store.doubts import Doubt, doubts_of, line_of, write_lines
from pytest_specbudget.analysis.store.sources import UNREAD
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Claimed", "Known", "claimed_before", "note_missing"]

_CLAIMS = "claims"
_NAMES = {SUMMARY: "summary", TELEMETRY: "telemetry"}


class Known(NamedTuple):
    """What the calls of one run and SPEC come to.

    Attributes:
        cost: In attodollars, at list prices; what has no price is not in it.
        calls: How many they are.
    """

    cost: int = 0
    calls: int = 0


class Claimed(NamedTuple):
    """What the sums of one kind say of one run and SPEC.

    Attributes:
        run: The run.
        spec: The SPEC.
        operation: The kind of sum, one of `SUMS`.
        cost: In attodollars.
        calls: How many calls it tells of; 0 if it does not tell them one by one.
        place: Where it is from.
    """

    run: str
    spec: str
    operation: str
    cost: int
    calls: int
    place: str

    def exceeds(self, known: Known) -> bool:
        """Whether it says more than is known."""
        return self.cost > known.cost or self.calls > known.calls


def claimed_before(history: Path) -> dict[Path, tuple[Doubt, Claimed]]:
    """Return what earlier sums say that was more than was known, by the files that tell it."""
    found = ((one, one.told.get(_CLAIMS)) for one in doubts_of(history, UNREAD))
    return {one.file: (one, _claimed(told)) for one, told in found if isinstance(told, dict)}


def note_missing(
    claims: Iterable[Claimed], known: Mapping[tuple[str, str], Known], history: Path
) -> list[str]:
    """Note what *claims* say beyond what is *known*, and forget what is known by now.

    Args:
        claims: What sums say whose place calls have taken.
        known: What calls come to, by run and SPEC; of those of *claims*, and of those of
            `claimed_before`.
        history: The history.

    Returns:
        What is missing of *claims*, a sentence each, without what was dismissed.
    """
    before = claimed_before(history)
    missing = []
    now = {_file(one, history): one for one in sorted(claims, key=_size)}
    for file in before.keys() | now.keys():
        doubt, was = before.get(file, (None, None))
        claim = max(filter(None, (was, now.get(file))), key=_size)
        calls = known.get((claim.run, claim.spec), Known())
        if not claim.exceeds(calls):
            write_lines(file, [])
        elif doubt is None or (doubt.open or _size(claim) > _size(was or claim)):
            reason = _reason(claim, calls)
            write_lines(file, [_line(claim, reason)])
            missing += [reason] * (file in now)
    return sorted(missing)


def _size(claim: Claimed) -> tuple[int, int]:
    return claim.cost, claim.calls


def _file(claim: Claimed, history: Path) -> Path:
    known_by = "\n".join(claim[:3]).encode("utf-8", "surrogatepass")
    return history / UNREAD / f"sum-{hashlib.sha256(known_by).hexdigest()[:16]}.jsonl"


def _line(claim: Claimed, reason: str) -> str:
    told = claim._asdict() | {"cost": str(claim.cost)}
    return line_of(reason, claim.place, claims=told, advice="add it")


def _claimed(told: Mapping[str, Any]) -> Claimed:
    return Claimed(**{**told, "cost": int(told["cost"])})


def _reason(claim: Claimed, known: Known) -> str:
    name = f"{claim.place}: the {_NAMES[claim.operation]} of run {claim.run}, SPEC {claim.spec}"
    if claim.cost > known.cost:
        said, come_to = dollars_of(Money(claim.cost), Money(known.cost))
        told = f"says {said}, its calls come to {come_to}"
    else:
        told = f"tells of {calls_of(claim.calls)}, and {known.calls:,} of them are known"
    return f"{name} {told}: a journal of that run is missing"
