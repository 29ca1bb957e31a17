"""Where evidence lies, and how much of it there is.

    evidence/costs/<SPEC>_cost_summary.json
    evidence/commands/<SPEC>/<stage>_<time>.json
    evidence/consensus/<SPEC>/<stage>_<time>_telemetry.json
    evidence/consensus/<SPEC>/<stage>_synthesis.json

Source: `seeds/`, the SPEC-KIT-070 plan and its telemetry tasks.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = [
    "NO_SPEC",
    "SOFT_LIMIT",
    "Statistics",
    "Volume",
    "command_path",
    "cost_summary_path",
    "statistics",
    "synthesis_path",
    "telemetry_path",
]

SOFT_LIMIT = 25 * 2**20
"""In bytes: above it evidence is worth a warning, and nothing more."""

NO_SPEC = "(no SPEC)"
_PORTABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_COSTS = re.compile(r"(.+)_cost_summary\.json")
_BY_SPEC = frozenset({"commands", "consensus"})


def cost_summary_path(evidence: Path, spec: str) -> Path:
    """Return where the cost summary of *spec* lies; the arguments as in `telemetry_path`."""
    return evidence / "costs" / f"{_checked(spec)}_cost_summary.json"


def command_path(evidence: Path, spec: str, stage: str, at: datetime) -> Path:
    """Return where the record of one execution lies; the arguments as in `telemetry_path`."""
    return evidence / "commands" / _checked(spec) / f"{_checked(stage)}_{_written(at)}.json"


def telemetry_path(evidence: Path, spec: str, stage: str, at: datetime) -> Path:
    """Return where the record of a consensus lies.

    Args:
        evidence: The folder of evidence.
        spec: The SPEC.
        stage: The stage, such as `spec-plan`.
        at: When it was reached; aware.

    Raises:
        ValueError: If a name is not one that every file system takes, or *at* is naive.
    """
    name = f"{_checked(stage)}_{_written(at)}_telemetry.json"
    return evidence / "consensus" / _checked(spec) / name


def synthesis_path(evidence: Path, spec: str, stage: str) -> Path:
    """Return where the result of a consensus lies; the arguments as in `telemetry_path`."""
    return evidence / "consensus" / _checked(spec) / f"{_checked(stage)}_synthesis.json"


@dataclass(slots=True)
class Volume:
    """How many files there are, and how large they are together, in bytes."""

    files: int = 0
    bytes: int = 0

    def add(self, size: int) -> None:
        """Count one file."""
        self.files += 1
        self.bytes += size


@dataclass(slots=True)
class Statistics:
    """How much evidence there is.

    Attributes:
        total: All of it.
        by_spec: By SPEC, sorted; `NO_SPEC` for what belongs to none.
        unread: Files and folders whose size could not be read, each with the reason.
    """

    total: Volume = field(default_factory=Volume)
    by_spec: dict[str, Volume] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    @property
    def is_heavy(self) -> bool:
        """Whether it is more than the soft limit."""
        return self.total.bytes > SOFT_LIMIT


def statistics(evidence: Path) -> Statistics:
    """Measure everything below *evidence*; links are not followed, and no file is opened."""
    found = Statistics()
    for path in _files(evidence, found):
        try:
            size = path.lstat().st_size
        except OSError as problem:
            found.unread.append(str(problem))
            continue
        found.total.add(size)
        found.by_spec.setdefault(_spec_of(path.relative_to(evidence)), Volume()).add(size)
    found.by_spec = dict(sorted(found.by_spec.items()))
    return found


def _files(evidence: Path, found: Statistics) -> Iterator[Path]:
    walk = os.walk(evidence, onerror=lambda problem: found.unread.append(str(problem)))
    for folder, _, names in walk:
        yield from (Path(folder) / name for name in sorted(names))


def _spec_of(path: Path) -> str:
    """Return the SPEC that the file at *path*, below the folder of evidence, belongs to."""
    kind, *rest = path.parts
    if kind in _BY_SPEC and len(rest) > 1:
        return rest[0]
    costs = _COSTS.fullmatch(path.name) if kind == "costs" else None
    return costs[1] if costs else NO_SPEC


def _checked(name: str) -> str:
    if not _PORTABLE.fullmatch(name):
        raise ValueError(
            f'"{name}" cannot be part of a path: use letters, digits, ".", "_" and "-", at most 80'
        )
    return name


def _written(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
