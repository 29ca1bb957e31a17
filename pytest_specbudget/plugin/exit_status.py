"""The statuses that a verdict of ours overrules: those of a run in which pytest found no fault."""

from __future__ import annotations

import pytest

__all__ = ["overrule", "overrule_exit"]

_OVERRULED = (
    int(pytest.ExitCode.OK),
    int(pytest.ExitCode.NO_TESTS_COLLECTED),
    6,  # pytest 9's MAX_WARNINGS_ERROR
)


def overrule(session: pytest.Session) -> None:
    """Let *session* end with 1, as for a failed test, unless pytest has said worse."""
    if int(session.exitstatus) in _OVERRULED:
        session.exitstatus = 1


def overrule_exit(error: BaseException, session: pytest.Session) -> None:
    """Let a hook that ends the run by `pytest.exit` not hide the status that *session* has now.

    pytest takes the status of such an *error* last; one that has none changes nothing.
    """
    if isinstance(error, pytest.exit.Exception) and error.returncode in _OVERRULED:
        error.returncode = int(session.exitstatus)
