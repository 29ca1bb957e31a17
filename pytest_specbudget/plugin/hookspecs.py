"""What other plugins may hear and add.

Implement any of these in a `conftest.py` or a plugin, as every pytest hook.  What an implementation
raises while it observes never breaks a test: it becomes the finding `metering-trouble`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.reports.report import Report

__all__ = [
    "pytest_specbudget_booked",
    "pytest_specbudget_gates",
    "pytest_specbudget_report",
]


@pytest.hookspec
def pytest_specbudget_booked(charge: Charge, config: pytest.Config) -> None:
    """Hear of each call once it is booked, in the process that made it.

    Called from whatever thread made the call, with its journal line written already.

    Args:
        charge: The call: read, priced and attributed.
        config: The configuration of that process; under xdist a worker's.
    """


@pytest.hookspec
def pytest_specbudget_gates(config: pytest.Config) -> Iterable[Gate] | None:
    """Add gates; each is asked once, with the ledger of the whole run.

    Args:
        config: The configuration of the process that judges.

    Returns:
        Gates, or None.
    """


@pytest.hookspec
def pytest_specbudget_report(report: Report, config: pytest.Config) -> None:
    """Hear of the judged run, after the files were written; the verdict stands.

    Args:
        report: All figures, findings and the verdict.
        config: The configuration of the process that judges.
    """
