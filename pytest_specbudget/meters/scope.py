"""Whom the running code works for, followed through tasks, threads and pools.

A `Scope` is one step of one test's life (or a collection).  The caller's own context says which
one it belongs to; where that context has ended (a session's event loop, a pool that outlives its
test) or never knew (a plain thread of a library), the step that runs in the process is taken.
pytest runs one item at a time in a process, so the fallback names the right test; how it was
found is kept with every charge.

Tried: 22 callers, from threads and pools to session loops and `asyncio.to_thread`.  A task that
test A leaked and that calls during test B cannot be told from a long-lived worker that B uses:
both are B's, and the charge remembers A as `stale`.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.attribution import UNASSIGNED, Attribution
from pytest_specbudget.meters.hooks import replace_method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_specbudget.core.attribution import Via, When
    from pytest_specbudget.core.routed import Routed

_NOBODY = (Attribution(), None)

__all__ = [
    "Owner",
    "Scope",
    "attribute",
    "carry_into_threads",
    "commanded",
    "entered",
    "routed_as",
    "routing",
    "running",
    "staged",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who is charged: a test as its markers describe it, or a fixture that outlives tests.

    `within` is the node id of the class or module that such a fixture belongs to.
    """

    test: str
    within: str | None = None
    spec: str = UNASSIGNED
    command: str | None = None
    stage: str | None = None
    phase: str | None = None
    tier: str | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Scope:
    """One step of a test's life.

    Attributes:
        owner: Who is charged; changes while a fixture that outlives the test runs.
        when: The step.
        attempt: 1, or more where the test is rerun.
        fixture: The fixture that runs, as an `Attribution` names it, or None.
        stages: The stages that the test has opened by hand, the innermost last.
        open: Whether the step still runs.
    """

    owner: Owner
    when: When
    attempt: int = 1
    fixture: str | None = None
    stages: list[str] = field(default_factory=list)
    open: bool = True


@dataclass(slots=True, eq=False)
class _Process:
    """The step that runs, and what the last call followed from and was said to belong to."""

    running: Scope | None = None
    said: tuple[tuple[Any, ...], Attribution] | None = None


_process = _Process()
_scope: ContextVar[Scope | None] = ContextVar("specbudget_scope", default=None)
_stages: ContextVar[tuple[str, ...]] = ContextVar("specbudget_stages", default=())
_commands: ContextVar[str | None] = ContextVar("specbudget_command", default=None)
_routed: ContextVar[Routed | None] = ContextVar("specbudget_routed", default=None)

_CARRIED: tuple[ContextVar[Any], ...] = (_scope, _stages, _commands, _routed)


def running() -> Scope | None:
    """Return the step that runs in this process, if any."""
    return _process.running


@contextmanager
def entered(scope: Scope) -> Iterator[Scope]:
    """Make *scope* the one that runs, in this context and in the process."""
    before, _process.running = _process.running, scope
    outer = _scope.get()
    _scope.set(scope)
    try:
        yield scope
    finally:
        scope.open = False
        _process.running = before
        # No token: a hook of another plugin may end the step in another context.
        _scope.set(outer)


@contextmanager
def staged(stage: str) -> Iterator[None]:
    """Charge what this context calls to *stage* meanwhile."""
    outer = _stages.get()
    _stages.set((*outer, stage))
    scope = _current()
    if scope is not None:
        scope.stages.append(stage)
    try:
        yield
    finally:
        _stages.set(outer)
        if scope is not None:
            scope.stages.remove(stage)


@contextmanager
def commanded(command: str) -> Iterator[None]:
    """Charge what this context calls to *command* meanwhile, where its test names none."""
    token = _commands.set(command)
    try:
        yield
    finally:
        _commands.reset(token)


@contextmanager
def routed_as(routed: Routed) -> Iterator[None]:
    """Let the calls that this context makes be part of a routed task."""
    token = _routed.set(routed)
    try:
        yield
    finally:
        _routed.reset(token)


def routing() -> Routed | None:
    """Return the part of a routed task that this context works on, or None."""
    return _routed.get()


def attribute() -> tuple[Attribution, str | None]:
    """Say whom a call made here and now belongs to, and the tier its test declares."""
    own, process = _scope.get(), _process.running
    if own is not None and own.open:
        return _of(own, "context", None)
    if process is not None:
        if own is None:
            return _of(process, "process", None)
        return _of(process, "process-stale-context", own.owner.test)
    if own is not None:
        return Attribution(via="late", stale=own.owner.test), None
    return _NOBODY


def carry_into_threads() -> Callable[[], None]:
    """Let new threads and pool workers inherit the scope; return what undoes that.

    Only our own variables are carried: a copy of the whole context would show a user's thread
    values that it never saw before.
    """
    undo_start = replace_method(_who_defines(threading.Thread, "start"), "start", _starting)
    undo_submit = replace_method(_who_defines(ThreadPoolExecutor, "submit"), "submit", _submitting)

    def undo() -> None:
        undo_submit()
        undo_start()

    return undo


def _who_defines(owner: type, name: str) -> type:
    """Return who defines a method among *owner* and what it inherits from.

    gevent puts a class of its own in the place of `Thread`, which inherits all that it does.
    """
    return next(each for each in owner.__mro__ if name in vars(each))


def _starting(start: Any) -> Any:
    def start_with_scope(thread: threading.Thread) -> None:
        if _scope.get() is not None:
            thread.run = _carrying(thread.run)  # type: ignore[method-assign] # this one thread
        start(thread)

    return start_with_scope


def _submitting(submit: Any) -> Any:
    def submit_with_scope(pool: Any, task: Any, /, *args: Any, **options: Any) -> Any:
        return submit(pool, _carrying(task) if _scope.get() else task, *args, **options)

    return submit_with_scope


def _current() -> Scope | None:
    own = _scope.get()
    return own if own is not None and own.open else _process.running


def _carrying(task: Callable[..., Any]) -> Callable[..., Any]:
    carried_values = [(variable, variable.get()) for variable in _CARRIED]

    @wraps(task)
    def carried(*args: Any, **options: Any) -> Any:
        tokens = [(variable, variable.set(value)) for variable, value in carried_values]
        try:
            return task(*args, **options)
        finally:
            for variable, token in tokens:
                variable.reset(token)

    return carried


def _of(scope: Scope, via: Via, stale: str | None) -> tuple[Attribution, str | None]:
    owner = scope.owner
    own_stages = _stages.get() if via == "context" else ()
    stages = own_stages or scope.stages
    stage = stages[-1] if stages else owner.stage
    command = owner.command or _commands.get()
    facts = (owner, scope.when, scope.fixture, scope.attempt, command, stage, via, stale)
    said = _process.said
    if said is None or said[0] != facts:  # most calls of a step say what the one before said
        said = facts, _attribution(scope, command, stage, via, stale)
        _process.said = said
    return said[1], owner.tier


def _attribution(
    scope: Scope, command: str | None, stage: str | None, via: Via, stale: str | None
) -> Attribution:
    owner = scope.owner
    return Attribution(
        test=owner.test,
        spec=owner.spec,
        command=command,
        stage=stage,
        phase=owner.phase,
        when=scope.when,
        fixture=scope.fixture,
        within=owner.within,
        via=via,
        attempt=scope.attempt,
        stale=stale,
    )
