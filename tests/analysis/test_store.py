"""What a history holds after files were added to it: each call once, whatever the order."""

from __future__ import annotations

import errno
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from support.history import TODAY, a_record, history, journal_file, rows
from support.journals import call, event

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.records import named, record_of, records_of
from pytest_specbudget.analysis.store.embedded import SQL_TYPES, connect
from pytest_specbudget.analysis.store.history import VIEW, History
from pytest_specbudget.analysis.store.locking import alone_in
from pytest_specbudget.analysis.store.sources import sources_below
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import RETRIEVE, Part, Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import JournalError
from pytest_specbudget.journal.reader import read_journal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.store.history import Added
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.journal.schema import EventLine


def settled(journals: list[Journal]) -> Iterable[Charge]:
    return merge(journals).ledger


def add(folder: Path, *paths: Path) -> Added:
    sources = [one for path in paths for one in sources_below(path, folder)]
    return History(folder).add(sources, settle=settled, today=TODAY)


def files(folder: Path) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def told(added: Added) -> list[tuple[int, int, int]]:
    return [(one.new, one.duplicate, one.quarantined) for one in added.sources]


def ids(folder: Path) -> list[str]:
    return [row[0] for row in rows(History(folder))]


def in_lines(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def in_parquet(path: Path, query: str) -> Path:
    connect().execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


A_LINE = {"id": "x/1", "at": "2026-11-02T10:00:00Z", "provider": "openai", "model": "gpt-5-mini"}


class TestAnyOrder:
    def test_added_again_it_stays_as_it_is_byte_for_byte(self, tmp_path: Path) -> None:
        one = journal_file(tmp_path / "one.jsonl", call("0.10"), call("0.20"))

        first, before = add(tmp_path / "h", one), files(tmp_path / "h")
        again = add(tmp_path / "h", one)

        assert (told(first), told(again)) == ([(2, 0, 0)], [(0, 2, 0)])
        assert files(tmp_path / "h") == before

    def test_the_order_of_files_does_not_matter(self, tmp_path: Path) -> None:
        shared, other = call("0.10"), call("0.20", at="2026-11-03T10:00:00Z")
        fuller = replace(shared, priced_at="2026-11-01T00:00:00Z")
        shards = [
            journal_file(tmp_path / "one.jsonl", shared, run="one"),
            journal_file(tmp_path / "two.jsonl", other, shared, run="two"),
            journal_file(tmp_path / "three.jsonl", fuller, call("0.40"), run="three"),
        ]

        for shard in shards:
            add(tmp_path / "forth", shard)
        for shard in reversed(shards):
            add(tmp_path / "back", shard)
        add(tmp_path / "together", *shards)

        histories = [tmp_path / name for name in ("forth", "back", "together")]
        assert len({tuple(rows(History(one))) for one in histories}) == 1
        assert len({tuple(sorted(files(one))) for one in histories}) == 1
        assert len(rows(History(histories[0]))) == 3

    def test_seventeen_copies_of_a_shard_are_one(self, tmp_path: Path) -> None:
        calls = [call() for _ in range(5)]
        shards = [
            journal_file(tmp_path / "shards" / f"{number}.jsonl", *calls, run=f"{number}")
            for number in range(17)
        ]

        added = add(tmp_path / "h", *shards)

        assert (added.new, added.duplicate) == (5, 80)
        assert ids(tmp_path / "h") == sorted(one.id for one in calls)

    def test_a_call_whose_end_was_seen_elsewhere_has_that_end(self, tmp_path: Path) -> None:
        ended = call("0.10", at="2026-11-03T00:00:00Z")
        lost = replace(ended, outcome="unknown", list_cost=None, at="2026-11-02T23:59:59Z")

        for name, order in {"a": (lost, ended), "b": (ended, lost)}.items():
            for number, one in enumerate(order):
                add(tmp_path / name, journal_file(tmp_path / f"{name}{number}.jsonl", one))

        assert files(tmp_path / "a").keys() == files(tmp_path / "b").keys()
        (row,) = rows(History(tmp_path / "a"))
        assert named(row)["outcome"] == "answered"


def fixture_copy(worker: str) -> Charge:
    return call(worker=worker, id=f"r/{worker}/7/1", test="<fixture session:llm>", asks="same")


def deferred(operation: str, **others: Any) -> Reading:
    return Reading(provider="openai", operation=operation, response_id="resp_1", **others)


USED = Usage(input_tokens=10, output_tokens=5)
BEGUN = replace(call("0"), reading=deferred("responses", counted=False, usage_state="none"))
TOLD = replace(call("0.20"), reading=deferred(RETRIEVE, usage=USED, usage_state="complete"))
TWO_MODELS = (Part(model="gpt-5-mini", usage=USED), Part(model="gpt-5", usage=USED))


class TestJournals:
    @pytest.mark.parametrize(
        ("happened", "how"),
        [
            pytest.param([call(), call(None)], {}, id="plain"),
            pytest.param([call(), call("0", source="mock")], {}, id="with a fake"),
            pytest.param([call("0", outcome="failed")], {}, id="failed"),
            pytest.param([call(tier="fast", spec="S", stage="plan")], {}, id="with a tier"),
            pytest.param([call(free="ours"), call(free="")], {}, id="declared free"),
            pytest.param(
                [call(source="replay", billed_cost=Money(), answered_at="2026-10-01T00:00:00Z")],
                {},
                id="replayed",
            ),
            pytest.param(
                [call(source="replay", billed_cost=Money(), priced_at="2027-01-01T00:00:00Z")],
                {},
                id="priced ahead",
            ),
            pytest.param([call(model="ünï/“x”\n")], {}, id="named strangely"),
            pytest.param([call("12345.000000000000000001")], {}, id="exact to the attodollar"),
            pytest.param([fixture_copy("gw0"), fixture_copy("gw1")], {}, id="a shared fixture"),
            pytest.param([BEGUN, TOLD, replace(TOLD, id="r/main/7/x")], {}, id="deferred work"),
            pytest.param(
                [call(source="replay"), event("attempt", test="t.py::test_a", attempt=2)],
                {},
                id="a replaced attempt",
            ),
            pytest.param(
                [
                    replace(
                        call(), reading=replace(TOLD.reading, operation="chat", parts=TWO_MODELS)
                    )
                ],
                {},
                id="several models",
            ),
            pytest.param([call(), event("refused", id="r/1")], {}, id="an event"),
            pytest.param([call()], {"ended": False}, id="no end"),
            pytest.param([call()], {"torn": '{"kind":"charge","id'}, id="a torn line"),
            pytest.param([call()], {"torn": '{"kind":"start","id":"r/2"'}, id="a torn start"),
            pytest.param([call()], {"torn": '{"kind":"charge","id":null}'}, id="a null"),
        ],
    )
    def test_its_records_are_those_of_the_calls_that_count(
        self, tmp_path: Path, happened: list[Charge | EventLine], how: dict[str, Any]
    ) -> None:
        file = journal_file(tmp_path / "one.jsonl", *happened, **how)
        charges = merge([read_journal(file)]).ledger

        add(tmp_path / "h", file)

        expected = [record for charge in charges for record in records_of(charge, "r")]
        assert rows(History(tmp_path / "h")) == sorted(expected, key=lambda record: record[:2])

    def test_a_call_that_never_ended_is_kept_as_unknown(self, tmp_path: Path) -> None:
        file = journal_file(tmp_path / "one.jsonl", call(), call())
        lines = file.read_text("utf-8").splitlines()
        file.write_text("\n".join((*lines[:4], lines[-1])), "utf-8")

        add(tmp_path / "h", file)

        assert [named(row)["outcome"] for row in rows(History(tmp_path / "h"))] == [
            "answered",
            "unknown",
        ]

    def test_the_rules_that_decide_see_each_run_whole(self, tmp_path: Path) -> None:
        seen: list[list[str]] = []
        shared = journal_file(tmp_path / "a.jsonl", fixture_copy("gw0"), run="one")
        plain = journal_file(tmp_path / "b.jsonl", call(), run="one")
        other = journal_file(tmp_path / "c.jsonl", call(), run="two")
        sources = [one for path in (shared, plain, other) for one in sources_below(path, tmp_path)]

        def settle(journals: list[Journal]) -> Iterable[Charge]:
            seen.append([journal.name for journal in journals])
            return merge(journals).ledger

        added = History(tmp_path / "h").add(sources, settle=settle, today=TODAY)

        assert seen == [[str(shared), str(plain)]]  # the other run needs no closer look
        assert added.new == 3

    def test_damage_is_named_and_the_rest_is_kept(self, tmp_path: Path) -> None:
        torn = journal_file(tmp_path / "a.jsonl", call(), torn='{"kind":"cha', run="a")
        binary = journal_file(tmp_path / "b.jsonl", call(), run="b")
        binary.write_bytes(binary.read_bytes() + b"\xff\xfe\x00\n")
        newer = journal_file(tmp_path / "c.jsonl", call(), run="c")
        newer.write_text(newer.read_text("utf-8").replace('"schema": 1', '"schema": 99'), "utf-8")
        sound = journal_file(tmp_path / "d[1]*.jsonl", call(), run="d")

        added = add(tmp_path / "h", torn, binary, newer, sound)

        assert told(added) == [(1, 0, 0)] * 3
        problems = "\n".join(added.problems)
        assert f"{torn}:4: a torn or foreign line" in problems
        assert f"{binary}:5: a torn or foreign line" in problems
        assert f"{newer} was written by a later version" in problems


class TestOtherShapes:
    def test_json_lines_have_the_names_of_columns_as_keys(self, tmp_path: Path) -> None:
        counts = {"input_tokens": 10, "output_tokens": 2, "list_cost": "250000000000", "more": [1]}
        path = in_lines(tmp_path / "a.jsonl", A_LINE | counts)

        added = add(tmp_path / "h", path)

        (row,) = map(named, rows(History(tmp_path / "h")))
        assert told(added) == [(1, 0, 0)]
        assert (row["part"], row["clock"], row["source"]) == (0, row["at"], "live")
        assert (row["outcome"], row["usage_state"], row["free"]) == ("answered", "complete", False)
        assert (row["input_tokens"], row["list_cost"], row["spec"]) == (10, 250000000000, None)

    def test_a_time_with_an_offset_is_brought_to_utc(self, tmp_path: Path) -> None:
        add(
            tmp_path / "h",
            in_lines(tmp_path / "a.jsonl", A_LINE | {"at": "2026-11-02T01:00+02:00"}),
        )

        (row,) = map(named, rows(History(tmp_path / "h")))
        assert f"{row['at']} {row['day']}" == "2026-11-01 23:00:00 2026-11-01"

    def test_torn_lines_are_named(self, tmp_path: Path) -> None:
        path = in_lines(tmp_path / "a.jsonl", A_LINE)
        path.write_bytes(path.read_bytes() + b'\n{"id": "x\xff\n[1]\n')

        added = add(tmp_path / "h", path)

        assert told(added) == [(1, 0, 0)]
        assert [one.partition(": ")[0] for one in added.problems] == [f"{path}:3", f"{path}:4"]

    def test_parquet_of_another_schema_is_taken_as_far_as_it_goes(self, tmp_path: Path) -> None:
        few = in_parquet(
            tmp_path / "few.parquet",
            "SELECT 'a' AS id, TIMESTAMP '2026-11-02 10:00:00' AS at, 'openai' AS provider,"
            " 'gpt-5' AS model, 12.0::DOUBLE AS input_tokens, 'x' AS extra",
        )
        wrong = in_parquet(
            tmp_path / "wrong.parquet",
            "SELECT 'b' AS id, '2026-11-02' AS at, 'openai' AS provider, 'gpt-5' AS model,"
            " unnest(['7', 'seven']) AS output_tokens, unnest([0, 1]) AS part",
        )

        added = add(tmp_path / "h", few, wrong)

        assert told(added) == [(1, 0, 0), (1, 0, 1)]
        assert "output_tokens is seven, no whole number" in added.refused[0]
        records = [named(row) for row in rows(History(tmp_path / "h"))]
        assert [(one["input_tokens"], one["output_tokens"]) for one in records] == [
            (12, None),
            (None, 7),
        ]

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            pytest.param(b"", "too small", id="empty"),
            pytest.param(b"PAR1 and then nothing", "cannot be read", id="truncated"),
            pytest.param(None, "it has no id, at, provider, model", id="of something else"),
        ],
    )
    def test_parquet_that_is_none_is_named(
        self, tmp_path: Path, content: bytes | None, why: str
    ) -> None:
        bad = in_parquet(tmp_path / "bad.parquet", "SELECT 1 AS something")
        bad.write_bytes(bad.read_bytes() if content is None else content)

        added = add(tmp_path / "h", bad, in_lines(tmp_path / "a.jsonl", A_LINE))

        (problem,) = added.problems
        assert str(bad) in problem
        assert why in problem
        assert ids(tmp_path / "h") == ["x/1"]


