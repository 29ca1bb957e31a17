"""Where the recording of a test is kept.

File names work on every file system: no character that one of them refuses, no name that Windows
reserves, at most 80 characters and a hash, and no two that differ in case alone.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["cassette_path"]

_LONGEST = 80
_PLAIN = re.compile(rf"[a-z0-9_][a-z0-9_.-]{{0,{_LONGEST - 1}}}(?<!\.)")
_HASHED = re.compile(r"-[0-9a-f]{10}$")
_REFUSED = re.compile(r"[^A-Za-z0-9_.-]+")
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}


def cassette_path(folder: Path, module: str, test: str) -> Path:
    """Name the file of one test: `folder/module/test.yaml`.

    Args:
        folder: Where recordings are kept.
        module: The test's module, as the user would name it: `test_refunds`.
        test: The test inside it, with class and parameters: `TestPlan::test_cheap[gpt-4o]`.
    """
    return folder / _portable(module) / f"{_portable(test)}.yaml"


def _portable(name: str) -> str:
    """Keep a plain name as it is; mark any other with a hash of itself, so that it stays unique."""
    if _is_plain(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    readable = _REFUSED.sub("-", name).strip("-.")[:_LONGEST]
    return f"{readable or 'unnamed'}-{digest}"


def _is_plain(name: str) -> bool:
    return (
        _PLAIN.fullmatch(name) is not None
        and _HASHED.search(name) is None
        and name.partition(".")[0] not in _RESERVED
    )
