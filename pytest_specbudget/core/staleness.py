"""What a charge keeps where a recording of another request answered it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from pytest_specbudget.core.money import Money

__all__ = ["Staleness"]


@value
class Staleness:
    """What a charge keeps of a mismatch: what was recorded, beside what it would be now.

    Attributes:
        places: As in the `Mismatch`.
        foreign: Likewise.
        excused: Likewise; such a call is a hit.
        listed: Whether the file of known staleness lists just this one.
        model: The model that the recording was charged for, or None where none is named.
        input_tokens: As the recording counts them, or None if it does not.
        list_cost: What the recorded request would cost at the same prices, or None if unknown.
    """

    places: tuple[str, ...]
    foreign: bool = False
    excused: bool = False
    listed: bool = False
    model: str | None = None
    input_tokens: int | None = None
    list_cost: Money | None = None
