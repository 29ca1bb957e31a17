"""Two runs side by side, judged.

Only like is held against like: the sums of every subject hold the tests that both sides ran, so
that a test which was removed never pays for another that got dearer, and a new one makes nothing
dearer.  Both sides come priced by one catalogue at one instant.

* With a limit in percent the list cost is judged, of every subject; a model that the base never
  charged is not one, since the swap shows in whatever asks for it.
* Without one the rule is strict (`judging`), and models are shown and not judged.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, get_args

from pytest_specbudget.audit.aligning import align
from pytest_specbudget.audit.clauses import clauses
from pytest_specbudget.audit.comparison import Change, Comparison, Listed, Scope
from pytest_specbudget.audit.effects import WHOLE_RUN, effects
from pytest_specbudget.audit.judging import Limit, said
from pytest_specbudget.audit.limits import worded
from pytest_specbudget.audit.pairing import Pair, moment
from pytest_specbudget.audit.tallies import tallied
from pytest_specbudget.audit.waste import waste
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.wording import calls_of, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_specbudget.audit.aligning import Aligned
    from pytest_specbudget.audit.comparison import Effects, Side
    from pytest_specbudget.audit.effects import Kinds
    from pytest_specbudget.audit.limits import Limits, Requote
    from pytest_specbudget.audit.tallies import Tally
    from pytest_specbudget.core.ledger import Charge

__all__ = ["compare"]

_SCOPES = get_args(Scope)
_MOST_NAMES = 3


def compare(base: Side, head: Side, limits: Limits, requote: Requote, kinds: Kinds) -> Comparison:
    """Hold *head* against *base*.

    It is linear in the number of calls, and their order does not matter.

    Args:
        base: The run that was accepted.
        head: The run in question.
        limits: How much dearer it may be.
        requote: Prices a call of the head as if it had consumed something else.
        kinds: Says what each kind of token of a call costs; the amounts add up to its list cost.

    Returns:
        Everything but the requests that changed and the claims of repeated runs, which need more
        than charges.
    """
    aligned = align(base, head)
    split = effects(aligned, requote, kinds)
    return Comparison(
        base=base.name,
        head=head.name,
        limit=worded(limits.pct),
        origin=limits.origin,
        changes=_changes(aligned, limits, requote),
        new=_listed(aligned.new),
        vanished=_listed(aligned.vanished),
        unrun=aligned.unrun,
        renamed=aligned.renamed,
        effects=split,
        waste=waste(_as_made(aligned.base), _as_made(head)),
        notes=tuple(dict.fromkeys((*base.notes, *head.notes, *_notes(aligned, head, split)))),
    )


def _as_made(side: Side) -> Side:
    """Return *side* with its calls in order, which tells a first answer from a duplicate."""
    return replace(side, charges=tuple(sorted(side.charges, key=moment)))


def _changes(aligned: Aligned, limits: Limits, requote: Requote) -> tuple[Change, ...]:
    pairs = [*aligned.pairs]
    if limits.strict_baseline:
        pairs += [Pair(None, call) for calls in aligned.new.values() for call in calls]
    tallies = tallied(pairs, requote)
    ranked = sorted(tallies, key=lambda subject: (_SCOPES.index(subject[0]), subject[1]))
    return tuple(_change(*subject, tallies[subject], limits) for subject in ranked)


def _change(scope: Scope, subject: str, tally: Tally, limits: Limits) -> Change:
    limit = _limit(scope, subject, tally, limits)
    result = said(tally, limit)
    return Change(
        scope=scope,
        subject=subject,
        base=tally.base,
        head=tally.head,
        said=result,
        limit="" if limit is None else limit.words,
        origin="" if limit is None else limit.origin,
        why=() if result in ("same", "cheaper") else clauses(tally),
        spec=", ".join(sorted(tally.specs)) if scope == "test" else "",
    )


def _limit(scope: Scope, subject: str, tally: Tally, limits: Limits) -> Limit | None:
    """Return what a subject is held to; None if it is only shown."""
    if scope == "model" and (limits.pct is None or not tally.charged):
        return None
    pct, origin = limits.pct, limits.origin
    if scope == "test" and subject in limits.tests:
        pct, origin = limits.tests[subject]
    return Limit(pct=pct, words=worded(pct), origin=origin)


def _listed(tests: Mapping[str, Sequence[Charge]]) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            test=test,
            totals=Ledger([*charges]).totals(),
            spec=", ".join(sorted({charge.attribution.spec for charge in charges})),
        )
        for test, charges in sorted(tests.items())
    )


def _notes(aligned: Aligned, head: Side, split: Sequence[Effects]) -> Iterator[str]:
    if aligned.base.charges and head.charges and not aligned.pairs:
        yield "No test that calls a model is on both sides, so nothing could be compared."
    if head.unrun is None and aligned.unrun:
        many = calls_of(len(aligned.unrun), "test")
        yield f"{many} of the base did not run or make no calls any more; nobody can tell which."
    unsplit = _specs(aligned) - {one.subject for one in split}
    if unsplit:
        names = first_of(sorted(unsplit), _MOST_NAMES)
        yield f"Why the cost changed is not told for {names}: a cost in it is unknown."


def _specs(aligned: Aligned) -> set[str]:
    """Return whatever has effects of its own."""
    alone = (calls for tests in (aligned.new, aligned.vanished) for calls in tests.values())
    calls = chain(chain.from_iterable(aligned.pairs), chain.from_iterable(alone))
    found = {call.attribution.spec for call in calls if call is not None}
    return {WHOLE_RUN, *found} - ({UNASSIGNED} if len(found) == 1 else set())
