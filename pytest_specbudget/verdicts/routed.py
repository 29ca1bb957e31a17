"""What routing says of one run, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.routing.kpis import Kpi

__all__ = ["Allowed", "Routing", "Told"]

Told = tuple[str, str]
"""The text of a routing table, and where it stood."""

Allowed = dict[str, tuple[tuple[str, ...], str]]
"""By node, the tiers that a marker allows it, and where that was said."""


@dataclass(frozen=True, slots=True)
class Routing:
    """What routing says of one run.

    Attributes:
        gates: What it is held to.
        kpis: How it was routed; empty where nothing was.
        enforces: Whether a limit of its own asks for the gate, as any limit does: tiers that a
            marker allows, a ceiling of a command in the table.
        doubts: A sentence for each name that the table does not have.
    """

    gates: tuple[Gate, ...] = ()
    kpis: tuple[Kpi, ...] = field(default_factory=tuple)
    enforces: bool = False
    doubts: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """The figures in one sentence, and the doubts, for people."""
        told = [f"{kpi.says} {kpi.value} (default target: {kpi.target})" for kpi in self.kpis]
        return (*((f"routing: {'; '.join(told)}",) if told else ()), *self.doubts)
