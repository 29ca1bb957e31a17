"""What a run that records says of the calls it could not record: their tests have no cassette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge

__all__ = ["unrecorded"]

_IMPORT = "<collection>"
_BY_HAND = "("
"""How the host of a call begins that the test told of itself: it stands for none."""
_SHOWN = 3


def unrecorded(charges: Iterable[Charge]) -> Iterator[str]:
    """Yield a note on the live calls among *charges*, those of a run that was asked to record.

    A call that went past an open cassette is a finding of its own, and is left out; so is one that
    was booked by hand, which no recorder could see, and one that nobody answered, which nothing can
    record.
    """
    live = [one for one in charges if one.source == "live" and _was_recordable(one)]
    if not live:
        return
    tests = list(dict.fromkeys(one.attribution.test for one in live))
    more = f" and {len(tests) - _SHOWN} more" if len(tests) > _SHOWN else ""
    names = ", ".join("at import" if one == _IMPORT else one for one in tests[:_SHOWN])
    were = "was" if len(live) == 1 else "were"
    yield f"{calls_of(len(live), 'live call')} {were} not recorded: {names}{more}; {_advice(tests)}"


def _was_recordable(charge: Charge) -> bool:
    by_hand = charge.host.startswith(_BY_HAND)
    return charge.status is not None and charge.verdict != "bypass" and not by_hand


def _advice(tests: list[str]) -> str:
    ways = []
    if tests != [_IMPORT]:
        ways.append("give the tests `spec_cassette`, or the marker")
    if _IMPORT in tests:
        ways.append("move what is called at import into a fixture or test")
    return "; ".join(ways)
