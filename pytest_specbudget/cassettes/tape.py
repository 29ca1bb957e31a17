"""A recording in use: which answers are left, and what was added.

Equal requests get their answers in the order recorded, each once; what a tape records it does not
play, so that a call which was retried twice is recorded three times and replays three times.

A model call that has no recording may be lent the one that stands for it, where it is sure which
one that is; whoever books the call is told, prices what is asked now, and fails the run for it.

The modes:

* `none`: play; a request without a recording is refused.
* `once`: record if there is no recording yet, else as `none`.
* `new`: play, and record what is missing.
* `all`: record everything anew.  The new recording takes the place of the old one when the tape
  ends well: not if the block raised or `keep_old` was called, and not if nothing was recorded.
  Where there is no old one, it is kept however the tape ends: it was paid for.

A tape may be put aside and go on later where it was: `is_open` says whether it answers now.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from threading import Lock, get_ident
from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_specbudget.cassettes.differences import differences, places_of
from pytest_specbudget.cassettes.encoding import decoded
from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.misses import describe, explain
from pytest_specbudget.cassettes.requests import is_candidate, is_lookup, request_of
from pytest_specbudget.cassettes.scrub import scrubbed
from pytest_specbudget.cassettes.store import Store, read
from pytest_specbudget.cassettes.waiting import Waiting
from pytest_specbudget.core.exchange import Mismatch
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import NotRecordedError, RecordingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.cassettes.differences import Difference
    from pytest_specbudget.core.json_paths import JsonPath

__all__ = ["Mode", "Played", "Rules", "Tape"]

Mode = Literal["none", "once", "new", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the tapes of a run take for the same request, and what becomes of another.

    Attributes:
        lends: Whether a model call may be answered by the recording that stands for it.
        volatile: Places in a JSON body that do not count.
    """

    lends: bool = False
    volatile: tuple[JsonPath, ...] = ()


_STRICT = Rules()


class Played(NamedTuple):
    """An answer off a tape.

    Attributes:
        number: Its place in the file, from 0.
        answer: What was answered.
        mismatch: What the recording was asked, if that is not what is asked now.
    """

    number: int
    answer: Answer
    mismatch: Mismatch | None = None


