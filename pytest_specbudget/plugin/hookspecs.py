"""What other plugins may hear and add.

Implement any of these in a `conftest.py` or a plugin, as every pytest hook.  What an implementation
raises while it observes never breaks a test: it becomes the finding `metering-trouble`.  What it
raises while it adds readers or prices ends the run before the first test, with exit status 4.

None is called in a run of which nothing was asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.plugin.alerts import Alert
    from pytest_specbudget.providers import Route
    from pytest_specbudget.reports.report import Report

__all__ = [
    "pytest_specbudget_alert",
    "pytest_specbudget_booked",
    "pytest_specbudget_gates",
    "pytest_specbudget_metrics",
    "pytest_specbudget_native",
    "pytest_specbudget_prices",
    "pytest_specbudget_readers",
    "pytest_specbudget_report",
    "pytest_specbudget_validators",
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


@pytest.hookspec
def pytest_specbudget_readers(config: pytest.Config) -> Iterable[Route] | None:
    """Add readers of calls that we do not know, or that you read otherwise.

    Asked once in each process, at the start.  What these routes find is looked for before what we
    find ourselves, on every host.  They find model calls alone, which are sent by POST; and they
    find none in a process that a test starts, which has no plugins.

    Args:
        config: The configuration of that process; under xdist a worker's, and the controller's.

    Returns:
        Routes, each with the `Fold` that reads the answers, or None; see
        `pytest_specbudget.providers`.
    """


@pytest.hookspec
def pytest_specbudget_prices(config: pytest.Config) -> Iterable[Path | str] | None:
    """Add price files, in the format that `--spec-prices` takes.

    Asked once in each process, at the start.  They lie over the shipped prices and under those that
    the user gives; of two in one list the later lies on top.

    Args:
        config: The configuration of that process; under xdist a worker's, and the controller's.

    Returns:
        Paths, of which relative ones start at `config.rootpath`, or names of shipped overlays; or
        None.
    """


@pytest.hookspec
def pytest_specbudget_alert(alert: Alert, config: pytest.Config) -> None:
    """Hear while the tests still run that a SPEC has come close to its ceiling, once a level.

    Args:
        alert: Level, SPEC and message.
        config: The configuration of the process that judges.
    """


@pytest.hookspec
def pytest_specbudget_validators(
    config: pytest.Config,
) -> Mapping[str, Callable[[str], object]] | None:
    """Add validators of answers, by the name that tests give to `spec_agent`.

    Args:
        config: The configuration of the process that runs the test.

    Returns:
        Callables that take the text of an answer and return a score from 0 to 1, whether it is good
        enough, or a `pytest_specbudget.quality.validators.Judged`; or None.
    """


@pytest.hookspec
def pytest_specbudget_metrics(
    config: pytest.Config,
) -> Mapping[str, Callable[[str, str], object]] | None:
    """Add measures of how far two answers agree, by the name that tests give to `spec_agent`.

    Args:
        config: The configuration of the process that runs the test.

    Returns:
        Callables that take two answers and return their agreement from 0 to 1; or None.
    """


@pytest.hookspec
def pytest_specbudget_native(
    config: pytest.Config,
) -> Mapping[str, Callable[[str], str | None]] | None:
    """Add handlers of commands that need no model, by the name of the command.

    A handler is asked before any model, and costs nothing.

    Args:
        config: The configuration of the process that runs the test.

    Returns:
        Callables that take the prompt and return the answer, or None for "ask a model"; or None.
    """
