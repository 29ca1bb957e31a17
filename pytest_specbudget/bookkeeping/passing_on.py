"""Tells a child whose it is, though it is given an environment of its own.

The environment of this process tells it to every child that inherits it.  One that is started with
`env=` would not hear it, or would lose the folder that listens when that sets `PYTHONPATH`.  So
both are added to what such a child is given, where this process is told itself.

Nothing else that is given changes.  A child hears nothing where its Python ignores `PYTHONPATH`
(`-I`, `-E`), where a shell or a launcher sets the environment, and on another machine.
"""

from __future__ import annotations

import functools
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["FOLDER", "PATH", "VARIABLE", "in_front", "passing_on"]

VARIABLE = "PYTEST_SPECBUDGET_CHILD"
"""The environment variable that tells a child whose it is.

It is no `SPECBUDGET_` variable: those are settings, and a child may be a pytest of its own.
"""

PATH = "PYTHONPATH"

FOLDER = Path(__file__).parent / "in_children"
"""What a child must have in its `PYTHONPATH`."""

# Where each takes `env`, if it is not named.  All other functions of `os` that start something with
# an environment end in `execve`, and those of asyncio in `Popen`.
_STARTERS = (
    (subprocess.Popen, "__init__", 11),
    (os, "execve", 2),
    (os, "posix_spawn", 2),
    (os, "posix_spawnp", 2),
)


@contextmanager
def passing_on() -> Iterator[None]:
    """Add to the environments that children are given, until the block ends."""
    known = [one for one in _STARTERS if hasattr(*one[:2])]
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in known]
    for owner, name, place in known:
        setattr(owner, name, _telling(getattr(owner, name), place))
    try:
        yield
    finally:
        for owner, name, start in before:
            setattr(owner, name, start)


def in_front(path: str | None) -> str:
    """Put our folder in front of *path*, unless it is there already."""
    ours = str(FOLDER)
    if not path:
        return ours
    return path if path.split(os.pathsep)[0] == ours else f"{ours}{os.pathsep}{path}"


def _telling(start: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Wrap what starts a process, given the argument `env` by name or at *place*."""

    @functools.wraps(start)
    def told(*arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        if len(arguments) > place:
            before, env, after = arguments[:place], arguments[place], arguments[place + 1 :]
            arguments = (*before, _told(env), *after)
        elif "env" in named:
            named["env"] = _told(named["env"])
        return start(*arguments, **named)

    return told


def _told(env: Mapping[Any, Any] | None) -> Mapping[Any, Any] | None:
    """Add to *env* what this process is told; None inherits it anyhow."""
    told = os.environ.get(VARIABLE)
    if env is None or told is None or env is os.environ:
        return env
    given = {os.fsdecode(name): value for name, value in env.items()}
    path = given.get(PATH)
    ours = in_front(None if path is None else os.fsdecode(path))
    return given | {VARIABLE: told, PATH: ours}