SUMMARY = {
    "spec_id": "SPEC-1",
    "run": "r",
    "spent": 0.3,
    "per_model": {"gpt-5-mini": 0.1, "anthropic/claude-haiku-4-5": "0.20"},
    "last_updated": "2026-11-02T12:00:00Z",
}
AGENT = {"agent": "gpt", "model_id": "gpt-5", "prompt_tokens": 1234, "completion_tokens": 567}
TELEMETRY = {
    "schemaVersion": "2.0",
    "command": "spec-plan",
    "specId": "SPEC-1",
    "sessionId": "r",
    "timestamp": "2026-11-03T00:00:00Z",
    "consensus": {"agents": [AGENT | {"cost_usd": 0.12}, AGENT | {"model_id": "x-none"}]},
}


def document(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


class TestDocuments:
    def test_a_cost_summary_tells_what_each_model_cost(self, tmp_path: Path) -> None:
        add(tmp_path / "h", document(tmp_path / "a.json", SUMMARY))

        records = [named(row) for row in rows(History(tmp_path / "h"))]
        assert sorted(
            (one["provider"], one["model"], one["billed_cost"], one["usage_state"])
            for one in records
        ) == [
            ("anthropic", "claude-haiku-4-5", 2 * 10**17, "none"),
            ("openai", "gpt-5-mini", 10**17, "none"),
        ]
        assert {(one["spec"], one["run"], str(one["day"])) for one in records} == {
            ("SPEC-1", "r", "2026-11-02")
        }

    def test_of_ours_it_is_not_known_what_was_billed(self, tmp_path: Path) -> None:
        ours = SUMMARY | {"basis": "list", "run": "20261103T101112.000001Z-ab12"}
        del ours["last_updated"]

        add(tmp_path / "h", document(tmp_path / "a.json", ours))

        records = [named(row) for row in rows(History(tmp_path / "h"))]
        assert {(one["billed_cost"], str(one["at"])) for one in records} == {
            (None, "2026-11-03 10:11:12.000001")
        }

    def test_telemetry_tells_the_tokens_of_each_agent(self, tmp_path: Path) -> None:
        add(tmp_path / "h", document(tmp_path / "a.json", TELEMETRY))

        records = sorted(map(named, rows(History(tmp_path / "h"))), key=lambda one: one["model"])
        assert [
            (one["provider"], one["model"], one["input_tokens"], one["list_cost"], one["command"])
            for one in records
        ] == [
            ("openai", "gpt-5", 1234, 12 * 10**16, "plan"),
            ("unknown", "x-none", 1234, None, "plan"),
        ]

    @pytest.mark.parametrize("order", list(permutations(("calls", "summary", "telemetry"))))
    def test_what_sums_up_calls_gives_way_to_them(
        self, tmp_path: Path, order: tuple[str, ...]
    ) -> None:
        paths = {
            "calls": journal_file(tmp_path / "a.jsonl", call(spec="SPEC-1")),
            "summary": document(tmp_path / "b.json", SUMMARY),
            "telemetry": document(tmp_path / "c.json", TELEMETRY),
        }

        for name in order:
            add(tmp_path / "h", paths[name])

        operations = [named(row)["operation"] for row in rows(History(tmp_path / "h"))]
        assert operations == ["chat"]

    def test_a_model_of_which_nothing_is_known_is_a_record_without_a_cost(
        self, tmp_path: Path
    ) -> None:
        content = SUMMARY | {"per_model": {}, "unknown_calls_per_model": {"acme-9": 2}}

        add(tmp_path / "h", document(tmp_path / "a.json", content))

        (record,) = map(named, rows(History(tmp_path / "h")))
        assert (record["model"], record["list_cost"]) == ("acme-9", None)

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            pytest.param([1], "holds no JSON object", id="a list"),
            pytest.param({"a": 1}, "neither a cost summary", id="something else"),
            pytest.param({"per_model": {"gpt-5": 1}}, "does not say when", id="without a time"),
            pytest.param(SUMMARY | {"per_model": {"gpt-5": -1}}, "-1", id="below nothing"),
            pytest.param(SUMMARY | {"per_model": [1]}, "a.json", id="without models"),
        ],
    )
    def test_what_is_neither_is_named(self, tmp_path: Path, content: object, why: str) -> None:
        added = add(tmp_path / "h", document(tmp_path / "a.json", content))

        assert added.sources == ()
        assert why in added.problems[0]


