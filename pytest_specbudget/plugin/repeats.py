"""`--spec-repeats=N`: every test runs N times, as if it had one parameter more.

The parameter is last, so that node ids end in `run1` to `runN`: they can be chosen with `-k`, and
pytest-xdist spreads them like others.  No fixture stands behind it, so that no test sees it.

Left alone are tests that cannot have parameters (unittest's, doctests, other plugins' items) and
tests that ask for recorded answers: those are the same each time and tell nothing of other runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.audit.repeats import base_name, run_id
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

__all__ = ["left_alone", "once_named", "repeat"]

_PARAMETER = "_spec_run"
_RECORDED = ("vcr", "default_cassette")


def repeat(metafunc: pytest.Metafunc, runs: int) -> None:
    """Add the parameter; to be called by a `pytest_generate_tests` that comes last.

    Args:
        metafunc: The test function.
        runs: How often it runs; 1 adds nothing.
    """
    if runs > 1 and not _asks_for_recordings(metafunc):
        metafunc.fixturenames.append(_PARAMETER)  # pytest takes it out again, once it has the ids
        numbers = range(1, runs + 1)
        metafunc.parametrize(_PARAMETER, numbers, ids=map(run_id, numbers))


def once_named(item: pytest.Item) -> str:
    """Return the name of *item* as it is without repeats; recordings are kept under it."""
    return base_name(item.name)[0] if _repeated(item) else item.name


def left_alone(items: Iterable[pytest.Item], runs: int) -> str | None:
    """Say how many of *items* run once although *runs* were asked for; None if all are repeated."""
    once = sum(not _repeated(item) for item in items)
    if runs <= 1 or not once:
        return None
    return (
        f"{calls_of(once, 'test')} {'runs' if once == 1 else 'run'} once, not {runs} times: "
        "unittest's and those with a recording are not repeated"
    )


def _asks_for_recordings(metafunc: pytest.Metafunc) -> bool:
    marked = any(metafunc.definition.get_closest_marker(name) for name in _RECORDED)
    return marked or "spec_cassette" in metafunc.fixturenames


def _repeated(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    return callspec is not None and _PARAMETER in callspec.params
