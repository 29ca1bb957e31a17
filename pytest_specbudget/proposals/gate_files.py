"""Files of a repository that a verdict reads, beside its settings and recordings.

Settings name most of them; of the others the names are fixed.  What is known of such a file here
is that a change edits it.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.known import FILE_NAME as KNOWN_STALE
from pytest_specbudget.histories.settled_file import FILE_NAME as SETTLED
from pytest_specbudget.settings.acks_file import FILE_NAME as ACKS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["LOCK", "ROUTING", "UNNAMED", "edited_files", "names_file"]

ROUTING, LOCK = "routing", "routing lock"
"""The setting of the routing table, and what its lock is called here, which no setting names."""

_TOLD = {
    "acks": "accepts regressions of its own",
    "known_stale": "excuses stale recordings of its own",
    "settled": "settles calls of unknown cost of its own",
    "prices": "changes its own prices",
    "baseline": "changes its own baseline",
    "history": "changes what its own ceilings of days and months count",
    ROUTING: "changes its own routing table",
    LOCK: "agrees to a routing table of its own",
}
"""What a change does that edits such a file, or one in such a folder."""

UNNAMED = (
    ("acks", ACKS),
    ("known_stale", KNOWN_STALE),
    ("settled", SETTLED),
    ("history", ".specbudget/history"),
    ("history", ".specbudget/journal"),
    (LOCK, "routing.lock.json"),
)
"""Those that count where no setting names another, from where pytest runs."""

_ATTRIBUTES = ".gitattributes"


def names_file(key: str) -> bool:
    """Tell whether the setting *key* names such a file or folder."""
    return key in _TOLD


def edited_files(
    named: Iterable[tuple[str, str]], changed: Collection[str], prefix: str
) -> Iterator[tuple[str, str, str]]:
    """Yield which of them a change edits: the setting, the file or folder, what the change does.

    Args:
        named: Settings, and the file or folder that each names, from the top.
        changed: The files that the change edits, from the top.
        prefix: Where pytest runs, from the top, with `/` at its end; empty at the top.
    """
    for key, name in named:
        if name in changed or any(one.startswith(f"{name}/") for one in changed):
            yield key, name, f"{_TOLD[key]} in {name}"
    for name in changed:
        if posixpath.basename(name) == _ATTRIBUTES and _covers(posixpath.dirname(name), prefix):
            yield "attributes", name, f"changes what git makes of its own files in {name}"


def _covers(folder: str, prefix: str) -> bool:
    """Tell whether attributes in *folder* hold for files below *prefix*."""
    return not folder or f"{folder}/".startswith(prefix) or prefix.startswith(f"{folder}/")
