from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.emulator import Emulator
from support.suites import SDKS, Suite, warm_for_suites

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture(scope="session")
def warm_python() -> Iterator[Sequence[str]]:
    with warm_for_suites() as command:
        yield command


@pytest.fixture(scope="session")
def warm_with_sdks() -> Iterator[Sequence[str]]:
    with warm_for_suites(*SDKS) as command:
        yield command


@pytest.fixture
def python(warm_python: Sequence[str]) -> Sequence[str]:
    """Return what starts the Python of the inner runs; a module may choose another."""
    return warm_python


@pytest.fixture
def suite(pytester: pytest.Pytester, emulator: Emulator, python: Sequence[str]) -> Suite:
    return Suite(pytester, emulator, python)
