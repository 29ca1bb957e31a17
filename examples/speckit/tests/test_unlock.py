from __future__ import annotations

import pytest
from speckit import models, specs, stages

pytestmark = pytest.mark.usefixtures("spec_cassette")


@pytest.mark.spec("SPEC-KIT-070", stage="unlock", command="/speckit.unlock")
def test_three_of_three_ship() -> None:
    decision = stages.unlock(specs.load("SPEC-KIT-070"), specs.evidence("SPEC-KIT-070"))

    assert decision.ship
    assert len(decision.votes) == 3


@pytest.mark.spec("SPEC-KIT-071", stage="unlock", command="/speckit.unlock")
def test_one_who_holds_is_enough() -> None:
    decision = stages.unlock(specs.load("SPEC-KIT-071"), specs.evidence("SPEC-KIT-071"))

    assert not decision.ship
    assert decision.votes[models.ARBITER] == "hold"
    assert "AC4" in decision.reasons[models.ARBITER]
