"""The pytest plugin: options, markers, fixtures; the rest is loaded once something is asked.

Not asked, not heard: without a setting, a marker of ours or a fixture of ours this module is all
that a `pytest` start loads, and nothing is patched or printed.
"""

from __future__ import annotations

import os

import pytest

from pytest_specbudget.plugin import hookspecs
from pytest_specbudget.plugin.fixtures import (
    FIXTURES,
    _spec_router,
    spec_agent,
    spec_cassette,
    spec_consensus,
    spec_fault,
    spec_score,
    spec_spend,
)
from pytest_specbudget.plugin.options import OBSERVER_NAME, add_options, given_options
from pytest_specbudget.plugin.overlooked import tell_overlooked
from pytest_specbudget.settings.asked import may_be_asked

__all__ = [
    "_spec_router",
    "pytest_addhooks",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "spec_agent",
    "spec_cassette",
    "spec_consensus",
    "spec_fault",
    "spec_score",
    "spec_spend",
]

_MARKER = (
    "spec(id, command=, stage=, phase=, tier=, budget=, max_calls=, ...): "
    "the SPEC that a test belongs to, and what it may cost (pytest-specbudget)"
)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add our hooks."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Start to watch and to judge, if anything was asked of us.

    Raises:
        pytest.UsageError: If settings make no sense, with every problem there is.
    """
    config.addinivalue_line("markers", _MARKER)
    if not hasattr(config, "workerinput"):
        tell_overlooked(config)
    options = given_options(config)
    if may_be_asked(options=options, environment=os.environ, rootdir=config.rootpath):
        from pytest_specbudget.plugin.start import start  # noqa: PLC0415 - only when asked

        start(config)
    elif config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput"):
        from pytest_specbudget.plugin.start import await_workers  # noqa: PLC0415 - only for xdist

        await_workers(config)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start to watch, and only observe, where markers or fixtures of ours are all that asks."""
    if not config.pluginmanager.hasplugin(OBSERVER_NAME) and any(map(_uses_ours, items)):
        from pytest_specbudget.plugin.start import start_late  # noqa: PLC0415 - only when asked

        start_late(config, items)


def _uses_ours(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    if any(fixture in names for fixture in FIXTURES):
        return True
    marks = list(item.iter_markers("spec"))
    if not marks:
        return False
    from pytest_specbudget.plugin.markers import is_ours  # noqa: PLC0415 - only when asked

    return all(map(is_ours, marks))
