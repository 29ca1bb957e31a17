"""`specbudget route`: what it shows, what it reads, and when it fails."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, line_of
from support.routing import APPENDIX_1

from pytest_specbudget.cli import main
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.routing.loading import default_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

    Route = Callable[..., tuple[int, str, str]]


@pytest.fixture
def route(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Route:
    """Run the command in a folder of its own; return its exit status and what it said."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        status = main(["route", *words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def journal(folder: Path, *charges: Charge) -> None:
    """Write the journal of a run with *charges*."""
    header = {"kind": "header", "schema": SCHEMA, "run": "r", "worker": "main", "pid": 7}
    lines = [header, *map(line_of, charges)]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    write(folder / ".specbudget/journal/r/h-7-main.jsonl", text)


def routed(task: str, cost: str | None, *, escalated: bool = False, **others: Any) -> Charge:
    """Make a call of the task *task* of the command `plan`."""
    why = Routed(task=task, role="primary", tier="C", slot="gpt-4o", escalated=escalated)
    return replace(call(cost, command="/speckit.plan", **others), routed=why)


def test_a_command_is_explained(route: Route) -> None:
    status, shown, told = route("/speckit.plan")

    lines = {line[:14].strip(): line[14:] for line in shown.splitlines() if line}
    assert (status, told) == (0, "")
    assert lines["command"] == "plan"
    assert lines["because"] == 'command "plan" is tier C'
    assert lines["asks"] == "claude-haiku-3.5 + gemini-flash-2.0 + claude-sonnet-4"
    assert lines["otherwise"] == "tier X: claude-sonnet-4 + gemini-pro-1.5 + gpt-4o"
    assert lines["should cost"].startswith("$0.60 to $0.80 a run, reckoned with $0.80, $3.30 with")
    assert lines["recorded"] == "nothing in the newest journal"
    assert "gpt-4o-2" not in shown
    assert "claude-3-5-haiku-20241022" in shown


def test_all_commands_are_listed_without_one(route: Route) -> None:
    status, shown, told = route()

    listed = [line.split()[0] for line in shown.split("\n\n")[0].splitlines()[1:]]
    assert (status, told) == (0, "")
    assert listed == [*APPENDIX_1, "auto"]


def test_a_decision_is_json_where_asked(route: Route) -> None:
    status, shown, _ = route("implement", "--json")

    decision = json.loads(shown)
    assert status == 0
    assert decision["plan"]["primaries"] == ["claude-sonnet-4"]
    assert decision["table"] == default_table().checksum
    assert decision["legacy_tier"] == "2-lite"
    assert decision["estimate"] == {"low": "0", "high": "1.5", "expected": "1.5"}
    assert decision["estimate_with_escalations_usd"] == "4"
    assert decision["models"]["gpt-5-oauth2"]["model"] == "gpt-5"
    assert decision["recorded"] is None


def test_a_pipeline_says_what_it_runs_and_what_that_costs(route: Route) -> None:
    _, shown, _ = route("auto")

    assert "runs          plan, tasks, implement, validate, audit, unlock" in shown
    assert "$5.40 to $9.70 a run, reckoned with $8.40" in shown


@pytest.mark.parametrize(
    ("words", "tier"),
    [
        (("plan", "--tier", "M"), "M"),
        (("tasks", "--error-rate", "0.6"), "C"),
        (("new", "--stage", "draft"), "C"),
        (("plan", "--pressure", "0.95"), "C"),
    ],
)
def test_what_is_told_changes_the_decision(route: Route, words: tuple[str, ...], tier: str) -> None:
    _, shown, _ = route(*words, "--json")

    assert json.loads(shown)["plan"]["tier"] == tier


def test_an_unknown_command_is_said(route: Route) -> None:
    status, shown, told = route("foo")

    assert (status, told) == (0, 'specbudget: no command is called "foo": tier C\n')
    assert shown.startswith("command       foo\n")


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (("plann",), 0, 'no command is called "plann" (did you mean "plan"?): tier C'),
        (("plan", "--stage", "x"), 0, 'command "plan" has no plan for a stage "x"'),
        (("auto", "--stage", "paln"), 2, 'stage "paln" (did you mean "plan"?); it runs plan,'),
    ],
)
def test_a_mistyped_name_is_said_with_what_was_meant(
    route: Route, words: tuple[str, ...], status: int, told: str
) -> None:
    done, _, said = route(*words)

    assert done == status
    assert told in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "--tier", "Q"), 'no tier is called "Q"'),
        (("plan", "--model", "gpt4o"), 'did you mean "gpt-4o"?'),
        (("plan", "--table", "gone.toml"), "gone.toml cannot be read as a routing table"),
    ],
)
def test_what_nobody_knows_is_a_wrong_argument(
    route: Route, words: tuple[str, ...], told: str
) -> None:
    status, shown, said = route(*words)

    assert (status, shown) == (2, "")
    assert told in said


