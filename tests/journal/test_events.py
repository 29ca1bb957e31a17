"""Events whose values are not what we write are damage; a run is never judged by them."""

from __future__ import annotations

import json
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from support.emulator import Emulator
from support.suites import Suite

from pytest_specbudget.bookkeeping.recall import recalled, values_of
from pytest_specbudget.cli import main
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.score import Score
from pytest_specbudget.journal.events import JUDGED
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.journal.reader import Journal, journal_files, read_journal, read_lines
from pytest_specbudget.providers.hosts import HostRule
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.settings.values import baseline_of
from pytest_specbudget.verdicts.closing import judged_again
from pytest_specbudget.verdicts.scores import score_values

if TYPE_CHECKING:
    _Values = dict[str, Any]

HELD = Settings(
    limits=(Limit(scope="spec", subject="SPEC-1", ceiling=Money.parse("2"), origin="--x"),),
    explicit_mode="enforce",
    explicit_stale="fail",
    min_quality=Fraction(1, 3),
    max_regression=Fraction(25, 2),
    baseline=baseline_of("git:main", "--b"),
    prices=(Path("own.toml"),),
    history=Path("past"),
    hosts=(HostRule(pattern="*.corp", models={"a": "b"}, bounds={"*": Money.parse("0.05")}),),
    origins={"min_quality": "--q"},
    model="big",
    asked=True,
)
SCORED = Score(kind="quality", value=Fraction(9, 10), metric="m/1", case="a", tier="S")
TEST = "t.py::test_a"
CALL = {"id": "r1/gw0/7/2", "test": TEST}
WRITTEN: dict[str, _Values] = {
    "attempt": {"test": TEST, "attempt": 2},
    "catalogue": {"sha256": "ab", "as_of": "2026-11-21T00:00:00Z", "source": "s", "overlays": [""]},
    "chosen": {"paths": ["tests/a"]},
    "damage": {"sentence": "a.jsonl:7: a torn line"},
    "ended": {"why": "killed", "early": "-x", "journals": ["j.jsonl"], "unrun": [TEST]},
    "hidden": {"test": TEST, "requests": 2},
    "limit": {
        "node": TEST,
        "origin": "t.py:3",
        "single": True,
        "budget": "0.10",
        "max_calls": 0,
        "allow_tiers": ["S"],
        "min_quality": "9/10",
        "min_agreement": "1",
        "max_regression": "10",
    },
    "missed": {**CALL, "message": "no recording", "stock": True},
    "native": {"step": "split", "latency_s": 0.25, "test": TEST, "spec": "S", "stage": "draft"},
    "outcome": {
        "test": TEST,
        "outcome": "passed",
        "when": "call",
        "attempt": 1,
        "spec": "S",
        "command": "plan",
        "tier": "S",
    },
    "partial": {"reasons": ["2 tests were deselected"]},
    "price-stale": {"source": "openai", "words": "gpt-4o, checked 2026-01-01"},
    "price-unused": {"words": "own.toml: no such model"},
    "prices-disagree": {"words": "own.toml: two prices"},
    "refused": {**CALL, "message": "no call may leave"},
    "resembles": {**CALL, "host": "llm.corp", "path": "/v1"},
    "routed": {"test": TEST, "blocked": True, "message": "no model"},
    "routing_table": {"text": "", "source": "routing.toml"},
    "score": score_values(SCORED, sample="r/main/7/1"),
    "settings": {
        **{name: value for name, value in values_of(HELD).items() if value is not None},
        "price_at": "recorded",
        "prices_as_of": "2026-11-21T00:00:00+00:00",
    },
    "stage": {"spec": "S", "stage": "draft"},
    "stopped": {**CALL, "ceiling": "whole run", "message": "m", "origin": "o", "remedy": "r"},
    "torn": {"test": TEST, "words": "the recording is torn"},
    "trouble": {"where": "httpx", "error": "KeyError: 1", "test": TEST},
    "truth": {"command": "plan", "by": "schema", "accepted": True, "good": False},
    "unseen": {"carrier": "a transport"},
    "unwritable": {"where": "j.jsonl", "error": "no space"},
}
UNREAD = {("outcome", "when")}
"""What is written, and nobody asks for."""

