from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from meters.fakes import RecordingSink
from meters.loopback import Server

from pytest_specbudget.meters import watch

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["httpx", "httpx2"])
def library(request: pytest.FixtureRequest) -> Any:
    return importlib.import_module(request.param)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as server:
        yield server


@pytest.fixture
def sink() -> Iterator[RecordingSink]:
    """A sink that is told of every model call made in the test."""
    sink = RecordingSink()
    sink.watching = watch(sink)
    yield sink
    sink.watching.stop()
