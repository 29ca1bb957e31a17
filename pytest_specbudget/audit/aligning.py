"""The base of a comparison, told as the head tells it: renamed tests, and calls with new labels.

To give a test another name, or its calls another SPEC or stage, makes nothing dearer; so what the
base has of them goes by the head's names before anything is summed up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from pytest_specbudget.audit.nodes import is_among
from pytest_specbudget.audit.pairing import Pair, partners
from pytest_specbudget.audit.renaming import renames
from pytest_specbudget.core.attribution import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.core.ledger import Charge

    Tests = dict[str, list[Charge]]

__all__ = ["Aligned", "align"]

_Label = TypeVar("_Label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """Two sides, matched.

    Attributes:
        base: The base in the head's names.
        pairs: The calls of the tests that both sides have.
        new: The calls of tests that only the head has, by test.
        vanished: Those of tests that only the base has, although they were not merely left out.
        unrun: The tests of the base that were left out of the head, sorted.
        renamed: Old and new name of each renamed test, sorted.
    """

    base: Side
    pairs: tuple[Pair, ...]
    new: Mapping[str, list[Charge]]
    vanished: Mapping[str, list[Charge]]
    unrun: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]


def align(base: Side, head: Side) -> Aligned:
    """Match the tests of two sides and their calls."""
    then, now = base.by_test(), head.by_test()
    absent = then.keys() - now.keys()
    unrun = {test for test in absent if head.unrun is None or is_among(head.unrun, test)}
    gone, new = _only(then, absent - unrun), _only(now, now.keys() - then.keys())
    renamed = renames(gone, new)
    then = {renamed.get(name, name): calls for name, calls in then.items()}
    pairs = [
        pair
        for name in sorted(then.keys() & now.keys())
        for pair in _relabelled(name, partners(then[name], now[name]))
    ]
    alone = [call for name in sorted(then.keys() - now.keys()) for call in then[name]]
    return Aligned(
        base=replace(base, charges=(*(pair.base for pair in pairs if pair.base), *alone)),
        pairs=tuple(pairs),
        new=_only(new, new.keys() - set(renamed.values())),
        vanished=_only(gone, gone.keys() - renamed.keys()),
        unrun=tuple(sorted(unrun)),
        renamed=tuple(renamed.items()),
    )


def _only(tests: Tests, names: Iterable[str]) -> Tests:
    return {name: tests[name] for name in sorted(names)}


def _relabelled(test: str, pairs: list[Pair]) -> list[Pair]:
    """Give the base's calls of *test* the labels that they have now.

    A test that was of one SPEC and is of another takes its calls along.  Where it is of several, a
    call that had no SPEC has that of the call it became.  Stages are treated likewise.
    """
    then = [pair.base.attribution for pair in pairs if pair.base]
    now = [pair.head.attribution for pair in pairs if pair.head]
    spec = _moved({one.spec for one in then}, {one.spec for one in now})
    stage = _moved({one.stage for one in then}, {one.stage for one in now})

    def present(base: Charge, head: Charge | None) -> Charge:
        own = base.attribution
        met = own if head is None else head.attribution
        return _labelled(
            base,
            test,
            spec=_label(own.spec, met.spec, UNASSIGNED, spec),
            stage=_label(own.stage, met.stage, None, stage),
        )

    return [Pair(base and present(base, head), head) for base, head in pairs]


def _moved(then: set[_Label], now: set[_Label]) -> set[_Label]:
    """Return the one label that took the place of the one there was; nothing if it is not so."""
    return now if len(then) == len(now) == 1 else set()


def _label(own: _Label, met: _Label, nothing: _Label, moved: set[_Label]) -> _Label:
    for label in moved:
        return label
    return met if own == nothing else own


def _labelled(charge: Charge, test: str, *, spec: str, stage: str | None) -> Charge:
    owner = charge.attribution
    if (owner.test, owner.spec, owner.stage) == (test, spec, stage):
        return charge
    return replace(charge, attribution=replace(owner, test=test, spec=spec, stage=stage))
