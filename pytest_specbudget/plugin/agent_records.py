"""Writes down what agents do: each step, the whole, scores, and the record of a consensus."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.telemetry import path_of, record, written
from pytest_specbudget.core.score import Score
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.meters.scope import attribute
from pytest_specbudget.verdicts.scores import SCORE, score_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytest_specbudget.agents.outcome import Outcome
    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper
    from pytest_specbudget.core.ledger import Charge

__all__ = ["Recorder", "tell_of"]

_WHOLE = "routed"
_ENDING = "_telemetry.json"
_UNSCORED = "ending/1"
"""The metric of an answer that no validator saw, because it was cut, refused or empty."""


def tell_of(books: Bookkeeper, name: str, /, **values: Any) -> None:
    """Write down one step of a task: the last one as `routed`, the others as `agent`."""
    owner, _ = attribute()
    told = {**values, "test": owner.test, "spec": owner.spec, "at_attempt": owner.attempt}
    if name == _WHOLE:
        books.event(_WHOLE, **told)
    else:
        books.event("agent", step=name, **told)


class Recorder:
    """Writes down what came of tasks."""

    def __init__(self, books: Bookkeeper, evidence: Path | None) -> None:
        """Write into *books*, and files below *evidence*; without it, none."""
        self._books = books
        self._evidence = evidence

    def conclude(self, outcome: Outcome, charges: Sequence[Charge], case: str) -> None:
        """Write down the scores of a task that has ended, and its consensus.

        Where the gate is switched off nobody knows what the calls cost, or whether they were live.
        """
        if self._books.settings.disabled:
            return
        live = any(one.source in {"live", "record"} for one in charges)
        for score in _scores(outcome, case, live=live):
            attempt = attribute()[0].attempt
            sample = self._books.new_id()
            self._books.event(SCORE, **score_values(score, sample=sample, attempt=attempt))
        if outcome.consensus is not None and self._books.settings.asked and self._evidence:
            self._keep(self._evidence, outcome, charges)

    def _keep(self, evidence: Path, outcome: Outcome, charges: Sequence[Charge]) -> None:
        """Write the record of a consensus to a file that is not there yet."""
        owner, _ = attribute()
        run = self._books.identity.run
        at = Clock.utc()
        told = record(outcome, charges, spec=owner.spec, session=run, at=at)
        try:
            _write_new(path_of(evidence, outcome, owner.spec, at), written(told))
        except OSError as error:
            self._books.trouble("the record of a consensus", error)


def _scores(outcome: Outcome, case: str, *, live: bool) -> Iterator[Score]:
    """Yield the quality of the answer, and how far several agents agree, as far as they are known.

    A task that failed has a quality of its own (see `Outcome.quality`); where a model that was
    needed could not be had nothing was measured.
    """
    owner, _ = attribute()
    common: dict[str, Any] = {
        "case": case,
        "test": owner.test,
        "spec": owner.spec,
        "command": outcome.decision.command,
        "stage": outcome.decision.stage or owner.stage,
        "tier": outcome.tier,
        "live": live,
    }
    if (quality := outcome.quality) is not None:
        metric = "+".join(dict.fromkeys(one.name for one in outcome.judged)) or _UNSCORED
        yield Score(kind="quality", value=quality, metric=metric, **common)
    consensus = outcome.consensus
    if consensus is not None and consensus.agreement is not None:
        metric = consensus.metric
        yield Score(kind="agreement", value=consensus.agreement, metric=metric, **common)


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet; records of one second are numbered."""
    path.parent.mkdir(parents=True, exist_ok=True)
    moment = path.name.removesuffix(_ENDING)
    for number in itertools.count(2):
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            path = path.with_name(f"{moment}-{number}{_ENDING}")
        except OSError:
            path.unlink(missing_ok=True)  # half a record is none
            raise
        else:
            return
