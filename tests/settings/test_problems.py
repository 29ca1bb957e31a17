from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.settings.settings import Settings

    Read = Callable[..., Settings]
    Problems = Callable[..., tuple[str, ...]]

NOWHERE = Path("no such folder")
AMOUNT = (
    "is not an amount; write US dollars of 0 or more, with at most 18 decimal places,"
    " like 2.00 or $0.05"
)


def on_the_command_line(**options: object) -> Settings:
    return read_settings(options=options, environment={}, rootdir=NOWHERE)


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "-1",
        "nan",
        "inf",
        "1e3",
        "0x10",
        "1_000",
        "2,00",
        "2.",
        ".5",
        "$",
        "-0",
        "\u0663",
        "0.0000000000000000001",
        "SPEC-A=",
        "SPEC-A=abc",
        "SPEC-A=-1",
        pytest.param("9" * 5000, id="more digits than Python reads"),
    ],
)
def test_what_is_no_amount_is_told_with_what_is(problems: Problems, text: str) -> None:
    (problem,) = problems(options={"spec_budget": [text]})

    amount = text.rpartition("=")[2]
    assert problem == f'--spec-budget={text}: "{amount}" {AMOUNT}'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("true", "true"),
        ("[1]", "an array"),
        ("{ a = 1 }", "a table"),
        ("-1", "-1"),
        ("-0.0", "-0.0"),
        ("nan", "NaN"),
        ("inf", "Infinity"),
        ("1e999999999", "1E+999999999"),
        ("1e-999999999", "1E-999999999"),
        ("0x" + "f" * 9000, "the number"),
        ("2026-11-21", "2026-11-21"),
    ],
)
def test_a_toml_value_that_is_no_amount_is_a_problem(
    problems: Problems, text: str, shown: str
) -> None:
    (problem,) = problems(file=f"budget = {text}")

    assert problem.endswith(f"in specbudget.toml, line 1: {shown} {AMOUNT}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("0.0000001", "0.0000001", id="small"),
        pytest.param("1e-7", "0.0000001", id="small, with an exponent"),
        pytest.param("2.00", "2.00", id="as many places as were written"),
        pytest.param("nan", "nan", id="no number"),
        pytest.param("-inf", "-inf", id="nor this"),
        pytest.param("1e-999999999", "1e-999999999", id="nobody wants that written out"),
    ],
)
def test_a_number_is_quoted_as_a_file_has_it(problems: Problems, text: str, shown: str) -> None:
    (problem,) = problems(file=f"marker = {text}")

    assert problem.startswith(f"marker = {shown} in specbudget.toml, line 1")


@given(st.integers(min_value=0, max_value=10**30))
def test_every_amount_is_read_exactly(atto: int) -> None:
    amount = str(Money(atto))

    settings = on_the_command_line(spec_budget=[amount, f"S=${amount}"])

    assert [limit.ceiling for limit in settings.limits] == [Money(atto), Money(atto)]


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_exactly_one_problem(text: str) -> None:
    try:
        told = len(on_the_command_line(spec_session_budget=text).limits)
    except SettingError as error:
        told = len(error.problems)

    assert told == 1


