"""What is said of recordings whose tests no longer exist."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["left_behind", "without_test"]

_NAMED = 3
_ONE = (
    "exists, and its recording is",
    "rename it with the test or, if that is gone for good, remove it",
)
_SEVERAL = (
    "exist, and their recordings are",
    "rename them with the tests or, if these are gone for good, remove them",
)


def left_behind(recordings: Mapping[str, str]) -> Iterator[str]:
    """Yield a note on recordings that are still there, with the command that removes them.

    Args:
        recordings: The test of each, by its path from rootdir.
    """
    if not recordings:
        return
    tests = sorted({*recordings.values()})
    exist, advice = _ONE if len(tests) == 1 else _SEVERAL
    yield (
        f"{calls_of(len(tests), 'test')} of the base no longer {exist} still there: "
        f"{first_of(tests, _NAMED)}; {advice}: {_removing(recordings)}"
    )


def without_test(recordings: Mapping[str, str]) -> Iterator[str]:
    """Yield a note on recordings that count although no test is left that could use them.

    Args:
        recordings: The test of each, by its path from rootdir.
    """
    if not recordings:
        return
    tests = sorted({*recordings.values()})
    one = len(recordings) == 1
    have = "has no test any more and counts" if one else "have no test any more and count"
    advice = (_ONE if one else _SEVERAL)[1]
    yield (
        f"{calls_of(len(recordings), 'recording')} {have} all the same: "
        f"{first_of(tests, _NAMED)}; {advice}: {_removing(recordings)}"
    )


def _removing(recordings: Mapping[str, str]) -> str:
    """Write the command that removes *recordings*."""
    command = " ".join(("git rm", *map(quote, sorted(recordings)[:_NAMED])))
    more = "; specbudget cassettes lint names the others" if len(recordings) > _NAMED else ""
    return f"{command}{more}"
