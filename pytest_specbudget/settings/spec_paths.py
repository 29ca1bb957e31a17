"""The setting `spec_by_path`: which SPEC the tests below a path belong to.

Globs are relative to pytest's rootdir, with `/` between folders on every system, and with case:
`*` stands for any characters within one name and `?` for one of them, `**` for any number of
folders, and a `/` at the end for all that the folder holds.

Where several globs match, the most specific wins: the one with the most characters that are not
wildcards, and of equals the later one.  So a table may stand in any order.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePosixPath

__all__ = ["check_glob", "matches", "spec_for"]

_WILDCARDS = re.compile(r"[*?]")


def spec_for(path: PurePosixPath, rules: Sequence[tuple[str, str]]) -> str | None:
    """Return the SPEC of the test module at *path*, relative to rootdir, or None."""
    text = path.as_posix()
    best = None
    most = -1
    for glob, spec in rules:
        if _literals(glob) >= most and matches(glob, text):
            best, most = spec, _literals(glob)
    return best


def matches(glob: str, path: str) -> bool:
    """Tell whether *glob* stands for the test module at *path*, relative to rootdir."""
    return _pattern(glob).fullmatch(path) is not None


def check_glob(glob: str) -> str:
    """Return *glob* without a leading `./`.

    Raises:
        ValueError: If it could never match, because it is no path within rootdir.
    """
    plain = glob.removeprefix("./")
    if not plain or plain.startswith("/") or "\\" in plain or ".." in plain.split("/"):
        raise ValueError(
            f'"{glob}" is no path below rootdir; write one like tests/billing/**, with / between'
        )
    return plain


@cache
def _literals(glob: str) -> int:
    return len(_WILDCARDS.sub("", glob))


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    """Translate *glob*; `glob.translate` of the standard library is new in Python 3.13."""
    whole = f"{glob}**" if glob.endswith("/") else glob
    *folders, last = whole.split("/")
    above = "".join("(?:[^/]+/)*" if name == "**" else f"{_one_name(name)}/" for name in folders)
    return re.compile(above + (".+" if last == "**" else _one_name(last)), re.DOTALL)


def _one_name(name: str) -> str:
    return re.escape(name).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
