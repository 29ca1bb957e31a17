"""When models stop to answer, so that a recording of one cannot be made anew.

Values in, values out, but for `load_lifecycles`, which reads the file that is shipped.  The days
are those that providers announced; `data/lifecycles.toml` has the source of each.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.prices.names import short_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

__all__ = ["Lifecycles", "Retirement", "load_lifecycles"]

_SHIPPED = Path(__file__).parent / "data" / "lifecycles.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """The end of some models.

    Attributes:
        provider: Short name; another provider may serve the same models longer.
        models: Their ids, exactly.
        on: The day from which requests fail (UTC).
        source: Where that was read.
        replacement: What the provider recommends instead; empty if nothing was read.
    """

    provider: str
    models: tuple[str, ...]
    on: date
    source: str
    replacement: str = ""


@dataclass(frozen=True, kw_only=True)
class Lifecycles:
    """What is known about the ends of models.

    Attributes:
        checked: The day on which the sources were read.
        entries: In the order of their file.
    """

    checked: date
    entries: tuple[Retirement, ...] = field(default=())

    def retired(self, provider: str, model: str, at: datetime) -> Retirement | None:
        """Return how *model* ended, if it has; None for one that answers, or is unknown.

        Args:
            provider: By any of its names.
            model: Its id, exactly as it was asked for or answered; nothing is guessed from a part.
            at: The instant that counts, aware; the day of retirement itself is past the end.
        """
        entry = self._by_model.get((short_name(provider), model))
        return entry if entry is not None and entry.on <= at.date() else None

    @cached_property
    def _by_model(self) -> Mapping[tuple[str, str], Retirement]:
        return {(one.provider, model): one for one in self.entries for model in one.models}


def load_lifecycles(path: Path = _SHIPPED) -> Lifecycles:
    """Read the file of ends.

    Raises:
        OSError, ValueError, KeyError, TypeError: If it is none; the shipped one is held by a test.
    """
    document = tomllib.loads(path.read_text("utf-8"))
    entries = tuple(
        Retirement(**{**entry, "models": tuple(entry["models"])}) for entry in document["retired"]
    )
    return Lifecycles(checked=document["checked"], entries=entries)
