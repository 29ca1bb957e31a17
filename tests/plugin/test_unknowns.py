"""What cannot be known is a finding and fails the run; it is never $0 and never a lookalike's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.emulator import gzipped, multiplied, silent, vanishing

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from support.emulator import Behaviour
    from support.suites import Suite

ASKS = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1")
def test_asks():
    for _ in range(2):
        try:
            ask({model!r})
        except Exception as error:
            print(type(error))
"""


@pytest.mark.parametrize("model", ["gpt-999", "gpt-4o-mini-turbo", "gemini-2.5-pro-turbo"])
def test_a_model_without_a_price_is_a_finding_with_the_toml_to_paste(
    suite: Suite, model: str
) -> None:
    suite.write("test_it.py", ASKS.format(model=model))

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1
    assert outcome.rules("error") == ["usage-unpriced"]
    assert outcome.facts["calls_unpriced"] == 2
    assert outcome.row("specs", "SPEC-1")["list_cost_usd"] == "0"
    (finding,) = outcome.facts["findings"]
    assert f'model = "{model}"' in finding["remedy"]
    assert "?" in outcome.text


def test_the_price_that_was_pasted_settles_it(suite: Suite) -> None:
    suite.write("test_it.py", ASKS.format(model="gpt-999"))
    suite.write(
        "prices.toml",
        '[[price]]\nprovider = "openai"\nmodel = "gpt-999"\nvalid_from = "2026-01-01"\n'
        'rates = { input = "1.00", output = "2.00" }\nsource = "our contract"\n'
        'checked = "2026-11-01"\n',
    )

    outcome = suite.run("--spec-budget=2.00", "--spec-prices=prices.toml")

    assert outcome.status == 0, outcome.text
    row = outcome.row("specs", "SPEC-1")
    microdollars = row["input_tokens"] + 2 * row["output_tokens"]
    assert float(row["list_cost_usd"]) == pytest.approx(microdollars / 1_000_000, rel=1e-12)
    assert outcome.facts["catalogue"]["overlays"]


@pytest.mark.parametrize(
    ("behaviour", "rule"),
    [
        pytest.param(silent(), "usage-unreported", id="no counts"),
        pytest.param(multiplied(-1), "usage-unreported", id="negative counts"),
        pytest.param(multiplied(10**15), "usage-unreported", id="absurd counts"),
        pytest.param(vanishing(), "call-unanswered", id="no answer"),
    ],
)
def test_an_answer_that_does_not_tell_is_a_finding(
    suite: Suite, behaviour: Behaviour, rule: str
) -> None:
    suite.write("test_it.py", ASKS.format(model="gpt-4o-mini"))
    suite.emulator.always(behaviour)

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 1, outcome.text
    assert outcome.rules("error") == [rule]
    totals = outcome.facts["totals"]
    assert totals["calls"] == 2
    assert totals["input_tokens"] >= 0


def test_it_only_warns_where_that_was_asked_for(suite: Suite) -> None:
    suite.write("test_it.py", ASKS.format(model="gpt-999"))

    outcome = suite.run("--spec-budget=2.00", "--spec-unknown=warn")

    assert outcome.status == 0
    assert outcome.rules("warning") == ["usage-unpriced"]


def test_a_host_that_was_declared_free_costs_nothing(suite: Suite) -> None:
    suite.write("test_it.py", ASKS.format(model="llama-of-our-own"))
    suite.write("specbudget.toml", 'hosts."127.0.0.1" = { free = "our own machine" }\n')

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 0, outcome.text
    assert outcome.facts["totals"]["calls"] == 2


def test_an_alias_of_a_gateway_is_priced_as_the_model_it_stands_for(suite: Suite) -> None:
    suite.write("test_it.py", ASKS.format(model="fast-1"))
    suite.write(
        "specbudget.toml",
        'hosts."127.*" = { provider = "openai", models = { "fast-1" = "gpt-4o-mini" } }\n',
    )

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 0, outcome.text
    assert [row["name"] for row in outcome.facts["models"]] == ["openai/gpt-4o-mini"]


BOUNDED = 'hosts."127.0.0.1" = { bound_usd = "0.05" }\n'


@pytest.mark.parametrize(
    ("model", "behaviour"),
    [
        pytest.param("gpt-999", gzipped(), id="no price"),
        pytest.param("gpt-4o-mini", silent(), id="no counts"),
        pytest.param("gpt-4o-mini", vanishing(), id="no answer"),
    ],
)
@pytest.mark.parametrize(
    ("ceiling", "status"),
    [
        pytest.param("0.1000", 0, id="the bounds of two calls are within the ceiling"),
        pytest.param("0.0999", 1, id="they are not"),
    ],
)
def test_a_declared_bound_is_judged_instead(
    suite: Suite, model: str, behaviour: Behaviour, ceiling: str, status: int
) -> None:
    suite.write("test_it.py", ASKS.format(model=model))
    suite.write("specbudget.toml", BOUNDED)
    suite.emulator.always(behaviour)

    outcome = suite.run(f"--spec-budget={ceiling}")

    assert outcome.status == status, outcome.text
    assert outcome.rules("error") == ["budget-exceeded"] * status
    assert "usage-bounded" in outcome.rules("warning")
    assert outcome.facts["totals"]["bounded_calls"] == 2
    assert f"$0.0000 to $0.1000 of ${ceiling}" in outcome.text


def test_tokens_are_estimated_where_that_was_declared_and_marked(suite: Suite) -> None:
    suite.write("test_it.py", ASKS.format(model="gpt-4o-mini"))
    suite.write("specbudget.toml", 'hosts."127.0.0.1" = { estimate = "chars/4" }\n')
    suite.emulator.always(silent())

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 0, outcome.text
    assert outcome.rules() == ["usage-estimated"]
    row = outcome.row("specs", "SPEC-1")
    assert (row["estimated_calls"], row["input_tokens"]) == (2, 2 * len("word " * 100) // 4)
    assert (outcome.facts["estimated"], outcome.facts["gates"][0]["estimated"]) == (True, True)
    assert "list (estimated)" in outcome.text
    assert "2 calls estimated" in outcome.text


def test_stored_and_combined_books_say_of_bounds_what_the_run_said(suite: Suite) -> None:
    suite.write("test_it.py", ASKS.format(model="gpt-999"))
    suite.write("specbudget.toml", BOUNDED)
    outcome = suite.run("--spec-budget=0.0999")
    (folder,) = (suite.folder / ".specbudget" / "journal").iterdir()

    combined = suite.folder / "all.jsonl"
    statuses = [
        main(["gate", str(suite.folder / "report.json")]),
        main(["combine", str(folder), "-o", str(combined)]),
        main(["gate", str(combined)]),
        main(["gate", str(combined), "--budget", "0.1"]),
    ]

    assert (outcome.status, statuses) == (1, [1, 0, 1, 0])
