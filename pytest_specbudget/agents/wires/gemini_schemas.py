"""JSON schemas in the few words of Google's own `responseSchema`.

Source: `types.Schema` of google-genai 3.4.0: types in capitals, `nullable` for null, enumerations
of texts alone, no references; what only restricts names of further properties may be left out.
"""

from __future__ import annotations

from typing import Any

__all__ = ["response_schema"]

_KEPT = frozenset(
    {"title", "description", "format", "pattern", "enum", "required", "propertyOrdering", "example"}
    | {"minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength"}
    | {"minProperties", "maxProperties", "default", "nullable"}
)
_NEEDLESS = frozenset({"$schema", "$id", "$comment", "additionalProperties", "examples"})


class _UnsayableError(ValueError):
    """The words do not reach."""


def response_schema(schema: Any) -> dict[str, Any] | None:
    """Return *schema* in Google's words; None where they do not reach."""
    try:
        return _said(schema)
    except _UnsayableError:
        return None


def _said(schema: Any) -> dict[str, Any]:
    if not isinstance(schema, dict):
        raise _UnsayableError
    said: dict[str, Any] = {}
    for word, value in schema.items():
        said |= _word(word, value)
    return said


def _word(word: str, value: Any) -> dict[str, Any]:
    match word, value:
        case "type", _:
            said = _type(value)
        case "properties", dict():
            said = {word: {name: _said(inner) for name, inner in value.items()}}
        case "items", _:
            said = {word: _said(value)}
        case "anyOf", list():
            said = {word: [_said(inner) for inner in value]}
        case "enum", list() if not all(isinstance(one, str) for one in value):
            raise _UnsayableError
        case _ if word in _KEPT:
            said = {word: value}
        case _ if word in _NEEDLESS and not isinstance(value, dict):
            said = {}
        case _:
            raise _UnsayableError
    return said


def _type(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"type": value.upper()}
    if isinstance(value, list):
        others = [one for one in value if one != "null"]
        if len(others) == 1 and isinstance(others[0], str):
            return {"type": others[0].upper(), "nullable": True}
    raise _UnsayableError
