"""What a user declares that one call costs at most, where nobody can know what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from pytest_specbudget.core.money import Money

__all__ = ["Bound"]


@value
class Bound:
    """The most that one call costs, as declared.

    Attributes:
        usd: How much; inclusive.
        by: Where it was declared, as the user wrote it.
    """

    usd: Money
    by: str = ""
