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
_WITHOUT_ANSWER = (
    "a replay will miss it: let the test wait for the answer, or keep the call from leaving, with "
    '`spec_fault("timeout")` or a fake in the client'
)


def unrecorded(charges: Iterable[Charge]) -> Iterator[str]:
    """Yield notes on the live calls among *charges*, those of a run that was asked to record.

    A call that went past an open cassette is a finding of its own, and is left out; so is one that
    was booked by hand, which no recorder could see.
    """
    live = [one for one in charges if one.source == "live" and not _is_told_elsewhere(one)]
    answered = [one for one in live if one.status is not None]
    cut_off = [one for one in live if one.status is None and one.outcome == "unknown"]
    if answered:
        were = "was" if len(answered) == 1 else "were"
        yield (
            f"{calls_of(len(answered), 'live call')} {were} not recorded: {_names(answered)}; "
            f"{_advice(_tests(answered))}"
        )
    if cut_off:
        yield (
            f"{calls_of(len(cut_off))} got no answer, and what has none cannot be recorded: "
            f"{_names(cut_off)}; {_WITHOUT_ANSWER}"
        )


def _is_told_elsewhere(charge: Charge) -> bool:
    return charge.verdict == "bypass" or charge.host.startswith(_BY_HAND)


def _tests(charges: Iterable[Charge]) -> list[str]:
    return list(dict.fromkeys(one.attribution.test for one in charges))


def _names(charges: Iterable[Charge]) -> str:
    tests = _tests(charges)
    more = f" and {len(tests) - _SHOWN} more" if len(tests) > _SHOWN else ""
    return ", ".join("at import" if one == _IMPORT else one for one in tests[:_SHOWN]) + more


def _advice(tests: list[str]) -> str:
    ways = []
    if tests != [_IMPORT]:
        ways.append("give the tests `spec_cassette`, or the marker")
    if _IMPORT in tests:
        ways.append("move what is called at import into a fixture or test")
    return "; ".join(ways)
