"""What the stages hand on, and how it is read from a model's words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

__all__ = [
    "Coverage",
    "Decision",
    "Finding",
    "Patch",
    "Plan",
    "Step",
    "Task",
    "code_in",
    "json_in",
]

_FENCE = re.compile(r"```(?:\w+)?\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    title: str
    description: str
    success: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the drafts agreed on, and where they did not."""

    steps: tuple[Step, ...]
    risks: tuple[str, ...]
    conflicts: tuple[str, ...]

    @classmethod
    def read(cls, words: str) -> Plan:
        said = json_in(words)
        return cls(
            steps=tuple(Step(**step) for step in said["steps"]),
            risks=tuple(said["risks"]),
            conflicts=tuple(said["conflicts"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    id: str
    title: str
    done_when: str
    needs: tuple[str, ...] = ()

    @classmethod
    def read(cls, said: dict[str, Any]) -> Task:
        return cls(**{**said, "needs": tuple(said.get("needs", ()))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Code that a judge has accepted, or the last that it has not."""

    code: str
    author: str
    accepted: bool
    objections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which acceptance criteria the planned tests cover."""

    cases: tuple[str, ...]
    covered: tuple[str, ...]
    uncovered: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    severity: str
    title: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Ship only if everyone who was asked says so."""

    votes: dict[str, str]
    reasons: dict[str, str]

    @property
    def ship(self) -> bool:
        return set(self.votes.values()) == {"ship"}


def code_in(words: str) -> str:
    """The first fenced block, or everything where there is no fence."""
    fenced = _FENCE.search(words)
    return fenced.group(1) if fenced else words


def json_in(words: str) -> Any:
    return json.loads(code_in(words))
