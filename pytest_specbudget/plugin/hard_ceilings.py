"""Hands the ceilings of a run to whoever admits its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.core.attribution import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import pytest

    from pytest_specbudget.bookkeeping.admission import Admission
    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper
    from pytest_specbudget.plugin.limits import Limits
    from pytest_specbudget.plugin.markers import MarkerReader

__all__ = ["admission_for", "forget_sums", "hold_to_markers"]


def admission_for(
    books: Bookkeeper, folder: Path, refuse: Callable[[str], BaseException]
) -> Admission | None:
    """Return who admits the calls that *books* see; None where no ceiling is hard.

    A ceiling that does not fail the run when it is broken refuses nothing either.
    """
    settings = books.settings
    if not settings.stop_loss or settings.disabled or settings.explicit_mode in ("observe", "warn"):
        return None
    from pytest_specbudget.bookkeeping.admission import Admission  # noqa: PLC0415 - not at start-up

    return Admission(settings=settings, desk=books.desk, folder=folder, refuse=refuse)


def hold_to_markers(
    admission: Admission, markers: MarkerReader, items: Iterable[pytest.Item]
) -> None:
    """Hold calls to the ceilings on markers, too."""
    from pytest_specbudget.bookkeeping.gates import Marked  # noqa: PLC0415 - not at start-up

    marks = Marked(
        tests=_ceilings(markers.limits, single=True), groups=_ceilings(markers.limits, single=False)
    )
    has_specs = any(markers.owner(item).spec != UNASSIGNED for item in items)
    admission.limit(marks, has_specs=has_specs)


def forget_sums(folder: Path) -> None:
    """Remove the sums that the processes of a run shared, once all of them have ended."""
    from pytest_specbudget.bookkeeping.admission import SUMS  # noqa: PLC0415 - not at start-up

    (folder / SUMS).unlink(missing_ok=True)


def _ceilings(limits: Iterable[Limits], *, single: bool) -> dict[str, Ceiling]:
    return {
        limit.node: Ceiling(amount=limit.budget, origin=limit.origin)
        for limit in limits
        if limit.single is single and limit.budget is not None
    }