class TestFiles:
    def test_a_day_of_several_files_has_each_record_once(self, tmp_path: Path) -> None:
        shared, *others = a_record(), a_record(), a_record()
        history(tmp_path / "a", shared, others[0])
        history(tmp_path / "b", shared, others[1])
        (copy,) = (tmp_path / "b").rglob("*.parquet")

        copy.rename(tmp_path / "a" / "day=2026-11-02" / copy.name)

        copied = History(tmp_path / "a")
        assert rows(copied) == [shared, *others]
        copied.add_records([a_record()], today=TODAY)
        assert len(list((tmp_path / "a").rglob("*.parquet"))) == 1
        assert len(rows(copied)) == 4

    def test_a_copied_summary_of_calls_that_are_known_goes(self, tmp_path: Path) -> None:
        calls = history(tmp_path / "h", a_record("0.30"))
        add(
            tmp_path / "other",
            document(tmp_path / "a.json", SUMMARY | {"last_updated": "2026-11-03"}),
        )
        (copy,) = (tmp_path / "other").glob("day=*")
        copy.rename(tmp_path / "h" / copy.name)
        assert len(rows(calls)) == 3

        calls.add_records([], today=TODAY)

        assert [named(row)["operation"] for row in rows(calls)] == ["chat"]
        assert calls.damage() == ()

    @pytest.mark.parametrize(
        ("damage", "why"),
        [
            pytest.param(lambda whole: whole[:-20], "cannot be read", id="truncated"),
            pytest.param(lambda _whole: b"", "cannot be read", id="empty"),
        ],
    )
    def test_a_damaged_file_is_named_and_the_rest_is_read(
        self, tmp_path: Path, damage: Any, why: str
    ) -> None:
        kept, lost = a_record(), a_record(at="2026-11-05T00:00:00Z")
        damaged = history(tmp_path, kept, lost)
        (file,) = tmp_path.glob("day=2026-11-05/*")
        file.write_bytes(damage(file.read_bytes()))

        assert rows(damaged) == [kept]
        (problem,) = damaged.damage()
        assert (str(file) in problem, why in problem) == (True, True)

        assert damaged.add_records([lost], today=TODAY).new == 1
        assert rows(damaged) == [kept, lost]

    def test_a_file_that_is_damaged_inside_is_named(self, tmp_path: Path) -> None:
        rotten = history(tmp_path, a_record())
        (file,) = tmp_path.rglob("*.parquet")
        file.write_bytes(b"PAR1" + b"\xff" * 300 + file.read_bytes()[304:])

        with pytest.raises(JournalError, match=file.name):
            rotten.query("SELECT * FROM usage_t")
        with pytest.raises(JournalError, match=file.name):
            rotten.add_records([a_record()], today=TODAY)

    def test_files_of_other_schemas_within_a_history_are_named(self, tmp_path: Path) -> None:
        kept = a_record()
        mixed = history(tmp_path, kept)
        (ours,) = tmp_path.rglob("*.parquet")
        for day, change in {
            "2026-11-03": "* EXCLUDE (price_id, pages), 1 AS more",
            "2026-11-04": "* REPLACE (CAST(input_tokens AS VARCHAR) AS input_tokens)",
            "2026-11-05": "* EXCLUDE (outcome)",
        }.items():
            (tmp_path / f"day={day}").mkdir()
            other = tmp_path / f"day={day}" / "part-1.parquet"
            in_parquet(other, f"FROM '{ours}' SELECT {change}")
        in_parquet(tmp_path / "other.parquet", "SELECT 1 AS a")

        assert rows(mixed) == [kept, kept]  # of the day of its own, which has fewer columns
        assert [one.partition(": ")[2][:30] for one in mixed.damage()] == [
            "is no file of a history, and l",
            "its column input_tokens holds ",
            "has no column outcome; its rec",
        ]

    def test_what_a_killed_process_left_is_no_part_of_it(self, tmp_path: Path) -> None:
        kept = a_record()
        killed = history(tmp_path, kept)
        (tmp_path / ".days-1" / "day=2026-11-02").mkdir(parents=True)
        (tmp_path / ".days-1" / "day=2026-11-02" / "data_0.parquet").write_bytes(b"PAR1")

        assert rows(killed) == [kept]
        assert killed.damage() == ()

    def test_every_column_is_there_with_its_type(self, tmp_path: Path) -> None:
        relation = history(tmp_path, a_record()).relation(connect())

        assert list(zip(relation.columns, map(str, relation.types), strict=True)) == [
            (column.name, SQL_TYPES[column.kind]) for column in COLUMNS
        ]

    def test_one_that_is_not_there_yet_has_no_records(self, tmp_path: Path) -> None:
        connection = connect()

        relation = History(tmp_path / "none").relation(connection)

        assert relation.columns == [column.name for column in COLUMNS]
        assert connection.view(VIEW).fetchall() == []
        assert History(tmp_path / "none").size().records == 0

    def test_its_folder_may_be_called_anything(self, tmp_path: Path) -> None:
        record = a_record()

        assert rows(history(tmp_path / "it's [a] *.day?", record)) == [record]

    def test_all_values_come_back_as_they_were(self, tmp_path: Path) -> None:
        told = named(a_record("999999.999999999999999999"))
        counts = {column.name: 10**10 for column in COLUMNS if column.kind == "count"}
        record: Record = record_of(told | counts | {"part": 0, "free": True, "test": "é[\"'a\n]"})

        assert rows(history(tmp_path, record)) == [record]