@pytest.mark.parametrize(
    ("places", "problem"),
    [
        pytest.param(
            {"environment": {"SPECBUDGET_STAGE_BUDGET": "plan=1,plan=2"}},
            'SPECBUDGET_STAGE_BUDGET=plan=1,plan=2: stage "plan" has a ceiling already,'
            " from SPECBUDGET_STAGE_BUDGET=plan=1,plan=2; keep one of them",
            id="two ceilings of one stage",
        ),
        pytest.param(
            {"file": 'budget = "A=1"\nbudgets = { A = 2 }', "options": {"spec_budget": ["A=3"]}},
            'budgets."A" = 2 in specbudget.toml, line 2: SPEC "A" has a ceiling already,'
            ' from budget = "A=1" in specbudget.toml, line 1; keep one of them',
            id="twice in the file, though the command line overrides both",
        ),
        pytest.param(
            {"options": {"spec_budget": ["=1"]}},
            "--spec-budget==1: names nothing before the amount;"
            " write NAME=USD, or the amount alone",
            id="a ceiling of nobody",
        ),
        pytest.param(
            {"options": {"spec_session_budget": "A=1"}},
            f'--spec-session-budget=A=1: "A=1" {AMOUNT}',
            id="a name where none can be",
        ),
        pytest.param(
            {"options": {"spec_mode": "enforced"}},
            '--spec-mode=enforced: "enforced" is not one of observe, warn, enforce',
            id="a word that is not among those allowed",
        ),
        pytest.param(
            {"file": "record = false"},
            "record = false in specbudget.toml, line 1:"
            " false is not one of off, none, once, new, all",
            id="false instead of off",
        ),
        pytest.param(
            {"environment": {"SPECBUDGET_BUDGET": ""}},
            "SPECBUDGET_BUDGET=: holds an empty value; write one, or leave the setting out",
            id="an empty variable, so that a gate is not silently off",
        ),
        pytest.param(
            {"environment": {"SPECBUDGET_PRICES": "a,,b"}},
            "SPECBUDGET_PRICES=a,,b: holds an empty value; write one, or leave the setting out",
            id="nothing between two commas",
        ),
        pytest.param(
            {"environment": {"SPECBUDGET_FORBID_LIVE": "yes"}},
            'SPECBUDGET_FORBID_LIVE=yes: "yes" is no switch; write 1, 0, true or false',
            id="a switch that is neither on nor off",
        ),
        pytest.param(
            {"environment": {"SPECBUDGET_DISABLE": "yes"}},
            'SPECBUDGET_DISABLE=yes: "yes" is no switch; write 1, 0, true or false',
            id="a kill switch that is neither on nor off",
        ),
        pytest.param(
            {"file": "count_mocked = 'true'"},
            'count_mocked = "true" in specbudget.toml, line 1:'
            ' "true" is no switch; write true or false',
            id="a switch in quotes",
        ),
        pytest.param(
            {"options": {"spec_price_at": "yesterday"}},
            '--spec-price-at=yesterday: "yesterday" is neither catalogue, recorded, now nor a time;'
            " write one like 2026-11-21 or 2026-11-21T09:30:00Z",
            id="a word that is no instant",
        ),
        pytest.param(
            {"file": "prices_as_of = '0001-01-01T00:00:00+10:00'"},
            'prices_as_of = "0001-01-01T00:00:00+10:00" in specbudget.toml, line 1:'
            ' "0001-01-01T00:00:00+10:00" is no time; write 2026-11-21 or 2026-11-21T09:30:00Z',
            id="a time before all times",
        ),
        pytest.param(
            {"options": {"spec_report": ["C:\\r.json"]}},
            '--spec-report=C:\\r.json: "C:\\r.json" is not FORMAT:PATH; write it like'
            " json:report.json, with one of the formats json, markdown, comment, junit, sarif,"
            " github, gitlab, gitlab-metrics",
            id="a report without a format",
        ),
        pytest.param(
            {"options": {"spec_report": ["json:r", "junit:r"]}},
            "--spec-report=junit:r: r is written by --spec-report=json:r; choose another",
            id="two reports in one file",
        ),
        pytest.param(
            {"file": "prices = [1]"},
            "prices = [1] in specbudget.toml, line 1: 1 is no path; write it in quotes",
            id="a path that is a number",
        ),
        pytest.param(
            {"file": "alert_warning = 1.01"},
            "alert_warning = 1.01 in specbudget.toml, line 1:"
            " 1.01 is no share; write a number above 0 and at most 1, like 0.80",
            id="a share above 1",
        ),
        pytest.param(
            {"file": "alert_warning = 0.95"},
            "alert_warning = 0.95 in specbudget.toml, line 1:"
            " alert_warning (default 0.80) is above alert_critical (default 0.90); set it lower",
            id="a warning that comes after the critical one",
        ),
        pytest.param(
            {"file": "marker = 'a b'"},
            'marker = "a b" in specbudget.toml, line 1: "a b" is no name of a marker;'
            " write one like spec",
            id="a marker that no decorator can name",
        ),
        pytest.param(
            {"file": "spec_by_path = { 'C:\\tests' = 'A' }"},
            'spec_by_path."C:\\tests" = "A" in specbudget.toml, line 1: "C:\\tests" is no path'
            " below rootdir; write one like tests/billing/**, with / between",
            id="a glob with backslashes",
        ),
        pytest.param(
            {"file": "spec_by_path = { 'tests/**' = 1 }"},
            'spec_by_path."tests/**" = 1 in specbudget.toml, line 1:'
            " 1 is no SPEC; write it in quotes",
            id="a SPEC that is a number",
        ),
        pytest.param(
            {"file": "budgets = 3"},
            "budgets = 3 in specbudget.toml, line 1: is no table; write it like"
            ' budgets = { "SPEC-KIT-070" = 2.00, "SPEC-KIT-071" = "$0.50" }',
            id="a number where a table belongs",
        ),
        pytest.param(
            {"file": "hosts.a = { modles = {} }"},
            'hosts."a" = { modles = {} } in specbudget.toml, line 1:'
            ' a host has no "modles"; did you mean "models"?',
            id="a mistyped field of a host",
        ),
        pytest.param(
            {"file": 'hosts.a = { estimate = "words" }'},
            'hosts."a" = { estimate = "words" } in specbudget.toml, line 1:'
            ' estimate: there is no method "words"; write "chars/4"',
            id="a way to estimate that nobody knows",
        ),
        pytest.param(
            {"file": "hosts.a = { models = { x = 1 } }"},
            'hosts."a" = { models = { x = 1 } } in specbudget.toml, line 1: models is no table of'
            ' names; write models = { "alias" = "real-model" }',
            id="a model that is a number",
        ),
        pytest.param(
            {"file": 'hosts.a = { models = { "gpt-4o-mini" = "" } }'},
            'hosts."a" = { models = { gpt-4o-mini = "" } } in specbudget.toml, line 1:'
            ' models: "gpt-4o-mini" = "" lacks a name; write "alias" = "real-model"',
            id="an alias that stands for nothing",
        ),
        pytest.param(
            {"file": 'hosts." a " = { provider = "openai" }'},
            'hosts." a " = { provider = "openai" } in specbudget.toml, line 1:'
            ' the host has spaces around it; write "a"',
            id="a host with spaces around it",
        ),
        pytest.param(
            {"file": 'hosts.a = { free = "ours", bound_usd = 1 }'},
            'hosts."a" = { free = "ours", bound_usd = 1 } in specbudget.toml, line 1:'
            ' "free" and "bound_usd" contradict each other; keep one of them',
            id="a bound of what costs nothing",
        ),
        pytest.param(
            {"file": 'hosts.a = { free = "ours", models = { x = "gpt-5" } }'},
            'hosts."a" = { free = "ours", models = { x = "gpt-5" } } in specbudget.toml, line 1:'
            ' "free" and "models" contradict each other; keep one of them',
            id="models to price of what costs nothing",
        ),
        pytest.param(
            {"file": "bugdet = 3"},
            'bugdet = 3 in specbudget.toml, line 1: there is no setting "bugdet";'
            ' did you mean "budget"?',
            id="a mistyped key",
        ),
        pytest.param(
            {"file": "session-budget = 3"},
            'session-budget = 3 in specbudget.toml, line 1: there is no setting "session-budget";'
            ' did you mean "session_budget"?',
            id="a key written as its option",
        ),
        pytest.param(
            {"file": "zzz = 3"},
            'zzz = 3 in specbudget.toml, line 1: there is no setting "zzz";'
            " docs/configuration.md lists them all",
            id="a key like no other",
        ),
        pytest.param(
            {"file": "[tool.specbudget]\nbudget = 3"},
            "tool = { specbudget = { budget = 3 } } in specbudget.toml: is no setting;"
            " in specbudget.toml the settings stand at the top of the file",
            id="the table of pyproject.toml in the other file",
        ),
    ],
)
def test_a_setting_that_makes_no_sense_says_where_why_and_what_to_do(
    problems: Problems, places: dict[str, object], problem: str
) -> None:
    assert problems(**places) == (problem,)


