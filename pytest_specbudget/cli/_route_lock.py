"""The lock of a routing table: what was agreed on, so that no change goes unseen.

It holds the canonical table, the money that stands in the same file, and the digest of both, as
JSON that is read in review.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.canonical import agreed, checksum
from pytest_specbudget.routing.checking import differences

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.routing.values import RoutingTable

__all__ = ["Checked", "check", "write"]

_UPDATE = "`specbudget route --check --update`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A table beside its lock.

    Attributes:
        locked: The digest that was agreed on, or None if there is no lock.
        now: The digest of the table and its money.
        differences: What changed, a sentence each.
    """

    locked: str | None
    now: str
    differences: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the table is the one that was agreed on."""
        return self.locked == self.now


def check(table: RoutingTable, path: Path) -> Checked:
    """Hold *table* against the lock at *path*.

    Raises:
        SettingError: If the lock cannot be read, or was changed by hand.
    """
    document = agreed(table)
    now = checksum(document)
    if not path.exists():
        return Checked(locked=None, now=now)
    lock = _read(path)
    changes = differences(lock["table"], document)
    return Checked(locked=lock["sha256"], now=now, differences=tuple(changes))


def write(table: RoutingTable, path: Path) -> None:
    """Agree on *table*.

    Raises:
        SettingError: If the lock cannot be written.
    """
    table_and_money = agreed(table)
    document = {"sha256": checksum(table_and_money), "table": table_and_money}
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False)
    try:
        path.write_bytes(f"{text}\n".encode())
    except OSError as error:
        raise SettingError([f"{path} cannot be written: {reason_of(error)}"]) from error


def _odd(error: Exception) -> str:
    if isinstance(error, TypeError | LookupError):
        return 'it has no "table" with its "sha256"'
    return reason_of(error)


def _read(path: Path) -> dict[str, Any]:
    try:
        lock = json.loads(path.read_bytes())
        whole = isinstance(lock["table"], dict) and lock["sha256"] == checksum(lock["table"])
    except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
        told = f"{path} is no lock of a routing table: {_odd(error)}; write it anew with {_UPDATE}"
        raise SettingError([told]) from error
    if not whole:
        raise SettingError([f"{path} was changed by hand; write it anew with {_UPDATE}"])
    found: dict[str, Any] = lock
    return found
