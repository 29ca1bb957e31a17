"""Whose call is it: a step of one test's life, or a fixture that outlives tests."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.scope import Owner, Scope, entered, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from pytest_specbudget.core.attribution import When
    from pytest_specbudget.plugin.markers import MarkerReader

__all__ = ["COLLECTION", "attempt_of", "fixture_owner", "step", "working_for"]

COLLECTION = Owner(test="<collection>")
"""Who calls while test modules are imported."""


def attempt_of(item: pytest.Item) -> int:
    """Return which attempt this is; pytest-rerunfailures counts them on the item."""
    return max(1, getattr(item, "execution_count", 1))


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


@contextmanager
def working_for(owner: Owner | None, label: str, *, ends: bool = False) -> Iterator[None]:
    """Let the step that runs work for *owner* meanwhile.

    A fixture that *ends* is torn down, even in the setup of the first test with another of its
    parameters: which test that is depends on the worker, and what is booked must not.
    """
    scope = running()
    if scope is None:
        yield
        return
    before = scope.owner, scope.fixture, scope.when
    scope.owner, scope.fixture = owner or scope.owner, label
    scope.when = "teardown" if ends else scope.when
    try:
        yield
    finally:
        scope.owner, scope.fixture, scope.when = before
