"""What calls of unknown cost count as, once a person has decided it."""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from support.history import TODAY, a_record, history
from support.journals import call
from support.kept import keep

from pytest_specbudget.analysis.records import named
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import SettingError
from pytest_specbudget.histories.doubted import doubted_of
from pytest_specbudget.histories.settled import Settlement, Settlements, settled_notes
from pytest_specbudget.histories.settled_file import (
    FILE_NAME,
    add_settlement,
    read_settlements,
)
from pytest_specbudget.histories.spent import in_doubt, spent
from pytest_specbudget.histories.traces import traces_of
from pytest_specbudget.providers.hosts import HostRule

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.records import Record

BEFORE = "2026-11-03T10:00:00Z"
DAY = date(2026, 11, 3)


def decided(usd: str, *calls: str, reason: str = "the bill") -> Settlement:
    return Settlement(
        calls=calls, usd=Money.parse(usd), reason=reason, by="ana", on=date(2026, 11, 20)
    )


def unknown(name: str, **columns: Any) -> Record:
    values = {"at": BEFORE, "id": name, "outcome": "unknown", "usage_state": "none"}
    return a_record(None, **{**values, **columns})


def answered(name: str, **columns: Any) -> Record:
    return unknown(name, **{"outcome": "answered", "usage_state": "complete", **columns})


DOUBTED = {
    "unanswered": ([unknown("unanswered")], "no answer was seen"),
    "untold": ([answered("untold", usage_state="none")], "the answer told no counts"),
    "unpriced": ([answered("unpriced")], "it had no price"),
    "cut": (
        [a_record("0.01", id="cut", at=BEFORE, usage_state="partial")],
        "it was cut off before its final counts",
    ),
    "headless": ([answered("headless", part=2)], "only a further part of it is told"),
}
KNOWN = {
    "charged": [a_record("0.01", id="charged", at=BEFORE)],
    "failed": [a_record("0", id="failed", at=BEFORE, outcome="failed")],
    "replayed": [unknown("replayed", source="replay")],
    "free": [answered("free", free=True)],
    "of two parts": [a_record("1", id="of two parts", at=BEFORE), answered("of two parts", part=1)],
}
EVERY = [*chain.from_iterable((*(records for records, _ in DOUBTED.values()), *KNOWN.values()))]


@pytest.mark.parametrize("name", DOUBTED)
def test_a_call_of_unknown_cost_has_a_name_and_a_reason(name: str) -> None:
    records, why = DOUBTED[name]

    (found,) = doubted_of(map(named, records))

    assert (found.id, found.why, found.at.date()) == (name, why, DAY)
    assert (found.test, found.spec) == ("tests/test_a.py::test_a", "SPEC-1")


@pytest.mark.parametrize("name", KNOWN)
def test_what_is_known_is_in_no_doubt_and_settled_by_nobody(name: str) -> None:
    told = [*map(named, KNOWN[name])]

    assert not [*doubted_of(told)]
    assert Settlements([decided("9", name)]).applied(told) == (told, ())


@pytest.mark.parametrize("name", DOUBTED)
def test_a_settled_call_counts_as_was_decided(name: str) -> None:
    records, _ = DOUBTED[name]

    told, settled = Settlements([decided("0.25", name, "other")]).applied(map(named, records))

    assert not [*doubted_of(told)]
    assert [one["billed_cost"] for one in told] == [Money.parse("0.25").atto]
    assert [(one.call, one.day, str(one.usd)) for one in settled] == [(name, DAY, "0.25")]


