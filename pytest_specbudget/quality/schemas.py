"""Validators of structured answers: a JSON schema, or a pydantic model.

How strict one is says where the document may stand: alone (`strict`), alone or in a code fence
(`normal`), or anywhere in the text (`lenient`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from pytest_specbudget.quality.documents import found, parsed, unfenced
from pytest_specbudget.quality.judged import Judged, rejection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.quality.judged import Strictness

__all__ = ["JsonSchema", "Model"]

_TOLD = 3
"""How many problems a reason names."""


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """Accepts a JSON document that conforms to a JSON schema; needs the package `jsonschema`.

    Attributes:
        schema: The schema, of any draft that `jsonschema` knows; 2020-12 if it names none.
        strictness: Where the document may stand.
    """

    schema: Mapping[str, Any]
    strictness: Strictness = "normal"

    @property
    def name(self) -> str:
        """`schema/1`."""
        return "schema/1"

    def __call__(self, answer: str) -> Judged:
        """Judge *answer*: 1 if it conforms, else 0.

        Raises:
            ModuleNotFoundError: If `jsonschema` is not installed.
            ValueError: If the schema itself makes no sense.
        """
        problems = _problems(self.schema)
        try:
            document = _document(answer, self.strictness)
        except ValueError as error:
            return rejection(self.name, [f"no JSON: {error}"])
        return _judged(self.name, [*islice(problems(document), _TOLD)])


@dataclass(frozen=True, slots=True)
class Model:
    """Accepts a JSON document that a pydantic model (or type adapter) validates.

    Attributes:
        model: A class with `model_validate_json`, or an adapter with `validate_json`.
        strictness: Where the document may stand.
    """

    model: Any
    strictness: Strictness = "normal"

    @property
    def name(self) -> str:
        """`model:Plan/1`."""
        return f"model:{getattr(self.model, '__name__', 'adapter')}/1"

    def __call__(self, answer: str) -> Judged:
        """Judge *answer*: 1 if the model takes it, else 0."""
        validate = getattr(self.model, "model_validate_json", None) or self.model.validate_json
        try:
            document = _document(answer, self.strictness)
        except ValueError as error:
            return rejection(self.name, [f"no JSON: {error}"])
        try:
            validate(json.dumps(document))
        except ValueError as error:  # what pydantic raises is one
            return rejection(self.name, islice(_told(error), _TOLD))
        return _judged(self.name, [])


def _document(answer: str, strictness: Strictness) -> Any:
    """Return what *answer* holds, with floats for fractions, as validators know them."""
    return json.loads(json.dumps(_exact(answer, strictness), default=float))


def _exact(answer: str, strictness: Strictness) -> Any:
    if strictness == "lenient":
        try:
            return parsed(unfenced(answer))
        except ValueError:
            return found(answer)
    return parsed(unfenced(answer) if strictness == "normal" else answer)


def _problems(schema: Mapping[str, Any]) -> Any:
    """Return the function that tells what is wrong with a document, most important first."""
    try:
        validators = import_module("jsonschema.validators")
        exceptions = import_module("jsonschema.exceptions")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "validating by a JSON schema needs the package: pip install 'pytest-specbudget[schema]'"
            "; a pydantic model needs nothing more"
        ) from error
    kind = validators.validator_for(schema, default=validators.Draft202012Validator)
    try:
        kind.check_schema(schema)
    except exceptions.SchemaError as error:
        raise ValueError(
            f"the schema makes no sense at {error.json_path}: {error.message}"
        ) from None
    checks = kind(schema)

    def problems(document: Any) -> Iterator[str]:
        for error in sorted(checks.iter_errors(document), key=exceptions.relevance, reverse=True):
            yield f"{error.json_path}: {error.message}"

    return problems


def _told(error: ValueError) -> Iterator[str]:
    """Yield what pydantic says is wrong, place by place."""
    listed = getattr(error, "errors", None)
    if not callable(listed):
        yield str(error)
        return
    for problem in listed():
        place = "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem["loc"]
        )
        yield f"${place}: {problem['msg']}"


def _judged(name: str, problems: list[str]) -> Judged:
    if problems:
        return rejection(name, problems)
    return Judged(score=Fraction(1), passed=True, name=name)
