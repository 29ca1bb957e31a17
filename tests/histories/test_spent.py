"""What was spent by a history and the journals beside it: each call once, none forgotten."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from support.closed_folders import close
from support.history import a_record, history
from support.journals import call
from support.kept import keep
from support.past import past

from pytest_specbudget.cli import main
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.histories.spent import journaled, kept, spent, usage

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.spending import Spent

TODAY = date(2026, 11, 22)
AT = "2026-11-03T10:00:00Z"


def stored(rootdir: Path, *records: Record) -> Path:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    return history(rootdir / ".specbudget/history", *records, today=TODAY).folder


def found(rootdir: Path, named: Path | None = None, **asked: Any) -> Spent:
    return spent(*kept(rootdir, named), today=TODAY, **asked)


def total(told: Spent) -> str:
    return str(Money.total(told.daily().values()))


def test_what_was_spent_since_the_history_was_added_to_is_not_forgotten(tmp_path: Path) -> None:
    stored(tmp_path, a_record("4", id="one", at=AT))
    keep(tmp_path, call("4", id="two", at="2026-11-22T10:00:00Z"))

    told = found(tmp_path)

    assert told.daily() == {date(2026, 11, 3): Money.parse("4"), TODAY: Money.parse("4")}
    assert [name.rpartition("/")[2] for name in told.sources] == ["history", "journal"]


@pytest.mark.parametrize("listed", [False, True], ids=["closed", "listed"])
def test_journals_that_nobody_may_look_into_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, listed: bool
) -> None:
    for run in ("open", "closed"):
        keep(tmp_path, call("1"), run=run)
    closed = tmp_path / ".specbudget/journal/closed"
    close(closed, monkeypatch, listed=listed)

    told = found(tmp_path)

    assert total(told) == "1"
    assert told.problems
    assert all(one.startswith(str(closed)) for one in told.problems)


def test_a_call_that_both_have_counts_once(tmp_path: Path) -> None:
    stored(tmp_path, a_record("4", id="one", at=AT), a_record("1", id="other", at=AT))
    keep(tmp_path, call("4", id="one", at=AT), call("2", id="new", at=AT))

    told = found(tmp_path)

    assert (total(told), sum(cell.calls for cell in told.cells)) == ("7", 3)
    assert told.contradictions == ()


@pytest.mark.parametrize(
    ("kept_there", "in_journal", "come_to"),
    [
        pytest.param({}, {"cost": "9"}, ("9", 0, True), id="the journal is dearer"),
        pytest.param({"cost": "9"}, {}, ("9", 0, True), id="the history is dearer"),
        pytest.param({"cost": None}, {}, ("0", 1, True), id="what is unknown may be dearest"),
        pytest.param(
            {"cost": None, "outcome": "unknown"}, {}, ("4", 0, False), id="it had not ended yet"
        ),
    ],
)
def test_of_two_tellings_the_one_counts_that_keeps_no_ceiling_by_an_error(
    tmp_path: Path,
    kept_there: dict[str, Any],
    in_journal: dict[str, Any],
    come_to: tuple[str, int, bool],
) -> None:
    stored(tmp_path, a_record(**{"cost": "4", "id": "one", "at": AT, **kept_there}))
    keep(tmp_path, call(**{"cost": "4", "id": "one", "at": AT, **in_journal}))

    told = found(tmp_path)

    unknown, contradicted = sum(told.unknown().values()), bool(told.contradictions)
    assert (total(told), unknown, contradicted) == come_to


def test_two_journals_of_one_call_are_told_apart_likewise(tmp_path: Path) -> None:
    keep(tmp_path, call("1", id="one", at=AT), run="a")
    keep(tmp_path, call("3", id="one", at=AT), run="b")

    told = found(tmp_path)

    assert total(told) == "3"
    assert len(told.contradictions) == 1


def test_a_sum_of_calls_gives_way_to_the_calls_in_a_journal(tmp_path: Path) -> None:
    sums: dict[str, Any] = {
        "operation": "cost_summary",
        "at": AT,
        "run": "r",
        "usage_state": "none",
    }
    stored(tmp_path, a_record("4", spec="S-1", **sums), a_record("8", spec="S-2", **sums))
    keep(tmp_path, call("4", spec="S-1", at=AT))

    assert total(found(tmp_path)) == "12"


def test_a_run_that_is_left_out_is_left_out_everywhere(tmp_path: Path) -> None:
    stored(tmp_path, a_record("4", id="one", run="now", at=AT), a_record("1", id="two", at=AT))
    keep(tmp_path, call("4", id="one", at=AT), call("2", id="three", at=AT), run="now")

    assert total(found(tmp_path, without={"now"})) == "1"


def test_a_call_of_it_that_another_run_tells_of_counts_as_that_runs(tmp_path: Path) -> None:
    stored(tmp_path, a_record("4", id="one", run="now", at=AT))
    keep(tmp_path, call("4", id="one", at=AT), run="combined")

    assert total(found(tmp_path, without={"now"})) == "4"


def test_a_history_that_lies_around_the_journals_does_not_stand_for_them(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    history(tmp_path, a_record("1"), today=TODAY)
    keep(tmp_path, call("4", at=AT))

    assert total(found(tmp_path, tmp_path)) == "5"


def test_a_history_that_is_named_takes_the_place_of_the_projects_own_alone(tmp_path: Path) -> None:
    stored(tmp_path, a_record("1"))
    elsewhere = stored(tmp_path / "elsewhere", a_record("2"))
    keep(tmp_path, call("4", at=AT))

    assert total(found(tmp_path, elsewhere)) == "6"


def test_journals_that_are_named_are_read_once(tmp_path: Path) -> None:
    keep(tmp_path, call("4", at=AT))

    for named in (tmp_path / ".specbudget/journal", tmp_path / ".specbudget"):
        assert kept(tmp_path, named) == (named,)
        assert total(found(tmp_path, named)) == "4"


def test_calls_of_the_future_are_in_no_day_and_said(tmp_path: Path) -> None:
    keep(tmp_path, call("4", at="2027-11-22T10:00:00Z"), call(None, at="2027-11-23T10:00:00Z"))
    keep(tmp_path, call("1", at="2026-11-23T23:59:59Z"), run="ahead by less than a day")

    told = found(tmp_path)

    assert told.daily() == {date(2026, 11, 23): Money.parse("1")}
    (line,) = told.ahead
    assert str(line).endswith("/r: 2 calls, $4.00 + ?, dated 2027-11-22 to 2027-11-23")


def test_a_history_of_the_future_is_said_just_the_same(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    folder = tmp_path / ".specbudget/history"
    history(folder, a_record("4", at="2027-11-22T10:00:00Z"), today=date(2027, 11, 22))

    told = found(tmp_path)

    assert told.cells == ()
    assert [*map(str, told.ahead)] == [f"{folder}: 1 call, $4.00, dated 2027-11-22"]


def test_replays_of_the_future_cost_nothing_whenever_they_were_made(tmp_path: Path) -> None:
    made = call("4", at="2027-11-22T10:00:00Z", source="replay", billed_cost=None)
    keep(tmp_path, made, call("1", at=AT))

    assert found(tmp_path).ahead == ()


def test_every_call_comes_once_replays_too(tmp_path: Path) -> None:
    stored(tmp_path, a_record("4", id="r/main/7/one", at=AT), a_record("1", id="two", at=AT))
    keep(
        tmp_path,
        call("4", id="r/main/7/one", at=AT),
        call("2", id="r/main/7/new", at=AT, source="replay", billed_cost=None),
        call("2", id="r/main/7/ahead", at="2027-11-22T10:00:00Z"),
    )

    with usage(*kept(tmp_path), today=TODAY) as told:
        ids = sorted(str(one["id"]) for one in told.records)

    assert ids == ["r/main/7/new", "r/main/7/one", "two"]
    assert "1 call left out, dated 2027-11-22" in told.problems[0]


def test_the_parts_of_a_call_that_is_priced_follow_each_other(tmp_path: Path) -> None:
    parts = tuple(Part(model=name, usage=Usage(input_tokens=1)) for name in ("gpt-4o", "o3"))
    keep(tmp_path, call(None, id="one", outcome="unknown"), call(id="two"), run="a")
    keep(tmp_path, past(id="one", parts=parts), run="b")

    told = [*journaled(*kept(tmp_path), today=TODAY).records]

    assert [(one["id"], one["part"], one["model"]) for one in told] == [
        ("one", 0, "gpt-4o"),
        ("one", 1, "o3"),
        ("two", 0, "gpt-5-mini"),
    ]


def test_what_a_history_was_told_to_forget_is_no_problem_of_the_journal_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    monkeypatch.chdir(tmp_path)
    path = keep(tmp_path, call("1", at=AT))
    without_end = "".join(path.read_text().splitlines(keepends=True)[:-1])
    path.write_text(without_end)
    main(["history", "add", ".specbudget/journal"])
    in_doubt = found(tmp_path)

    main(["history", "forget", "--reason", "the machine was switched off"])
    dismissed = found(tmp_path)
    path.write_text(f"{without_end}torn\n")
    torn = found(tmp_path)

    assert len(in_doubt.problems) == 2
    assert (total(dismissed), dismissed.problems) == ("1", ())
    assert [line.partition(": ")[2] for line in torn.problems] == ["a torn or foreign line: 'torn'"]
