"""Values: dataclasses that are frozen for the type checker, and quick to make.

A dataclass that is frozen while it runs sets every field through `object.__setattr__`, which takes
five times as long as setting it.  A metered call makes values of ninety fields while the user's
test waits, so that would be a tenth of all that metering may add to it.  `mypy --strict` refuses to
set a field all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

__all__ = ["ordered_value", "quick_value", "value"]

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def value(cls: type[_T]) -> type[_T]:
    """Make *cls* a dataclass with slots, made by keyword and compared by what it holds."""
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def quick_value(cls: type[_T]) -> type[_T]:
    """Make *cls* such a value that may be made by position, too, as each metered call makes some.

    A class that is called by keyword makes a dict of its keywords first and takes it apart again
    (CPython 3.11), so that a value of twenty fields takes twice as long.  Where one is made by
    position, what is given has the name of its field, and the order is that of the class.
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)


@dataclass_transform(frozen_default=True, order_default=True, field_specifiers=(field,))
def ordered_value(cls: type[_T]) -> type[_T]:
    """Make *cls* such a quick value whose instances have an order."""
    return dataclass(slots=True, unsafe_hash=True, order=True)(cls)
