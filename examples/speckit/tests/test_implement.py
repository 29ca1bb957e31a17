from __future__ import annotations

import ast

import pytest
from speckit import models, specs, stages

pytestmark = pytest.mark.usefixtures("spec_cassette")


def defined(code: str) -> set[str]:
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(code)) if isinstance(node, kinds)}


@pytest.mark.spec("SPEC-KIT-070", stage="implement", command="/speckit.implement")
def test_the_cheap_coder_is_enough_for_a_table() -> None:
    patch = stages.implement(specs.load("SPEC-KIT-070"))

    assert patch.accepted
    assert patch.author == models.CODER
    assert {"Tier", "tier_of", "route"} <= defined(patch.code)


@pytest.mark.spec("SPEC-KIT-071", stage="implement", command="/speckit.implement", budget="0.20")
def test_code_that_is_sent_back_goes_to_a_senior() -> None:
    patch = stages.implement(specs.load("SPEC-KIT-071"))

    assert patch.accepted
    assert patch.author == models.SENIOR
    assert {"Call", "summary", "write"} <= defined(patch.code)


@pytest.mark.spec("SPEC-KIT-072", stage="implement", command="/speckit.implement", budget="0.20")
def test_a_second_refusal_stops_with_the_reasons() -> None:
    patch = stages.implement(specs.load("SPEC-KIT-072"))

    assert not patch.accepted
    assert patch.author == models.SENIOR
    assert "unknown price" in patch.objections[0]
