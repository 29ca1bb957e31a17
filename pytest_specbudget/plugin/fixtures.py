"""The fixtures, all with the prefix `spec_`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_specbudget.plugin.observer import Observer
    from pytest_specbudget.plugin.spending import SpecSpend

__all__ = ["FIXTURES", "spec_cassette", "spec_spend"]

FIXTURES = ("spec_cassette", "spec_spend")


@pytest.fixture
def spec_spend(request: pytest.FixtureRequest) -> SpecSpend:
    """What this test has spent so far; `spec_spend.under("0.10")` holds a block to a ceiling."""
    from pytest_specbudget.plugin.spending import SpecSpend as Spend  # noqa: PLC0415 - on first use

    return Spend(_observer(request).books, request.node.nodeid)


@pytest.fixture
def spec_cassette(request: pytest.FixtureRequest) -> Any:
    """Replay this test's recording; with `--spec-record` make it.  None if there is none."""
    return _observer(request).tape


def _observer(request: pytest.FixtureRequest) -> Observer:
    from pytest_specbudget.plugin.observer import OBSERVER  # noqa: PLC0415 - on first use

    return request.config.stash[OBSERVER]
