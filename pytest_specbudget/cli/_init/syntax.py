"""What is asked of any syntax tree; nothing is run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Function", "last_names", "statements", "text_of"]

Function = ast.FunctionDef | ast.AsyncFunctionDef


def last_names(written: Iterable[ast.expr]) -> set[str]:
    """Return the last name of each decorator or base."""
    called = (one.func if isinstance(one, ast.Call) else one for one in written)
    return {
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in called
        if isinstance(one, ast.Attribute | ast.Name)
    }


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield every statement, also those inside of others; expressions are not looked into."""
    waiting = [*body]
    while waiting:
        one = waiting.pop()
        yield one
        for within in ("body", "orelse", "finalbody"):
            waiting += getattr(one, within, ())
        for other in (*getattr(one, "handlers", ()), *getattr(one, "cases", ())):
            waiting += other.body


def text_of(node: ast.expr) -> str | None:
    """Return the text that *node* is, or None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
