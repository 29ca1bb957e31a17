"""One measurement of how good an answer was, or how far two answers agree."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.value import value

__all__ = ["Score", "ScoreKind", "share"]

ScoreKind = Literal["quality", "agreement"]


@value
class Score:
    """One measurement, from 0 (as bad as can be, no agreement) to 1.

    Attributes:
        kind: What was measured.
        value: Exact, 0 to 1.
        metric: How, with its version: `fields/1`, `validator:schema/1`.
        case: What was measured: a name that stays the same from run to run.
        test: The node id.
        spec: The SPEC, or `(unassigned)`.
        command: The command, or None.
        stage: The stage, or None.
        tier: The tier that answered, or None.
        live: Whether any answer behind it came from a provider in this run, so that another run may
            measure something else.
    """

    kind: ScoreKind
    value: Fraction
    metric: str
    case: str
    test: str = "<late>"
    spec: str = UNASSIGNED
    command: str | None = None
    stage: str | None = None
    tier: str | None = None
    live: bool = False


def share(amount: str | float | Fraction) -> Fraction:
    """Understand a number from 0 to 1, exactly as it is written.

    A float is taken for the decimal that Python prints for it, so that 0.85 is 85 hundredths.

    Raises:
        ValueError: If it is no number from 0 to 1.
    """
    try:
        number = amount if isinstance(amount, Fraction) else Fraction(str(amount))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{amount!r} is no number; write one from 0 to 1, like 0.85") from None
    if isinstance(amount, bool) or not 0 <= number <= 1:
        raise ValueError(f"{amount!r} is not between 0 and 1")
    return number
