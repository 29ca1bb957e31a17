"""How large a recording may be."""

from __future__ import annotations

__all__ = ["MAX_BYTES"]

MAX_BYTES = 256 << 20
"""The largest recording that is read, unpacked."""
