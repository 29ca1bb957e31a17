from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.recorded import chat, write

from pytest_specbudget.baselines.index import (
    INDEX_NAME,
    Indexed,
    entry_of,
    maintain,
    read_index,
    updated,
)
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.ledger import Charge

PLAN = Indexed(test="tests/test_a.py::test_plan", spec="PLAN", stage="draft")


def test_an_index_is_sorted_with_a_line_for_each_recording() -> None:
    text = updated("", {"test_b/z.yaml": Indexed(test="b"), "test_a/a.yaml": PLAN})

    assert text == (
        "{\n"
        '"test_a/a.yaml": {"test": "tests/test_a.py::test_plan", "spec": "PLAN", '
        '"stage": "draft"},\n'
        '"test_b/z.yaml": {"test": "b"}\n'
        "}\n"
    )


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"a.yaml": Indexed()}, id="a recording of which nothing is known"),
        pytest.param({"a/b c.yaml": PLAN, "é.yaml": PLAN}, id="names of any letters"),
        pytest.param({"a.yaml": Indexed(spec="A\n\x1b[31m<b>|")}, id="a hostile SPEC"),
    ],
)
def test_what_is_written_is_read(entries: dict[str, Indexed]) -> None:
    assert read_index(updated("", entries).encode()) == entries


def test_what_was_recorded_before_is_kept_unless_it_is_gone_or_recorded_anew() -> None:
    old = updated("", {"a.yaml": PLAN, "b.yaml": PLAN, "c.yaml": PLAN})

    new = read_index(updated(old, {"b.yaml": Indexed(spec="NEW")}, gone=["c.yaml"]).encode())

    assert new == {"a.yaml": PLAN, "b.yaml": Indexed(spec="NEW")}


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "is no JSON", id="nothing"),
        pytest.param(b"!!python/object/apply:os.system [id]", "is no JSON", id="YAML with a tag"),
        pytest.param(b"[" * 100_000, "it is nested too deep", id="lists without end"),
        pytest.param(b"[]", "no JSON object", id="a list"),
        pytest.param(b'{"a.yaml": []}', "holds other than", id="an entry that is a list"),
        pytest.param(b'{"a.yaml": {"exec": "x"}}', "holds other than", id="an unknown field"),
        pytest.param(b'{"a.yaml": {"spec": 1}}', "no text", id="a SPEC that is a number"),
        pytest.param(b'{"a.yaml": {"spec": ""}}', "no text", id="an empty SPEC"),
        pytest.param(b'{"../a.yaml": {}}', "no path below", id="a path that leads out"),
        pytest.param(b'{"/etc/a.yaml": {}}', "no path below", id="an absolute path"),
        pytest.param(b'{"C:/a.yaml": {}}', "no path below", id="a path of Windows"),
        pytest.param(b'{"a\\\\b.yaml": {}}', "no path below", id="a path with backslashes"),
        pytest.param(b'{"": {}}', "no path below", id="no path"),
    ],
)
def test_hostile_content_is_an_error(data: bytes, told: str) -> None:
    with pytest.raises(BaselineError, match=told):
        read_index(data)


def test_what_calls_do_not_agree_on_is_left_out() -> None:
    calls = [
        charge(test="t", spec="PLAN", tier="S"),
        charge(test="t", spec="PLAN", tier="M"),
    ]

    assert entry_of(calls) == Indexed(test="t", spec="PLAN")


def test_a_spec_that_nobody_assigned_is_left_out() -> None:
    assert entry_of([charge(test="t")]) == Indexed(test="t")


def test_a_run_that_recorded_brings_the_index_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "tests/cassettes"
    old = write(folder / "test_a/test_old.yaml", chat())
    path = write(folder / "test_a/test_new.yaml", chat())
    (folder / INDEX_NAME).write_text(
        updated("", {"test_a/test_old.yaml": PLAN, "test_a/test_gone.yaml": PLAN})
    )

    written = maintain([_recorded(path), _recorded(old, source="replay")])

    assert written == [str(folder / INDEX_NAME)]
    assert json.loads((folder / INDEX_NAME).read_text()) == {
        "test_a/test_new.yaml": {"test": "tests/test_a.py::test_new", "spec": "NEW"},
        "test_a/test_old.yaml": {"test": PLAN.test, "spec": "PLAN", "stage": "draft"},
    }


def test_an_index_that_would_say_the_same_is_not_touched(tmp_path: Path) -> None:
    path = write(tmp_path / "cassettes/test_a/test_new.yaml", chat())
    maintain([_recorded(path)])

    assert maintain([_recorded(path)]) == []


