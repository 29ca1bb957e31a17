"""Which journals tell of calls that were paid for, found by a look at their bytes.

Most runs are replayed and pay for nothing.  A project keeps thousands of them, and whoever asks
what was spent need not have each of their lines decoded.
"""

from __future__ import annotations

import re
from os.path import isdir
from typing import TYPE_CHECKING

from pytest_specbudget.journal.below import journals_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["journal_folders", "paying_folders"]

_BEGUN = re.compile(rb'"kind":"start","id":"([^"]*)"')
_ENDED = re.compile(rb'"kind":"charge","id":"([^"]*)"')
_SPACED = re.compile(rb'"kind"\s*:\s')
_UNPAID = (b'"source":"replay"', b'"source":"mock"')


def journal_folders(path: Path) -> list[Path]:
    """Return the folders at or below *path* with a journal; in each are all those of its runs.

    Those that nobody may look into are among them.
    """
    return sorted({_folder_of(file) for file in journals_below(path)})


def paying_folders(path: Path) -> list[Path]:
    """Return the folders at or below *path* with a journal that tells of a call which was paid for.

    A file or folder that cannot be read, or was not written as we write, may tell of one.
    """
    return sorted(set(_paying(path)))


def _paying(path: Path) -> Iterator[Path]:
    for file in journals_below(path):
        try:
            pays = _pays(file.read_bytes())
        except OSError:
            pays = True
        if pays:
            yield _folder_of(file)


def _folder_of(file: Path) -> Path:
    # Unlike that of `Path`, it says no where nobody may look.
    return file if isdir(file) else file.parent  # noqa: PTH112


def _pays(text: bytes) -> bool:
    """Tell whether something was paid, or perhaps was: a line is torn, an answer was never seen."""
    if not text.endswith(b"\n") or _SPACED.search(text):
        return True
    ended = _ENDED.findall(text)
    unpaid = sum(map(text.count, _UNPAID))  # quotes inside a text are escaped, so it is a key
    return unpaid < len(ended) or unpaid < text.count(b'"kind":"charge"') or _unseen(text, ended)


def _unseen(text: bytes, ended: list[bytes]) -> bool:
    return not set(_BEGUN.findall(text)).issubset(ended)
