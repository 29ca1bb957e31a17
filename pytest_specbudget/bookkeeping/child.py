"""Keeps the books of a Python process that a test started, told through the environment.

The process writes a journal of its own into the folder of the run, where the controller reads it
with all others.  Its calls belong to the test that started it, wherever it lives on; so they count
as if that test's process had made them, and their ids say so.

A server that a test started is often killed.  That loses nothing: a footer is written with every
charge, and the last one counts.
"""

from __future__ import annotations

import atexit
import itertools
import json
import os
import sys
import threading
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.bookkeeping.from_children import slip_of
from pytest_specbudget.bookkeeping.hearsay import repeatable_words
from pytest_specbudget.bookkeeping.passing_on import passing_on
from pytest_specbudget.cassettes.provenance import PATCHES
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.journal.writer import JournalWriter
from pytest_specbudget.meters import watch
from pytest_specbudget.meters.late import LateCalls
from pytest_specbudget.meters.scope import Owner, Scope, carry_into_threads, entered
from pytest_specbudget.settings.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.bookkeeping.admission import Admission
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.meters import Watch

__all__ = ["Parent", "begin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """The process that runs tests, and what it is at, as its children must know it.

    Attributes:
        identity: Which process of which run it is.
        pid: Its process id.
        folder: Where the journals of the run lie.
        rootdir: Where settings are read.
        workdir: What paths on the command line are relative to.
        options: What was given on the command line, by `dest`.
        scope: The step that runs.
    """

    identity: Identity
    pid: int
    folder: str
    rootdir: str
    workdir: str
    options: Mapping[str, Any]
    scope: Scope

    @property
    def process(self) -> tuple[str, int]:
        """What tells it from other processes, and other runs in the same."""
        return self.folder, self.pid

    def tell(self) -> str:
        """Write it as text for the environment."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def told(cls, text: str) -> Parent:
        """Read what `tell` wrote."""
        values = json.loads(text)
        scope = values["scope"] | {"owner": Owner(**values["scope"]["owner"])}
        return cls(**values | {"identity": Identity(**values["identity"]), "scope": Scope(**scope)})


@dataclass(slots=True, eq=False)
class _Process:
    """Whose this process is, once it was told."""

    told: str | None = None
    parent: Parent | None = None
    ending: ExitStack | None = None


_process = _Process()


def begin(told: str) -> None:
    """Meter this process until it ends, for the parent that *told* describes.

    A process that was forked from one which is metered is told once more, if another test has it.

    Raises:
        SettingError: If settings make no sense here, though they did to the parent.
    """
    if told == _process.told:
        return
    parent, before, ending = Parent.told(told), _process.parent, _process.ending
    if before is None or ending is None or parent.process != before.process:
        _process.ending = _opened(parent)
    else:
        ending.enter_context(entered(parent.scope))
    _process.told, _process.parent = told, parent


def _opened(parent: Parent) -> ExitStack:
    """Open the books of this process; return what closes them, as its end does."""
    books = _ChildBooks(parent, _settings(parent))
    ending = ExitStack()
    ending.callback(books.close)
    ending.enter_context(entered(parent.scope))
    ending.callback(carry_into_threads())
    ending.enter_context(passing_on())
    watching = watch(books, extra=PATCHES, forbid=books.forbid)
    ending.callback(lambda: _let_go(watching, books))
    ending.callback(watching.finish_open)
    atexit.register(ending.close)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=books.start_over)
    return ending


def _let_go(watching: Watch, books: _ChildBooks) -> None:
    late = LateCalls(books.recognise, books.forbidden_by, repeatable_words)
    watching.hand_over(late, late.forbid)


def _settings(parent: Parent) -> Settings:
    rootdir, workdir = Path(parent.rootdir), Path(parent.workdir)
    settings = read_settings(options=parent.options, environment=os.environ, rootdir=rootdir)
    return replace(settings, prices=tuple(workdir / path for path in settings.prices))


class _ChildBooks(Bookkeeper):
    """Books whose journal is whole after every charge, and whose charges are the parent's."""

    def __init__(self, parent: Parent, settings: Settings) -> None:
        super().__init__(
            settings=settings,
            identity=parent.identity,
            folder=Path(parent.folder),
            forbid=self._forbidden,
            heard=self._heard_one,
        )
        self._parent = parent
        self.start_over()
        self.admission = self._hard_ceilings()

    def start_over(self) -> None:
        """Begin a journal of one's own, as a forked child must."""
        self._token = f"{os.getpid()}.{os.urandom(3).hex()}"
        identity, pid = self.identity, self._parent.pid
        name = f"{identity.host}-{pid}-{identity.worker}-{self._token}.jsonl"
        # The header has the parent's id, by which a reader finds the charges that a footer counts.
        header = identity.header() | {"pid": pid}
        self.journal = JournalWriter(Path(self._parent.folder) / name, header)
        self.tally = type(self.tally)(basis=self.settings.judge)
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()  # another thread may have held it when the process forked

    def new_id(self) -> str:
        """Return an id that no other call has, of the parent's process."""
        identity = self.identity
        number = f"{self._token}.{next(self._numbers)}"
        return f"{identity.run}/{identity.worker}/{self._parent.pid}/{number}"

    def _hard_ceilings(self) -> Admission | None:
        """Return who admits calls under the ceilings of the settings; markers stay the parent's."""
        settings = self.settings
        if not settings.stop_loss or settings.explicit_mode in ("observe", "warn"):
            return None
        from pytest_specbudget.bookkeeping.admission import Admission  # noqa: PLC0415 # 20 ms

        folder = Path(self._parent.folder)
        return Admission(settings=settings, desk=self.desk, folder=folder, refuse=self._refused)

    def _heard_one(self, _charge: Charge) -> None:
        self.journal.write(
            {
                "kind": "footer",
                "count": self.tally.count,
                "list_cost": str(self.tally.list_cost),
            }
        )

    @property
    def forbidden_by(self) -> str | None:
        """What keeps calls from leaving when the books are closed, or None."""
        settings = self.settings
        if settings.forbid_live:
            return settings.origin_of("forbid_live")
        return None if self.admission is None else settings.origin_of("stop_loss")

    def _forbidden(self, call: str) -> BaseException | None:
        if not self.settings.forbid_live:
            return None
        origin = self.settings.origin_of("forbid_live")
        problem = f"a model call to {call} would have gone to the network, which {origin} forbids"
        # Nobody shows it here, as pytest's process would.
        print(f"specbudget: {problem}", file=sys.stderr)  # noqa: T201 # see above
        return self._refused(problem)

    def _refused(self, problem: str) -> CallRefused:
        slip_of(Path(self._parent.folder), self._parent.pid).write(problem)
        return CallRefused(problem)
