"""SPECs as documents: reading them, numbering them, finding the nearest one.

Numbering is arithmetic, so it costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from speckit.ask import embed
from speckit.models import EMBEDDER

__all__ = ["Spec", "evidence", "load", "nearest", "next_spec_id"]

_HOME = Path(__file__).parent.parent / "specs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    id: str
    text: str

    @property
    def criteria(self) -> list[str]:
        """The names of the acceptance criteria: AC1, AC2, ..."""
        return re.findall(r"^- \*\*(AC\d+)\*\*", self.text, re.MULTILINE)


def load(spec_id: str) -> Spec:
    return Spec(id=spec_id, text=(_HOME / f"{spec_id}.md").read_text(encoding="utf-8"))


def evidence(spec_id: str) -> str:
    """What has been built and measured so far."""
    return (_HOME / "measured" / f"{spec_id}.md").read_text(encoding="utf-8")


def next_spec_id(area: str, taken: list[str]) -> str:
    """One more than the highest number that *area* has used."""
    numbers = [int(each.rpartition("-")[2]) for each in taken if each.startswith(f"SPEC-{area}-")]
    return f"SPEC-{area}-{max(numbers, default=0) + 1:03}"


def nearest(description: str, specs: list[Spec]) -> Spec:
    """The SPEC that says what *description* says, so that nobody writes it twice."""
    wanted, *known = embed(EMBEDDER, [description, *(spec.text for spec in specs)])
    likeness = [sum(a * b for a, b in zip(wanted, each, strict=True)) for each in known]
    return specs[likeness.index(max(likeness))]
