"""What cannot be is set aside with the reason, as it came, and the rest is kept."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from support.history import TODAY, a_record, history, rows

from pytest_specbudget.analysis.records import named, record_of
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.analysis.store.quarantine import complaints

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.store.history import Added


def changed(**told: Any) -> Record:
    return record_of(named(a_record()) | told)


def added(folder: Path, *records: Record) -> Added:
    return History(folder).add_records(records, today=TODAY, name="here")


def aside(folder: Path) -> list[dict[str, Any]]:
    lines = [
        line for file in folder.glob("quarantine/*") for line in file.read_text("utf-8").split("\n")
    ]
    return [json.loads(line) for line in lines if line]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param({"input_tokens": -1}, "input_tokens is -1, no whole number", id="below none"),
        pytest.param(
            {"input_tokens": 10**15},
            "input_tokens is 1000000000000000, no whole number from 0 to 10,000,000,000",
            id="a thousand billions",
        ),
        pytest.param({"pages": 10**10 + 1}, "pages is 10000000001", id="one more than can be"),
        pytest.param({"output_tokens": 2**64 + 5}, "output_tokens is 1844", id="would wrap at 64"),
        pytest.param({"output_tokens": 2**128}, "output_tokens is 3402", id="would wrap at 128"),
        pytest.param({"output_tokens": 10**60}, "output_tokens is 1000", id="of sixty digits"),
        pytest.param({"output_tokens": 1.5}, "output_tokens is 1.5", id="half a token"),
        pytest.param({"output_tokens": "many"}, "output_tokens is many", id="no number"),
        pytest.param({"list_cost": -1}, "list_cost is -1, no whole attodollars", id="a refund"),
        pytest.param({"billed_cost": 10**24 + 1}, "billed_cost is 1000", id="above a million"),
        pytest.param({"list_cost": "0.10"}, "list_cost is 0.10, no whole", id="dollars"),
        pytest.param({"at": "1970-01-01T00:00:00Z"}, "at is 1970", id="a clock that was not set"),
        pytest.param({"at": "2026-11-24T00:00:00Z"}, "at is 2026-11-24", id="the day after next"),
        pytest.param({"at": "noon"}, "at is noon, no time from 2020-01-01", id="no time"),
        pytest.param({"at": None}, "at is missing, no time", id="without a time"),
        pytest.param({"clock": "2126-11-02T10:00:00Z"}, "clock is 2126", id="a century ahead"),
        pytest.param({"id": None}, "id is missing", id="without an id"),
        pytest.param({"provider": ""}, "provider is ", id="of nobody"),
        pytest.param({"source": "mock"}, "source is mock, none of live, record", id="a fake's"),
        pytest.param({"outcome": "fine"}, "outcome is fine, none of answered", id="no outcome"),
        pytest.param({"priced_at": "soon"}, "priced_at is soon, no time", id="priced sometime"),
        pytest.param({"free": "perhaps"}, "free is perhaps, neither true nor", id="half free"),
        pytest.param(
            {"source": "replay", "billed_cost": 5},
            "billed_cost is 5, and a replayed call bills nothing",
            id="billed for a replay",
        ),
        pytest.param({"part": 1}, "part 1 or later says a cost", id="paid twice"),
    ],
)
def test_what_cannot_be_is_named_and_kept_apart(
    tmp_path: Path, told: dict[str, Any], reason: str
) -> None:
    kept = a_record()

    what = added(tmp_path, changed(**told), kept)

    (sentence,) = what.refused
    assert sentence.startswith("here: ")
    assert reason in sentence
    assert rows(History(tmp_path)) == [kept]
    (line,) = aside(tmp_path)
    assert reason in line["reason"]
    assert {name: line["record"].get(name) for name in told} == {
        name: None if value is None else str(value) for name, value in told.items()
    }


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"input_tokens": 0, "output_tokens": 10**10}, id="none, and the most"),
        pytest.param({"input_tokens": None}, id="not reported"),
        pytest.param({"list_cost": None, "billed_cost": None}, id="of unknown cost"),
        pytest.param({"list_cost": 10**24}, id="a million dollars"),
        pytest.param({"input_tokens": 10, "cache_read_input_tokens": 161}, id="in contradiction"),
        pytest.param({"source": "replay", "billed_cost": 0}, id="replayed for nothing"),
        pytest.param({"part": 1, "list_cost": None, "billed_cost": None}, id="a later part"),
        pytest.param({"spec": "", "price_id": None}, id="of an empty name"),
    ],
)
def test_what_can_be_is_kept(tmp_path: Path, told: dict[str, Any]) -> None:
    record = changed(**told)

    assert rows(history(tmp_path, record)) == [record]
    assert [*complaints(named(record), TODAY)] == []


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param({"pages": 10**10 + 1}, "pages is 10000000001, no whole", id="a count"),
        pytest.param({"list_cost": 10**24 + 1}, "list_cost is 1000000", id="above a million"),
        pytest.param({"at": datetime(1970, 1, 1)}, "at is 1970-01-01", id="long ago"),  # noqa: DTZ001 - as records have it
        pytest.param({"clock": datetime(2126, 1, 1)}, "clock is 2126", id="a century ahead"),  # noqa: DTZ001 - likewise
        pytest.param(
            {"source": "replay", "billed_cost": 5}, "billed_cost is 5, and", id="a billed replay"
        ),
    ],
)
def test_a_record_in_hand_is_held_to_the_same(
    tmp_path: Path, told: dict[str, Any], reason: str
) -> None:
    record = changed(**told)

    (complaint,) = complaints(named(record), TODAY)

    assert complaint.startswith(reason)
    assert reason in added(tmp_path, record).refused[0]


def test_a_clock_may_be_a_day_ahead(tmp_path: Path) -> None:
    ahead = a_record(at="2026-11-23T23:59:59.999999Z")

    assert rows(history(tmp_path, ahead)) == [ahead]


def test_every_reason_is_told(tmp_path: Path) -> None:
    what = added(tmp_path, changed(input_tokens=-1, at="never", outcome="fine"))

    assert [name in what.refused[0] for name in ("input_tokens", "at is", "outcome")] == [True] * 3


def test_set_aside_again_it_is_there_once(tmp_path: Path) -> None:
    absurd = changed(input_tokens=10**15)

    for _ in range(2):
        added(tmp_path, absurd)

    assert len(aside(tmp_path)) == 1
    assert History(tmp_path).size().quarantined == 1


@pytest.mark.parametrize(
    ("told", "state"),
    [
        pytest.param({"input_tokens": 5, "output_tokens": 0}, "complete", id="no output is none"),
        pytest.param({"input_tokens": 5}, "partial", id="output that is not told is unknown"),
        pytest.param({"output_tokens": 5}, "partial", id="nor is input that is not told nothing"),
        pytest.param({"output_tokens": 0}, "partial", id="even beside no output"),
        pytest.param({"input_tokens": 5, "usage_state": "complete"}, "complete", id="it says so"),
        pytest.param({"operation": "embeddings", "input_tokens": 5}, "complete", id="has none"),
        pytest.param({"operation": "responses", "input_tokens": 5}, "partial", id="responses"),
        pytest.param({}, "none", id="no counts"),
    ],
)
def test_a_chat_without_its_input_or_output_is_told_in_part(
    tmp_path: Path, told: dict[str, Any], state: str
) -> None:
    blank = {"usage_state": None, "input_tokens": None, "output_tokens": None}

    (record,) = rows(history(tmp_path, changed(**blank | told)))

    assert named(record)["usage_state"] == state


class TestOddities:
    def test_a_part_above_its_whole_is_told_and_kept(self, tmp_path: Path) -> None:
        odd = changed(input_tokens=10, cache_read_input_tokens=161)

        what = added(tmp_path, odd, changed(output_tokens=3, reasoning_output_tokens=4), a_record())

        assert (what.new, what.refused) == (3, ())
        (sentence,) = what.odd
        assert sentence == (
            "here: 2 records have a part above its whole (kept as told): "
            f"{named(odd)['id']}: cache_read_input_tokens 161 of input_tokens 10"
        )

    def test_a_day_that_is_another_is_told_and_ignored(self, tmp_path: Path) -> None:
        what = added(tmp_path, changed(id="x", day="2026-11-09"), changed(day="soon"), a_record())

        (sentence,) = what.odd
        assert "2 records have a `day` that is not that of `at` (ignored): " in sentence
        assert {str(named(row)["day"]) for row in rows(History(tmp_path))} == {"2026-11-02"}