class Tape:
    """One recording while it is open; safe for threads.

    Attributes:
        path: Its file.
        mode: How it was opened.
        recording: Whether a request that it cannot answer may be sent and recorded.
        is_open: False while it is put aside, and once it has ended; such a tape answers nothing.
        played: How many answers it gave.
        recorded: How many it stored.
        went_wrong: Whether what was recorded lacks a part, as far as is known.
        notes: What a reader should know, such as a torn last line that was dropped.
    """

    def __init__(  # noqa: PLR0913 - each is named where it is used
        self,
        path: Path,
        mode: Mode,
        *,
        refuse: Callable[[str], BaseException],
        rules: Rules = _STRICT,
        note: str | None = None,
        rerecord: str = "pytest --spec-record=new",
        apart: bool = False,
        spare: Callable[[Asked], str | None] | None = None,
    ) -> None:
        """Open a recording.

        Args:
            path: Its file; made, with its folders, by the first interaction recorded.
            mode: See above.
            refuse: Makes the exception for a model call without a recording, from a message.
            rules: What counts as the same request, and what becomes of another.
            note: How the recording is made, for a comment at the top of a new file.
            rerecord: The command that records what is missing.
            apart: Whether other processes may record the same file meanwhile.  Then what this one
                records becomes a whole file of its own, which takes the place as in mode `all`.
            spare: Says why a first request need not be paid for, although it could be recorded, or
                None.

        Raises:
            RecordingError: If the file cannot be read, or is to be recorded and cannot be written.
        """
        content = read(path)
        self.path = path
        self.mode: Mode = mode
        self.recording = mode in {"new", "all"} or (mode == "once" and not content.interactions)
        self.is_open = True
        self.played = 0
        self.recorded = 0
        self.notes = [f"{path}: {content.note}"] if content.note else []
        self._refuse = refuse
        self._rules = rules
        self._rerecord = rerecord
        self._spare = spare
        self._interactions = [] if mode == "all" else content.interactions
        self._waiting = Waiting([one.asked for one in self._interactions], rules.volatile)
        self._callers: set[tuple[int, int]] = set()
        self._store = Store(path, content, anew=mode == "all", note=note, apart=apart)
        self.went_wrong = False
        self._lock = Lock()
        if self.recording:
            self._store.check()

    @property
    def fate(self) -> str:
        """What becomes of a recording made anew if the test went wrong; empty if none is made."""
        if self.mode != "all" or not self.recorded:
            return ""
        made = f"the {calls_of(self.recorded, 'answer')} that this failed test recorded"
        if self.path.exists():
            return f"{self.path} stays as it was, without {made}"
        return f"{self.path} keeps {made}: there was no older recording; record it again later"

    @property
    def unplayed(self) -> list[str]:
        """The recordings that nothing asked for, described, in file order."""
        return [
            f"interaction {number}: {describe(self._interactions[number].asked)}"
            for number in self._numbers_left()
        ]

    def take(self, asked: Asked) -> Played | None:
        """Take the next answer to *asked* off the tape; None if there is none.

        A model call without a recording is lent the one that surely stands for it, if the tape
        lends and does not record.
        """
        with self._lock:
            self._callers.add(_caller())
            number = self._waiting.take(asked)
            played = None if number is None else self._own(number, asked)
            if played is None and not self.recording and self._rules.lends:
                played = self._lent(asked)
            self.played += played is not None
        return played

    def refusal(self, asked: Asked) -> BaseException | None:
        """Make the exception for a request that must not be sent; None if it may be, and recorded.

        It ends the call for good.  Only what merely looks something up, and is no model call, is
        told as if its server were down: code that can do without it goes on.
        """
        if self.recording:
            spared = self._spare(asked) if self._spare is not None and not self.recorded else None
            return None if spared is None else self._refuse(spared)
        message = explain(
            asked,
            self._interactions,
            unplayed=self._numbers_left(),
            path=self.path,
            mode=self.mode,
            command=self._rerecord,
            volatile=self._rules.volatile,
        )
        message = "\n".join((message, *(f"    damaged   {note}" for note in self.notes)))
        return NotRecordedError(message) if is_lookup(asked) else self._refuse(message)

    def store(self, asked: Asked, answer: Answer) -> int:
        """Write an answer to the file, without credentials and decompressed; return its place.

        Raises:
            BaseException: Made by `refuse`, if it cannot be written: an SDK would answer an
                ordinary error by sending, and paying for, the call again.
        """
        interaction = scrubbed(Interaction(asked, decoded(answer)))
        with self._lock:
            try:
                self._store.append(interaction)
            except RecordingError as problem:
                raise self._refuse(str(problem)) from problem
            self.recorded += 1
            return len(self._interactions) + self.recorded - 1

    def keep_old(self) -> None:
        """In mode `all`, leave the old recording in place: the test went wrong."""
        self.went_wrong = True

    def close(self, *, well: bool = True) -> None:
        """End the tape; an answer that arrives later, paid for, is still written where possible."""
        with self._lock:
            self.is_open = False
            self._store.finish(keep=well and not self.went_wrong)

    def _own(self, number: int, asked: Asked) -> Played:
        """Play the recording of *asked*, which may differ where that does not count."""
        stored = self._interactions[number]
        found = differences(asked, stored.asked) if self._rules.volatile else []
        if not found:
            return Played(number, stored.answer)
        return Played(number, stored.answer, _mismatch(stored.asked, found, excused=True))

    def _lent(self, asked: Asked) -> Played | None:
        if not is_candidate(asked):
            return None
        pair = self._waiting.lend(asked, ordered=len(self._callers) == 1)
        if pair is None:
            return None
        stored = self._interactions[pair.number]
        return Played(pair.number, stored.answer, _mismatch(stored.asked, pair.differences))

    def _numbers_left(self) -> list[int]:
        with self._lock:
            return self._waiting.left()


def _mismatch(then: Asked, found: list[Difference], *, excused: bool = False) -> Mismatch:
    return Mismatch(asked=request_of(then), places=places_of(found), excused=excused)


def _caller() -> tuple[int, int]:
    """Name the thread and the task that asks: calls of one come one after the other."""
    asyncio = sys.modules.get("asyncio")
    try:
        task = asyncio.current_task() if asyncio is not None else None
    except RuntimeError:  # no loop runs in this thread
        task = None
    return get_ident(), id(task)
