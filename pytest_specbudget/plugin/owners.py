"""Whose call is it: a step of one test's life, or a fixture that outlives tests.

A test is tried again where its steps run again within the one protocol that pytest runs for it:
so do pytest-rerunfailures, pytest-retry and flaky.  A plugin that repeats tests runs a protocol,
and mostly an item, for each repetition; those are no attempts, and each of them counts.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.meters.scope import Owner, Scope, entered, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.attribution import When
    from pytest_specbudget.plugin.markers import MarkerReader

__all__ = [
    "COLLECTION",
    "attempt_of",
    "attempts_of",
    "begin_attempt",
    "ending_of",
    "fixture_owner",
    "step",
    "working_for",
]

COLLECTION = Owner(test="<collection>")
"""Who calls while test modules are imported."""

_SETUPS = pytest.StashKey[int]()
"""How often a test was set up in the protocol that runs."""


@contextmanager
def attempts_of(item: pytest.Item) -> Iterator[None]:
    """Count the attempts of *item* meanwhile, which is one protocol, from the first.

    A protocol that another one runs is a part of that.
    """
    if _SETUPS in item.stash:
        yield
        return
    item.stash[_SETUPS] = 0
    try:
        yield
    finally:
        del item.stash[_SETUPS]


def begin_attempt(item: pytest.Item) -> int:
    """Count an attempt of *item*, which is about to be set up; return which it is."""
    if _SETUPS in item.stash:
        item.stash[_SETUPS] += 1
    return attempt_of(item)


def attempt_of(item: pytest.Item) -> int:
    """Return which attempt this is, from 1.

    pytest-rerunfailures counts on the item, too, and goes on where a worker crashed.
    """
    return max(1, item.stash.get(_SETUPS, 1), getattr(item, "execution_count", 1))


@contextmanager
def step(owner: Owner, item: pytest.Item, when: When) -> Iterator[None]:
    """Charge *owner* what the step *when* of *item* calls."""
    with entered(Scope(owner=owner, when=when, attempt=attempt_of(item))):
        yield


def fixture_owner(
    markers: MarkerReader, fixturedef: pytest.FixtureDef[Any], request: Any
) -> Owner | None:
    """Return who is charged what a fixture calls; None is the test that asks for it."""
    if fixturedef.scope == "function":
        return None
    name = f"<fixture {fixturedef.scope}:{fixturedef.argname}>"
    owner = markers.owner(request.node, name)
    limited = fixturedef.scope in ("class", "module")
    return replace(owner, within=request.node.nodeid) if limited else owner


def ending_of(owner: Owner | None, label: str) -> Scope | None:
    """Return, while a fixture is set up, the step of its end where that is in none of a test.

    pytest ends a fixture after all tests where the run was broken off: by a key, `pytest.exit` or
    `-x`.  Its calls are *owner*'s, as they would have been, or of the test that asked for it; None
    where nobody knows one.
    """
    asks = running()
    if asks is None:
        return None if owner is None else Scope(owner=owner, when="teardown", fixture=label)
    return Scope(owner=owner or asks.owner, when="teardown", attempt=asks.attempt, fixture=label)


@contextmanager
def working_for(
    owner: Owner | None, label: str, *, ends: bool = False, alone: Scope | None = None
) -> Iterator[None]:
    """Let the step that runs work for *owner* meanwhile; where none runs, enter *alone*.

    A fixture that *ends* is torn down, even in the setup of the first test with another of its
    parameters: which test that is depends on the worker, and what is booked must not.
    """
    scope = running()
    if scope is None:
        with nullcontext() if alone is None else entered(alone):
            yield
        return
    before = scope.owner, scope.fixture, scope.when
    scope.owner, scope.fixture = owner or scope.owner, label
    scope.when = "teardown" if ends else scope.when
    try:
        yield
    finally:
        scope.owner, scope.fixture, scope.when = before
