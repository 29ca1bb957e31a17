"""Which test, SPEC, stage and command each recording of a folder is of.

    cassettes/specbudget-index.json
    {
    "test_refunds/test_plan.yaml": {"test": "tests/test_refunds.py::test_plan", "spec": "REFUNDS"},
    "test_refunds/test_sum.yaml": {"test": "tests/test_refunds.py::test_sum", "spec": "REFUNDS"}
    }

Markers stand in the code of tests, which nobody runs to compare two revisions; so a run that
records writes them down beside the recordings, one line a recording, sorted, so that merges rarely
conflict.  A field that the calls of a recording do not agree on, or that nobody told, is left out.

A run that replays keeps an index that is there, so that a test which was renamed with its recording
is in it: it makes none, and takes nothing away that it was not told of.

An index comes from anywhere: it is JSON, held against this shape, and names nothing outside of its
own folder.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.names import INDEX_NAME
from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.core.value import value
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_specbudget.core.ledger import Charge

    _Used = dict[str, list[Charge]]

__all__ = ["INDEX_NAME", "Indexed", "entry_of", "maintain", "read_index", "updated"]

_FOLDER = "cassettes"
_FIELDS = ("test", "spec", "stage", "command", "tier")
_LARGEST = 64 << 20  # bytes; some hundred thousand recordings
_DRIVE = re.compile(r"[A-Za-z]:")
_MARK = "<"  # `<collection>`, `<late>`: nobody's, and no name that a test can have
_FIXTURE = "<fixture "


@value
class Indexed:
    """Whose a recording is.

    Attributes:
        test: The node id, from pytest's rootdir, or `<fixture SCOPE:NAME>`.
        spec: The SPEC, or None where nobody told.
        stage: The stage, or None.
        command: The command, or None.
        tier: The tier of the task, or None.
    """

    test: str | None = None
    spec: str | None = None
    stage: str | None = None
    command: str | None = None
    tier: str | None = None


def read_index(data: bytes, name: str = INDEX_NAME) -> dict[str, Indexed]:
    """Read an index: whose each recording is, by its path below the folder of the index.

    Args:
        data: The file.
        name: What to call it in errors.

    Raises:
        BaselineError: If it is no index, with the entry that is wrong.
    """
    if len(data) > _LARGEST:
        raise BaselineError(f"{name} is larger than {_LARGEST >> 20} MiB; {_ANEW}")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as problem:
        raise BaselineError(f"{name} cannot be read: {reason_of(problem)}; {_ANEW}") from problem
    if not isinstance(document, dict):
        raise BaselineError(f"{name} is no JSON object; {_ANEW}")
    return {path: _indexed(path, told, name) for path, told in document.items()}


def updated(old: bytes | str, entries: Mapping[str, Indexed], gone: Iterable[str] = ()) -> str:
    """Return the text of an index with *entries* in place of those of the same recordings.

    Args:
        old: The index so far, or nothing.
        entries: Whose recordings are, by their paths below the folder of the index.
        gone: Recordings that are left out, because they are no more.

    Raises:
        BaselineError: If *old* is no index.
    """
    data = old.encode() if isinstance(old, str) else old
    known = read_index(data) if data.strip() else {}
    left_out = set(gone)
    told = {**known, **entries}
    lines = [
        f"{json.dumps(path)}: {json.dumps(_told(told[path]))}"
        for path in sorted(told)
        if path not in left_out
    ]
    return "\n".join(("{", ",\n".join(lines), "}", "")) if lines else "{}\n"


def entry_of(charges: Iterable[Charge]) -> Indexed:
    """Say whose one recording is that *charges* were answered from or stored in."""
    charges = [*charges]
    fields: dict[str, set[str | None]] = {
        "test": {charge.attribution.test for charge in charges},
        "spec": {_spec_of(charge) for charge in charges},
        "stage": {charge.attribution.stage for charge in charges},
        "command": {charge.attribution.command for charge in charges},
        "tier": {charge.tier for charge in charges},
    }
    return Indexed(**{name: told.pop() for name, told in fields.items() if len(told) == 1})


def _spec_of(charge: Charge) -> str | None:
    spec = charge.attribution.spec
    return None if spec == UNASSIGNED else spec


def maintain(
    charges: Iterable[Charge], shelf: Path | None = None, *, replayed: bool = False
) -> list[str]:
    """Bring the index of each folder up to date in which a run recorded; return their paths.

    Recordings lie in `FOLDER/<module>/<test>.yaml`, where FOLDER is called `cassettes` or is below
    the shelf, and the index is in FOLDER.  What was stored elsewhere belongs to somebody else.

    Args:
        charges: All of the run; without one that was recorded nothing is written.
        shelf: Where cassettes are kept, if not beside the tests.
        replayed: Whether what was only replayed counts, too, in an index that is there; true of a
            run whose tests came to their end.

    Raises:
        BaselineError: If an index cannot be read or written; the others are written.
    """
    problems: list[str] = []
    written = []
    for folder, used in sorted(_used(charges, shelf).items()):
        try:
            if _write(folder / INDEX_NAME, used, replayed=replayed):
                written.append(str(folder / INDEX_NAME))
        except (OSError, BaselineError) as problem:
            problems.append(_unwritable(folder, problem))
    if problems:
        raise BaselineError("\n".join(problems))
    return written


_ANEW = "restore it from version control, or delete it and run specbudget cassettes index"


def _indexed(path: str, told: Any, name: str) -> Indexed:
    """Hold one entry against the shape."""
    if not _is_below(path):
        raise BaselineError(f'{name}: "{path}" is no path below the folder of the index; {_ANEW}')
    if not isinstance(told, dict) or not told.keys() <= set(_FIELDS):
        raise BaselineError(f'{name}: "{path}" holds other than {", ".join(_FIELDS)}; {_ANEW}')
    if not all(isinstance(text, str) and text for text in told.values()):
        raise BaselineError(f'{name}: "{path}" holds what is no text; {_ANEW}')
    return Indexed(**told)


def _is_below(path: str) -> bool:
    is_plain = "\\" not in path and "\0" not in path and _DRIVE.match(path) is None
    return is_plain and not {"", ".", ".."} & set(path.split("/"))


def _told(entry: Indexed) -> dict[str, str]:
    fields = {name: getattr(entry, name) for name in _FIELDS}
    return {name: text for name, text in fields.items() if text is not None}


def _used(charges: Iterable[Charge], shelf: Path | None) -> dict[Path, _Used]:
    """Return the calls of each recording that a run wrote or played, by the folder of its index."""
    by_file: dict[str, list[Charge]] = defaultdict(list)
    for charge in charges:
        if charge.cassette is not None and _has_owner(charge):
            by_file[charge.cassette].append(charge)
    shelf = None if shelf is None else Path(normpath(shelf))
    folders: dict[Path, _Used] = defaultdict(dict)
    for name, calls in by_file.items():
        path = Path(normpath(name))
        folder = path.parent.parent
        if folder.name == _FOLDER or (shelf is not None and folder.is_relative_to(shelf)):
            folders[folder][path.relative_to(folder).as_posix()] = calls
    return folders


def _has_owner(charge: Charge) -> bool:
    test = charge.attribution.test
    return not test.startswith(_MARK) or test.startswith(_FIXTURE)


def _write(path: Path, used: _Used, *, replayed: bool) -> bool:
    """Write an index, whole or not at all; tell whether it changed."""
    old = path.read_bytes() if path.exists() else b""
    known = read_index(old) if old else {}
    replayed = replayed and bool(old)
    entries = {
        name: told
        for name, calls in used.items()
        # What was recorded anew and thrown away again may have left no file.
        if (told := _entry(calls, known.get(name), replayed=replayed)) and _is_in(path, name)
    }
    if not entries and not replayed:
        return False
    new = updated(old, entries, [name for name in known if not _is_in(path, name)]).encode()
    if new == old:
        return False
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(new)
    beside.replace(path)
    return True


def _differ_by_package(test: str | None, other: str | None) -> bool:
    """Tell whether both name one test, from the top of a repository and from a package in it."""
    shorter, longer = sorted((test or "", other or ""), key=len)
    return bool(shorter) and longer.endswith(f"/{shorter}")


def _is_in(index: Path, name: str) -> bool:
    return (index.parent / name).is_file()


def _entry(calls: Sequence[Charge], known: Indexed | None, *, replayed: bool) -> Indexed | None:
    """Say whose a recording is that a run used; None where the run has nothing to say of it.

    A replay knows the test and its markers, and may have been told less than the run that recorded:
    of a table of tiers, or a setting.  So it takes nothing away.  Several tests that share a
    recording say nothing of it.
    """
    told = entry_of(calls)
    if any(one.source == "record" for one in calls):
        return told
    if not replayed or told.test is None:
        return None
    return told if known is None else _completed(told, known)


def _completed(told: Indexed, known: Indexed) -> Indexed:
    return Indexed(
        test=known.test if _differ_by_package(told.test, known.test) else told.test,
        spec=told.spec or known.spec,
        stage=told.stage or known.stage,
        command=told.command or known.command,
        tier=known.tier or told.tier,
    )


def _unwritable(folder: Path, problem: Exception) -> str:
    if isinstance(problem, OSError):
        return f"{folder / INDEX_NAME} cannot be written: {reason_of(problem)}"
    return f"{folder}: {problem}"
