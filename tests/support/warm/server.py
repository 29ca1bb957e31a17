"""The program behind `warm_python`: imports what it is told, then forks for every client.

It stays a process of one thread and runs nothing itself, so the last fork begins as clean as the
first.  It ends when its standard input does, so it never outlives who started it.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import runpy
import select
import shlex
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = str(Path(__file__).parent)
PATH = [part for part in sys.path if part != HERE]
"""Where a run finds modules, behind its own folder."""
STREAMS = 3
_STATUS = [1]
"""What this process exits with; 1 is what Python makes of an exception."""
LONGEST = 1 << 20
"""Bytes that a request may have; it is mostly the environment."""


def main() -> None:
    """Serve until standard input ends."""
    asked = json.loads(sys.argv[1])
    atexit.register(_leave)
    sys.path[:] = [HERE, *PATH]
    _import_plugins(asked["plugins"])
    _import_modules(asked["modules"])
    # What is imported is never garbage, so no fork should look through it and copy its pages.
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(asked["address"])
        listener.listen()
        os.write(sys.stdout.fileno(), b"ready\n")
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            _serve(listener.accept()[0])
            _bury()


def _import_plugins(names: Sequence[str]) -> None:
    """Import plugins through the hook that rewrites asserts; else pytest warns in every run."""
    pytest = importlib.import_module("pytest")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    words = [part for name in names for part in ("-p", name)]
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*words, "-c", os.devnull, "--noconftest", "--markers"])


def _import_modules(names: Sequence[str]) -> None:
    for name in names:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _serve(client: socket.socket) -> None:
    """Fork a keeper, which forks the run, waits for it and tells the client its exit status."""
    with client:
        if os.fork():
            return
        asked, streams, *_ = socket.recv_fds(client, LONGEST, STREAMS)
        run = os.fork()
        if not run:
            client.close()
            _become(json.loads(asked), streams)
        for stream in streams:
            os.close(stream)
        client.send(str(os.waitstatus_to_exitcode(os.waitpid(run, 0)[1])).encode())
        os._exit(0)


def _bury() -> None:
    """Let go of the keepers that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(asked: dict[str, Any], streams: Sequence[int]) -> None:
    """Be the run that is asked for, and end as any program does."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"], WARM_PYTHON=shlex.join(asked["python"]))
    sys.path[:] = [asked["folder"], *_from_environment(), *PATH]
    try:
        _run(asked["words"])
    except SystemExit as end:
        _STATUS.append(_status_of(end))
        raise
    _STATUS.append(0)
    sys.exit()


def _leave() -> None:
    """End at once, as the last that is done at exit: to take all modules apart takes long."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_STATUS[-1])


def _status_of(end: SystemExit) -> int:
    if end.code is None:
        return 0
    return end.code if isinstance(end.code, int) else 1


def _from_environment() -> list[str]:
    return [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]


def _run(words: list[str]) -> None:
    """Do what Python does with *words*; of its options `-B` counts here, and `-u` does not."""
    options = []
    while words[0] not in ("-m", "-c"):
        options.append(words.pop(0))
    sys.dont_write_bytecode |= "-B" in options
    kind, what, *sys.argv[1:] = words
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        sys.modules["__main__"] = program = ModuleType("__main__")
        exec(what, vars(program))  # noqa: S102 - as Python does


if __name__ == "__main__":
    main()
