from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.settings.asked import may_be_asked
from pytest_specbudget.settings.settings import read_settings
from pytest_specbudget.settings.toml_file import in_file
from pytest_specbudget.settings.toml_lines import line_numbers, line_of

if TYPE_CHECKING:
    from pathlib import Path

PYPROJECT = """\
[project]
name = "budget"
description = \"\"\"
[tool.specbudget]
budget = 9
\"\"\"

[tool.specbudget]   # ours
budget = 2.00

hosts."*.corp" = { provider = "openai" }

[tool.specbudget.budgets]
"SPEC-1" = 3
'SPEC 2'   = 4

[tool.other]
mode = "x"
"""


def problems_of(rootdir: Path) -> list[str]:
    problems: list[str] = []
    in_file(rootdir, problems, [])
    return problems


def test_an_origin_quotes_the_key_the_file_the_table_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")

    assert [given.origin for given in in_file(tmp_path, [], [])] == [
        "budget = 2.00 in pyproject.toml [tool.specbudget], line 9",
        'hosts."*.corp" = { provider = "openai" } in pyproject.toml [tool.specbudget], line 11',
        'budgets."SPEC-1" = 3 in pyproject.toml [tool.specbudget], line 14',
        'budgets."SPEC 2" = 4 in pyproject.toml [tool.specbudget], line 15',
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("[tool.specbudget.budgets]\nA = 1", 2, id="a table of its own"),
        pytest.param("[tool.specbudget]\nbudgets.A = 1", 2, id="a dotted key"),
        pytest.param("[ tool . 'specbudget' ]\n\nbudgets = { A = 1 }", 3, id="an inline table"),
        pytest.param("[tool]\nspecbudget.budgets.A = 1", 2, id="a key below tool"),
        pytest.param("tool.specbudget.budgets.A = 1", 1, id="a key at the top"),
        pytest.param("[tool.other]\nbudgets.A = 1", None, id="a stranger's key"),
    ],
)
def test_a_key_is_found_however_it_is_written(text: str, line: int | None) -> None:
    keys = ("tool", "specbudget", "budgets", "A")

    found = line_of(keys, line_numbers(text))

    assert found == line or (line is None and found is None)


def test_settings_in_both_files_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.specbudget]\nbudget = 1", encoding="utf-8")
    (tmp_path / "specbudget.toml").write_text("test_budget = 1", encoding="utf-8")

    (problem,) = problems_of(tmp_path)

    assert problem == (
        "settings stand both in pyproject.toml [tool.specbudget] and in specbudget.toml;"
        " move them into one of the two"
    )


def test_a_pyproject_without_our_table_leaves_the_other_file_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "specbudget"', encoding="utf-8")
    (tmp_path / "specbudget.toml").write_text("test_budget = 1", encoding="utf-8")

    assert [given.key for given in in_file(tmp_path, [], [])] == ["test_budget"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(
            b"mode = 'warn'\nbudget = = 2\n",
            "specbudget.toml is not valid TOML: Invalid value (at line 2, column 10): budget = = 2",
            id="a line that is no TOML is quoted",
        ),
        pytest.param(
            b"marker = '\xff'",
            "specbudget.toml is not UTF-8, at byte 10; save it as UTF-8",
            id="bytes that are no text",
        ),
    ],
)
def test_a_file_that_cannot_be_understood_is_quoted(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "specbudget.toml").write_bytes(content)

    assert problems_of(tmp_path) == [problem]


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        pytest.param("[" * 5000, "it is nested too deep", id="depth"),
        pytest.param("9" * 5000, "a number in it has too many digits", id="digits"),
        pytest.param(f"1e{'9' * 30}", "a number in it is too large or too small", id="exponent"),
    ],
)
def test_a_file_made_to_break_the_parser_is_only_a_problem(
    tmp_path: Path, odd: str, told: str
) -> None:
    (tmp_path / "specbudget.toml").write_text(f"budget = {odd}", encoding="utf-8")

    assert problems_of(tmp_path) == [f"specbudget.toml cannot be read: {told}"]


def test_problems_of_both_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nspecbudget = 3", encoding="utf-8")
    (tmp_path / "specbudget.toml").mkdir()

    wrong_table, unreadable = problems_of(tmp_path)

    assert wrong_table == (
        "specbudget = 3 in pyproject.toml [tool]: is no table;"
        " write settings below [tool.specbudget]"
    )
    assert unreadable == "specbudget.toml cannot be read: it is a folder"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "specbudget.toml").write_bytes(b"\xef\xbb\xbfmode = 'warn'\r\nbudget = 1\r\n")

    assert [given.origin for given in in_file(tmp_path, [], [])] == [
        'mode = "warn" in specbudget.toml, line 1',
        "budget = 1 in specbudget.toml, line 2",
    ]


@pytest.mark.parametrize(
    "table",
    [
        "specbudgets",
        "spec-budget",
        "spec_budget",
        "spec-budget.specbudget",
        "Specbudget",
        "pytest_specbudget",
        "specbuget",
    ],
)
def test_a_table_that_is_almost_named_as_ours_is_noted(tmp_path: Path, table: str) -> None:
    file = f"# specbudget\n[tool.{table}]\nbudget = 1\n"
    (tmp_path / "pyproject.toml").write_text(file, encoding="utf-8")
    problems: list[str] = []
    notes: list[str] = []

    given = in_file(tmp_path, problems, notes)

    name = table.partition(".")[0]
    assert (given, problems) == ([], [])
    assert notes == [
        f"[tool.{name}] in pyproject.toml has no effect; did you mean [tool.specbudget]?"
    ]


@pytest.mark.parametrize("table", ["specbudget", "budget", "spec", "spectrum", "pytest"])
def test_a_table_of_ours_or_of_another_tool_is_not_noted(tmp_path: Path, table: str) -> None:
    file = f"# specbudget\n[tool.{table}]\nbudget = 1\n"
    (tmp_path / "pyproject.toml").write_text(file, encoding="utf-8")
    notes: list[str] = []

    in_file(tmp_path, [], notes)

    assert notes == []


@pytest.mark.parametrize("table", ["specbudgets", "spec-budget"])
def test_a_table_that_is_almost_named_as_ours_asks_to_be_heard(tmp_path: Path, table: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.{table}]\nbudget = 1\n", encoding="utf-8")

    settings = read_settings(options={}, environment={}, rootdir=tmp_path)

    assert settings.asked
    assert len(settings.notes) == 1


def test_a_link_to_settings_that_are_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "specbudget.toml").symlink_to("shared/budget.toml")

    assert problems_of(tmp_path) == [
        "specbudget.toml is a link to nothing (shared/budget.toml); fetch what it stands for"
    ]
    assert may_be_asked(options={}, environment={}, rootdir=tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_settings_that_are_a_named_pipe_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "specbudget.toml")

    assert problems_of(tmp_path) == ["specbudget.toml cannot be read: it is no file"]
