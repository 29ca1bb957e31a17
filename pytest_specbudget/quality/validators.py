"""Every validator that needs no model, by one name to import from.

One that asks a model or runs a program stands with those who do such things, and has the shape of
`Validator`.
"""

from __future__ import annotations

from pytest_specbudget.quality.checks import ENOUGH, Check, Function, Matches, Rubric
from pytest_specbudget.quality.confusion import Confusion, break_even, confusion
from pytest_specbudget.quality.guardrails import Guardrail, prefiltered, same_model, schema_only
from pytest_specbudget.quality.judged import Judged, Strictness, Validator, least_of
from pytest_specbudget.quality.schemas import JsonSchema, Model

__all__ = [
    "ENOUGH",
    "Check",
    "Confusion",
    "Function",
    "Guardrail",
    "JsonSchema",
    "Judged",
    "Matches",
    "Model",
    "Rubric",
    "Strictness",
    "Validator",
    "break_even",
    "confusion",
    "least_of",
    "prefiltered",
    "same_model",
    "schema_only",
]
