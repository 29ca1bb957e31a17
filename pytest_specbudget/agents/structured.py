"""Answers that shall be JSON: what a schema asks for, and what an answer says as JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.documents import decode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.agents.values import Question, Reply

__all__ = ["is_strict", "parsed", "subschemas", "understood"]

_FENCED = re.compile(r"\s*```(?:json)?[ \t]*\n(.*)\n?```\s*", re.DOTALL | re.IGNORECASE)
_NESTED = ("items", "additionalProperties", "not", "contains", "prefixItems")
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
_LISTED = ("anyOf", "allOf", "oneOf", "prefixItems")
_NEVER_STRICT = frozenset(
    {"allOf", "oneOf", "not", "if", "then", "else", "default", "patternProperties"}
    | {"dependentRequired", "dependentSchemas"}
)


def understood(reply: Reply, question: Question) -> Reply:
    """Return *reply* with what it says as JSON, if *question* asks for JSON."""
    if question.schema is None or reply.parsed is not None:
        return reply
    return replace(reply, parsed=parsed(reply.text))


def parsed(text: str) -> object | None:
    """Return the JSON that *text* is, perhaps in a fence of Markdown; None where it is none."""
    fenced = _FENCED.fullmatch(text)
    try:
        found: object = decode((fenced[1] if fenced else text).encode("utf-8", "surrogatepass"))
    except ValueError:
        return None
    return found


def is_strict(schema: Mapping[str, Any]) -> bool:
    """Tell whether every object in *schema* names all it holds, and requires all it names.

    OpenAI refuses to be strict about any other, and about some words of JSON schema.

    Source: what `lib/_pydantic.py` of openai 3.54.0 makes of a schema to have it strict.
    """
    every = subschemas(schema)
    plain = not any(_NEVER_STRICT & each.keys() for each in every)
    return plain and schema.get("type") == "object" and all(map(_is_closed, every))


def subschemas(schema: Any) -> list[Mapping[str, Any]]:
    """Return *schema* and every schema within it."""
    if not isinstance(schema, dict):
        return []
    inner: list[Any] = [schema.get(name) for name in _NESTED]
    inner += [one for name in _NAMED for one in _values(schema.get(name))]
    inner += [one for name in _LISTED for one in _items(schema.get(name))]
    return [schema, *(found for one in inner for found in subschemas(one))]


def _is_closed(schema: Mapping[str, Any]) -> bool:
    properties = schema.get("properties")
    if properties is None and schema.get("type") != "object":
        return True
    required = set(_items(schema.get("required")))
    return schema.get("additionalProperties") is False and required == {*(properties or {})}


def _values(found: Any) -> list[Any]:
    return [*found.values()] if isinstance(found, dict) else []


def _items(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
