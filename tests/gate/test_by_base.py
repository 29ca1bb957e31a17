"""What `specbudget comment` says of a change: judged by its base, whatever the change edits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.branches import journal_of
from support.charges import charge
from support.gold import agree

from pytest_specbudget.core.staleness import Staleness
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.repositories import Checkout

    from pytest_specbudget.core.ledger import Charge

    Run = Callable[..., tuple[int, str]]

GOLD = Path(__file__).parent / "gold"
ACK = '[[ack]]\nsubject = "RESEARCH"\nlimit = "{}%"\nuntil = 9999-12-31\nreason = "meant"\n'


def headline(comment: str) -> str:
    return next(line for line in comment.splitlines() if line.startswith("### "))


def changed(repository: Checkout, start: str, **files: str) -> str:
    """Commit *files* (`a__b_toml` is `a/b.toml`) on top of *start*; return the commit."""
    repository.git("checkout", "--quiet", "--detach", start)
    for name, text in files.items():
        repository.write(name, text)
    commit = repository.commit("an edit")
    repository.switch("main")
    return commit


def edited(repository: Checkout, start: str, name: str, old: str, new: str) -> str:
    """Commit an edit of one file on top of *start*; return the commit."""
    text = repository.git("show", f"{start}:{name}")
    assert old in text
    return changed(repository, start, **{name: f"{text.replace(old, new)}\n"})


def call(test: str, tokens: tuple[int, int], **others: Any) -> Charge:
    """Make a call of RESEARCH that its recording on `main` answered, on another machine."""
    values = {
        "model": "small",
        "request_model": "small",
        "spec": "RESEARCH",
        "host": "api.openai.com",
        "cassette": f"/home/runner/p/tests/research/cassettes/test_plan/{test}.yaml",
        "cassette_index": 0,
        "test": f"tests/research/test_plan.py::{test}",
        "usage": Usage(input_tokens=tokens[0], output_tokens=tokens[1]),
    }
    return charge("0.0000001", **{**values, **others})


DIVE, SUM_UP = call("test_dive", (1000, 200)), call("test_sum_up", (500, 75))


def test_a_raised_ceiling_is_in_the_headline_and_does_not_hold(run: Run) -> None:
    status, comment = run("comment", "--head", "raised-ceiling")

    assert status == 1
    assert "this change raises its own ceiling: 0.50 to 5.00" in headline(comment)
    assert "RESEARCH $2.6000, ceiling $0.50 from budget = 0.50 in pyproject.toml" in comment
    agree(comment, GOLD / "raised-ceiling-by-base.md")


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        pytest.param(
            "prices.toml", '"100"', '"1"', "changes its own prices in prices.toml", id="an overlay"
        ),
        pytest.param(
            "pyproject.toml",
            "budget = 0.50\n",
            "",
            "removes its own ceiling of 0.50",
            id="a ceiling that is taken away",
        ),
        pytest.param(
            "pyproject.toml",
            "budget = 0.50",
            'budget = 0.50\nmode = "observe"',
            "sets its own mode: observe",
            id="the mode",
        ),
        pytest.param(
            "pyproject.toml",
            "budget = 0.50",
            "budget = 0.50\nmax_regression = 90",
            "sets its own max_regression: 90",
            id="the limit of a rise",
        ),
        pytest.param(
            "tests/research/test_plan.py",
            'spec("RESEARCH")',
            'spec("RESEARCH", max_regression=900)',
            "sets its own max_regression: 900",
            id="the limit of a marker",
        ),
        pytest.param(
            "pyproject.toml",
            'addopts = ["',
            'addopts = ["--spec-budget=9", "',
            "sets a ceiling of its own: 9",
            id="an option in addopts",
        ),
    ],
)
def test_what_a_change_edits_of_its_gate_is_in_the_headline(  # noqa: PLR0913, PLR0917 - a table
    repository: Checkout, run: Run, name: str, old: str, new: str, told: str
) -> None:
    commit = edited(repository, "longer-prompt", name, old, new)

    status, comment = run("comment", "--head", commit)

    assert status == 1
    assert f"this change {told}" in headline(comment)
    assert "RESEARCH rose from $0.2600 to $0.3100" in comment


def test_a_ceiling_in_a_workflow_counts_as_one(repository: Checkout, run: Run) -> None:
    workflow = ".github/workflows/tests.yml"
    base = changed(repository, "main", **{workflow: "- run: pytest --spec-budget=2.00 -q\n"})
    commit = edited(repository, base, workflow, "2.00", "20.00")

    status, comment = run("comment", "--head", commit, "--base", base)

    assert status == 0
    assert "this change raises its own ceiling: 2.00 to 20.00" in headline(comment)


def test_nothing_is_told_of_what_the_base_edited_meanwhile(repository: Checkout, run: Run) -> None:
    base = edited(repository, "main", "pyproject.toml", "budget = 0.50", "budget = 0.70")

    assert "ceiling" not in headline(run("comment", "--head", "cheaper", "--base", base)[1])


@pytest.mark.parametrize(
    ("where", "status"),
    [
        pytest.param("base", 0, id="in the base it is honoured"),
        pytest.param("change", 1, id="in the change it is told and not honoured"),
    ],
)
def test_a_regression_is_accepted_by_the_base(
    repository: Checkout, run: Run, where: str, status: int
) -> None:
    ack = {"specbudget-ack.toml": ACK.format(40)}
    head = changed(repository, "longer-prompt", **ack) if where == "change" else "longer-prompt"
    if where == "base":
        repository.write("specbudget-ack.toml", ACK.format(40))

    found, comment = run("comment", "--head", head)

    assert found == status
    assert ("accepts regressions of its own" in headline(comment)) is (where == "change")


def test_calls_are_priced_by_the_base(run: Run, tmp_path: Path) -> None:
    """Each call of the journal claims to have cost next to nothing."""
    journal_of(tmp_path / "run.jsonl", DIVE, SUM_UP)

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", "other-prices")

    assert status == 0
    assert "| `RESEARCH` | same | 0.2600 | 0.2600 |" in comment


def test_what_the_change_bounds_or_excuses_is_not(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    stale = Staleness(places=("$.seed",), listed=True)
    head = changed(repository, "main", **{"specbudget-stale.toml": '[[paths]]\npath = "$.seed"\n'})
    excused = call("test_dive", (1000, 200), staleness=stale, verdict="stale")
    journal_of(tmp_path / "run.jsonl", excused, SUM_UP)

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", head)

    assert status == 1
    assert "excuses stale recordings of its own" in headline(comment)
    assert "recording-stale" in comment


def test_a_change_of_hosts_leaves_it_open(repository: Checkout, run: Run) -> None:
    hosts = 'budget = 0.50\nhosts."*.corp" = { free = "ours" }'
    head = edited(repository, "main", "pyproject.toml", "budget = 0.50", hosts)

    status, comment = run("comment", "--head", head)

    assert status == 1
    assert headline(comment).startswith("### INCONCLUSIVE")
    assert "sets its own hosts" in headline(comment)


def test_a_comment_may_be_left_out_where_nothing_changed(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    head = changed(repository, "main", **{"README.md": "hello"})
    words = ("--if-changed", "--output", tmp_path / "comment.md")

    assert run("comment", "--head", head, *words) == (0, "")
    assert (tmp_path / "comment.md").read_text("utf-8") == ""
    assert run("comment", "--head", "cheaper", *words)[0] == 0
    assert "cheaper" in (tmp_path / "comment.md").read_text("utf-8")


def test_limits_may_be_typed(run: Run) -> None:
    rise = ("comment", "--head", "longer-prompt", "--max-regression", "30")

    assert run(*rise)[0] == 0
    assert run(*rise, "--budget", "RESEARCH=0.30")[0] == 1


def test_a_revision_that_is_not_there_is_a_wrong_argument(run: Run) -> None:
    assert run("comment", "--head", "nowhere") == (2, "")
