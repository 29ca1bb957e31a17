"""Recordings that answer changed requests: priced as asked now, and one finding that fails."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Outcome, Suite

PLAN = """
import os
import pytest
from calls import ask

MODEL = os.environ.get("MODEL", "gpt-4o-mini")
TEXT = "word " * 100 * int(os.environ.get("TIMES", "1"))
MORE = {"store": True} if "STORE" in os.environ else {}

@pytest.mark.spec("SPEC-1")
@pytest.mark.parametrize("case", range(3))
def test_plan(case):
    ask(MODEL, f"{case}: {TEXT}", **MORE)
"""

VCR = """
import os
import pytest, vcr
from calls import ask

MODEL = os.environ.get("MODEL", "gpt-4o-mini")
TEXT = "word " * 100 * int(os.environ.get("TIMES", "1"))

def test_plan():
    mode = os.environ.get("MODE", "none")
    with vcr.use_cassette("plan.yaml", record_mode=mode, match_on=["method", "path"]):
        ask(MODEL, TEXT)
"""


def recorded(suite: Suite, text: str = PLAN) -> Outcome:
    suite.write("test_it.py", text)
    return suite.run("--spec-budget=2", "--spec-record=all", MODE="all")


def finding(outcome: Outcome, rule: str = "recording-stale") -> dict[str, str]:
    (found,) = (one for one in outcome.facts["findings"] if one["rule"] == rule)
    return dict(found)


def cost(outcome: Outcome) -> Decimal:
    return Decimal(outcome.facts["totals"]["list_cost_usd"])


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_a_longer_prompt_on_a_dearer_model_fails_offline_and_says_what_it_costs(
    suite: Suite, workers: str
) -> None:
    before = recorded(suite)
    sent = len(suite.emulator.served)

    after = suite.run("--spec-budget=900", workers, MODEL="gpt-5.2-pro", TIMES="1000")

    assert (before.status, after.status) == (0, 1), after.text
    assert len(suite.emulator.served) == sent
    assert cost(after) > 1000 * cost(before)
    stale = finding(after)
    assert stale["subject"] == "$.messages[*].content and $.model"
    assert "3 calls were answered by recordings of others" in stale["message"]
    assert "gpt-4o-mini" in stale["details"][0]
    assert "gpt-5.2-pro" in stale["details"][0]
    verdicts = after.facts["verdicts"]
    assert (verdicts["stale"]["calls"], verdicts["hit"]["calls"]) == (3, 0)
    assert Decimal(verdicts["stale"]["recorded_list_cost_usd"]) == cost(before)
    assert Decimal(verdicts["stale"]["list_cost_usd"]) == cost(after)


def test_the_price_of_a_changed_request_breaks_its_ceiling(suite: Suite) -> None:
    recorded(suite)

    outcome = suite.run("--spec-budget=0.50", TIMES="10000")

    assert {"budget-exceeded", "recording-stale"} <= {*outcome.rules("error")}


def test_nothing_changed_is_a_hit_and_no_finding(suite: Suite) -> None:
    before = recorded(suite)

    after = suite.run("--spec-budget=2")

    assert (after.status, after.rules()) == (0, [])
    assert after.facts["verdicts"]["hit"]["calls"] == 3
    assert cost(after) == cost(before)


def test_asked_to_fail_the_call_itself_is_refused(suite: Suite) -> None:
    recorded(suite)

    outcome = suite.run("--spec-budget=2", "--spec-stale=fail", TIMES="2")

    assert outcome.status == 1
    assert "3 failed" in outcome.text
    assert outcome.rules("error") == ["cassette-miss"]
    assert outcome.facts["verdicts"]["miss"]["calls"] == 3


def test_a_new_default_of_an_sdk_is_one_finding_and_settled_by_its_path(suite: Suite) -> None:
    before = recorded(suite)
    stale = suite.run("--spec-budget=2", STORE="1")
    settled = suite.run("--spec-budget=2", "--spec-volatile=$.store", STORE="1")

    assert (stale.status, settled.status) == (1, 0)
    assert finding(stale)["subject"] == "$.store"
    assert "accept --path '$.store'" in finding(stale)["remedy"]
    assert cost(stale) == cost(settled) == cost(before)
    assert settled.rules() == []


def test_a_cassette_of_vcrpy_that_answers_another_request_warns(suite: Suite) -> None:
    before = recorded(suite, VCR)

    after = suite.run("--spec-budget=9", MODEL="gpt-5.2-pro", TIMES="100")

    assert (before.status, after.status) == (0, 0), before.text + after.text
    assert after.rules("warning") == ["recording-stale"]
    assert finding(after)["subject"] == "$.messages[*].content and $.model"
    assert cost(after) > 100 * cost(before)


@pytest.mark.parametrize("how", ["estimate", "fail"])
def test_a_cassette_of_vcrpy_fails_where_that_was_asked_for(suite: Suite, how: str) -> None:
    recorded(suite, VCR)

    outcome = suite.run(f"--spec-stale={how}", TIMES="2")

    assert outcome.status == 1
    assert ("1 failed" in outcome.text) == (how == "fail")
    assert outcome.facts["totals"]["stale_calls"] == (how == "estimate")


def test_a_cassette_of_vcrpy_that_matches_is_a_hit(suite: Suite) -> None:
    recorded(suite, VCR)

    outcome = suite.run("--spec-budget=2", "--spec-stale=fail")

    assert (outcome.status, outcome.rules()) == (0, [])
    assert outcome.facts["verdicts"]["hit"]["calls"] == 1


def test_known_staleness_passes_and_new_staleness_fails(suite: Suite) -> None:
    recorded(suite)
    suite.run("--spec-budget=2", TIMES="2")

    accepted = suite.command("cassettes", "accept", "--known")
    known = suite.run("--spec-budget=2", TIMES="2")
    news = suite.run("--spec-budget=2", TIMES="3")

    assert accepted.ret == 0, accepted.stdout.str() + accepted.stderr.str()
    assert (known.status, known.rules()) == (0, [])
    assert known.facts["verdicts"]["stale"]["calls"] == 3
    assert news.status == 1


def test_a_path_is_accepted_that_changes_no_price(suite: Suite) -> None:
    recorded(suite)
    suite.run("--spec-budget=2", STORE="1")

    accepted = suite.command("cassettes", "accept", "--path", "$.store")

    assert accepted.ret == 0, accepted.stderr.str()
    assert suite.run("--spec-budget=2", STORE="1").status == 0


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("$.model", "what a call costs follows from it", id="the model"),
        pytest.param("$.messages[*].content", "what a call costs follows", id="the prompt"),
        pytest.param("$.*", "what a call costs follows from it", id="anything at all"),
        pytest.param("$.stroe", "found no recording that differs there", id="a slip"),
    ],
)
def test_a_path_is_not_accepted_that_could_hide_a_price(suite: Suite, path: str, why: str) -> None:
    recorded(suite)
    suite.run("--spec-budget=2", STORE="1")

    refused = suite.command("cassettes", "accept", "--path", path)

    assert refused.ret == 1
    assert why in refused.stderr.str()
    assert not (suite.folder / "specbudget-stale.toml").exists()


@pytest.mark.parametrize("text", [PLAN, VCR], ids=["ours", "of vcrpy"])
def test_a_place_that_does_not_count_excuses_a_recording_and_never_the_money(
    suite: Suite, text: str
) -> None:
    before = recorded(suite, text)
    paths = ["--spec-volatile=$.messages[*].content", "--spec-volatile=$.model"]

    after = suite.run("--spec-budget=900", *paths, MODEL="gpt-5.2-pro", TIMES="1000")

    assert (after.status, after.facts["verdicts"]["stale"]["calls"]) == (0, 0), after.text
    assert cost(after) > 1000 * cost(before)


def test_a_call_around_an_open_cassette_is_a_bypass(suite: Suite) -> None:
    suite.write("test_it.py", VCR.replace("match_on", "ignore_localhost=True, match_on"))

    outcome = suite.run("--spec-budget=2")

    assert outcome.rules("warning") == ["cassette-bypassed"]
    assert outcome.facts["verdicts"]["bypass"]["calls"] == 1
    assert Decimal(outcome.facts["verdicts"]["bypass"]["billed_cost_usd"]) == cost(outcome) > 0


def test_a_file_of_known_staleness_that_makes_no_sense_stops_the_run(suite: Suite) -> None:
    recorded(suite)
    suite.write("specbudget-stale.toml", "[[paths]]\npath = 'store'\n")

    outcome = suite.run("--spec-budget=2")

    assert outcome.status == 4
    assert 'specbudget-stale.toml, [[paths]] number 1: "store" is no path' in outcome.errors


def test_a_torn_recording_is_told_where_it_is_replayed(suite: Suite) -> None:
    recorded(suite)
    (file, *_) = sorted(suite.folder.glob("cassettes/test_it/*.yaml"))
    with file.open("ab") as torn:
        torn.write(b'- {"request": {"method": "PO')

    outcome = suite.run("--spec-budget=2")

    assert outcome.rules("warning") == ["recording-torn"]
    assert "was cut off as it was written" in finding(outcome, "recording-torn")["message"]
