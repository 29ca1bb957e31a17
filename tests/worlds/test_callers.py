"""Every client in every way that it has: each attempt once, with the server's own counts.

Live, recorded, replayed and refused, in a world of clients that are used together.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from support.booked import charges
from support.emulator import rate_limited
from support.sdk_suite import Counts
from worlds.callers.amazon import AMAZON
from worlds.callers.carriers import CARRIERS
from worlds.callers.frameworks import FRAMEWORKS
from worlds.callers.makers import MAKERS
from worlds.callers.more import MORE
from worlds.callers.others import OTHERS
from worlds.callers.unrecorded import TOLD, UNRECORDED

if TYPE_CHECKING:
    from support.suites import Outcome, Suite
    from worlds.caller import Caller
    from worlds.everybody import Everybody, Told

    from pytest_specbudget.core.ledger import Charge

CALLERS = (*MAKERS, *OTHERS, *AMAZON, *FRAMEWORKS, *UNRECORDED, *MORE, *CARRIERS)
EVERY_CLIENT = pytest.mark.parametrize("client", CALLERS, ids=str)
EVERY_RECORDED_CLIENT = pytest.mark.parametrize(
    "client", [each for each in CALLERS if each.recorded], ids=str
)
PAID = ("replayed_calls", "billed_cost_usd")
"""What a replayed call changes: who was paid."""
REFUSED = "a model call to "


def prepare(suite: Suite, everybody: Everybody, client: Caller) -> None:
    suite.write("test_client.py", client.code)
    if client.hosts:
        rule = f'[tool.specbudget.hosts]\n"127.0.0.1" = {{ {client.hosts} }}\n'
        suite.write("pyproject.toml", rule)
    if client.busy:
        everybody.script(rate_limited(), model=client.busy)


def told(suite: Suite, everybody: Everybody) -> Counter[Told]:
    """Return what the servers reported: everybody, and who is part of the suite."""
    file = suite.folder / TOLD
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    answers = [json.loads(line) for line in lines]
    return everybody.told + Counter((provider, Counts(*rest)) for provider, *rest in answers)


def booked(suite: Suite) -> Counter[Told]:
    return Counter(_reported_in(one) for one in charges(suite) if one.outcome == "answered")


def _reported_in(charge: Charge) -> Told:
    usage = charge.reading.usage
    counts = Counts(
        charge.reading.model,
        usage.input_tokens or 0,
        usage.output_tokens or 0,
        usage.cache_read_input_tokens or 0,
    )
    return charge.reading.provider, counts


def expected_calls(client: Caller, outcome: Outcome) -> dict[str, int]:
    named = {row["name"]: row["name"].partition("::")[2] for row in outcome.facts["tests"]}
    return {name: client.calls.get(test.partition("[")[0], 1) for name, test in named.items()}


def made_calls(outcome: Outcome) -> dict[str, int]:
    return {row["name"]: row["calls"] for row in outcome.facts["tests"]}


def figures(outcome: Outcome) -> dict[str, Any]:
    return {
        row["name"]: {name: value for name, value in row.items() if name not in PAID}
        for row in outcome.facts["tests"]
    }


@EVERY_CLIENT
def test_every_attempt_is_booked_once_with_the_server_s_own_counts(
    suite: Suite, everybody: Everybody, client: Caller
) -> None:
    prepare(suite, everybody, client)

    outcome = suite.run("--spec-budget=9")

    assert outcome.status == 0, outcome.text
    assert outcome.facts["findings"] == []
    assert made_calls(outcome) == expected_calls(client, outcome)
    assert booked(suite) == told(suite, everybody)
    assert {one.source for one in charges(suite)} == {"live"}
    failed = [one for one in charges(suite) if one.outcome == "failed"]
    assert [(one.status, str(one.list_cost)) for one in failed] == [(429, "0")] * bool(client.busy)


@EVERY_RECORDED_CLIENT
def test_what_was_recorded_replays_with_the_same_figures_and_sends_nothing(
    suite: Suite, everybody: Everybody, client: Caller
) -> None:
    prepare(suite, everybody, client)

    recorded = suite.run("--spec-budget=9", "--spec-record=all")
    reported, hits = everybody.told, len(everybody.served)
    replayed = suite.run("--spec-budget=9", "--spec-forbid-live")

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    assert len(everybody.served) == hits
    assert booked(suite) == reported
    assert made_calls(recorded) == expected_calls(client, recorded)
    assert figures(replayed) == figures(recorded)
    totals = replayed.facts["totals"]
    assert totals["replayed_calls"] == totals["calls"]
    assert totals["billed_cost_usd"] == "0"


@EVERY_CLIENT
def test_forbidden_calls_are_one_clear_failure_of_each_test_and_send_nothing(
    suite: Suite, everybody: Everybody, client: Caller
) -> None:
    prepare(suite, everybody, client)

    outcome = suite.run("--spec-forbid-live", "-rfp")

    lines = outcome.text.splitlines()
    failed = [line for line in lines if line.startswith("FAILED test_client.py")]
    passed = [line for line in lines if line.startswith("PASSED test_client.py")]
    assert [each for each in everybody.served if not each.free] == []
    assert not told(suite, everybody)
    assert len(passed) == list(client.calls.values()).count(0)
    assert len([line for line in lines if line.startswith(REFUSED)]) == len(failed) > 0
    assert "Traceback" not in outcome.text
