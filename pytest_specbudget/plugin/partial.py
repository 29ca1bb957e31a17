"""Why a run is not one of the whole suite.

A process that collects tests knows what was left out; the process that judges knows, beside that,
whether the run came to its end.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.plugin.collecting import ONLY_COLLECTED, only_collects
from pytest_specbudget.plugin.partial_files import leaves_files_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["chosen_paths", "cut_short", "left_out", "only_failures", "takes_whole_files"]

_ONLY_SET_UP = ("setuponly", "setupplan")
_INTERRUPTED = int(pytest.ExitCode.INTERRUPTED)
_BROKEN = int(pytest.ExitCode.INTERNAL_ERROR)


def only_failures(config: pytest.Config, items: Iterable[pytest.Item]) -> bool:
    """Whether `--lf` left nothing but *items*, of which one at least failed last time.

    pytest drops the others while it collects, and then tells no plugin that it deselected them.
    """
    if not config.getoption("lf", default=False) or config.cache is None:
        return False
    failed = config.cache.get("cache/lastfailed", {})
    return any(item.nodeid in failed for item in items)


def left_out(config: pytest.Config, *, deselected: int, failures: bool) -> Iterator[str]:
    """Yield why tests of the suite were not to run.

    Args:
        config: pytest's.
        deselected: How many tests pytest said that it left out.
        failures: Whether it left out all but those that failed last time.
    """
    if deselected:
        yield f"{calls_of(deselected, 'test')} deselected"
    if failures:
        yield "only what failed last time"
    yield from _ignored(config)
    if any("::" in argument for argument in config.args):
        yield "tests chosen by name"
    if any(config.getoption(name, default=False) for name in _ONLY_SET_UP):
        yield "tests only set up"
    elif only_collects(config):
        yield ONLY_COLLECTED


def takes_whole_files(config: pytest.Config) -> bool:
    """Tell whether pytest collects all tests of each file that it looks into."""
    by_name = any("::" in argument for argument in config.args)
    return not by_name and not config.getoption("lf", default=False)


def _ignored(config: pytest.Config) -> Iterator[str]:
    """Yield what was typed, or stands in `PYTEST_ADDOPTS`, to leave files and folders out.

    pytest tells no plugin what it ignores.  What `addopts` ignores is no part of the suite at all.
    """
    of_suite = config.getini("addopts")
    here = config.invocation_params.dir
    for flag, dest in (("--ignore", "ignore"), ("--ignore-glob", "ignore_glob")):
        defined = {*_values(flag, of_suite)}
        for given in dict.fromkeys(config.getoption(dest, default=None) or ()):
            leaves_out = dest == "ignore_glob" or (here / given).exists()
            if given not in defined and leaves_out:
                yield f"{flag}={given}"


def _values(flag: str, words: list[str]) -> Iterator[str]:
    """Yield what *words* give for *flag*, with a `=` or as the next word."""
    for word, following in pairwise((*words, "")):
        if word == flag:
            yield following
        elif word.startswith(f"{flag}="):
            yield word.removeprefix(f"{flag}=")


def chosen_paths(config: pytest.Config) -> tuple[str, ...] | None:
    """Return the files and folders that tests were collected from, relative to rootdir.

    They come from the command line, or are the folder where pytest was started.  None where they
    hold all test files that lie in rootdir, or in `testpaths`.
    """
    if config.getoption("pyargs"):
        return None
    root, here = config.rootpath.resolve(), config.invocation_params.dir
    chosen = [(here / argument.partition("::")[0]).resolve() for argument in config.args]
    suite = [(root / one).resolve() for one in config.getini("testpaths")] or [root]
    left = [part for part in suite if not any(map(part.is_relative_to, chosen))]
    if not leaves_files_out(config, left, chosen):
        return None
    return tuple(one.relative_to(root).as_posix() for one in chosen if one.is_relative_to(root))


def cut_short(session: pytest.Session, *, interrupted: bool) -> Iterator[str]:
    """Yield why *session* ended before its last test.

    Args:
        session: The one that is ending.
        interrupted: Whether a key or `pytest.exit`, with any status, interrupted it.
    """
    if session.shouldstop or session.shouldfail:
        yield "stopped early"
    elif interrupted or int(session.exitstatus) == _INTERRUPTED:
        yield "interrupted"
    elif int(session.exitstatus) == _BROKEN:
        yield "internal error of pytest or a plugin"
