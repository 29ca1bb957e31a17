"""What a history remembers that it could not take, until somebody puts it right or dismisses it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from support.history import TODAY, a_record, history, journal_file, rows
from support.journals import call

from pytest_specbudget.analysis.records import named, record_of
from pytest_specbudget.analysis.store.doubts import dismiss
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.analysis.store.sources import sources_below
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_specbudget.analysis.records import Record
    from pytest_specbudget.analysis.store.history import Added


def add(folder: Path, *paths: Path) -> Added:
    sources = [one for path in paths for one in sources_below(path, folder)]
    return History(folder).add(sources, settle=lambda journals: merge(journals).ledger, today=TODAY)


def in_lines(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def everything(folder: Path) -> dict[str, bytes]:
    found = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def numbers(folder: Path) -> tuple[int, int]:
    size = History(folder).size()
    return size.quarantined, size.closed


LINE = {"at": "2026-11-02T10:00:00Z", "provider": "openai", "model": "gpt-5-mini"}
SOUND = {**LINE, "id": "a", "input_tokens": 5, "list_cost": 25 * 10**16}
ABSURD = {**LINE, "id": "a", "input_tokens": 10**15}

OTHER = {**LINE, "id": "b", "input_tokens": 7, "list_cost": 7 * 10**18}


def as_lines(*records: dict[str, Any]) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in records).encode()


TORN = as_lines(SOUND, OTHER)[:-30]


class TestContradictions:
    @pytest.mark.parametrize(
        "cost", [pytest.param("0.0028", id="cheaper"), pytest.param("0.9", id="dearer")]
    )
    def test_what_was_there_stays_and_the_other_is_set_aside(
        self, tmp_path: Path, cost: str
    ) -> None:
        was = call("0.252")
        journal = journal_file(tmp_path / "a.jsonl", was)
        other = replace(was, list_cost=Money.parse(cost))
        add(tmp_path / "h", journal)
        before = rows(History(tmp_path / "h"))

        added = add(tmp_path / "h", journal_file(tmp_path / "b.jsonl", other, run="b"))

        assert rows(History(tmp_path / "h")) == before
        (source,) = added.sources
        assert (source.new, source.duplicate, source.quarantined) == (0, 0, 1)
        (sentence,) = added.refused
        assert sentence == (
            f"{tmp_path / 'b.jsonl'}: {was.id}: contradicts what is recorded under this id: "
            f"list_cost 0.252 here, {cost} there"
        )
        assert sentence.partition(": ")[2] in History(tmp_path / "h").damage()[0]

    def test_of_those_added_together_the_dearer_is_kept_in_any_order(self, tmp_path: Path) -> None:
        cheap = in_lines(tmp_path / "cheap.jsonl", SOUND | {"list_cost": 1})
        dear = in_lines(tmp_path / "dear.jsonl", SOUND, SOUND)

        forth = add(tmp_path / "forth", cheap, dear)
        back = add(tmp_path / "back", dear, cheap)

        for added, name in ((forth, "forth"), (back, "back")):
            (row,) = map(named, rows(History(tmp_path / name)))
            counts = {one.name: (one.new, one.duplicate, one.quarantined) for one in added.sources}
            assert row["list_cost"] == 25 * 10**16
            assert counts == {str(cheap): (0, 0, 1), str(dear): (1, 1, 0)}
        assert everything(tmp_path / "forth").keys() == everything(tmp_path / "back").keys()

    def test_added_again_nothing_changes(self, tmp_path: Path) -> None:
        paths = in_lines(tmp_path / "a.jsonl", SOUND), in_lines(tmp_path / "b.jsonl", ABSURD)
        other = in_lines(tmp_path / "c.jsonl", SOUND | {"list_cost": 1})
        for path in (*paths, other):
            add(tmp_path / "h", path)
        before = everything(tmp_path / "h")

        for path in (other, *paths):
            add(tmp_path / "h", path)

        assert everything(tmp_path / "h") == before
        assert numbers(tmp_path / "h") == (2, 0)

    def test_what_a_newer_reader_knows_more_of_is_filled_in(self, tmp_path: Path) -> None:
        was = call("0.252")
        add(tmp_path / "h", journal_file(tmp_path / "a.jsonl", was))
        fuller = replace(was, priced_at="2026-11-01T00:00:00Z")

        added = add(tmp_path / "h", journal_file(tmp_path / "b.jsonl", fuller, run="b"))

        (row,) = map(named, rows(History(tmp_path / "h")))
        assert str(row["priced_at"]) == "2026-11-01 00:00:00"
        assert added.refused == ()
        assert add(tmp_path / "h", tmp_path / "a.jsonl").duplicate == 1
        assert named(*rows(History(tmp_path / "h"))) == row

    def test_of_millions_only_what_is_disputed_is_looked_at_closely(self, tmp_path: Path) -> None:
        calls = [call("0.1") for _ in range(300)]
        others = [replace(one, list_cost=Money.parse("0.2")) for one in calls[:3]]
        add(tmp_path / "h", journal_file(tmp_path / "a.jsonl", *calls))

        added = add(tmp_path / "h", journal_file(tmp_path / "b.jsonl", *others, *calls[3:]))

        (source,) = added.sources
        assert (source.new, source.duplicate, source.quarantined) == (0, 297, 3)
        assert len(rows(History(tmp_path / "h"))) == 300


class TestDivided:
    """Two processes wrote one day at once, and neither saw what the other wrote."""

    def divided(self, tmp_path: Path, *told: dict[str, Any]) -> Path:
        record = named(a_record())
        for number, one in enumerate(told):
            folder = tmp_path / f"{number}"
            History(folder).add_records([record_of(record | one)], today=TODAY)
            for file in folder.glob("day=*/*"):
                home = tmp_path / "h" / file.parent.name
                home.mkdir(parents=True, exist_ok=True)
                file.rename(home / file.name)
        return tmp_path / "h"

    def test_whoever_adds_next_joins_them_even_if_it_has_nothing_new(self, tmp_path: Path) -> None:
        folder = self.divided(tmp_path, {"id": "x/1"}, {"id": "x/2"})
        before = rows(History(folder))
        assert len(list(folder.glob("day=*/*"))) == 2

        History(folder).add_records([before[0]], today=TODAY)

        assert len(list(folder.glob("day=*/*"))) == 1
        assert rows(History(folder)) == before

    def test_where_they_contradict_each_other_the_dearer_counts_and_both_are_kept(
        self, tmp_path: Path
    ) -> None:
        folder = self.divided(tmp_path, {"id": "x/1", "list_cost": 5}, {"id": "x/1"})
        (before,) = map(named, rows(History(folder)))
        (sentence,) = History(folder).damage()
        assert f"{folder}: 1 call told in several ways" in sentence

        added = History(folder).add_records([], today=TODAY)

        (after,) = map(named, rows(History(folder)))
        assert (before["list_cost"], after["list_cost"]) == (10**17, 10**17)
        assert "list_cost 0.1 here, 0.000000000000000005 there" in added.refused[0]
        assert numbers(folder) == (1, 0)


class TestSetAside:
    def test_it_is_told_until_it_is_dismissed(self, tmp_path: Path) -> None:
        many = [ABSURD | {"id": f"a{number}"} for number in range(5)]
        path = in_lines(tmp_path / "big.jsonl", SOUND | {"id": "sound"}, *many)
        add(tmp_path / "h", path)

        (sentence,) = History(tmp_path / "h").damage()
        assert sentence.startswith(f"5 records from {path} are set aside: a0: input_tokens is 1000")
        assert "; and 4 more; " in sentence

        assert dismiss(tmp_path / "h", "a test of the exporter", TODAY) == 5
        assert History(tmp_path / "h").damage() == ()
        assert numbers(tmp_path / "h") == (0, 5)
        (file,) = (tmp_path / "h" / "quarantine").iterdir()
        line = json.loads(file.read_text("utf-8").split("\n")[0])
        assert line["dismissed"] == {"on": "2026-11-22", "why": "a test of the exporter"}

        again = add(tmp_path / "h", path)
        assert (again.refused, again.duplicate) == ((), 6)
        assert History(tmp_path / "h").damage() == ()

    def test_of_some_places_only_those_are_dismissed(self, tmp_path: Path) -> None:
        one = in_lines(tmp_path / "one.jsonl", ABSURD)
        two = in_lines(tmp_path / "two.jsonl", ABSURD | {"id": "b"})
        add(tmp_path / "h", one, two)

        assert dismiss(tmp_path / "h", "", TODAY, places=[str(one)]) == 1

        (sentence,) = History(tmp_path / "h").damage()
        assert str(two) in sentence

    def test_under_another_name_it_is_the_same(self, tmp_path: Path) -> None:
        add(tmp_path / "h", in_lines(tmp_path / "one.jsonl", ABSURD))

        add(tmp_path / "h", in_lines(tmp_path / "two.jsonl", ABSURD))

        assert numbers(tmp_path / "h") == (1, 0)

    def test_a_sound_record_that_comes_later_corrects_it(self, tmp_path: Path) -> None:
        absurd = in_lines(tmp_path / "absurd.jsonl", ABSURD)
        add(tmp_path / "h", absurd)

        add(tmp_path / "h", in_lines(tmp_path / "sound.jsonl", SOUND))

        assert History(tmp_path / "h").damage() == ()
        assert numbers(tmp_path / "h") == (0, 1)
        assert add(tmp_path / "h", absurd).refused == ()
        assert numbers(tmp_path / "h") == (0, 1)

    def test_a_sound_record_that_was_there_before_does_not(self, tmp_path: Path) -> None:
        sound = in_lines(tmp_path / "sound.jsonl", SOUND)
        add(tmp_path / "h", sound)

        add(tmp_path / "h", in_lines(tmp_path / "absurd.jsonl", ABSURD))
        add(tmp_path / "h", sound)

        assert numbers(tmp_path / "h") == (1, 0)

    @pytest.mark.parametrize("where", ["quarantine", "elsewhere"])
    def test_its_line_is_corrected_and_added_as_it_lies_there(
        self, tmp_path: Path, where: str
    ) -> None:
        add(tmp_path / "h", in_lines(tmp_path / "a.jsonl", ABSURD, ABSURD | {"id": "b"}))
        (file,) = (tmp_path / "h" / "quarantine").iterdir()
        target = file if where == "quarantine" else tmp_path / "corrected.jsonl"
        first, second = file.read_text("utf-8").splitlines()
        target.write_text(first.replace(str(10**15), "1000") + f"\n{second}\n", "utf-8")

        added = add(tmp_path / "h", target)

        assert (added.new, len(added.refused)) == (1, 1)
        (row,) = map(named, rows(History(tmp_path / "h")))
        assert (row["id"], row["input_tokens"]) == ("a", 1000)
        assert numbers(tmp_path / "h") == (1, 1)
        (sentence,) = History(tmp_path / "h").damage()
        assert "1 record from " in sentence
        assert ": b: input_tokens" in sentence

    def test_the_whole_quarantine_may_be_added(self, tmp_path: Path) -> None:
        add(tmp_path / "h", in_lines(tmp_path / "a.jsonl", LINE, ABSURD | {"id": "b"}))
        for file in (tmp_path / "h" / "quarantine").iterdir():
            text = file.read_text("utf-8").replace(str(10**15), "7")
            file.write_text(text.replace('"record": {"at"', '"record": {"id": "c", "at"'), "utf-8")

        added = add(tmp_path / "h", tmp_path / "h" / "quarantine")

        assert (added.new, added.refused) == (2, ())
        assert numbers(tmp_path / "h") == (0, 2)
        assert History(tmp_path / "h").damage() == ()

    def test_a_contradiction_may_be_corrected_there_too(self, tmp_path: Path) -> None:
        add(tmp_path / "h", in_lines(tmp_path / "a.jsonl", SOUND))
        add(tmp_path / "h", in_lines(tmp_path / "b.jsonl", SOUND | {"input_tokens": 6}))
        (file,) = (tmp_path / "h" / "quarantine").iterdir()
        text = file.read_text("utf-8")
        file.write_text(text.replace('"input_tokens": "6"', '"input_tokens": "5"'), "utf-8")

        add(tmp_path / "h", file)

        assert numbers(tmp_path / "h") == (0, 1)
        assert History(tmp_path / "h").damage() == ()

    def test_what_was_corrected_stays_closed_when_it_comes_as_it_came(self, tmp_path: Path) -> None:
        absurd = in_lines(tmp_path / "big.jsonl", ABSURD, ABSURD | {"id": "b"})
        add(tmp_path / "h", absurd)
        (file,) = (tmp_path / "h" / "quarantine").iterdir()
        file.write_text(file.read_text("utf-8").replace(str(10**15), "1000"), "utf-8")
        add(tmp_path / "h", tmp_path / "h" / "quarantine")
        before = everything(tmp_path / "h")

        added = add(tmp_path / "h", absurd)

        assert (added.refused, added.duplicate, numbers(tmp_path / "h")) == ((), 2, (0, 2))
        assert History(tmp_path / "h").damage() == ()
        assert everything(tmp_path / "h") == before

    def test_a_line_that_was_torn_by_hand_is_told(self, tmp_path: Path) -> None:
        add(tmp_path / "h", in_lines(tmp_path / "a.jsonl", ABSURD))
        (file,) = (tmp_path / "h" / "quarantine").iterdir()
        file.write_text('{"reason": "in\n', "utf-8")

        (sentence,) = History(tmp_path / "h").damage()

        assert f"{file}:1: makes no sense" in sentence


def torn(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:4], lines[4][:30], lines[-1]]) + "\n", "utf-8")


def without_its_end(path: Path) -> None:
    path.write_text("\n".join(path.read_text("utf-8").splitlines()[:-1]) + "\n", "utf-8")


def of_another_sum(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace('"count": 2', '"count": 3'), "utf-8")


class TestUnread:
    @pytest.mark.parametrize(
        ("damage", "why"),
        [
            pytest.param(torn, ":5: a torn or foreign line", id="a torn line"),
            pytest.param(without_its_end, "the process did not end well", id="no footer"),
            pytest.param(of_another_sum, "its footer counts 3 calls", id="another sum"),
        ],
    )
    def test_what_could_not_be_read_of_a_journal_is_told_until_it_is_whole(
        self, tmp_path: Path, damage: Callable[[Path], None], why: str
    ) -> None:
        path = journal_file(tmp_path / "a.jsonl", call(), call())
        whole = path.read_bytes()
        damage(path)

        for _ in range(2):
            assert why in add(tmp_path / "h", path).problems[0]

        (sentence,) = History(tmp_path / "h").damage()
        assert (str(path) in sentence, why in sentence) == (True, True)
        elsewhere = tmp_path / "copy" / "b.jsonl"
        elsewhere.parent.mkdir()
        elsewhere.write_bytes(whole)
        add(tmp_path / "h", elsewhere)
        assert History(tmp_path / "h").damage() == ()

    def test_dismissed_it_stays_so_however_often_it_is_added(self, tmp_path: Path) -> None:
        path = journal_file(tmp_path / "a.jsonl", call(), torn="{")
        add(tmp_path / "h", path)

        assert dismiss(tmp_path / "h", "the disk was full", TODAY) == 1
        before = everything(tmp_path / "h")

        assert add(tmp_path / "h", path).problems == ()
        assert History(tmp_path / "h").damage() == ()
        assert everything(tmp_path / "h") == before

    def test_what_is_torn_later_is_a_doubt_of_its_own(self, tmp_path: Path) -> None:
        path = journal_file(tmp_path / "a.jsonl", call(), torn="{")
        add(tmp_path / "h", path)
        dismiss(tmp_path / "h", "", TODAY)
        path.write_text(path.read_text("utf-8") + "}\n", "utf-8")

        (problem,) = add(tmp_path / "h", path).problems

        assert ":6: a torn or foreign line: '}'" in problem
        assert problem in History(tmp_path / "h").damage()[0]

    @pytest.mark.parametrize(
        ("name", "content", "why"),
        [
            pytest.param("a.jsonl", b'{"id": "x"\n{}\n', ":1: a torn", id="JSON lines"),
            pytest.param("a.parquet", b"PAR1", "cannot be read", id="Parquet"),
            pytest.param("a.json", b"{}", "neither a cost summary", id="evidence"),
        ],
    )
    def test_so_is_what_could_not_be_read_of_other_files(
        self, tmp_path: Path, name: str, content: bytes, why: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(content)

        add(tmp_path / "h", path)

        (sentence,) = History(tmp_path / "h").damage()
        assert (str(path) in sentence, why in sentence) == (True, True)


class TestTheSameFileAgain:
    """A path does not tell whether a file is the one again that was torn."""

    def torn_and_after(self, tmp_path: Path, name: str, was: bytes, now: bytes) -> tuple[str, ...]:
        path = tmp_path / name
        path.write_bytes(was)
        add(tmp_path / "h", path)
        assert len(History(tmp_path / "h").damage()) == 1
        path.write_bytes(now)
        add(tmp_path / "h", path)
        return History(tmp_path / "h").damage()

    @pytest.mark.parametrize(
        "now",
        [
            pytest.param([SOUND, OTHER], id="it is whole"),
            pytest.param([SOUND, OTHER, OTHER | {"id": "c"}], id="it has grown, too"),
        ],
    )
    def test_it_goes_when_what_stood_before_the_damage_stands_there_and_more(
        self, tmp_path: Path, now: list[dict[str, Any]]
    ) -> None:
        assert self.torn_and_after(tmp_path, "a.jsonl", TORN, as_lines(*now)) == ()

    @pytest.mark.parametrize(
        "now",
        [
            pytest.param(b"", id="empty"),
            pytest.param(as_lines({"id": "z"} | LINE, {"id": "y"} | LINE), id="of another day"),
            pytest.param(as_lines(SOUND), id="only what stood before"),
            pytest.param(b"prose\n" * 50, id="something else"),
        ],
    )
    def test_it_stays_when_another_file_lies_there(self, tmp_path: Path, now: bytes) -> None:
        told = self.torn_and_after(tmp_path, "a.jsonl", TORN, now)

        assert "a.jsonl:2: a torn or foreign line" in told[0]

    def test_two_files_that_were_torn_under_one_path_are_two_doubts(self, tmp_path: Path) -> None:
        torn_too = as_lines({**SOUND, "id": "z"}) + b"{"

        (sentence,) = self.torn_and_after(tmp_path, "a.jsonl", TORN, torn_too)

        assert "; and 1 more; " in sentence

    @pytest.mark.parametrize(
        ("name", "was"),
        [
            pytest.param("a.jsonl", b'{"id": "x"\n{}\n', id="nothing stood before it"),
            pytest.param("a.parquet", b"PAR1", id="Parquet"),
            pytest.param("a.json", b'{"per_model": {', id="a summary"),
        ],
    )
    def test_where_nobody_can_tell_only_dismissing_helps(
        self, tmp_path: Path, name: str, was: bytes
    ) -> None:
        now = as_lines(SOUND)
        if name == "a.parquet":
            history(tmp_path / "other", a_record())
            now = next((tmp_path / "other").rglob("*.parquet")).read_bytes()
        elif name == "a.json":
            now = b'{"per_model": {"gpt-5": 1}, "timestamp": "2026-11-02"}'

        (sentence,) = self.torn_and_after(tmp_path, name, was, now)

        assert "nobody can tell whether a file is this one again" in sentence
        assert dismiss(tmp_path / "h", "", TODAY) == 1
        assert History(tmp_path / "h").damage() == ()

    def test_what_is_dismissed_is_that_content(self, tmp_path: Path) -> None:
        path = tmp_path / "a.parquet"
        path.write_bytes(b"PAR1 one")
        add(tmp_path / "h", path)
        dismiss(tmp_path / "h", "", TODAY)
        path.write_bytes(b"PAR1 two")

        assert len(add(tmp_path / "h", path).problems) == 1

        assert len(History(tmp_path / "h").damage()) == 1


class TestSumsThatSayMore:
    """A summary of $0.84 gives way to two journals of $0.42, and to no fewer."""

    PLACES = ("summary", "gw0", "gw1")

    def places(self, tmp_path: Path) -> dict[str, Path]:
        summary = {"spec_id": "SPEC-1", "run": "r", "per_model": {"gpt-5-mini": "0.84"}}
        path = tmp_path / "SPEC-1_cost_summary.json"
        path.write_text(json.dumps(summary | {"timestamp": "2026-11-21T10:00:00Z"}), "utf-8")
        calls = {name: call("0.42", worker=name, spec="SPEC-1") for name in ("gw0", "gw1")}
        made = {name: journal_file(tmp_path / f"{name}.jsonl", one) for name, one in calls.items()}
        return {"summary": path, **made}

    @pytest.mark.parametrize("order", [("summary", "gw0"), ("gw1", "summary")])
    def test_it_is_told_until_the_rest_is_there(
        self, tmp_path: Path, order: tuple[str, ...]
    ) -> None:
        places = self.places(tmp_path)
        problems = [add(tmp_path / "h", places[name]).problems for name in order][-1]

        (sentence,) = problems
        assert "the summary of run r, SPEC SPEC-1 says $0.8400, its calls come to $0.4200: " in (
            sentence
        )
        (told,) = History(tmp_path / "h").damage()
        assert told == (f"{sentence}; add it, or dismiss with `specbudget history forget`")
        for name in self.PLACES:
            problems = add(tmp_path / "h", places[name]).problems
        assert problems == ()
        assert History(tmp_path / "h").damage() == ()

    @pytest.mark.parametrize("order", list(permutations(PLACES)))
    def test_in_whatever_order_all_of_it_is_no_doubt(
        self, tmp_path: Path, order: tuple[str, ...]
    ) -> None:
        places = self.places(tmp_path)

        for name in order:
            add(tmp_path / "h", places[name])

        assert History(tmp_path / "h").damage() == ()

    def test_at_once_it_is_no_doubt(self, tmp_path: Path) -> None:
        assert add(tmp_path / "h", *self.places(tmp_path).values()).problems == ()

    def test_dismissed_it_stays_so_until_it_says_more(self, tmp_path: Path) -> None:
        places = self.places(tmp_path)
        add(tmp_path / "h", places["summary"], places["gw0"])
        assert dismiss(tmp_path / "h", "a laptop was lost", TODAY) == 1

        assert add(tmp_path / "h", places["summary"]).problems == ()
        assert History(tmp_path / "h").damage() == ()
        text = places["summary"].read_text("utf-8")
        places["summary"].write_text(text.replace("0.84", "0.85"), "utf-8")
        assert "says $0.8500" in add(tmp_path / "h", places["summary"]).problems[0]

    def telemetry(self, tmp_path: Path, *tokens: tuple[int | None, int | None]) -> Path:
        agents = [
            {"model_id": "gpt-5", "prompt_tokens": given, "completion_tokens": made}
            for given, made in tokens
        ]
        told = {
            "specId": "SPEC-1",
            "sessionId": "r",
            "command": "spec-plan",
            "timestamp": "2026-11-21T10:00:00Z",
            "consensus": {"agents": agents},
        }
        path = tmp_path / "a_telemetry.json"
        path.write_text(json.dumps(told), "utf-8")
        return path

    @pytest.mark.parametrize(
        ("told", "known", "said"),
        [
            pytest.param((100, 10), (100, 10), "", id="the same"),
            pytest.param((99, 9), (100, 10), "", id="fewer"),
            pytest.param(
                (2000, 10), (100, 10), "2,000 input tokens, and its calls of 100:", id="more input"
            ),
            pytest.param(
                (100, 11), (100, 10), "11 output tokens, and its calls of 10:", id="more output"
            ),
            pytest.param((2000, 10), (None, 10), "", id="more, and a call that does not tell"),
            pytest.param((None, None), (100, 10), "", id="none told"),
        ],
    )
    @pytest.mark.parametrize("first", ["telemetry", "journal"])
    def test_telemetry_that_tells_of_more_tokens_is_told(
        self,
        tmp_path: Path,
        told: tuple[int | None, int | None],
        known: tuple[int | None, int | None],
        said: str,
        first: str,
    ) -> None:
        counts = Usage(input_tokens=known[0], output_tokens=known[1])
        made = journal_file(tmp_path / "j.jsonl", call(None, spec="SPEC-1", usage=counts))
        places = [self.telemetry(tmp_path, told), made]

        for place in places if first == "telemetry" else reversed(places):
            problems = add(tmp_path / "h", place).problems

        assert [said in sentence for sentence in problems] == [True] * bool(said)
        assert len(History(tmp_path / "h").damage()) == len(problems)

    def test_a_call_that_failed_told_no_tokens_and_hides_none(self, tmp_path: Path) -> None:
        counts = Usage(input_tokens=100, output_tokens=10)
        failed = call(None, spec="SPEC-1", usage=Usage(), usage_state="none", outcome="failed")
        calls = call(None, spec="SPEC-1", usage=counts), failed
        made = journal_file(tmp_path / "j.jsonl", *calls)

        added = add(tmp_path / "h", self.telemetry(tmp_path, (101, 10)), made)

        assert "tells of 101 input tokens, and its calls of 100" in added.problems[0]

    def test_telemetry_that_tells_of_more_calls_is_told(self, tmp_path: Path) -> None:
        path = self.telemetry(tmp_path, *[(5, 1)] * 3)

        added = add(tmp_path / "h", self.places(tmp_path)["gw0"], path)

        (sentence,) = added.problems
        assert "telemetry of run r, SPEC SPEC-1 tells of 3 calls, and 1 of them" in sentence


def test_a_record_at_hand_that_contradicts_is_set_aside_too(tmp_path: Path) -> None:
    record: Record = a_record("0.10")
    other = record_of(named(record) | {"list_cost": 1})
    History(tmp_path).add_records([record], today=TODAY)

    added = History(tmp_path).add_records([other], today=TODAY, name="here")

    assert [one.quarantined for one in added.sources] == [1]
    assert rows(History(tmp_path)) == [record]
