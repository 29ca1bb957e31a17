"""Sums that say more than the calls which took their place: a journal of that run is missing.

A cost summary, or telemetry, gives way to the calls of its run and SPEC.  If it says more than they
come to, that is noted in `unread/`, until the rest is added or somebody dismisses it.

Both are held to what they cost, and telemetry to the number of its calls and to their tokens, too:
a call of unknown cost adds nothing to a sum that could be missed.  The `call_count` of a summary is
no measure, since it has what is no record: work that was begun, whose counts another call tells.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_specbudget.analysis.store.documents import SUMMARY, TELEMETRY
from pytest_specbudget.analysis.store.doubts import Doubt, doubts_of, line_of, write_lines
from pytest_specbudget.analysis.store.sources import UNREAD
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    Told = Mapping[str, Any]

__all__ = ["Claimed", "Known", "claimed_before", "missing_of", "note_missing"]

_CLAIMS = "claims"
_TOKENS = ("input_tokens", "output_tokens")
_NAMES = {SUMMARY: "summary", TELEMETRY: "telemetry"}


class Known(NamedTuple):
    """What the calls of one run and SPEC come to.

    Attributes:
        cost: In attodollars, at list prices; what has no price is not in it.
        calls: How many they are.
        input_tokens: All that they were given; None if one of them does not tell.
        output_tokens: All that they made; likewise.
    """

    cost: int = 0
    calls: int = 0
    input_tokens: int | None = 0
    output_tokens: int | None = 0


class Claimed(NamedTuple):
    """What the sums of one kind say of one run and SPEC.

    Attributes:
        run: The run.
        spec: The SPEC.
        operation: The kind of sum, one of `SUMS`.
        cost: In attodollars.
        calls: How many calls it tells of; 0 if it does not tell them one by one.
        input_tokens: How many tokens these were given at least; 0 if it does not tell.
        output_tokens: How many they made at least; likewise.
        place: Where it is from.
    """

    run: str
    spec: str
    operation: str
    cost: int
    calls: int
    input_tokens: int
    output_tokens: int
    place: str

    def beyond(self, known: Known) -> Iterator[str]:
        """Say what it tells beyond what is *known*, each as the rest of a sentence."""
        if self.cost > known.cost:
            said, come_to = dollars_of(Money(self.cost), Money(known.cost))
            yield f"says {said}, its calls come to {come_to}"
        if self.calls > known.calls:
            yield f"tells of {calls_of(self.calls)}, and {known.calls:,} of them are known"
        for name in _TOKENS:
            told, sum_of_calls = getattr(self, name), getattr(known, name)
            if sum_of_calls is not None and told > sum_of_calls:
                kind = name.replace("_", " ")
                yield f"tells of {told:,} {kind}, and its calls of {sum_of_calls:,}"


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
        beyond = next(claim.beyond(calls), None)
        if beyond is None:
            write_lines(file, [])
        elif doubt is None or (doubt.open or _size(claim) > _size(was or claim)):
            reason = _reason(claim, beyond)
            write_lines(file, [_line(claim, reason)])
            missing += [reason] * (file in now)
    return sorted(missing)


def missing_of(sums: Iterable[Told], calls: Iterable[Told], place: str) -> tuple[str, ...]:
    """Say what *sums* tell beyond the *calls* that take their place, one sentence each.

    Args:
        sums: Records, values by the names of columns, of which each is a sum.
        calls: All that are known of their runs and SPECs.
        place: Where the sums are from.
    """
    claimed, known = defaultdict(list), defaultdict(list)
    for told in sums:
        claimed[told["run"], told["spec"], told["operation"]].append(told)
    for told in calls:
        known[told["run"], told["spec"]].append(told)
    found = []
    for (run, spec, operation), several in claimed.items():
        claim = Claimed(
            run=run,
            spec=spec,
            operation=operation,
            cost=_sum(several, "list_cost"),
            calls=len(several) if operation == TELEMETRY else 0,
            input_tokens=_sum(several, "input_tokens"),
            output_tokens=_sum(several, "output_tokens"),
            place=place,
        )
        beyond = islice(claim.beyond(_known(known[run, spec])), 1)
        found += [_reason(claim, told) for told in beyond]
    return tuple(found)


def _known(calls: Sequence[Told]) -> Known:
    """Sum up what *calls* come to, as a history does that has them."""
    return Known(
        cost=_sum(calls, "list_cost"),
        calls=sum(not one["part"] for one in calls),
        input_tokens=_all_told(calls, "input_tokens"),
        output_tokens=_all_told(calls, "output_tokens"),
    )


def _all_told(calls: Sequence[Told], name: str) -> int | None:
    silent = any(one[name] is None and one["outcome"] != "failed" for one in calls)
    return None if silent else _sum(calls, name)


def _sum(several: Iterable[Told], name: str) -> int:
    return sum(told[name] or 0 for told in several)


def _size(claim: Claimed) -> tuple[int, ...]:
    return claim.cost, claim.calls, claim.input_tokens, claim.output_tokens


def _file(claim: Claimed, history: Path) -> Path:
    known_by = "\n".join(claim[:3]).encode("utf-8", "surrogatepass")
    return history / UNREAD / f"sum-{hashlib.sha256(known_by).hexdigest()[:16]}.jsonl"


def _line(claim: Claimed, reason: str) -> str:
    told = claim._asdict() | {"cost": str(claim.cost)}
    return line_of(reason, claim.place, claims=told, advice="add it")


def _claimed(told: Mapping[str, Any]) -> Claimed:
    untold = {"input_tokens": 0, "output_tokens": 0}  # which a note need not have
    return Claimed(**{**untold, **told, "cost": int(told["cost"])})


def _reason(claim: Claimed, beyond: str) -> str:
    name = f"{claim.place}: the {_NAMES[claim.operation]} of run {claim.run}, SPEC {claim.spec}"
    return f"{name} {beyond}: a journal of that run is missing"
