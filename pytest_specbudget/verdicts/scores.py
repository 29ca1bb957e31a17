"""Scores in journals: how they are written, and which of them count.

The rules are those of charges, so that a verdict is the same however the tests were spread over
workers and however often a flaky one was rerun:

* What a replaced attempt measured on replay does not count; what it measured live was a sample of
  its own and does.
* A fixture that outlives tests runs once in each worker, and its scores count once.  Where the
  copies differ, the lowest is judged, and before all a live one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, get_args

from pytest_specbudget.bookkeeping.merging import last_attempts
from pytest_specbudget.core.score import Score, ScoreKind, share
from pytest_specbudget.core.value import value
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.journal.schema import EventLine

__all__ = ["SCORE", "score_values", "scores"]

SCORE = "score"
"""The name of the event."""

_KINDS = get_args(ScoreKind)
_OWNED = ("command", "stage", "tier")


@value
class _Sample:
    """A score as it was taken: by which process, in which attempt."""

    score: Score
    attempt: int
    process: str


def score_values(score: Score, *, sample: str, attempt: int = 1) -> dict[str, Any]:
    """Return the values of the event that keeps *score*.

    Args:
        score: What was measured.
        sample: An id that nothing else of any run has, of the form `RUN/WORKER/PID/NUMBER`; so two
            equal scores stay two when journals are combined.
        attempt: Which attempt of the test this is, from 1.
    """
    values = {
        "sample": sample,
        "kind": score.kind,
        "value": str(score.value),
        "metric": score.metric,
        "case": score.case,
        "test": score.test,
        "spec": score.spec,
        "attempt": attempt,
        "live": score.live,
    }
    owned = {name: getattr(score, name) for name in _OWNED}
    return values | {name: told for name, told in owned.items() if told is not None}


def scores(journals: Iterable[Journal]) -> list[Score]:
    """Return the scores that count, in the order of the journals.

    Raises:
        JournalError: If a line makes no sense; a threshold judged without it could pass wrongly.
    """
    journals = list(journals)
    last = last_attempts(journals)
    taken: dict[str, _Sample] = {}
    for place, (name, event) in enumerate(_events(journals)):
        sample = _sample(event.values, name)
        if sample.score.live or sample.attempt >= last[sample.score.test]:
            taken.setdefault(str(event.values.get("sample") or place), sample)
    return _shared_once([*taken.values()])


def _events(journals: Iterable[Journal]) -> Iterator[tuple[str, EventLine]]:
    for journal in journals:
        for event in journal.events:
            if event.event == SCORE:
                yield journal.name, event


def _sample(values: Mapping[str, Any], journal: str) -> _Sample:
    process, _, _ = str(values.get("sample", "")).rpartition("/")
    try:
        attempt = int(values.get("attempt", 1))
        return _Sample(score=_score(values), attempt=attempt, process=process)
    except (KeyError, TypeError, ValueError) as error:
        raise JournalError(f"{journal}: a score that makes no sense: {error}") from error


def _score(values: Mapping[str, Any]) -> Score:
    if values["kind"] not in _KINDS:
        raise ValueError(f"{values['kind']!r} is none of {', '.join(_KINDS)}")
    return Score(
        kind=values["kind"],
        value=share(values["value"]),
        metric=str(values["metric"]),
        case=str(values["case"]),
        test=str(values["test"]),
        spec=str(values["spec"]),
        live=bool(values["live"]),
        **{name: values.get(name) for name in _OWNED},
    )


def _shared_once(samples: list[_Sample]) -> list[Score]:
    """Keep each score of a shared fixture once, at the place where it stands first."""
    copies: dict[object, dict[str, list[_Sample]]] = defaultdict(lambda: defaultdict(list))
    kept: dict[object, list[Score]] = {}
    for place, sample in enumerate(samples):
        if sample.score.test.startswith(("<fixture ", "<collection>")):
            key = _same(sample.score)
            copies[key][sample.process].append(sample)
            kept.setdefault(key, [])
        else:
            kept[place] = [sample.score]
    for key, by_process in copies.items():
        kept[key] = [*_one_of(by_process)]
    return [score for group in kept.values() for score in group]


def _same(score: Score) -> object:
    return (score.test, score.kind, score.metric, score.case)


def _one_of(by_process: Mapping[str, list[_Sample]]) -> Iterator[Score]:
    """Yield one score for each time that the busiest process took it."""
    for place in range(max(map(len, by_process.values()))):
        taken = [made[place].score for made in by_process.values() if place < len(made)]
        yield min(taken, key=lambda score: (not score.live, score.value))