def test_a_database_doubts_and_settles_the_same_calls(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    history(tmp_path, *EVERY)

    doubted = in_doubt(tmp_path, today=TODAY).calls
    found = spent(tmp_path, today=TODAY, settlements=Settlements([decided("0.25", *DOUBTED)]))

    assert {one.id: one for one in doubted} == {
        one.id: one for one in doubted_of(map(named, EVERY))
    }
    assert {one.call for one in found.settled} == DOUBTED.keys()
    # $0.25 five times; $0.01 and $1 are known.
    assert (found.daily(), found.unknown()) == ({DAY: Money.parse("2.26")}, {})


def test_what_is_known_already_is_the_least_that_a_call_counts_as() -> None:
    told = named(a_record("0.30", id="c", usage_state="partial"))

    (record,), (settled,) = Settlements([decided("0.25", "c")]).applied([told])

    assert Money(record["billed_cost"]) == settled.usd == Money.parse("0.30")


def test_a_call_that_a_journal_and_a_history_tell_counts_once(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    history(tmp_path / ".specbudget/history", unknown("r/main/7/1"))
    path = keep(tmp_path, call(None, id="r/main/7/1", at=BEFORE))
    places = (tmp_path / ".specbudget/history", path.parent.parent)

    doubted = in_doubt(*places, today=TODAY)
    found = spent(*places, today=TODAY, settlements=Settlements([decided("2", "r/main/7/1")]))

    assert [one.id for one in doubted.calls] == ["r/main/7/1"]
    assert (found.daily(), found.unknown()) == ({DAY: Money.parse("2")}, {})


def test_a_call_whose_end_a_journal_tells_is_no_longer_settled(tmp_path: Path) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    history(tmp_path / "h", unknown("r/main/7/1"))
    path = keep(tmp_path, call("0.10", id="r/main/7/1", at=BEFORE))
    settlements = Settlements([decided("2", "r/main/7/1")])

    found = spent(tmp_path / "h", path.parent.parent, today=TODAY, settlements=settlements)

    assert (found.daily(), found.settled) == ({DAY: Money.parse("0.10")}, ())


def test_of_very_many_the_newest_are_told_and_those_that_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("duckdb", reason="the extra `history` is not installed")
    monkeypatch.setattr("pytest_specbudget.histories.doubted.MOST", 2)
    days = (f"2026-11-{day:02}T10:00:00Z" for day in range(3, 9))
    history(tmp_path, *(unknown(f"c{n}", at=at, run=f"r{n}") for n, at in enumerate(days)))

    found = in_doubt(tmp_path, today=TODAY, named={"c0", "r2"}, without={"r5"})

    assert [one.id for one in found.calls] == ["c4", "c3", "c2", "c0"]
    assert found.left_out == 1


def test_each_decision_is_told_with_its_reason() -> None:
    records = [named(unknown(call)) for call in ("a", "b", "c")]
    settlements = Settlements([decided("0.25", "a", "b"), decided("1", "c", reason="a guess")])

    notes = [*settled_notes(settlements.applied(records)[1], FILE_NAME)]

    file = "settled in specbudget-settled.toml by ana on 2026-11-20"
    assert notes == [
        f"2 calls of unknown cost count as $0.50, {file}: the bill",
        f"1 call of unknown cost counts as $1.00, {file}: a guess",
    ]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    first = decided("0.000000000000000001", 'a"b', reason="línea \\ 'x'")
    second = decided("2", "c", "d")
    path.write_text("# ours")

    add_settlement(path, first)
    add_settlement(path, second)

    assert path.read_text().startswith("# ours\n\n[[settled]]\n")
    assert read_settlements(path).by_call == {'a"b': first, "c": second, "d": second}
    assert not read_settlements(tmp_path / "none").by_call


ENTRY = 'calls = ["c"]\nusd = "0.05"\nreason = "x"\nby = "ana"\non = 2026-11-22\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[[settled]]\n", "needs calls and usd and reason", id="an empty entry"),
        pytest.param("[[setled]]\n", '"setled" is unknown; write [[settled]]', id="a misspelt one"),
        pytest.param("[settled]\n", "no list of tables", id="no list"),
        pytest.param("settled = [1]\n", "no list of tables", id="a list of something else"),
        pytest.param(f"[[settled]]\n{ENTRY}resaon = 1\n", 'did you mean "reason"?', id="a key"),
        pytest.param(
            f"[[settled]]\n{ENTRY}".replace('"x"', '" "'), "reason: ", id="a blank reason"
        ),
        pytest.param(
            f"[[settled]]\n{ENTRY}".replace('"0.05"', '"-1"'), "usd: ", id="less than nothing"
        ),
        pytest.param(f"[[settled]]\n{ENTRY}".replace('"0.05"', "nan"), "usd: ", id="no number"),
        pytest.param(f"[[settled]]\n{ENTRY}".replace('["c"]', "[]"), "calls: ", id="no call"),
        pytest.param(f"[[settled]]\n{ENTRY}".replace('["c"]', "[1]"), "calls: ", id="no id"),
        pytest.param(
            f"[[settled]]\n{ENTRY}".replace("= 2026", '= "2026').strip() + '"', "on: ", id="no day"
        ),
        pytest.param(f"[[settled]]\n{ENTRY}[[settled]]\n{ENTRY}", "c is settled 2 times", id="two"),
        pytest.param("[[settled]", "is not valid TOML", id="no TOML"),
        pytest.param("a = 1e999999999999999999999", "a number in it is too large", id="a number"),
    ],
)
def test_a_file_that_makes_no_sense_is_said(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text)

    with pytest.raises(SettingError) as raised:
        read_settlements(path)
    with pytest.raises(SettingError):
        add_settlement(path, decided("1", "z"))

    assert FILE_NAME in str(raised.value)
    assert told in str(raised.value)
    assert path.read_text() == text


def test_a_file_that_is_not_utf8_is_said(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b'x = "\xff"')

    with pytest.raises(SettingError, match="not UTF-8, at byte 5"):
        read_settlements(path)


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(SettingError, match=f"^{FILE_NAME} cannot be read: it is a folder$"):
        read_settlements(tmp_path / FILE_NAME)


def test_a_journal_tells_what_broke_a_call_and_what_was_declared_of_it(tmp_path: Path) -> None:
    cut = call(None, at=BEFORE, outcome="unknown", error="KeyboardInterrupt", host="gw.corp")
    places = (keep(tmp_path, cut, call("1", at=BEFORE)).parent.parent,)
    rule = HostRule(pattern="*.corp", bounds={"*": Money.parse("0.05")}, origin='hosts."*.corp"')

    declared = traces_of(places, {cut.id}, (rule,))
    nothing = traces_of(places, {cut.id, "other"}, ())

    assert declared.keys() == nothing.keys() == {cut.id}
    assert (declared[cut.id].host, declared[cut.id].error) == ("gw.corp", "KeyboardInterrupt")
    bound = declared[cut.id].bound
    assert bound is not None
    assert (bound.usd, bound.by) == (Money.parse("0.05"), 'hosts."*.corp"')
    assert nothing[cut.id].bound is None
