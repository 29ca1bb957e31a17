"""The statuses that a verdict of ours overrules: those of a run in which pytest found no fault."""

from __future__ import annotations

import pytest

__all__ = ["overrule"]

_OVERRULED = (
    int(pytest.ExitCode.OK),
    int(pytest.ExitCode.NO_TESTS_COLLECTED),
    6,  # pytest 9's MAX_WARNINGS_ERROR
)


def overrule(session: pytest.Session) -> None:
    """Let *session* end with 1, as for a failed test, unless pytest has said worse."""
    if int(session.exitstatus) in _OVERRULED:
        session.exitstatus = 1
