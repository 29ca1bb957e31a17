"""JSON in the answers of models: exact, and safe to walk.

Fractions stay decimals, so that 0.1 is a tenth.  What is nested deeper than anybody asks a model
for is refused, so that no walk over a document can run out of stack.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["found", "parsed", "unfenced"]

_DEEPEST = 100
_TRIES = 20
"""At how many places a document is looked for in prose."""
_FENCED = re.compile(r"^```[\w-]*[ \t]*\n(?P<inside>.*?)\n?```[ \t]*$", re.DOTALL | re.MULTILINE)
_OPENING = re.compile(r"[\[{]")


def parsed(text: str) -> Any:
    """Return the JSON value that *text* is, with decimals for fractions.

    Raises:
        ValueError: If it is not one whole JSON value, holds NaN or Infinity, or is nested deeper
            than 100 levels.
    """
    try:
        return _shallow(_DECODER.decode(text.strip()))
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def unfenced(text: str) -> str:
    """Return what the one code fence in *text* holds, where nothing else stands around it."""
    fence = _FENCED.fullmatch(text.strip())
    return fence["inside"] if fence is not None else text


def found(text: str) -> Any:
    """Return the first JSON object or list in *text*, wherever it stands.

    Raises:
        ValueError: If there is none.
    """
    for start in (0, *_starts(text)):
        try:
            return _shallow(_DECODER.raw_decode(text, start)[0])
        except (ValueError, RecursionError):
            continue
    raise ValueError("it holds no JSON")


def _starts(text: str) -> Iterator[int]:
    return (each.start() for each in islice(_OPENING.finditer(text), _TRIES))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _shallow(document: Any) -> Any:
    """Return *document* if it is not nested too deeply."""
    level = [document]
    for _ in range(_DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return document
    raise ValueError(_TOO_DEEP)


def _inside(document: Any) -> Iterator[Any]:
    if isinstance(document, dict):
        yield from document.values()
    elif isinstance(document, list):
        yield from document


_TOO_DEEP = f"it is nested deeper than {_DEEPEST} levels"
_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse)
