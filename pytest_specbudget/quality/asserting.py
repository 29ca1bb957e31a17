"""What a failed check says, for a model that tries again and for people.

It becomes part of a prompt, and a recording answers only the prompt that it was recorded with.  So
it is what the user wrote and nothing that changes from run to run: not what pytest adds to a failed
assertion, which quotes the answer and objects, and no address of any object.
"""

from __future__ import annotations

import re

__all__ = ["asserted", "steady"]

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{4,}")
_ADDED = "assert "
"""What the first line begins with that pytest adds; a message of several lines is indented then.

Source: `_format_explanation` of `_pytest/assertion/util.py`, pytest 9.2.0."""


def asserted(error: AssertionError, check: str) -> str:
    """Return the user's own words in *error*, or that *check* does not hold, if there are none."""
    own: list[str] = []
    for line in str(error).splitlines():
        if line.startswith(_ADDED):
            break
        own.append(line)
    return steady("\n".join(own).strip()) or f'what "{check}" asserts does not hold'


def steady(text: str) -> str:
    """Return *text* without addresses in memory."""
    return _ADDRESS.sub("", text)
