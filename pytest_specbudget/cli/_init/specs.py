"""Which SPECs would fit a suite that names none: one for each folder of tests; pure."""

from __future__ import annotations

import re
from os.path import commonpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["specs_by_path"]

_TESTS = re.compile(r"^tests?[_-]|[_-]tests?$", re.IGNORECASE)
_PLAIN = re.compile(r"[\w. +@-]+(?:/[\w. +@-]+)*")
_REFUSED = re.compile(r"[^A-Z0-9]+")
_FEWEST = 2


def specs_by_path(modules: Iterable[str]) -> dict[str, str]:
    """Return globs and the SPECs they may stand for; none where one folder holds all tests.

    The folders are those right below the deepest one that is common to all modules.

    Args:
        modules: The test modules that call models, by their paths below rootdir.
    """
    folders = [PurePosixPath(name).parent for name in modules if _PLAIN.fullmatch(name)]
    if not folders:
        return {}
    common = PurePosixPath(commonpath(["./" + one.as_posix() for one in folders]))
    below = sorted({one.relative_to(common).parts[0] for one in folders if one != common})
    specs = {(common / name).as_posix() + "/**": _spec(name) for name in below}
    distinct = len(set(specs.values())) == len(specs)
    return specs if distinct and len(specs) >= _FEWEST else {}


def _spec(folder: str) -> str:
    plain = _TESTS.sub("", folder) or folder
    return _REFUSED.sub("-", plain.upper()).strip("-") or "TESTS"