class TestAtOnce:
    """Processes that add at once; here they are threads, which wait for each other as those do."""

    def test_nothing_is_lost_or_doubled_and_nobody_fails(self, tmp_path: Path) -> None:
        shared = a_record()
        parts = [[shared, a_record(), a_record(at="2026-11-03T00:00:00Z")] for _ in range(4)]

        def add_some(part: list[Record]) -> int:
            history = History(tmp_path / "h")
            new = history.add_records(part, today=TODAY).new
            assert (history.damage(), history.size().records >= new) == ((), True)
            return new

        with ThreadPoolExecutor(len(parts)) as pool:
            new = sum(pool.map(add_some, parts))

        assert new == 9
        assert rows(History(tmp_path / "h")) == sorted(
            {row[0]: row for part in parts for row in part}.values()
        )
        assert len([*(tmp_path / "h").rglob("*.parquet")]) == 2

    def test_it_waits_for_whoever_was_first(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(1) as pool:
            with alone_in(tmp_path):
                second = pool.submit(History(tmp_path).add_records, [a_record()], today=TODAY)
                with pytest.raises(TimeoutError):
                    second.result(timeout=0.3)

            assert second.result().new == 1

    def test_where_a_file_system_has_no_locks_nobody_waits(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fcntl = pytest.importorskip("fcntl", reason="there is none on Windows")

        def flock(_file: object, _how: int) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr(fcntl, "flock", flock)

        assert rows(history(tmp_path, one := a_record())) == [one]


def test_without_duckdb_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)

    with pytest.raises(JournalError, match=r"pip install 'pytest-specbudget\[history\]'"):
        history(tmp_path / "h", a_record())
