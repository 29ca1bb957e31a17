"""Worlds: sets of clients, in versions that are used together.

`ci/worlds` makes a virtual environment of each, and runs these tests there.  Outside of it they
are no part of a run: what happens to be installed would prove little.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.suites import Suite
from worlds.everybody import Everybody
from worlds.promised import WORLD, promised

if TYPE_CHECKING:
    from collections.abc import Iterator

    from worlds.caller import Caller, Spender

collect_ignore_glob = [] if WORLD in os.environ else ["test_*.py"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip the clients that this world does not promise; a promise has to be kept."""
    callspec = getattr(item, "callspec", None)
    client: Caller | Spender | None = callspec.params.get("client") if callspec else None
    world = os.environ[WORLD]
    if client is None:
        return
    if client.distribution not in promised(world):
        pytest.skip(f'world "{world}" is without {client.distribution}')
    if not client.installed:
        pytest.fail(f'world "{world}" promises {client.name}, but has no {client.module}')


@pytest.fixture
def everybody() -> Iterator[Everybody]:
    with Everybody() as running:
        yield running


@pytest.fixture
def suite(pytester: pytest.Pytester, everybody: Everybody) -> Suite:
    return Suite(pytester, everybody)
