"""One setting as it stands in a file, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass

__all__ = ["Line", "quoted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One setting.

    Attributes:
        toml: As it stands in the file.
        why: What the comment above it says, a sentence or more.
        active: Whether it holds; otherwise it stands there as a comment, to be completed.
    """

    toml: str
    why: str
    active: bool = True


def quoted(text: str) -> str:
    """Write *text* as a string of TOML, which takes what JSON writes."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
