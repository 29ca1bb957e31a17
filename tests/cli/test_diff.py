from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.recorded import chat, write
from support.repositories import make

from pytest_specbudget.baselines.index import INDEX_NAME, Indexed, updated
from pytest_specbudget.baselines.stored import write_baseline
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.cli import main
from pytest_specbudget.comparisons.sides import OneInstant, side_of_run
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.journal.lines import SCHEMA, charge_line
from pytest_specbudget.reports.comparison_json import comparison_of
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

    Diff = Callable[..., tuple[int, str]]

TOKENS = 1000
"""What a call of `gpt-4o` reads and writes in these tests; a token of its input costs $2.50 a
million, of its output four times that."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str]) -> Diff:
    """Compare what is named; return the exit status and what was printed, of both streams."""

    def run(*words: object) -> tuple[int, str]:
        status = main(["diff", *map(str, words)])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


def asked(read: int = TOKENS, made: int = TOKENS, **others: Any) -> Charge:
    """Make a replayed call that reads and writes so many tokens."""
    values = {"fingerprint": "f", "model": "gpt-4o", "spec": "RESEARCH", **others}
    usage = Usage(input_tokens=read, output_tokens=made)
    return charge("9.99", usage=usage, request_model=values["model"], **values)


def journal(path: Path, *charges: Charge, ended: bool = True) -> Path:
    """Write the journal of one process."""
    header = {"kind": "header", "schema": SCHEMA, "run": "r", "worker": "main"}
    lines = [json.dumps(header), *map(charge_line, charges)]
    if ended:
        total = str(Ledger([*charges]).totals().list_cost)
        lines.append(json.dumps({"kind": "footer", "count": len(charges), "list_cost": total}))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def baseline(path: Path, *charges: Charge) -> Path:
    """Store a baseline."""
    desk = PriceDesk(Settings())
    side = side_of_run(charges, "run", OneInstant.of(desk))
    write_baseline(path, side, package=".", prices=desk.facts())
    return path


@pytest.mark.parametrize(
    ("read", "words", "status"),
    [
        pytest.param(1000, "", 0, id="what is the same passes"),
        pytest.param(900, "", 0, id="what is cheaper passes"),
        pytest.param(1001, "", 1, id="one token more fails where nobody set a limit"),
        pytest.param(1500, "--max-regression 10", 0, id="10 % exactly passes"),
        pytest.param(1501, "--max-regression 10", 1, id="a token more than 10 % fails"),
        pytest.param(1500, "--max-regression 9.999999", 1, id="a limit may be no whole number"),
    ],
)
def test_two_journals_are_compared(
    here: Path, diff: Diff, read: int, words: str, status: int
) -> None:
    base = journal(here / "base.jsonl", asked())
    head = journal(here / "head.jsonl", asked(read, fingerprint=str(read)))

    assert diff(base, head, *words.split())[0] == status


def test_a_base_may_be_a_stored_baseline(here: Path, diff: Diff) -> None:
    base = baseline(here / "base.json", asked())
    head = journal(here / "head.jsonl", asked(1500, fingerprint="g"))

    status, printed = diff(base, head)

    assert status == 1
    assert printed.startswith(f"FAILED {base} -> {head}: cost-regression: RESEARCH rose from")


def test_two_stored_baselines_are_compared(here: Path, diff: Diff) -> None:
    base = baseline(here / "base.json", asked(), asked(test="t.py::test_gone"))
    head = baseline(here / "head.json", asked(), asked(test="t.py::test_new"))

    status, printed = diff(base, head)

    assert status == 0
    assert "t.py::test_gone" in printed
    assert "t.py::test_new" in printed


def test_a_new_test_fails_where_that_is_asked_for(here: Path, diff: Diff) -> None:
    base = journal(here / "base.jsonl", asked())
    head = journal(here / "head.jsonl", asked(), asked(test="t.py::test_new"))

    assert diff(base, head)[0] == 0
    assert diff(base, head, "--strict-baseline")[0] == 1


def test_a_price_change_is_shown_and_not_blamed(here: Path, diff: Diff) -> None:
    """The baseline holds what the call cost when it was dearer."""
    base = baseline(here / "base.json", asked())
    stored = base.read_text("utf-8").replace('"list_cost": "0.0125"', '"list_cost": "0.5"')
    base.write_text(stored, "utf-8")
    head = journal(here / "head.jsonl", asked())

    status, printed = diff(base, head, "--json")

    effects = json.loads(printed)["effects"][0]
    assert status == 0
    assert (effects["base_usd"], effects["price_usd"], effects["tokens_usd"]) == (
        "0.5",
        "-0.4875",
        "0",
    )


def test_a_call_without_a_price_leaves_it_open(here: Path, diff: Diff) -> None:
    base = journal(here / "base.jsonl", asked())
    head = journal(here / "head.jsonl", replace(asked(model="nobody-sells-this"), list_cost=None))

    status, printed = diff(base, head)

    assert status == 1
    assert printed.startswith("INCONCLUSIVE ")


def test_a_journal_that_lost_lines_leaves_it_open(here: Path, diff: Diff) -> None:
    base = journal(here / "base.jsonl", asked(), asked(fingerprint="g"))
    head = journal(here / "head.jsonl", asked(), ended=False)

    status, printed = diff(base, head)

    assert status == 1
    assert "journal-incomplete" in printed


def test_what_was_accepted_passes_and_is_shown(here: Path, diff: Diff) -> None:
    base = journal(here / "base.jsonl", asked())
    head = journal(here / "head.jsonl", asked(1500, fingerprint="g"))
    entry = 'subject = "RESEARCH"\nlimit = "15%"\nuntil = 9999-12-31\nreason = "longer plans"\n'
    (here / "specbudget-ack.toml").write_text(f"[[ack]]\n{entry}", "utf-8")

    status, printed = diff(base, head)

    assert status == 0
    assert "acknowledged" in printed


def test_a_test_may_have_a_limit_of_its_own(here: Path, diff: Diff) -> None:
    base = journal(here / "base.jsonl", asked(test="t.py::T::a"), asked(test="t.py::b"))
    head = journal(here / "h.jsonl", asked(1500, test="t.py::T::a"), asked(test="t.py::b"))
    limit = {"node": "t.py::T", "origin": "the marker", "max_regression": "5"}
    event = {"kind": "event", "event": "limit", "values": limit}
    with head.open("a", encoding="utf-8") as lines:
        lines.write(f"{json.dumps(event)}\n")

    status, printed = diff(base, head, "--max-regression", "15")

    assert status == 1
    assert 'test "t.py::T::a" rose' in printed
    assert "the marker" in printed


def test_json_is_the_comparison_with_its_verdict(here: Path, diff: Diff) -> None:
    base = journal(here / "base.jsonl", asked())
    head = journal(here / "head.jsonl", asked(1500, fingerprint="g"))

    status, printed = diff(base, head, "--json", "--max-regression=2.5%")

    document = json.loads(printed)
    comparison = comparison_of(document)
    assert (status, document["verdict"], document["exitstatus"]) == (1, "fail", 1)
    assert [finding["rule"] for finding in document["findings"]] == ["cost-regression"]
    assert (comparison.limit, comparison.origin) == ("2.5 %", "--max-regression 2.5%")
    assert [change.subject for change in comparison.changes if change.scope == "spec"] == [
        "RESEARCH"
    ]


def test_markdown_is_the_comment(here: Path, diff: Diff) -> None:
    base = journal(here / "base.jsonl", asked())

    status, printed = diff(base, base, "--markdown")

    assert status == 0
    assert printed.startswith("<!-- specbudget -->\n")
    assert "`RESEARCH`" in printed


@pytest.mark.parametrize(
    ("words", "status", "problem"),
    [
        pytest.param(["nowhere.json"], 1, "nowhere.json: cannot be read", id="no such file"),
        pytest.param(["git:main"], 1, "git", id="no repository"),
        pytest.param(["empty"], 1, "holds no journal", id="a folder without journals"),
        pytest.param(["odd.json"], 1, "schemaVersion", id="a file that is none of ours"),
        pytest.param([".", ".", "--repo", "nowhere"], 2, "no folder", id="no such place"),
    ],
)
def test_what_cannot_be_compared_is_said(
    here: Path, diff: Diff, words: list[str], status: int, problem: str
) -> None:
    (here / "empty").mkdir()
    (here / "odd.json").write_text("{}", "utf-8")

    found, printed = diff(*words)

    assert found == status
    assert problem in printed
    assert printed.startswith("specbudget: ")


def test_a_limit_that_is_none_is_a_wrong_argument(diff: Diff) -> None:
    with pytest.raises(SystemExit, match="2"):
        diff(".", "--max-regression", "much")


def test_a_name_cannot_steer_the_terminal(here: Path, diff: Diff) -> None:
    evil = "A\x1b[31m\u202e"
    base = journal(here / "base.jsonl", asked(spec=evil, test=f"t.py::{evil}"))
    head = journal(here / "head.jsonl", asked(1500, spec=evil, test=f"t.py::{evil}"))

    _, printed = diff(base, head)

    assert "\x1b" not in printed
    assert "\u202e" not in printed


def test_the_working_tree_is_compared_with_its_merge_base(here: Path, diff: Diff) -> None:
    rules = '[tool.specbudget]\nspec_by_path = { "tests/**" = "RESEARCH" }\n'
    repository = make(here / "repo", {"pyproject.toml": rules})
    recording = repository.root / "tests" / "cassettes" / "test_a" / "test_plan.yaml"
    write(recording, chat("plan a trip"))
    repository.commit()
    repository.branch("feature")
    write(recording, chat("plan a trip, and be kind", given=1_200))

    status, printed = diff("git:main", "--repo", repository.root)

    assert status == 1
    assert "RESEARCH rose from" in printed
    assert "+plan a trip, and be kind" in printed


def test_a_renamed_recording_stays_with_its_spec(here: Path, diff: Diff) -> None:
    repository = make(here / "repo")
    folder = repository.root / "tests" / "cassettes"
    old, new = (folder / "test_a" / f"test_{name}.yaml" for name in ("plan", "planned"))
    write(old, chat("plan a trip"))
    owner = Indexed(test="tests/test_a.py::test_plan", spec="RESEARCH", stage="plan")
    (folder / INDEX_NAME).write_text(updated("", {"test_a/test_plan.yaml": owner}))
    repository.commit()
    old.rename(new)

    status, printed = diff("git:HEAD", "--repo", repository.root, "--json")

    comparison = comparison_of(json.loads(printed))
    names = {one.scope: one.subject for one in comparison.changes}
    assert status == 0
    assert comparison.renamed == ((owner.test, "tests/test_a.py::test_planned"),)
    assert (names["spec"], names["stage"]) == ("RESEARCH", "plan")


def test_a_run_is_compared_with_the_recordings_that_answered_it(here: Path, diff: Diff) -> None:
    repository = make(here / "repo")
    recording = repository.root / "tests" / "cassettes" / "test_a" / "test_plan.yaml"
    write(recording, chat("plan a trip", given=TOKENS, made=TOKENS))
    repository.commit()
    write(recording, chat("plan a long trip", given=TOKENS, made=TOKENS))
    test = "tests/test_a.py::test_plan"
    calls = [
        asked(1500, test=test, cassette=str(recording), cassette_index=0, fingerprint=str(n))
        for n in range(2)
    ]

    status, printed = diff(
        "git:HEAD", journal(here / "head.jsonl", *calls), "--repo", repository.root, "--json"
    )

    whole = comparison_of(json.loads(printed)).whole
    assert whole is not None
    assert status == 1
    assert (whole.base.calls, str(whole.base.list_cost)) == (2, "0.025")
    assert str(whole.head.list_cost) == "0.0275"


def test_what_a_run_left_out_did_not_vanish(here: Path, diff: Diff) -> None:
    repository = make(here / "repo")
    recordings = repository.root / "tests" / "cassettes" / "test_a"
    for name in ("test_run", "test_left_out", "test_removed"):
        write(recordings / f"{name}.yaml", chat(name, given=TOKENS, made=TOKENS))
    repository.commit()
    (recordings / "test_removed.yaml").unlink()
    call = asked(
        test="tests/test_a.py::test_run",
        cassette=str(recordings / "test_run.yaml"),
        cassette_index=0,
    )

    _, printed = diff(
        "git:HEAD", journal(here / "head.jsonl", call), "--repo", repository.root, "--json"
    )

    comparison = comparison_of(json.loads(printed))
    assert comparison.unrun == ("tests/test_a.py::test_left_out",)
    assert [one.test for one in comparison.vanished] == ["tests/test_a.py::test_removed"]


@pytest.mark.parametrize(
    ("factor", "status", "said"),
    [pytest.param(1, 0, "pass", id="alike"), pytest.param(2, 1, "fail", id="twice as dear")],
)
def test_several_live_runs_are_judged_by_what_they_show(
    here: Path, diff: Diff, factor: int, status: int, said: str
) -> None:
    def run(name: str, times: int) -> str:
        noise = {"a": 0, "b": 1, "c": -1}[name[-1]]
        calls = (
            asked(times * (TOKENS + number + noise), id=f"{name}{number}", test=f"t.py::t{number}")
            for number in range(12)
        )
        return str(journal(here / f"{name}.jsonl", *calls))

    base, *others = (run(f"base-{each}", 1) for each in "abc")
    head, *more = (run(f"head-{each}", factor) for each in "abc")
    words = [word for each in others for word in ("--another-base", each)]
    words += [word for each in more for word in ("--another-head", each)]

    ended, printed = diff(base, head, *words, "--json")

    assert ended == status
    claims = json.loads(printed)["claims"]
    assert (claims[0]["question"], claims[0]["said"]) == ("whole run", said)


def test_another_run_must_be_one(here: Path, diff: Diff) -> None:
    base = journal(here / "a.jsonl", asked())
    stored = baseline(here / "b.json", asked())

    status, printed = diff(base, base, "--another-head", stored)

    assert status == 1
    assert "is no run; give the journal of one" in printed


def test_sides_that_have_no_test_in_common_are_no_pass(here: Path, diff: Diff) -> None:
    base = journal(here / "a.jsonl", asked(test="t.py::test_a", fingerprint="a"))
    head = journal(here / "b.jsonl", asked(test="t.py::test_b", fingerprint="b"))

    status, printed = diff(base, head)

    assert status == 1
    assert "no test that calls a model is on both sides (1 test there, 1 here)" in printed
