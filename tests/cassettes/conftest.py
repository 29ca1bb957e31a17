from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cassettes.loopback import Loopback

from pytest_specbudget.cassettes.router import routed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback().running() as server:
        yield server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording that does not exist yet, in a folder that does not exist yet."""
    return tmp_path / "cassettes" / "test_plan.yaml"


@pytest.fixture
def router() -> Iterator[None]:
    with routed():
        yield
