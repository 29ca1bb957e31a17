from __future__ import annotations

import pytest

from pytest_specbudget.core.names import SURE, nearest


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        pytest.param("mistrall", "mistral", id="a letter too many"),
        pytest.param("OPENAI", "openai", id="another case"),
        pytest.param("azuer", "Azure", id="as it is written, not as it is compared"),
        pytest.param("zzz", None, id="like no other"),
    ],
)
def test_the_nearest_name_is_found_whatever_its_case(name: str, meant: str | None) -> None:
    assert nearest(name, ["openai", "mistral", "Azure"]) == meant


def test_what_must_be_very_like_leaves_more_names_alone() -> None:
    assert (nearest("nova", ["novita"]), nearest("nova", ["novita"], SURE)) == ("novita", None)
