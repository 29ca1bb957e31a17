"""How alike two texts are; a measure to look at, and a poor one to judge by.

Among 215 pairs of programs with the same result only 12 % reached a likeness of 0.9, so this is
used on request alone: never by default, and by its own name.

Source: the notes of this project on quality, 2.3.4 (checked 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from importlib.util import find_spec
from typing import Literal

from pytest_specbudget.quality.canonical import words

__all__ = ["NAME", "VERSION", "Engine", "Texts", "likeness"]

NAME = "text"
VERSION = 1

Engine = Literal["difflib", "rapidfuzz"]
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Texts:
    """Likeness as a metric.

    The engine is part of the name, so that a run on another machine, with another package
    installed, never passes for the same measurement.

    Attributes:
        engine: `difflib` compares words in their order; `rapidfuzz` compares sets of words.
    """

    engine: Engine = "difflib"

    @property
    def name(self) -> str:
        """`text-difflib/1` or `text-rapidfuzz/1`."""
        return f"{NAME}-{self.engine}/{VERSION}"

    def __call__(self, first: str, second: str) -> Fraction:
        """Return how alike two texts are, from 0 to 1, in either order."""
        one, other = sorted((words(first), words(second)))
        return _by_set(one, other) if self.engine == "rapidfuzz" else _by_order(one, other)


def likeness(first: str, second: str, engine: Engine | None = None) -> Fraction:
    """Return how alike two texts are, from 0 to 1.

    Args:
        first: A text.
        second: Another.
        engine: How; None takes `rapidfuzz` where it is installed, else `difflib`.

    Raises:
        ModuleNotFoundError: If `rapidfuzz` is asked for and not installed.
    """
    return Texts(engine or ("rapidfuzz" if find_spec("rapidfuzz") else "difflib"))(first, second)


def _by_order(first: list[str], second: list[str]) -> Fraction:
    from difflib import SequenceMatcher  # noqa: PLC0415  only who asks for it pays for it

    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    both = len(first) + len(second)
    return Fraction(2 * sum(block.size for block in blocks), both) if both else Fraction(1)


def _by_set(first: list[str], second: list[str]) -> Fraction:
    try:
        fuzz = import_module("rapidfuzz.fuzz")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "comparing texts with rapidfuzz needs the package: pip install rapidfuzz"
        ) from error
    return Fraction(str(fuzz.token_set_ratio(" ".join(first), " ".join(second)))) / _PERCENT
