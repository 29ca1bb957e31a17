"""What runs tell of themselves beside their calls: whether they were whole, and their ceilings.

A history keeps calls alone, so this is known of runs only whose journals are still there.  Journals
are searched for the few lines that tell, since a project keeps thousands of them; what is damaged,
whoever reads the calls says.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pytest_specbudget.bookkeeping.endings import ENDED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.value import value
from pytest_specbudget.errors import MoneyError
from pytest_specbudget.journal.below import journals_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["RunFacts", "facts_of_runs"]

_TELLING = re.compile(rb'"(?:header|settings|partial|ended)"')
_PARTIAL, _SETTINGS = "partial", "settings"


@value
class RunFacts:
    """What is known of one run.

    Attributes:
        is_part: Whether tests of the suite were left out, or it was broken off.
        ceilings: What each SPEC was held to; None stands for every other one.
    """

    is_part: bool
    ceilings: Mapping[str | None, Money]

    def ceiling_of(self, spec: str) -> Money | None:
        """Return what *spec* was held to, or None if it was held to nothing."""
        return self.ceilings.get(spec, self.ceilings.get(None))


def facts_of_runs(places: Iterable[Path]) -> dict[str, RunFacts]:
    """Return what the journals at or below *places* tell, by the names of their runs."""
    events: dict[str, list[dict[str, Any]]] = {}
    for place in places:
        for file in [place] if place.is_file() else sorted(journals_below(place)):
            run, told = _told(file)
            if run is not None:
                events.setdefault(run, []).extend(told)
    return {run: _facts(told) for run, told in events.items()}


def _told(file: Path) -> tuple[str | None, list[dict[str, Any]]]:
    """Return the run that *file* is of, and the events that tell of it."""
    run, events = None, []
    for line in _lines(file):
        if line.get("kind") == "header":
            run = str(line.get("run"))
        elif line.get("kind") == "event" and isinstance(line.get("values"), dict):
            events.append(line)
    return run, events


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    if file.suffix != ".jsonl":
        return
    try:
        found = [line for line in file.read_bytes().splitlines() if _TELLING.search(line)]
    except OSError:
        return
    for line in found:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            yield told


def _facts(events: Iterable[dict[str, Any]]) -> RunFacts:
    is_part = False
    ceilings: dict[str | None, Money] = {}
    for told in events:
        name, values = told.get("event"), told["values"]
        if name == _PARTIAL:
            is_part = True
        elif name == ENDED:
            is_part |= any(values.get(key) is not None for key in ("early", "why"))
        elif name == _SETTINGS and not ceilings:
            ceilings = dict(_ceilings(values.get("limits")))
    return RunFacts(is_part=is_part, ceilings=ceilings)


def _ceilings(limits: Any) -> Iterator[tuple[str | None, Money]]:
    for limit in limits if isinstance(limits, list) else ():
        try:
            scope, subject, ceiling, _ = limit
            if scope == "spec":
                yield subject, Money.parse(ceiling)
        except (MoneyError, TypeError, ValueError):
            continue
