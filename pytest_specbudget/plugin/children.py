"""Meters the Python processes that tests start.

    pytest -p pytest_specbudget.plugin.children --spec-budget=2.00

It is on where pytest loads it: by `-p`, for good by `addopts`, or by `PYTEST_PLUGINS`.  While a
step of a test runs, the environment says whose it is; `subprocess`, `multiprocessing` and whatever
else starts a Python pass it on, also where they are given an environment of their own.

Why not always: it changes `PYTHONPATH`, and each Python that is started takes longer.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.bookkeeping.child import Parent
from pytest_specbudget.bookkeeping.passing_on import PATH, VARIABLE, in_front, passing_on
from pytest_specbudget.meters.scope import running
from pytest_specbudget.plugin.observer import OBSERVER
from pytest_specbudget.plugin.options import given_options

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

__tracebackhide__ = True
"""As in `observer`."""


def pytest_configure(config: pytest.Config) -> None:
    """Reach the children that are given an environment of their own."""
    ending = ExitStack()
    ending.enter_context(passing_on())
    config.add_cleanup(ending.close)


# Last of all wrappers: the observer's have said by then whose step it is.
@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Let children know whose they are while a test is set up."""
    with _telling(item.config):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Let children know whose they are while a test runs."""
    with _telling(item.config):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Let children know whose they are while a test is torn down."""
    with _telling(item.config):
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_fixture_setup(request: pytest.FixtureRequest) -> Generator[None, object, object]:
    """Let children know that they are a fixture's, where that outlives the test."""
    with _telling(request.config):
        return (yield)


@contextmanager
def _telling(config: pytest.Config) -> Iterator[None]:
    told = _told(config)
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            _put_back(name, value)


def _put_back(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _told(config: pytest.Config) -> Mapping[str, str]:
    """Return the variables for a child that is started now; none where nobody watches."""
    observer, scope = config.stash.get(OBSERVER, None), running()
    if observer is None or scope is None or observer.books.settings.disabled:
        return {}
    parent = Parent(
        identity=observer.books.identity,
        pid=os.getpid(),
        folder=str(observer.books.journal.path.parent),
        rootdir=str(config.rootpath),
        workdir=str(config.invocation_params.dir),
        options=given_options(config),
        scope=scope,
    )
    return {VARIABLE: parent.tell(), PATH: in_front(os.environ.get(PATH))}