@pytest.mark.parametrize("host", ["https://a.corp", "a.corp/v1", "a.corp:8080"])
def test_a_host_is_named_without_scheme_port_and_path(problems: Problems, host: str) -> None:
    (problem,) = problems(file=f'hosts."{host}" = {{ provider = "openai" }}')

    assert f'"{host}" is no host; write its name alone, without scheme, port or path' in problem


def test_all_problems_of_all_places_are_told_at_once(problems: Problems) -> None:
    told = problems(
        options={"spec_budget": ["abc"], "spec_mode": "x"},
        environment={"SPECBUDGET_TEST_BUDGET": "-1", "SPECBUDGET_JUDGE": "y"},
        file="budget = nan\nmode = 'z'\nbugdet = 1",
    )

    assert [problem.partition(":")[0] for problem in told] == [
        "--spec-budget=abc",
        "--spec-mode=x",
        "SPECBUDGET_TEST_BUDGET=-1",
        "SPECBUDGET_JUDGE=y",
        "budget = nan in specbudget.toml, line 1",
        'mode = "z" in specbudget.toml, line 2',
        "bugdet = 1 in specbudget.toml, line 3",
    ]


def test_on_the_command_line_the_last_ceiling_holds_so_that_it_overrides_addopts() -> None:
    settings = on_the_command_line(spec_budget=["2", "A=1", "$3.00", "A=4"])

    held = {limit.subject: (str(limit.ceiling), limit.origin) for limit in settings.limits}
    assert held == {None: ("3", "--spec-budget=$3.00"), "A": ("4", "--spec-budget=A=4")}


@pytest.mark.parametrize(
    "text", ["abc", "-1", "nan", "inf", "1e3", "1_0", "10 percent", "%", "\u0663", "ten%"]
)
def test_what_is_no_percentage_is_told_with_what_is(problems: Problems, text: str) -> None:
    (problem,) = problems(options={"spec_max_regression": text})

    assert problem == (
        f'--spec-max-regression={text}: "{text}" is no percentage; write a number of 0 or more,'
        " like 10 or 2.5"
    )


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "\u0663"])
def test_a_number_of_runs_is_whole_and_positive(problems: Problems, text: str) -> None:
    (problem,) = problems(options={"spec_repeats": text})

    assert problem == (
        f'--spec-repeats={text}: "{text}" is no number of runs; write a whole one, 1 or more'
    )


@pytest.mark.parametrize("text", ["git:", "git: ", "git:--upload-pack=touch"])
def test_a_baseline_in_git_names_a_revision(problems: Problems, text: str) -> None:
    (problem,) = problems(options={"spec_baseline": text})

    assert problem == (
        f'--spec-baseline={text}: "{text}" names no revision; write it like git:origin/main'
    )