ROUTING = """
[models.cost_limits]
per_spec_budget = 5
"""
SETTINGS = """
[tool.pytest]
pythonpath = ['.']

[tool.specbudget]
cassettes = "all"
min_pass_rate = 0.1
max_premium_share = 1
hosts."*.corp" = { provider = "openai", models = { "a" = "gpt-4o" }, bound_usd = "0.05" }
"""
TESTS = """
import pytest
from calls import ask

@pytest.mark.spec(
    "SPEC-1", command="plan", stage="draft", tier="S", budget="1.00", max_calls=3,
    allow_tiers=["S", "M"], min_quality=0.5, min_agreement=0.5, max_regression=10,
)
def test_scored(spec_score, spec_spend):
    ask()
    with spec_spend.native("split"):
        pass
    spec_score(0.9)
    assert spec_score.agreement("a", "a") == 1

@pytest.mark.spec("SPEC-2", stage="silent", budget="0.50")
class TestGroup:
    def test_silent(self):
        pass

def test_left_out():
    raise AssertionError
"""
ODD: tuple[Any, ...] = (
    *(None, True, -1, 10**30, 1.5, float("nan"), "", "x", "1/0", "1e999999999", "a\0b", "git:"),
    *([], ["x"], [[]], [None], {}, {"x": 1}, {"x": {}}),
)


def header() -> _Values:
    return {"kind": "header", "schema": SCHEMA, "run": "r1", "worker": "main", "pid": 7}


def event(name: str, values: object) -> _Values:
    return {"kind": "event", "event": name, "values": values}


def read(*events: _Values) -> Journal:
    footer = {"kind": "footer", "count": 0, "list_cost": "0", "events": len(events)}
    return read_lines("j.jsonl", map(json.dumps, [header(), *events, footer]))


def rules(journal: Journal) -> set[str]:
    report = judged_again([journal], recalled([journal]))
    assert not report.verdict.passed
    return {one.rule for one in report.verdict.findings if one.inconclusive}


@pytest.mark.parametrize("name", JUDGED)
def test_an_event_as_we_write_it_is_read(name: str) -> None:
    journal = read(event(name, WRITTEN[name]))

    assert journal.damage == []
    assert [one.values for one in journal.events] == [WRITTEN[name]]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (name, key)
        for name, values in WRITTEN.items()
        for key in values
        if (name, key) not in UNREAD
    ],
)
@pytest.mark.parametrize("odd", [{"x": 1.5}, -1.5], ids=["an object", "a number"])
def test_an_odd_value_of_any_event_is_damage_with_file_and_line(
    name: str, key: str, odd: object
) -> None:
    journal = read(event(name, WRITTEN[name] | {key: odd}))

    (told,) = journal.damage
    assert told.startswith(f"j.jsonl:2: values.{key}")
    assert journal.events == []


