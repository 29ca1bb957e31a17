"""What `specbudget diff` says of branches that each change one thing, and what it would post."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.gold import agree

from pytest_specbudget.baselines.recorded import recorded_side, working_tree
from pytest_specbudget.baselines.stored import write_baseline
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.comparisons.sides import OneInstant
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.repositories import Checkout

    Run = Callable[..., tuple[int, str]]

GOLD = Path(__file__).parent / "gold"


@pytest.mark.parametrize(
    ("branch", "status", "said"),
    [
        pytest.param("longer-prompt", 1, "regressed", id="a longer prompt fails"),
        pytest.param("swapped-model", 1, "regressed", id="a dearer model fails"),
        pytest.param("added-retry", 1, "regressed", id="calls that are made twice fail"),
        pytest.param("other-prices", 0, "same", id="other prices alone change nothing"),
        pytest.param("rerecorded", 0, "tolerated", id="a somewhat longer answer passes"),
        pytest.param("cheaper", 0, "cheaper", id="a shorter prompt passes"),
        pytest.param("raised-ceiling", 1, "regressed", id="a raised ceiling excuses no rise"),
    ],
)
def test_a_branch_is_judged(
    repository: Checkout, run: Run, branch: str, status: int, said: str
) -> None:
    repository.switch(branch)

    found = run("diff", "git:main", "--json")
    posted = run("diff", "git:main", "--markdown")

    whole = json.loads(found[1])["changes"][0]
    assert (found[0], posted[0], whole["said"]) == (status, status, said)
    agree(posted[1], GOLD / f"{branch}.md")


@pytest.mark.parametrize(
    ("branch", "split"),
    [
        pytest.param("longer-prompt", {"tokens_usd": "0.05"}, id="a prompt is tokens"),
        pytest.param("swapped-model", {"mix_usd": "2.34"}, id="a model is the mix"),
        pytest.param("cheaper", {"tokens_usd": "-0.04"}, id="a shorter prompt is fewer tokens"),
        pytest.param("rerecorded", {"tokens_usd": "0.002"}, id="a longer answer is tokens"),
        pytest.param("other-prices", {"price_usd": "0.03"}, id="other prices are prices"),
    ],
)
def test_the_rise_of_a_spec_is_split(
    repository: Checkout, run: Run, branch: str, split: dict[str, str]
) -> None:
    repository.switch(branch)

    effects = json.loads(run("diff", "git:main", "--json")[1])["effects"]

    (research,) = (one for one in effects if one["subject"] == "RESEARCH")
    nothing = dict.fromkeys(("price_usd", "calls_usd", "mix_usd", "tokens_usd"), "0")
    assert {name: research[name] for name in nothing} == nothing | split


def test_a_call_that_is_made_twice_is_named_and_priced(repository: Checkout, run: Run) -> None:
    repository.switch("added-retry")

    wasted = json.loads(run("diff", "git:main", "--json")[1])["waste"]

    told = {(one["kind"], one["test"].rpartition("::")[2], one["list_cost_usd"]) for one in wasted}
    assert told == {
        ("duplicate", "test_greet", "0.07"),
        ("retry", "test_dive", "0"),
        ("retry", "test_sum_up", "0"),
    }


def test_other_prices_are_told_where_the_base_was_stored_at_its_own(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    stored = tmp_path / "base.json"
    _store(repository, run, stored)
    repository.switch("other-prices")

    status, printed = run("diff", stored, "git:other-prices", "--json")

    whole = json.loads(printed)["effects"][0]
    assert (status, whole["price_usd"], whole["tokens_usd"]) == (0, "0.036", "0")


def _store(repository: Checkout, run: Run, stored: Path) -> None:
    """Store what the recordings of `main` consume, by the journal of a run that played them."""
    settings = read_settings(options={}, environment={}, rootdir=repository.root)
    desk = PriceDesk(settings)
    tree = working_tree(repository.root, settings)
    side = recorded_side(tree, settings, OneInstant.of(desk))
    write_baseline(stored, side, package=".", prices=desk.facts())
    assert run("baseline", "show", stored)[0] == 0


@pytest.mark.parametrize(
    ("limit", "status"),
    [
        pytest.param("27.78", 0, id="below the limit passes"),
        pytest.param("27.77", 1, id="a test beyond it fails"),
    ],
)
def test_a_limit_in_percent_decides(
    repository: Checkout, run: Run, limit: str, status: int
) -> None:
    repository.switch("longer-prompt")

    assert run("diff", "git:main", "--max-regression", limit)[0] == status
