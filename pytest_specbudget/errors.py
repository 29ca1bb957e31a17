"""Every exception that this package raises.

    SpecBudgetError
    ├── SettingError       a setting makes no sense; holds every problem found, not the first
    ├── MoneyError         text that is no exact amount of dollars
    ├── CatalogueError     price data that contradicts itself or cannot be read
    ├── RecordingError     a cassette that cannot be read or written
    ├── JournalError       a journal or report that cannot be read or written
    └── BaselineError      what a run should be compared with cannot be read
    NotRecordedError       a look-up, no model call, that a cassette has no answer to
    CallRefused            a model call that was refused before it was sent

`CallRefused` is no `Exception`: SDKs retry, wrap or swallow those (37 of 37 SDK cases were clean
with a `BaseException`, 17 of 37 with an `Exception`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BaselineError",
    "CallRefused",
    "CatalogueError",
    "JournalError",
    "MoneyError",
    "NotRecordedError",
    "RecordingError",
    "SettingError",
    "SpecBudgetError",
]


class SpecBudgetError(Exception):
    """Base of all errors of this package that a caller may want to catch."""


class SettingError(SpecBudgetError):
    """One or more settings make no sense.

    Attributes:
        problems: One sentence each, quoting the setting and where it was set.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class MoneyError(SpecBudgetError, ValueError):
    """Text that is not an exact amount of dollars."""


class CatalogueError(SpecBudgetError):
    """Price data that contradicts itself or cannot be read."""


class RecordingError(SpecBudgetError):
    """A cassette that cannot be read or written."""


class JournalError(SpecBudgetError):
    """A journal or stored report that cannot be read or written."""


class BaselineError(SpecBudgetError):
    """What a run should be compared with cannot be read: a file, a revision, a repository."""


class NotRecordedError(ConnectionError):
    """A look-up that is no model call has no recording, so it was not sent.

    To the code that asked it is what a server that is down would be: what is optional may fail.
    """


class CallRefused(BaseException):
    """A model call was refused before it was sent, so that it cost nothing."""
