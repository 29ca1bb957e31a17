"""What we rely on of SARIF 2.1.0, as a JSON Schema.

Source: SARIF 2.1.0 (OASIS, with errata 01): sections 3.13 (log), 3.14 (run), 3.17 to 3.19 (tool),
3.27 (result), 3.29 (physical location), 3.49 (rule); and what docs.github.com, "SARIF support for
code scanning", requires beyond it: a location with a line, and a fingerprint.
"""

from __future__ import annotations

from typing import Any

__all__ = ["SCHEMA"]


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "minLength": 1}
_MESSAGE = _object(["text"], text=_TEXT, markdown=_TEXT)
_RULE = _object(["id", "shortDescription"], id=_TEXT, shortDescription=_MESSAGE, help=_MESSAGE)
_DRIVER = _object(
    ["name", "version", "rules"],
    name=_TEXT,
    version=_TEXT,
    rules={"type": "array", "items": _RULE, "uniqueItems": True},
)
_PLACE = _object(
    ["artifactLocation", "region"],
    artifactLocation=_object(
        ["uri"], uri={"type": "string", "pattern": r"^(?!/)(?:[\w.~/-]|%[0-9A-F]{2})+$"}
    ),
    region=_object(["startLine"], startLine={"type": "integer", "minimum": 1}),
)
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_RESULT = _object(
    ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    ruleId=_TEXT,
    ruleIndex={"type": "integer", "minimum": 0},
    level=_LEVEL,
    message=_MESSAGE,
    locations={"type": "array", "minItems": 1, "items": _object(
        ["physicalLocation"], physicalLocation=_PLACE)},
    partialFingerprints={"type": "object", "additionalProperties": _TEXT, "minProperties": 1},
    properties={"type": "object"},
)  # fmt: skip
_NOTIFICATION = _object(["message"], level=_LEVEL, message=_MESSAGE)
_INVOCATION = _object(
    ["executionSuccessful"],
    executionSuccessful={"type": "boolean"},
    exitCode={"type": "integer"},
    toolExecutionNotifications={"type": "array", "items": _NOTIFICATION},
)
_RUN = _object(
    ["tool", "results"],
    tool=_object(["driver"], driver=_DRIVER),
    automationDetails=_object(["id"], id=_TEXT),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations={"type": "array", "items": _INVOCATION},
    results={"type": "array", "items": _RESULT},
)

SCHEMA = _object(
    ["version", "runs"],
    **{"$schema": {"type": "string", "format": "uri"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "minItems": 1, "maxItems": 20, "items": _RUN},
)
"""A log as we write it; stricter than the standard, which allows more."""
