from __future__ import annotations

import pytest
from speckit import specs, stages

pytestmark = pytest.mark.usefixtures("spec_cassette")


@pytest.mark.spec("SPEC-KIT-070", stage="validate", command="/speckit.validate")
def test_planned_tests_cover_every_criterion() -> None:
    coverage = stages.validate(specs.load("SPEC-KIT-070"))

    assert coverage.uncovered == ()
    assert len(coverage.cases) >= len(coverage.covered)


@pytest.mark.spec("SPEC-KIT-072", stage="validate", command="/speckit.validate")
def test_a_criterion_without_a_test_is_named() -> None:
    coverage = stages.validate(specs.load("SPEC-KIT-072"))

    assert coverage.uncovered == ("AC5",)