def test_a_share_that_is_none_is_a_wrong_argument(route: Route) -> None:
    with pytest.raises(SystemExit) as ended:
        route("plan", "--pressure", "1.5")

    assert ended.value.code == 2


def test_the_table_of_the_settings_is_taken(route: Route, tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.specbudget]\nrouting = "ci/routing.toml"\n')
    write(tmp_path / "ci/routing.toml", '[commands.plan]\ntier = "M"\n')

    _, shown, _ = route("plan", "--json")

    assert json.loads(shown)["plan"]["tier"] == "M"


def test_the_table_that_is_given_goes_before_that_of_the_settings(
    route: Route, tmp_path: Path
) -> None:
    write(tmp_path / "pyproject.toml", '[tool.specbudget]\nrouting = "gone.toml"\n')
    write(tmp_path / "ours.toml", '[commands.plan]\ntier = "X"\n')

    _, shown, _ = route("plan", "--json", "--table", "ours.toml")

    decision = json.loads(shown)
    assert (decision["plan"]["tier"], decision["source"]) == ("X", "ours.toml")


def test_model_and_rollback_of_the_settings_hold_here_too(route: Route, tmp_path: Path) -> None:
    settings = tmp_path / "pyproject.toml"
    write(settings, '[tool.specbudget]\nroute = "premium"\n')
    premium = json.loads(route("tasks", "--json")[1])
    write(settings, '[tool.specbudget]\nmodel = "gpt-4o-mini"\n')
    by_hand = json.loads(route("tasks", "--json")[1])

    assert premium["plan"]["tier"] == "X"
    assert (by_hand["plan"]["primaries"], by_hand["overridden"]) == (["gpt-4o-mini"], True)


def test_a_table_that_makes_no_sense_is_told_whole(route: Route, tmp_path: Path) -> None:
    write(tmp_path / "r.toml", 'default = 1\n[tiers.C]\nretries = "many"\n')

    status, _, told = route("--table", "r.toml")

    assert status == 2
    assert "r.toml: default = 1" in told
    assert 'r.toml [tiers.C]: retries = "many"' in told


def test_the_cheapest_of_equals_is_chosen_by_the_catalogue(route: Route, tmp_path: Path) -> None:
    write(tmp_path / "r.toml", 'select = "cheapest"\n')

    _, shown, _ = route("plan", "--table", "r.toml", "--json")

    decision = json.loads(shown)
    assert decision["plan"]["primaries"][1] == "gemini-flash-1.5"
    assert "cheapest" in decision["reasons"][-1]


@pytest.mark.parametrize(
    ("settings", "table"),
    [
        pytest.param("budget = 2.00\n", "", id="in the settings"),
        pytest.param("", "[models.cost_limits]\nper_spec_budget = 2.00\n", id="in the table"),
    ],
)
def test_a_table_that_cannot_keep_the_budget_says_so(
    route: Route, tmp_path: Path, settings: str, table: str
) -> None:
    write(tmp_path / "pyproject.toml", f"[tool.specbudget]\n{settings}")
    write(tmp_path / "r.toml", table)

    status, _, told = route("--table", "r.toml")

    assert status == 0
    assert "auto: expected to cost $8.40 a run" in told
    assert "over per_spec_budget of $2.00" in told


def test_what_is_doubtful_is_said(route: Route, tmp_path: Path) -> None:
    write(tmp_path / "r.toml", '[tiers.X]\naggregator = "gpt-4o"\n')

    _, shown, told = route("--table", "r.toml", "--json")

    (doubt,) = json.loads(shown)["doubts"]
    assert doubt in told
    assert "should not judge itself" in doubt


def test_recorded_runs_have_a_mean(route: Route, tmp_path: Path) -> None:
    journal(
        tmp_path,
        routed("a", "0.10"),
        routed("a", "0.20"),
        routed("b", "0.40", escalated=True),
        call("9", command="tasks"),
        call("9"),
    )

    recorded = json.loads(route("plan", "--json")[1])["recorded"]

    assert recorded == {
        "runs": 2,
        "runs_priced": 2,
        "runs_escalated": 1,
        "calls": 3,
        "list_cost_usd": "0.7",
        "mean_list_cost_usd": "0.35",
    }
    assert (
        "$0.3500 a run, list cost, the mean of 2 in the newest journal, 1 escalated"
        in (route("plan")[1])
    )


