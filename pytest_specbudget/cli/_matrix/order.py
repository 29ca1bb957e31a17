"""Which calls of a matrix are left to send: what is recorded is not asked again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.admission import Unbounded
from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.cli._matrix.answers import answered_at
from pytest_specbudget.cli._matrix.plan import Misfit
from pytest_specbudget.cli._matrix.rows import Row

if TYPE_CHECKING:
    from pytest_specbudget.cassettes.interaction import Asked, Interaction
    from pytest_specbudget.cli._matrix.answers import Reader
    from pytest_specbudget.cli._matrix.plan import Pair
    from pytest_specbudget.recordings.matrix_folder import MatrixFolder

__all__ = ["Order", "question_of"]

_NO_DATE = "it was recorded by a run that was cut off, and its answer has no date to price it at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Tells what stands for each call before anything is sent.

    Attributes:
        folder: Where recordings lie.
        reader: Says what one that was never booked cost.
        anew: Whether what is recorded is sent all the same.
    """

    folder: MatrixFolder
    reader: Reader
    anew: bool = False

    def row(self, planned: Pair | Misfit) -> Row:
        """Return the row of a call: `planned` if it is to be sent.

        Raises:
            RecordingError: If its recording, or what was booked of it, cannot be read.
            CatalogueError: If the prices cannot be read.
        """
        if isinstance(planned, Misfit):
            return Row(case=planned.case, model=planned.model, state="no fit", why=planned.why)
        row = self._begun(planned)
        kept = None if self.anew else self._kept(planned)
        if kept is not None:
            return self._before(row, planned, kept)
        if isinstance(planned.worst, Unbounded):
            why = f"{planned.worst.why}; {planned.worst.remedy}"
            return replace(row, state="refused", why=why, recording=None)
        return row

    def _begun(self, pair: Pair) -> Row:
        place = self.folder.place(pair.case, pair.model)
        return Row(
            case=pair.case,
            model=pair.model,
            state="planned",
            worst=None if isinstance(pair.worst, Unbounded) else pair.worst.cost,
            expected=pair.expected,
            provider=pair.listener.provider,
            question=question_of(pair.asked),
            recording=place.relative_to(self.folder.root).as_posix(),
        )

    def _kept(self, pair: Pair) -> Interaction | None:
        return self.folder.recorded(pair.case, pair.model, pair.asked)

    def _before(self, row: Row, pair: Pair, kept: Interaction) -> Row:
        """Return what is known of an answer that an earlier run recorded."""
        row = replace(row, state="recorded before")
        booked = self.folder.rows.get((pair.case, pair.model), {})
        if booked.get("question") == row.question:
            return row.restored(booked)
        at = answered_at(kept)
        if at is None:
            return replace(row, why=_NO_DATE)
        bill = self.reader.bill(pair, kept, at, duration_s=0.0)
        return bill.on(replace(row, sent_at=at.isoformat()))


def question_of(asked: Asked) -> str:
    """Return the same text for the same question, whoever is asked and wherever."""
    return fingerprint(asked).body.hex()