@pytest.mark.parametrize("name", JUDGED)
def test_a_run_of_which_an_event_makes_no_sense_is_not_green(name: str) -> None:
    odd = {key: {"x": 1.5} for key in WRITTEN[name]}

    assert "journal-damaged" in rules(read(event(name, odd)))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        *(("settings", key) for key in ("limits", "alert_warning", "alert_critical")),
        *(("attempt", key) for key in ("test", "attempt")),
        *(("limit", key) for key in ("node", "origin")),
        *(("native", key) for key in ("step", "latency_s")),
        *(("outcome", key) for key in ("test", "outcome")),
        *(("routing_table", key) for key in ("text", "source")),
        *(("score", key) for key in ("kind", "value", "metric", "case", "test", "spec", "live")),
        *(("truth", key) for key in ("command", "by", "accepted", "good")),
        *(("stage", "stage"), ("routed", "blocked"), ("damage", "sentence")),
    ],
)
def test_what_a_verdict_cannot_do_without_must_be_there(name: str, key: str) -> None:
    values = {one: value for one, value in WRITTEN[name].items() if one != key}

    journal = read(event(name, values | {f"{key}x": WRITTEN[name][key]}))

    assert journal.damage == [f"j.jsonl:2: values.{key}: is missing"]
    assert "journal-damaged" in rules(journal)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        pytest.param("limit", {"budget": "x"}, "'x' is not an amount", id="no amount"),
        pytest.param("limit", {"max_regression": "1/0"}, "is not a number", id="no number"),
        pytest.param("limit", {"min_quality": "2"}, "from 0 to 1", id="more than all"),
        pytest.param("settings", {"price_at": "x"}, "is not a time", id="no instant"),
        pytest.param("settings", {"prices_as_of": "2026-11-21"}, "offset", id="no offset"),
        pytest.param("settings", {"baseline": "git:-x"}, "names no revision", id="an option"),
        pytest.param("settings", {"hosts": [{}]}, "hosts.0.pattern: is missing", id="no host"),
        pytest.param(
            "settings", {"limits": [["year", None, "1", "--y"]]}, "limits.0.0: ", id="no scope"
        ),
        pytest.param("settings", {"explicit_mode": "off"}, "observe, warn", id="no mode"),
        pytest.param("score", {"kind": "taste"}, "quality, agreement", id="no kind"),
        pytest.param("began", {"id": ["x"]}, "values.id: ", id="of an event nobody asks for"),
    ],
)
def test_a_value_of_the_right_type_may_be_odd(name: str, values: _Values, said: str) -> None:
    journal = read(event(name, WRITTEN.get(name, {}) | values))

    assert len(journal.damage) == 1
    assert said in journal.damage[0]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(event("invented-later", {"test": TEST, "limits": 7}), id="an unknown event"),
        pytest.param(event("attempt", WRITTEN["attempt"] | {"why": 7}), id="an unknown key"),
        pytest.param(
            event("settings", {"limits": [], "alert_warning": "4/5", "alert_critical": "9/10"}),
            id="settings of a version that had no others",
        ),
        pytest.param(event("settings", values_of(Settings())), id="settings with nulls"),
        pytest.param(event("refused", {"id": CALL["id"]}), id="a refusal without words"),
        pytest.param(event("outcome", {"test": TEST, "outcome": "rerun"}), id="a plugin's outcome"),
    ],
)
def test_what_other_versions_write_is_read(line: _Values) -> None:
    assert read(line).damage == []


@pytest.fixture
def real(pytester: pytest.Pytester) -> Path:
    """Run a suite that makes events of many kinds; return the file of its journal."""
    with Emulator() as emulator:
        suite = Suite(pytester, emulator)
        suite.write("pyproject.toml", SETTINGS)
        suite.write("routing.toml", ROUTING)
        suite.write("test_it.py", TESTS)
        words = ("--spec-budget=9", "--spec-routing=routing.toml", "-kscored or silent")
        suite.run(*words, "--spec-record=once")  # a replayed score is no sample, and sure
        assert suite.run(*words).status == 0
    (file,) = journal_files(suite.folder / ".specbudget")
    return file


def test_no_change_of_an_event_ends_a_command_in_a_traceback(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.loads(line) for line in real.read_text("utf-8").splitlines()]
    names = {line["event"] for line in lines if line["kind"] == "event"}
    assert names >= {"settings", "limit", "routing_table", "outcome", "score", "native", "stage"}
    assert read_journal(real).damage == []
    assert main(["gate", str(real)]) == 0

    for seed in range(150):
        changed = tmp_path / "changed.jsonl"
        told = map(json.dumps, changed_by(Random(seed), deepcopy(lines)))  # noqa: S311 - cases to try, no secrets
        changed.write_text("".join(f"{line}\n" for line in told), "utf-8")
        damage = read_journal(changed).damage
        statuses = [main([command, str(changed)]) for command in ("report", "gate")]

        assert {*statuses} <= {0, 1}, seed
        assert not damage or statuses[1] == 1, seed
        shown = capsys.readouterr()
        assert not damage or "changed.jsonl:" in shown.out + shown.err, seed


def changed_by(chance: Random, lines: list[_Values]) -> list[_Values]:
    """Change one key or value of one event, at any depth."""
    events = [line for line in lines if line["kind"] == "event" and line["values"]]
    chosen = chance.choice(events)
    place: Any = chosen["values"]
    key = chance.choice(keys_of(place))
    while keys_of(place[key]) and chance.random() < 0.6:
        place = place[key]
        key = chance.choice(keys_of(place))
    match chance.choice(["value", "value", "key", "gone", "event"]):
        case "value":
            place[key] = chance.choice(ODD)
        case "key" if isinstance(place, dict):
            place[f"{key}x"] = place.pop(key)
        case "event":
            chosen["event"] = chance.choice([*JUDGED])
        case _:
            del place[key]
    return lines


def keys_of(value: Any) -> list[Any]:
    return (
        [*value]
        if isinstance(value, dict)
        else [*range(len(value))]
        if isinstance(value, list)
        else []
    )
