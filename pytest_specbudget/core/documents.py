"""JSON that others wrote, decoded.

Every answer of a model is decoded while the user's test waits.  pydantic's own parser takes a
quarter of the time of `json`; what it refuses and `json` accepts, such as half of a surrogate
pair, is decoded by `json` all the same.

Source: https://docs.pydantic.dev/latest/concepts/json/ (checked 2026-11-22); `from_json` and `json`
gave equal values, or both none, for what `tests/core/test_documents.py` holds against them.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic_core import from_json

__all__ = ["decode"]


def decode(data: bytes) -> Any:
    """Return the value that *data* is the JSON of; bytes that are no UTF-8 become U+FFFD.

    Raises:
        ValueError: If it is not one whole JSON value, or one that is nested too deeply.
    """
    try:
        return from_json(data)
    except ValueError:
        return _decode_patiently(data)


def _decode_patiently(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig", "replace"))
    except RecursionError:
        raise ValueError("it is nested too deep") from None
