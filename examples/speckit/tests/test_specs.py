from __future__ import annotations

import pytest
from speckit import specs


@pytest.mark.spec("SPEC-KIT-072", stage="specify", command="/speckit.specify")
@pytest.mark.usefixtures("spec_cassette")
def test_the_nearest_spec_is_found_before_it_is_written_again() -> None:
    known = [specs.load(f"SPEC-KIT-{number}") for number in ("070", "071", "072")]

    found = specs.nearest(
        "Refuse a call whose estimate, with what was spent and is in flight, exceeds the ceiling.",
        known,
    )

    assert found.id == "SPEC-KIT-072"


@pytest.mark.parametrize(
    ("taken", "free"),
    [
        pytest.param([], "SPEC-KIT-001", id="the first one"),
        pytest.param(
            ["SPEC-KIT-070", "SPEC-KIT-009"], "SPEC-KIT-071", id="one more than the highest"
        ),
        pytest.param(["SPEC-OPS-099"], "SPEC-KIT-001", id="other areas do not count"),
    ],
)
def test_a_number_costs_nothing(taken: list[str], free: str) -> None:
    assert specs.next_spec_id("KIT", taken) == free
