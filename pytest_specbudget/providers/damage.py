"""What can be wrong with a body; a listener turns each into an unreadable reading."""

from __future__ import annotations

__all__ = ["CutError", "DamageError", "TooLongError", "UnknownEncodingError"]


class DamageError(ValueError):
    """A body that makes no sense."""


class CutError(DamageError):
    """A body that ends before what it holds does; no damage where the user stopped reading."""


class TooLongError(DamageError):
    """A document or an event that is too long to be held."""


class UnknownEncodingError(DamageError):
    """A body in an encoding for which nothing is installed."""
