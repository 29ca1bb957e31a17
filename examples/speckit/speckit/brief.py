"""What a model is told: who it is, what to do, and the documents to do it with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Brief"]

_CONSTITUTION = Path(__file__).parent.parent / "specs" / "constitution.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    stage: str
    role: str
    task: str
    document: str

    @property
    def system(self) -> str:
        rules = _CONSTITUTION.read_text(encoding="utf-8")
        return f"You are the {self.role} of /speckit.{self.stage}. {self.task}\n\n{rules}"
