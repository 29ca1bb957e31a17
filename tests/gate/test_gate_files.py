"""Which files decide a verdict beside the settings, and what a change says of them."""

from __future__ import annotations

import pytest

from pytest_specbudget.proposals.gate_files import edited_files
from pytest_specbudget.proposals.gate_words import hooks_in
from pytest_specbudget.proposals.table_words import settings_in


@pytest.mark.parametrize(
    ("named", "changed", "prefix", "told"),
    [
        pytest.param(
            ("routing lock", "routing.lock.json"),
            "routing.lock.json",
            "",
            ["agrees to a routing table of its own in routing.lock.json"],
            id="a file",
        ),
        pytest.param(
            ("history", "kept"),
            "kept/2026/11/21.parquet",
            "",
            ["changes what its own ceilings of days and months count in kept"],
            id="a folder, told once",
        ),
        pytest.param(("history", "kept"), "kept-not/a.parquet", "", [], id="a folder named alike"),
        pytest.param(("prices", "a.toml"), "b.toml", "", [], id="another file"),
        pytest.param(
            ("prices", "a.toml"),
            ".gitattributes",
            "",
            ["changes what git makes of its own files in .gitattributes"],
            id="attributes at the top",
        ),
        pytest.param(
            ("prices", "a.toml"),
            "packages/bot/tests/.gitattributes",
            "packages/bot/",
            ["changes what git makes of its own files in packages/bot/tests/.gitattributes"],
            id="attributes below where pytest runs",
        ),
        pytest.param(
            ("prices", "a.toml"),
            "packages/.gitattributes",
            "packages/bot/",
            ["changes what git makes of its own files in packages/.gitattributes"],
            id="attributes above it",
        ),
        pytest.param(
            ("prices", "a.toml"), "web/.gitattributes", "packages/bot/", [], id="beside it"
        ),
    ],
)
def test_what_a_change_edits_is_told(
    named: tuple[str, str], changed: str, prefix: str, told: list[str]
) -> None:
    assert [words for _, _, words in edited_files([named], {changed}, prefix)] == told


LIMITS = "[models.cost_limits]\nper_spec_budget = 2.00\nper_command_budget = 0.50\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", [], id="none"),
        pytest.param(
            LIMITS, [("per_spec_budget", "2"), ("per_command_budget", "0.5")], id="of the table"
        ),
        pytest.param("[models", [("routing", "cannot be read")], id="no TOML"),
    ],
)
def test_the_ceilings_of_a_routing_table_are_found(text: str, told: list[tuple[str, str]]) -> None:
    assert [one[1:] for one in settings_in("routing.toml", text)] == told


HOOK = "def pytest_specbudget_gates(config):\n    return [Gate({})]\n"


def test_a_hook_that_judges_is_told_apart_by_what_it_does() -> None:
    told = [[*hooks_in("conftest.py", HOOK.format(limit))] for limit in (1, 2, 1)]

    assert {one[0][:2] for one in told} == {
        ("conftest.py::pytest_specbudget_gates", "pytest_specbudget_gates")
    }
    assert told[0] == told[2] != told[1]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("conftest.py", "def pytest_specbudget_report(report): ...\n", id="it listens"),
        pytest.param("conftest.md", HOOK, id="no Python"),
        pytest.param("conftest.py", f"(\n{HOOK}", id="no syntax"),
        pytest.param("conftest.py", "# pytest_specbudget_gates\n", id="it is only spoken of"),
    ],
)
def test_what_judges_nothing_is_no_hook_of_ours(name: str, text: str) -> None:
    assert [*hooks_in(name, text)] == []
