"""One router for every recording of a run.

    with routed():                      # once a run
        with use(path, "once", refuse=CallRefused) as tape:
            ...                         # calls are recorded, or answered without the network

Calls of httpx, httpx2, requests, urllib3, aiohttp, botocore, httplib2, tornado and http.client
are routed (what vcrpy patches), sync and async, in any number of threads and tasks.  While
a stream is recorded it is read to its end first; live and replayed streams flow.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.current import opened
from pytest_specbudget.cassettes.tape import Mode, Rules, Tape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_specbudget.cassettes.interaction import Asked

__all__ = ["Mode", "Rules", "Tape", "resumed", "routed", "use"]

_STRICT = Rules()


class _Installation:
    """The router's patches: on while at least one user needs them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._patches = ExitStack()

    @contextmanager
    def needed(self) -> Iterator[None]:
        with self._lock:
            if self._users == 0:
                self._put_on()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    self._patches.close()

    def _put_on(self) -> None:
        from pytest_specbudget.cassettes.patches import installed  # noqa: PLC0415 - imports vcrpy, 250 ms

        self._patches.enter_context(installed())


# The libraries that it patches are shared by the whole process, so it is too.
_installation = _Installation()


@contextmanager
def routed() -> Iterator[None]:
    """Install the router; where it is installed already, only count.

    A cassette that somebody opens with vcrpy inside is answered by vcrpy, through the router, and
    wins over a tape around it.  The first call imports vcrpy, so call it when a recording is
    asked for, and before anything else opens a cassette.
    """
    with _installation.needed():
        yield


@contextmanager
def use(  # noqa: PLR0913 - each is named where it is used
    path: Path,
    mode: Mode,
    *,
    refuse: Callable[[str], BaseException],
    rules: Rules = _STRICT,
    shared: bool = False,
    note: str | None = None,
    rerecord: str = "pytest --spec-record=new",
    spare: Callable[[Asked], str | None] | None = None,
) -> Iterator[Tape]:
    """Open a recording for the calls that this context makes.

    Args:
        path: Its file; made, with its folders, by the first interaction recorded.
        mode: `none`, `once`, `new` or `all`; see `tape`.
        refuse: Makes the exception for a model call without a recording, from a message of some
            lines.  It is raised before anything is sent.  A `BaseException` that is no
            `Exception` ends the call at once; SDKs retry others.
        rules: What counts as the same request, and what becomes of another.
        shared: Whether threads and tasks that opened no recording use this one; of several such,
            the last one opened.
        note: How the recording is made, kept as a comment at the top of a new file.
        rerecord: The command that records what is missing, for the message of a miss.
        spare: Says why a first request need not be paid for, although it could be recorded, or
            None.

    Raises:
        RecordingError: If the file cannot be read, or is to be recorded and cannot be written.
    """
    tape = Tape(path, mode, refuse=refuse, rules=rules, note=note, rerecord=rerecord, spare=spare)
    try:
        with resumed(tape, shared=shared):
            yield tape
    finally:
        tape.close()


@contextmanager
def resumed(tape: Tape, *, shared: bool = False) -> Iterator[None]:
    """Let *tape* answer the calls that this context makes, from where it was put aside.

    Args:
        tape: It is put aside again afterwards; `close` ends it.
        shared: As for `use`.
    """
    tape.is_open = True
    try:
        with routed(), opened(tape, shared=shared):
            yield
    except BaseException:
        tape.keep_old()
        raise
    finally:
        tape.is_open = False
