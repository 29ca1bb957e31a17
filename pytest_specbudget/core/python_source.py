"""Python that is read and never run: the files of users, by their syntax alone."""

from __future__ import annotations

import ast
import warnings

__all__ = ["NO_PYTHON", "tree_of"]

NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `tree_of` raises where a source is no Python, or nested deeper than its reader goes."""


def tree_of(source: str | bytes) -> ast.Module:
    """Return the syntax of a module; what Python would warn of in it is not told.

    An odd escape in the file of a user is nobody's matter here, and where warnings are errors it
    is no reason to leave the file out.

    Raises:
        SyntaxError: If Python would not take it.
        ValueError: Likewise, up to Python 3.11.3 for a null byte.
        RecursionError: If it is nested too deep.
        MemoryError: Likewise.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)
