"""The calls of a test as a stored baseline keeps them: what counts in a comparison, and no more.

A line is a *kind* of call: calls that consumed the same for the same request are one line, with how
many there were.  Its keys are those of a journal's `charge` line, without what differs from run to
run for no reason: ids, workers, durations, the instant of a replay.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.journal.lines import charge_line
from pytest_specbudget.journal.schema import ChargeLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge

__all__ = ["charges_of", "lines_of"]

_Object = dict[str, Any]

_TIMES = "times"
_OWNER = ("spec", "command", "stage", "phase")
_CALL = (
    *("host", "fingerprint", "source", "outcome", "answered_at"),
    *("role", "tier", "bound", "list_cost"),
)
_READING = (
    *("provider", "operation", "request_model", "response_model", "real_model"),
    *("service_tier", "region", "free", "counted", "usage_state", "usage", "parts"),
)
_ROUTED = ("role", "tier", "slot", "attempt", "escalated")
_USUAL = {"spec": UNASSIGNED, "source": "replay", "outcome": "answered", "usage_state": "complete"}
_LIVE = ("live", "record")
_TO_THE_MINUTE = len("2026-11-22T09:00")
_MOST_TIMES = 1_000_000  # what claims more is no suite, and would fill the memory

_encode = json.JSONEncoder(separators=(", ", ": ")).encode


def lines_of(charges: Iterable[Charge]) -> list[str]:
    """Return one JSON object for each kind of call among *charges*, sorted.

    Attempts that failed come before others of the same request, as a retry follows what it repeats.
    """
    counted = Counter(_encode(_told(charge)) for charge in charges)
    return sorted((_with_times(*kind) for kind in counted.items()), key=_place)


def charges_of(test: str, line: object, ids: Iterator[str]) -> Iterator[Charge]:
    """Yield the charges of *test* that *line* stands for, each with the next of *ids*.

    Raises:
        ValueError: If it makes no sense.
    """
    told = _USUAL | _object(line, "a call")
    reading = _USUAL | _object(told.get("reading"), "reading")
    owner = {name: told[name] for name in _OWNER if name in told}
    values = {"at": "", **told, "kind": "charge", "id": "", "reading": reading}
    values["attribution"] = {**owner, "test": test, "when": "call"}
    if "routed" in told:
        values["routed"] = {"task": "", **_object(told["routed"], "routed")}
    charge = ChargeLine.model_validate(values).charge()
    return (replace(charge, id=next(ids)) for _ in range(_times(told)))


def _told(charge: Charge) -> _Object:
    line: _Object = json.loads(charge_line(charge))
    told = _of(line["attribution"], _OWNER) | _of(line, _CALL)
    if charge.source in _LIVE:
        # A price may depend on the minute; a finer instant would make each call a kind of its own.
        told["at"] = f"{charge.at[:_TO_THE_MINUTE]}Z"
    told["reading"] = _of(line["reading"], _READING)
    if "routed" in line:
        told["routed"] = _of(line["routed"], _ROUTED)
    return told


def _of(values: _Object, names: Iterable[str]) -> _Object:
    """Return those of *values* that are called so and say more than is usual."""
    return {
        name: values[name]
        for name in names
        if name in values and values[name] != _USUAL.get(name, ...)
    }


def _with_times(kind: str, times: int) -> str:
    return kind if times == 1 else f'{kind[:-1]}, "{_TIMES}": {times}}}'


def _place(line: str) -> tuple[str, bool, str]:
    told = json.loads(line)
    return told.get("fingerprint") or "", told.get("outcome") != "failed", line


def _object(value: object, name: str) -> _Object:
    if not isinstance(value, dict):
        raise ValueError(f"{name} should be an object")  # noqa: TRY004 -- as all else that makes no sense
    return value


def _times(told: _Object) -> int:
    times = told.get(_TIMES, 1)
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= _MOST_TIMES:
        raise ValueError(f'"{_TIMES}" should be a whole number of 1 to {_MOST_TIMES:,}')
    return times
