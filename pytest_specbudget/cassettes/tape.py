"""A recording in use: which answers are left, and what was added.

Requests find their answer by fingerprint, in a time that does not depend on how many there are.
Equal requests get their answers in the order recorded, each once; what a tape records it does not
play, so that a call which was retried twice is recorded three times and replays three times.

The modes:

* `none`: play; a request without a recording is refused.
* `once`: record if there is no recording yet, else as `none`.
* `new`: play, and record what is missing.
* `all`: record everything anew.  The new recording takes the place of the old one when the tape
  ends well: not if the block raised or `keep_old` was called, and not if nothing was recorded.
"""

from __future__ import annotations

from collections import defaultdict, deque
from threading import Lock
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.cassettes.encoding import decoded
from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.matching import Fingerprint, fingerprint
from pytest_specbudget.cassettes.misses import describe, explain
from pytest_specbudget.cassettes.scrub import scrubbed
from pytest_specbudget.cassettes.store import Store, read
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Mode", "Tape"]

Mode = Literal["none", "once", "new", "all"]


class Tape:
    """One recording while it is open; safe for threads.

    Attributes:
        path: Its file.
        mode: How it was opened.
        recording: Whether a request that it cannot answer may be sent and recorded.
        is_open: False once its block has ended; such a tape answers nothing.
        played: How many answers it gave.
        recorded: How many it stored.
        notes: What a reader should know, such as a torn last line that was dropped.
    """

    def __init__(
        self,
        path: Path,
        mode: Mode,
        *,
        refuse: Callable[[str], BaseException],
        note: str | None = None,
    ) -> None:
        """Open a recording.

        Args:
            path: Its file; made, with its folders, by the first interaction recorded.
            mode: See above.
            refuse: Makes the exception for a request that has no recording, from a message.
            note: How the recording is made, for a comment at the top of a new file.

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
        self._interactions = [] if mode == "all" else content.interactions
        self._left = _index(self._interactions)
        self._store = Store(path, content, anew=mode == "all", note=note)
        self._keeps_old = False
        self._lock = Lock()
        if self.recording:
            self._store.check()

    @property
    def unplayed(self) -> list[str]:
        """The recordings that nothing asked for, described, in file order."""
        return [
            f"interaction {number}: {describe(self._interactions[number].asked)}"
            for number in self._numbers_left()
        ]

    def take(self, asked: Asked) -> tuple[int, Answer] | None:
        """Take the next answer to *asked* off the tape, with its place in the file from 0."""
        wanted = fingerprint(asked)
        with self._lock:
            numbers = self._left.get(wanted)
            if not numbers:
                return None
            self.played += 1
            number = numbers.popleft()
        return number, self._interactions[number].answer

    def refusal(self, asked: Asked) -> BaseException:
        """Make the exception for a request that must not be sent."""
        message = explain(
            asked,
            self._interactions,
            unplayed=self._numbers_left(),
            path=self.path,
            mode=self.mode,
        )
        return self._refuse(message)

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
        self._keeps_old = True

    def close(self, *, well: bool = True) -> None:
        """End the tape; an answer that arrives later, paid for, is still written where possible."""
        with self._lock:
            self.is_open = False
            self._store.finish(keep=well and not self._keeps_old)

    def _numbers_left(self) -> list[int]:
        with self._lock:
            return sorted(number for numbers in self._left.values() for number in numbers)


def _index(interactions: list[Interaction]) -> dict[Fingerprint, deque[int]]:
    left: defaultdict[Fingerprint, deque[int]] = defaultdict(deque)
    for number, interaction in enumerate(interactions):
        left[fingerprint(interaction.asked)].append(number)
    return dict(left)
