"""Globs of `spec_by_path` that stand for no test are told."""

from __future__ import annotations

import pytest

from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.verdicts.paths import unused_paths

MODULES = ("tests/billing/test_a.py", "tests/test_b.py")


@pytest.mark.parametrize(
    ("globs", "unused"),
    [
        pytest.param(("tests/billing/**", "tests/test_b.py"), [], id="all stand for something"),
        pytest.param(("**", "tests/billing/**"), [], id="another wins, and it fits all the same"),
        pytest.param(("tests/biling/**", "tests/**"), ["tests/biling/**"], id="misspelt"),
        pytest.param(("billing/**",), ["billing/**"], id="from another folder"),
        pytest.param(("Tests/**",), ["Tests/**"], id="in another case"),
        pytest.param((), [], id="there is none"),
    ],
)
def test_a_path_without_tests_is_told(globs: tuple[str, ...], unused: list[str]) -> None:
    settings = Settings(spec_by_path=tuple((glob, "BILLING") for glob in globs))

    found = [*unused_paths(settings, MODULES)]

    assert [(one.rule, one.subject, one.severity) for one in found] == [
        ("path-unused", glob, "warning") for glob in unused
    ]


@pytest.mark.parametrize(
    "glob",
    [
        pytest.param("tests/biling/**", id="misspelt"),
        pytest.param("tests/billing", id="the folder itself"),
    ],
)
def test_it_says_what_was_probably_meant_and_where_it_stands(glob: str) -> None:
    settings = Settings(spec_by_path=((glob, "BILLING"),), path_origins={glob: "line 4"})

    (found,) = unused_paths(settings, MODULES)

    assert found.message.endswith('; did you mean "tests/billing/**"?')
    assert found.origin == "line 4"


def test_what_another_path_stands_for_already_was_not_meant() -> None:
    settings = Settings(spec_by_path=(("tests/biling/**", "A"), ("tests/billing/**", "B")))

    (found,) = unused_paths(settings, MODULES)

    assert "did you mean" not in found.message
