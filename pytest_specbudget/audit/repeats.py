"""The runs of one test: `test_a[gpt-4o-run2]` is the second run of `test_a[gpt-4o]`.

Only whoever knows that a run repeated its tests may ask: in any other, `run2` is what a user
called a parameter.
"""

from __future__ import annotations

import re

__all__ = ["base_name", "run_id"]

_RUN = re.compile(r"(?P<mark>\[|-)run(?P<number>[1-9][0-9]*)\]$", re.ASCII)


def run_id(number: int) -> str:
    """Name the run of this *number*, from 1, as a parameter of its test."""
    return f"run{number}"


def base_name(node: str) -> tuple[str, int | None]:
    """Take the run out of a node id.

    Returns:
        The node id as it is without repeats, and the number of the run, from 1; None for a test
        that is not repeated, and for what is no test.
    """
    match = _RUN.search(node)
    if match is None:
        return node, None
    whole = node[: match.start()]
    return (whole if match["mark"] == "[" else f"{whole}]"), int(match["number"])
