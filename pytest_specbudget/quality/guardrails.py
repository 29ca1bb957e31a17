"""Validators made of validators: the guardrails A, B and C of the seeds.

* A: a prefilter sees the answer first, and a policy model only what passes it.
* B: the model that answered judges its own answer.
* C: the schema and structural checks alone, without a model.

They are compositions, so that one confusion matrix compares them on the same answers.

Source: the seeds, S3, task 3.4 (checked 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.quality.judged import Judged

if TYPE_CHECKING:
    from pytest_specbudget.quality.judged import Validator

__all__ = ["Guardrail", "prefiltered", "same_model", "schema_only"]


@dataclass(frozen=True, slots=True)
class Guardrail:
    """Accepts what all of its validators accept; those after a rejection are not asked.

    Attributes:
        name: What it is called in reports.
        validators: In the order of asking, the cheapest first; one at least.
    """

    name: str
    validators: tuple[Validator, ...]

    def __call__(self, answer: str) -> Judged:
        """Judge *answer* by the least of the scores that were given."""
        given: list[Judged] = []
        for validator in self.validators:
            given.append(validator(answer))
            if not given[-1].passed:
                break
        reasons = [f"{one.name}: {one.reason}" for one in given if one.reason]
        return Judged(
            score=min(one.score for one in given),
            passed=given[-1].passed,
            reason="; ".join(reasons),
            name=self.name,
        )


def prefiltered(prefilter: Validator, policy: Validator) -> Guardrail:
    """Return guardrail A: *policy*, usually a dear model, sees only what passes *prefilter*."""
    return Guardrail("guardrail-a/1", (prefilter, policy))


def same_model(judge: Validator) -> Guardrail:
    """Return guardrail B: *judge* asks the model that answered."""
    return Guardrail("guardrail-b/1", (judge,))


def schema_only(schema: Validator, *checks: Validator) -> Guardrail:
    """Return guardrail C: a schema, and structural *checks* of what it cannot say."""
    return Guardrail("guardrail-c/1", (schema, *checks))
