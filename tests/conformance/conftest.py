from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.emulator import Emulator
from support.suites import Suite

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "conformance: replays real recordings from the cache; see ci/fetch_recordings.py"
    )


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def suite(pytester: pytest.Pytester, emulator: Emulator) -> Suite:
    return Suite(pytester, emulator)
