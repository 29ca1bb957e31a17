"""Where the recording of a test is kept.

File names work on every file system: no character that one of them refuses, no name that Windows
reserves, at most 80 characters and a hash, and no two that differ in case alone.

A test that was recorded with pytest-recording or cassetter keeps its file: their folders are ours,
and their name is looked for where there is none of ours.

Source: pytest-recording 0.14.1 (`get_default_cassette_name`, `use_cassette`); cassetter 0.16.1
names its files alike (read 2026-11-22).
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from os.path import normpath
from pathlib import Path

__all__ = ["INDEX_NAME", "cassette_path", "cassette_paths", "folder_of", "kept_path"]

INDEX_NAME = "specbudget-index.json"
"""What lies in a folder of recordings beside them, and says whose each is."""

_LONGEST = 80
_PLAIN = re.compile(rf"[a-z0-9_][a-z0-9_.-]{{0,{_LONGEST - 1}}}(?<!\.)")
_HASHED = re.compile(r"-[0-9a-f]{10}$")
_REFUSED = re.compile(r"[^A-Za-z0-9_.-]+")
_RECORDINGS = re.compile(r"""[<>?%*:|"'/\\]""")
_LONGEST_OF_RECORDING = 255  # bytes on Linux; it counts characters
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}


def folder_of(module: Path, shelf: Path | None, rootdir: Path) -> Path:
    """Return the folder in which the recordings of *module* have a folder of their own.

    Args:
        module: A file with tests.
        shelf: Where all recordings are kept, or None for beside their tests.
        rootdir: The folder of the project, which the folders below *shelf* repeat.
    """
    if shelf is None:
        return module.parent / "cassettes"
    try:
        return Path(normpath(shelf)) / module.parent.relative_to(rootdir)
    except ValueError:
        return Path(normpath(shelf)) / module.parent.name


def cassette_path(folder: Path, module: str, test: str) -> Path:
    """Name the file of one test: `folder/module/test.yaml`.

    Args:
        folder: Where recordings are kept.
        module: The test's module, as the user would name it: `test_refunds`.
        test: The test inside it, with class and parameters: `TestPlan::test_cheap[gpt-4o]`.
    """
    return folder / _portable(module) / f"{_portable(test)}.yaml"


def cassette_paths(folder: Path, module: str, test: str) -> tuple[Path, Path]:
    """Name the two files that may hold the recording of one test: ours and pytest-recording's.

    Args:
        folder: Where recordings are kept.
        module: The test's module.
        test: The test inside it, with class and parameters: `TestPlan.test_cheap[gpt-4o]`.
    """
    return cassette_path(folder, module, test), folder / module / _as_recording(test)


def kept_path(folder: Path, module: str, test: str) -> Path:
    """Find the recording of one test among `cassette_paths`; ours where there is none yet."""
    ours, theirs = cassette_paths(folder, module, test)
    return theirs if not ours.exists() and _is_there(theirs) else ours


def _is_there(path: Path) -> bool:
    """Tell whether a file has this very name: on some systems `test_A` opens `test_a`, too."""
    with suppress(OSError):  # a name may be longer than the system takes
        if path.exists():
            other = path.with_name(path.name.swapcase())
            return not other.exists() or path.name in {each.name for each in path.parent.iterdir()}
    return False


def _as_recording(test: str) -> str:
    """Name a file as pytest-recording does, which shortens what Linux would not take."""
    name = _RECORDINGS.sub("-", test)
    if len(name) + len(".yaml") > _LONGEST_OF_RECORDING:
        digest = hashlib.md5(name.encode("utf-8", "surrogatepass"), usedforsecurity=False)
        kept = _LONGEST_OF_RECORDING - len(".yaml") - digest.digest_size * 2 - len("...")
        name = f"{name[:kept]}...{digest.hexdigest()}"
    return name if name.endswith(".yaml") else f"{name}.yaml"


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
