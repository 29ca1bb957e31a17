"""Which model does what.  Cheap models do most of the work; premium ones decide what matters.

`SPECKIT_CHECKER` names another model for the checks, to see what that would cost.
"""

from __future__ import annotations

import os

__all__ = [
    "AGGREGATOR",
    "ANALYST",
    "ARBITER",
    "CHECKER",
    "CODER",
    "EMBEDDER",
    "SENIOR",
    "WRITER",
]

ANALYST = "gemini-2.0-flash"
WRITER = "claude-3-5-haiku-20241022"
CHECKER = os.environ.get("SPECKIT_CHECKER", "gpt-4o-mini")
CODER = "gpt-4o-mini"
EMBEDDER = "text-embedding-3-small"

AGGREGATOR = "gpt-4o"
SENIOR = "claude-sonnet-4-20250514"
ARBITER = "gemini-2.5-pro"
