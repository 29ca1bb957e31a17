"""Whom a call belongs to, and how that was found out."""

from __future__ import annotations

from typing import Literal

from pytest_specbudget.core.value import value

__all__ = ["UNASSIGNED", "Attribution", "Via", "When"]

UNASSIGNED = "(unassigned)"
"""The SPEC of a charge that no marker and no path rule assigns."""

When = Literal["collect", "setup", "call", "teardown", "late"]

Via = Literal["context", "process", "process-stale-context", "late", "none"]
"""The caller's own context; the item that ran in the process; the same, while the caller's own
context had ended (a session's loop, a pool, or a task that a former test leaked); nothing ran."""


@value
class Attribution:
    """Whom a call belongs to.

    Attributes:
        test: The node id, or `<fixture SCOPE:NAME>`, `<collection>`, `<late>`.
        spec: The SPEC id, or `(unassigned)`.
        command: The command that the SPEC runs, or None.
        stage: The stage within it, or None.
        phase: The budget phase (`THINK`, `VERIFY`, ...), or None.
        when: The step of the test's life.
        fixture: The fixture that called, or None: `SCOPE:NAME`, and what else tells which instance
            of it, `module:corpus[small]`.
        within: The node id of the class or module that this fixture belongs to; None for one of
            another scope.
        via: How the owner was found.
        attempt: 1, or more where the test was rerun.
        stale: The test whose ended context the caller still carried, or None.
    """

    test: str = "<late>"
    spec: str = UNASSIGNED
    command: str | None = None
    stage: str | None = None
    phase: str | None = None
    when: When = "late"
    fixture: str | None = None
    within: str | None = None
    via: Via = "none"
    attempt: int = 1
    stale: str | None = None
