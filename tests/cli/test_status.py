"""The command `status`: folders, cost summaries, the newest journal and the ceilings together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, line_of
from support.kept import keep

from pytest_specbudget.bookkeeping.bookkeeper import Identity
from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SUMMARY = {
    "schemaVersion": "2.0",
    "spec_id": "SPEC-KIT-070",
    "run": "r1",
    "budget": "1.50",
    "spent": "0.25",
    "call_count": 3,
    "per_stage": {"plan": "0.20", "(none)": "0.05"},
    "per_model": {"openai/gpt-4o": "0.25"},
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def summarised(here: Path, **changed: Any) -> None:
    told = SUMMARY | changed
    folder = here / "evidence/costs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{told['spec_id']}_cost_summary.json").write_text(json.dumps(told))


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    main(["status", "--json", *words])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_empty_folder_has_nothing_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 0
    assert "no SPEC is known here" in capsys.readouterr().out


def test_folders_costs_and_ceilings_are_one_row_each(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "docs/SPEC-KIT-070-model-cost").mkdir(parents=True)
    (here / "docs/SPEC-KIT-070-model-cost/spec.md").touch()
    (here / "docs/SPEC-KIT-071").mkdir()
    summarised(here)
    (here / "specbudget.toml").write_text('budget = "2.00"\n')

    told, empty = rows(capsys)

    assert told == {
        "spec_id": "SPEC-KIT-070",
        "folders": ["docs/SPEC-KIT-070-model-cost"],
        "stages": ["specify", "plan"],
        "source": "evidence",
        "partial": False,
        "run": "r1",
        "call_count": 3,
        "calls_of_unknown_cost": 0,
        "spent_usd": "0.25",
        "ceiling_usd": "2",
        "ceiling_origin": told["ceiling_origin"],
        "run_ceiling_usd": "1.5",
        "run_ceiling_origin": None,
        "per_stage_usd": {"(none)": "0.05", "plan": "0.2"},
        "per_model_usd": {"openai/gpt-4o": "0.25"},
        "unknown_calls_per_stage": {},
        "unknown_calls_per_model": {},
    }
    assert "specbudget.toml" in told["ceiling_origin"]
    assert (empty["spec_id"], empty["spent_usd"], empty["source"]) == ("SPEC-KIT-071", None, None)


@pytest.mark.parametrize(
    ("settings", "header", "line"),
    [
        pytest.param(
            "",
            "ceiling used its run's",
            "SPEC-KIT-070 plan evidence 3 0.2500 - - 1.50",
            id="none is set now, and its run had one",
        ),
        pytest.param(
            'budget = "2.00"',
            "ceiling used its run's",
            "SPEC-KIT-070 plan evidence 3 0.2500 2.00 12.5% 1.50",
            id="another one is set now",
        ),
        pytest.param(
            'budget = "1.50"',
            "ceiling used",
            "SPEC-KIT-070 plan evidence 3 0.2500 1.50 16.6%",
            id="the same one is set now",
        ),
    ],
)
def test_the_ceiling_of_now_and_that_of_its_run_are_told_apart(
    settings: str, header: str, line: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summarised(here)
    (here / "specbudget.toml").write_text(settings)

    assert main(["status"]) == 0

    lines = [" ".join(one.split()) for one in capsys.readouterr().out.splitlines()]
    assert lines[0].endswith(header)
    assert lines[1] == line


def test_of_one_spec_it_is_said_by_what_its_run_was_judged(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    limits = [["spec", None, "1", "--spec-budget=1"]]
    told = {"limits": limits, "alert_warning": "4/5", "alert_critical": "9/10", "judge": "list"}
    charged(here, {"event": "settings", "values": told})

    main(["status", "SPEC-KIT-070"])

    words = capsys.readouterr().out
    assert "run r2, judged by a ceiling of 1.00 (--spec-budget=1)\n" in words
    assert "ceiling set by" not in words
    assert rows(capsys)[0]["run_ceiling_origin"] == "--spec-budget=1"


def test_calls_of_unknown_cost_are_never_left_out(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summarised(here, calls_unknown=2)

    main(["status"])

    assert "0.2500 + ?" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("spent", "shown"),
    [
        pytest.param("0.0218", "0.0218 2.00 1.0%", id="a few cents"),
        pytest.param("0.00106", "0.00106 2.00 0.053%", id="a tenth of a cent"),
        pytest.param("0.0000012", "0.0000012 2.00 0.000060%", id="next to nothing"),
        pytest.param("0", "0.0000 2.00 0.0%", id="nothing"),
        pytest.param("2.0004", "2.0004 2.00 100.1%", id="a little too much"),
    ],
)
def test_what_was_spent_has_as_many_digits_as_it_takes(
    here: Path, capsys: pytest.CaptureFixture[str], spent: str, shown: str
) -> None:
    summarised(here, spent=spent, budget="2.00")
    (here / "specbudget.toml").write_text('budget = "2.00"\n')

    main(["status"])

    line = capsys.readouterr().out.splitlines()[1]
    assert " ".join(line.split()).endswith(shown)


def test_documents_that_are_specs_by_themselves_are_known(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "docs").mkdir()
    for name in ("SPEC-7.md", "SPEC-8-plan.md", "SPEC-8-notes.MD", "SPEC-9.txt", "notes.md"):
        (here / "docs" / name).touch()

    told = {row["spec_id"]: (row["folders"], row["stages"]) for row in rows(capsys)}

    assert told == {
        "SPEC-7": (["docs/SPEC-7.md"], ["specify"]),
        "SPEC-8": (["docs/SPEC-8-notes.MD", "docs/SPEC-8-plan.md"], ["plan"]),
    }


def charged(here: Path, *events: dict[str, Any]) -> None:
    """Leave the journal of a run that made one call for $0.75."""
    identity = Identity(run="r2", worker="main", host="h")
    footer = {"kind": "footer", "count": 1, "list_cost": "0.75", "events": len(events)}
    called = line_of(call("0.75", spec="SPEC-KIT-070", stage="tasks"))
    told = ({"kind": "event", **event} for event in events)
    folder = here / ".specbudget/journal/r2"
    folder.mkdir(parents=True)
    lines = map(json.dumps, (identity.header(), called, *told, footer))
    (folder / "h-1-main.jsonl").write_text("".join(f"{line}\n" for line in lines))


def test_the_newest_journal_comes_first(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summarised(here)
    charged(here)

    told, _month = rows(capsys)

    assert (told["source"], told["spent_usd"], told["call_count"]) == ("journal", "0.75", 1)
    assert (told["run"], told["per_stage_usd"]) == ("r2", {"tasks": "0.75"})


@pytest.mark.parametrize(
    ("evidence", "event", "told"),
    [
        pytest.param(
            {},
            {"event": "partial", "values": {"reasons": ["stopped early"]}},
            ("evidence", False),
            id="a newer run of a part does not hide the evidence of the whole",
        ),
        pytest.param(
            {},
            {"event": "ended", "values": {"why": "interrupted"}},
            ("evidence", False),
            id="nor does one that was interrupted",
        ),
        pytest.param(
            {"partial": ["stopped early"]},
            {"event": "partial", "values": {"reasons": ["stopped early"]}},
            ("journal", True),
            id="of two parts the newer one is shown, as one",
        ),
        pytest.param(
            {"partial": ["stopped early"]},
            {"event": "stage", "values": {"spec": "SPEC-KIT-070", "stage": "tasks"}},
            ("journal", False),
            id="the whole comes before a part",
        ),
    ],
)
def test_a_part_of_the_suite_never_stands_for_the_whole(
    evidence: dict[str, Any],
    event: dict[str, Any],
    told: tuple[str, bool],
    here: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    summarised(here, **evidence)
    charged(here, event)

    row, _month = rows(capsys)

    assert (row["source"], row["partial"]) == told


def test_people_see_that_it_is_a_part(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summarised(here, partial=["stopped early"])

    main(["status"])

    assert "evidence (a part)" in capsys.readouterr().out


def test_a_spec_that_is_nowhere_is_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "SPEC-KIT-999"]) == 2
    assert 'nothing is known of "SPEC-KIT-999"' in capsys.readouterr().err


def test_a_slip_in_the_name_of_a_spec_is_told_with_what_was_probably_meant(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "docs/SPEC-KIT-071").mkdir(parents=True)

    assert main(["status", "SPEC-KTI-071"]) == 2
    assert 'no call; did you mean "SPEC-KIT-071"?' in capsys.readouterr().err


def test_a_history_that_is_not_there_is_a_wrong_argument(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["status", "--history", "nope"]) == 2
    assert "nope does not exist; name a history" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["{", "[]", '{"spec_id": "SPEC-1", "spent": "lots"}'])
def test_a_damaged_summary_is_said_and_the_others_are_shown(
    here: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    summarised(here)
    (here / "evidence/costs/SPEC-1_cost_summary.json").write_text(text)

    status = main(["status"])

    told = capsys.readouterr()
    assert status == 1
    assert "SPEC-1_cost_summary.json" in told.err
    assert "SPEC-KIT-070" in told.out


def test_settings_that_make_no_sense_are_wrong_arguments(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "specbudget.toml").write_text('budget = "lots"\n')

    assert main(["status"]) == 2
    assert "lots" in capsys.readouterr().err


def kept_in(folder: Path) -> Path:
    keep(
        folder,
        call("2", spec="SPEC-X-001", stage="plan", at="2025-05-31T10:00:00Z"),
        call("3", spec="SPEC-X-001", stage="tasks", source="replay", billed_cost=None),
        call("9"),
        run="a",
    )
    return folder / ".specbudget/journal"


@pytest.mark.parametrize("as_store", [False, True], ids=["journals", "a store"])
@pytest.mark.parametrize(("judge", "cost"), [("list", "5"), ("billed", "2")])
def test_a_spec_has_the_sum_of_all_runs_of_the_history_that_is_named(
    here: Path, capsys: pytest.CaptureFixture[str], judge: str, cost: str, *, as_store: bool
) -> None:
    (here / "specbudget.toml").write_text(f'judge = "{judge}"\nbudget = "1"\n')
    named = kept_in(here / "elsewhere")
    if as_store:
        pytest.importorskip("duckdb", reason="the extra `history` is not installed")
        main(["history", "add", str(named), "--history", str(here / "store")])
        named = here / "store"
        capsys.readouterr()

    (told,) = rows(capsys, "SPEC-X-001", "--history", str(named))

    assert (told["source"], told["call_count"], told["spent_usd"]) == ("history", 2, cost)
    assert (told["stages"], told["ceiling_usd"]) == (["plan", "tasks"], None)
    assert told["per_model_usd"] == {"gpt-5-mini": cost}


def test_a_spec_that_the_history_here_alone_knows_is_known(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    main(["history", "add", str(kept_in(here / "elsewhere"))])
    capsys.readouterr()

    (told,) = rows(capsys, "SPEC-X-001")

    assert (told["source"], told["call_count"]) == ("history", 2)


def test_what_a_history_lacks_is_said_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "elsewhere").mkdir()
    (here / "elsewhere/torn.jsonl").write_text('{"kind": "cha\n')

    for words in ([], ["SPEC-1"]):
        main(["status", *words, "--history", "elsewhere"])

        assert capsys.readouterr().err.count("a torn or foreign line") == 1


def test_whoever_stands_in_the_wrong_folder_hears_where_the_history_is(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_in(here)
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")

    main(["status"])

    told = capsys.readouterr()
    assert "no SPEC is known here" in told.out
    assert f"no history is kept in {here / 'below'}" in told.err
    assert f"{here} has one" in told.err


def test_whoever_stands_above_it_hears_where_it_lies_and_what_to_pass(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_in(here / "clone/examples/kit")
    kept_in(here / "clone/node_modules/other")
    (here / "clone/docs/SPEC-1").mkdir(parents=True)
    monkeypatch.chdir(here / "clone")

    main(["status"])

    told = capsys.readouterr()
    assert "SPEC-1" in told.out
    assert "looked for SPECs and their costs in docs (--specs) and evidence/costs" in told.err
    assert told.err.count("no history is kept in") == 1
    assert (
        "; examples/kit has one: go there, or pass --history examples/kit/.specbudget" in told.err
    )
    assert "node_modules" not in told.err


def test_whoever_has_costs_hears_nothing_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summarised(here)

    main(["status"])

    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        pytest.param({}, "?", id="nothing is known of it"),
        pytest.param({"plan": "0.2"}, "$0.2000 + ?", id="a part of it is known"),
    ],
)
def test_a_stage_of_unknown_cost_is_marked(
    here: Path, capsys: pytest.CaptureFixture[str], known: dict[str, str], shown: str
) -> None:
    doubts = {"calls_unpriced": 1, "unknown_calls_per_stage": {"plan": 1}}
    summarised(here, per_stage=known, **doubts)

    main(["status", "SPEC-KIT-070"])

    assert f"stage plan: {shown}\n" in capsys.readouterr().out