def test_runs_without_routing_are_tests(route: Route, tmp_path: Path) -> None:
    tests = [call("0.10", command="plan", test=test) for test in ("t.py::a", "t.py::a", "t.py::b")]
    journal(tmp_path, *tests)

    recorded = json.loads(route("plan", "--json")[1])["recorded"]

    assert (recorded["runs"], recorded["mean_list_cost_usd"]) == (2, "0.15")


def test_a_run_of_unknown_cost_is_in_no_mean(route: Route, tmp_path: Path) -> None:
    journal(tmp_path, routed("a", "0.10"), routed("b", None), routed("b", "0.50"))

    recorded = json.loads(route("plan", "--json")[1])["recorded"]

    assert (recorded["runs"], recorded["runs_priced"]) == (2, 1)
    assert recorded["mean_list_cost_usd"] == "0.1"
    assert "the mean of 1 of 2 (of the others it is unknown)" in route("plan")[1]


def test_a_table_that_was_never_locked_fails_the_check(route: Route) -> None:
    status, _, told = route("--check")

    assert status == 1
    assert "routing.lock.json is not there" in told
    assert "specbudget route --check --update" in told


def test_a_locked_table_passes_the_check(route: Route, tmp_path: Path) -> None:
    route("--check", "--update")

    status, shown, told = route("--check")

    assert (status, told) == (0, "")
    assert default_table().checksum in shown
    assert (tmp_path / "routing.lock.json").read_bytes().endswith(b"}\n")


CHANGED = '[commands.tasks]\nprimaries = ["gpt-4o-mini"]\n'


def test_an_undeclared_change_fails_and_is_named(route: Route, tmp_path: Path) -> None:
    route("--check", "--update")
    write(tmp_path / "r.toml", CHANGED)

    status, shown, told = route("--check", "--table", "r.toml")

    assert (status, shown) == (1, "")
    assert default_table().checksum in told
    assert (
        'primaries of commands.tasks.plan was ["claude-haiku-3.5", "gemini-flash-2.0"], '
        'is ["gpt-4o-mini"]'
    ) in told


def test_the_check_is_json_where_asked(route: Route, tmp_path: Path) -> None:
    route("--check", "--update")
    write(tmp_path / "r.toml", CHANGED)

    found = json.loads(route("--check", "--table", "r.toml", "--json")[1])

    assert (found["passed"], found["locked"]) == (False, default_table().checksum)
    assert found["now"] != found["locked"]
    assert len(found["differences"]) == 1


def test_a_declared_change_passes_and_is_said_once(route: Route, tmp_path: Path) -> None:
    route("--check", "--update", "--lock", "ci.lock.json")
    write(tmp_path / "r.toml", CHANGED)

    status, _, told = route("--update", "--lock", "ci.lock.json", "--table", "r.toml")

    assert status == 0
    assert "primaries of commands.tasks.plan was" in told
    assert route("--check", "--lock", "ci.lock.json", "--table", "r.toml")[0] == 0


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        pytest.param(lambda text: text.replace('"M"', '"C"'), "was changed by hand", id="edited"),
        pytest.param(
            lambda text: text[:99], "is no lock of a routing table: it is no JSON, at", id="cut"
        ),
        pytest.param(
            lambda _: "[]",
            'is no lock of a routing table: it has no "table" with its "sha256"',
            id="something else",
        ),
    ],
)
def test_a_lock_that_cannot_be_trusted_is_told_and_written_anew(
    route: Route, tmp_path: Path, damage: Callable[[str], str], told: str
) -> None:
    route("--check", "--update")
    lock = tmp_path / "routing.lock.json"
    write(lock, damage(lock.read_text(encoding="utf-8")))

    status, _, said = route("--check")

    assert status == 1
    assert told in said
    assert route("--check", "--update")[0] == 0


def test_money_in_the_table_is_locked_too(route: Route, tmp_path: Path) -> None:
    money = "[models.cost_limits]\nper_spec_budget = {}\n"
    write(tmp_path / "r.toml", money.format("2.00"))
    route("--check", "--update", "--table", "r.toml")
    same = route("--check", "--table", "r.toml")[0]
    write(tmp_path / "r.toml", money.format("20.00"))

    status, _, told = route("--check", "--table", "r.toml")

    assert (same, status) == (0, 1)
    assert 'per_spec_budget of cost_limits was "2", is "20"' in told


def test_shares_that_leave_something_over_are_said(route: Route, tmp_path: Path) -> None:
    shares = 'stage_shares = { plan = 0.4, "*" = 0.5 }'
    write(tmp_path / "r.toml", f"[models.cost_limits]\n{shares}\n")

    assert "the shares add up to 0.9 (plan 0.4, * 0.5)" in route("--table", "r.toml")[2]
