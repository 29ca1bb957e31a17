"""Who raised what ended an attempt: the client itself, or somebody that it asked.

Where no network was reached, a client that was closed, or that found nobody at an address, cannot
be told from a fake by anything else.
"""

from __future__ import annotations

from traceback import walk_tb

__all__ = ["raised_by"]


def raised_by(error: BaseException) -> str:
    """Return the name of the module in whose code *error* was raised, or an empty one."""
    module = ""
    for frame, _ in walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
    return module
