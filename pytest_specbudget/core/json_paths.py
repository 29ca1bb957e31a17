"""Places in a JSON document, named as JSONPath names them: `$.messages[*].content`.

Only what names a place: keys, positions and `*` for any of them.  No filters, no slices, no `..`.

Source: RFC 9535, sections 2.3.1 to 2.3.3 (name, wildcard and index selectors), checked 2026-11-22.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["JsonPath", "drop", "place"]

_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]'"*\s]+)|\['(?P<quoted>[^']+)'\]|\[(?P<index>\d+)\]|(?P<any>\.\*|\[\*\])"""
)
_PLAIN = re.compile(r"[^.\[\]'\"*\s]+")
_ANY = None

Step = str | int | None
"""A key, a position, or None for any."""


@value
class JsonPath:
    """One place, or many where it holds a `*`.

    Attributes:
        text: As it was written.
        steps: From the root inwards; never empty.
    """

    text: str
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, text: str) -> JsonPath:
        """Understand *text*.

        Raises:
            ValueError: If it is no path, or names the whole document.
        """
        steps: list[Step] = []
        at = 1
        while text[:1] == "$" and (found := _STEP.match(text, at)):
            steps.append(_step(found))
            at = found.end()
        if not steps or at != len(text):
            raise ValueError(
                f'"{text}" is no path into a request; write one like $.store or '
                "$.messages[*].content"
            )
        return cls(text=text, steps=tuple(steps))


def place(steps: Iterable[str | int]) -> str:
    """Name the place that *steps* lead to, with `*` for every position in a list."""
    return "$" + "".join(map(_named, steps))


def drop(document: Any, paths: Iterable[JsonPath]) -> None:
    """Take what *paths* name out of *document*, in place; a position in a list becomes null."""
    for path in paths:
        _drop(document, path.steps)


def _step(found: re.Match[str]) -> Step:
    if found["index"]:
        return int(found["index"])
    return found["name"] or found["quoted"] or _ANY


def _named(step: str | int) -> str:
    if isinstance(step, int):
        return "[*]"
    return f".{step}" if _PLAIN.fullmatch(step) else f"['{step}']"


def _drop(node: Any, steps: Sequence[Step]) -> None:
    first, rest = steps[0], steps[1:]
    for key in _keys(node, first):
        if rest:
            _drop(node[key], rest)
        elif isinstance(node, dict):
            del node[key]
        else:
            node[key] = None


def _keys(node: Any, step: Step) -> list[Any]:
    """Return the keys or positions of *node* that *step* means."""
    if isinstance(node, dict):
        return list(node) if step is _ANY else [step] if step in node else []
    if isinstance(node, list):
        if step is _ANY:
            return list(range(len(node)))
        return [step] if isinstance(step, int) and step < len(node) else []
    return []