@pytest.mark.parametrize(
    ("name", "others"),
    [
        pytest.param("cassettes/m/t.yaml", {"source": "replay"}, id="it was only replayed"),
        pytest.param("cassettes/m/t.yaml", {"test": "<late>"}, id="nobody knows whose it is"),
        pytest.param("data/m/t.yaml", {}, id="it lies where recordings of ours are not kept"),
        pytest.param("cassettes/m/gone.yaml", {}, id="it was thrown away"),
    ],
)
def test_no_index_is_made(tmp_path: Path, name: str, others: dict[str, Any]) -> None:
    write(tmp_path / "cassettes/m/t.yaml", chat())
    write(tmp_path / "data/m/t.yaml", chat())

    assert maintain([_recorded(tmp_path / name, **others)]) == []
    assert [*tmp_path.rglob(INDEX_NAME)] == []


NOW = {"test": "tests/test_a.py::test_new", "spec": "NEW"}
"""What the marker of the test in these tests says."""


@pytest.mark.parametrize(
    ("known", "now"),
    [
        pytest.param(None, NOW, id="it is not in there"),
        pytest.param(Indexed(test="tests/test_a.py::test_old"), NOW, id="it had another name"),
        pytest.param(Indexed(spec="OLD"), NOW, id="it had another SPEC"),
        pytest.param(Indexed(stage="plan"), {**NOW, "stage": "plan"}, id="its stage stays"),
        pytest.param(Indexed(tier="S"), {**NOW, "tier": "S"}, id="its tier stays"),
        pytest.param(
            Indexed(test="package/tests/test_a.py::test_new"),
            {**NOW, "test": "package/tests/test_a.py::test_new"},
            id="it was named from the top of the repository",
        ),
    ],
)
def test_a_run_that_replays_keeps_an_index_that_is_there(
    tmp_path: Path, known: Indexed | None, now: dict[str, str]
) -> None:
    folder = tmp_path / "tests/cassettes"
    path = write(folder / "test_a/test_new.yaml", chat())
    entries = {"test_a/test_gone.yaml": PLAN, **({"test_a/test_new.yaml": known} if known else {})}
    (folder / INDEX_NAME).write_text(updated("", entries))

    written = maintain([_recorded(path, source="replay")], replayed=True)

    told = json.loads((folder / INDEX_NAME).read_text())
    assert written == [str(folder / INDEX_NAME)]
    assert {key: told["test_a/test_new.yaml"].get(key) for key in now} == now
    assert "test_a/test_gone.yaml" not in told


@pytest.mark.parametrize(
    ("calls", "replayed"),
    [
        pytest.param([{}], False, id="a run whose tests did not end"),
        pytest.param(
            [{}, {"test": "tests/test_a.py::test_other"}], True, id="a recording that tests share"
        ),
        pytest.param([{"spec": "(unassigned)", "test": PLAN.test}], True, id="fewer markers"),
    ],
)
def test_what_a_replay_does_not_know_stays(
    tmp_path: Path, calls: list[dict[str, Any]], *, replayed: bool
) -> None:
    path = write(tmp_path / "cassettes/test_a/test_plan.yaml", chat())
    index = tmp_path / "cassettes" / INDEX_NAME
    index.write_text(updated("", {"test_a/test_plan.yaml": PLAN}))
    before = index.read_text()

    run = [_recorded(path, source="replay", **one) for one in calls]

    assert maintain(run, replayed=replayed) == []
    assert index.read_text() == before


def test_a_run_that_replays_makes_no_index(tmp_path: Path) -> None:
    path = write(tmp_path / "cassettes/test_a/test_new.yaml", chat())

    assert maintain([_recorded(path, source="replay")], replayed=True) == []
    assert not (tmp_path / "cassettes" / INDEX_NAME).exists()


def test_recordings_on_a_shelf_have_an_index_beside_those_of_their_folder(tmp_path: Path) -> None:
    path = write(tmp_path / "shelf/tests/test_a/test_new.yaml", chat())

    written = maintain([_recorded(path)], shelf=tmp_path / "shelf")

    assert written == [str(tmp_path / "shelf/tests" / INDEX_NAME)]


def test_a_damaged_index_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "cassettes/test_a/test_new.yaml", chat())
    index = tmp_path / "cassettes" / INDEX_NAME
    index.write_text("<<<<<<< HEAD")

    with pytest.raises(BaselineError, match="is no JSON"):
        maintain([_recorded(path)])

    assert index.read_text() == "<<<<<<< HEAD"


def _recorded(path: Path, **others: Any) -> Charge:
    values = {
        "test": "tests/test_a.py::test_new",
        "spec": "NEW",
        "source": "record",
        "cassette": str(path),
    }
    return charge(**{**values, **others})
