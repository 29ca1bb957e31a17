"""Tells a child whose it is, though it is given an environment of its own.

The environment of this process tells it to every child that inherits it.  One that is started with
`env=` would not hear it, or would lose the folder that listens when that sets `PYTHONPATH`.  So
both are added to what such a child is given, where this process is told itself.

A fork server keeps the environment of the test that first needed it, and forks the children of all
tests that come later.  So whatever `multiprocessing` starts is told by what it is prepared with.

Nothing else that is given changes.  A child hears nothing where its Python ignores `PYTHONPATH`
(`-I`, `-E`), where a shell or a launcher sets the environment, and on another machine.
"""

from __future__ import annotations

import functools
import os
import runpy
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters.hooks import Hooks
from pytest_specbudget.meters.watching import trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from pytest_specbudget.meters.hooks import Undo

__all__ = ["FOLDER", "PATH", "VARIABLE", "in_front", "passing_on"]

VARIABLE = "PYTEST_SPECBUDGET_CHILD"
"""The environment variable that tells a child whose it is.

It is no `SPECBUDGET_` variable: those are settings, and a child may be a pytest of its own.
"""

PATH = "PYTHONPATH"

FOLDER = Path(__file__).parent / "in_children"
"""What a child must have in its `PYTHONPATH`."""

_HEARD = Path(__file__).parent / "in_prepared" / "hear.py"
"""What a child runs that `multiprocessing` prepares."""

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
    hooks, prepared = Hooks(trouble), [("multiprocessing.spawn", _preparing)]
    with ExitStack() as ending:
        for owner, name, place in known:
            start = getattr(owner, name)
            ending.callback(setattr, owner, name, start)
            setattr(owner, name, _telling(start, place))
        ending.callback(hooks.release, prepared)
        hooks.want(prepared)
        yield


def in_front(path: str | None) -> str:
    """Put our folder in front of *path*, unless it is there already."""
    ours = str(FOLDER)
    if not path:
        return ours
    return path if path.split(os.pathsep)[0] == ours else f"{ours}{os.pathsep}{path}"


def _preparing(spawn: ModuleType) -> Undo:
    """Tell what `multiprocessing.spawn` prepares, however it is started."""
    prepare = spawn.get_preparation_data

    @functools.wraps(prepare)
    def get_preparation_data(name: str) -> dict[str, Any]:
        prepared: dict[str, Any] = prepare(name)
        told = os.environ.get(VARIABLE)
        return prepared if told is None else prepared | {VARIABLE: _Told(told)}

    spawn.get_preparation_data = get_preparation_data  # type: ignore[attr-defined] # it has it

    def undo() -> None:
        spawn.get_preparation_data = prepare  # type: ignore[attr-defined] # as above

    return undo


class _Told:
    """What is heard where it is unpickled, also where no pytest-specbudget is installed."""

    def __init__(self, told: str) -> None:
        self._told = told

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        variables = {VARIABLE: self._told, PATH: in_front(os.environ.get(PATH))}
        return runpy.run_path, (str(_HEARD), {"told": variables})


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
