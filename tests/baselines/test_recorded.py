from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.recorded import chat
from support.repositories import make

from pytest_specbudget.audit.aligning import align
from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.baselines.index import INDEX_NAME, Indexed, updated
from pytest_specbudget.baselines.left_behind import left_behind
from pytest_specbudget.baselines.recorded import (
    against_run,
    merge_base_of,
    recorded_side,
    revision_of,
    working_tree,
)
from pytest_specbudget.baselines.valued import Valued
from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.errors import BaselineError
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.repositories import Checkout

    from pytest_specbudget.core.exchange import Exchange
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.pricing import Quote

ONE = "tests/cassettes/test_a/test_one.yaml"
TWO = "tests/cassettes/test_a/test_two.yaml"
SETTINGS = Settings()


class CountingDesk:
    """Prices as everybody does, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._desk = PriceDesk(SETTINGS)

    def quote(self, reading: Reading, exchange: Exchange) -> Quote:
        self.asked += 1
        return self._desk.quote(reading, exchange)


@pytest.fixture
def project(tmp_path: Path) -> Checkout:
    """Make `main` with two recordings, of one call each, and go to a branch `feature`."""
    project = make(tmp_path / "project", {ONE: _recording(chat("one"))})
    project.write(TWO, _recording(chat("two", given=2000)))
    project.commit("two recordings")
    project.branch("feature")
    return project


def test_a_revision_is_what_its_recordings_cost(project: Checkout) -> None:
    project.write(ONE, _recording(chat("one, changed", given=9000)))

    side = _side(project, "main")

    assert _tests(side) == {"tests/test_a.py::test_one": 1, "tests/test_a.py::test_two": 1}
    assert Ledger([*side.charges]).totals().input_tokens == 3000
    assert all(one.list_cost is not None for one in side.charges)
    assert side.notes == ()


def test_the_working_tree_is_what_lies_there(project: Checkout) -> None:
    project.write(ONE, _recording(chat("one", given=9000)))
    (project.root / TWO).unlink()
    project.write("tests/cassettes/test_b/test_new.yaml", _recording(chat()))

    side = recorded_side(working_tree(project.root, SETTINGS), SETTINGS, PriceDesk(SETTINGS))

    assert _tests(side) == {"tests/test_a.py::test_one": 1, "tests/test_b.py::test_new": 1}
    assert Ledger([*side.charges]).totals().input_tokens == 10_000


def test_the_name_of_a_side_says_which_commit_it_is(project: Checkout) -> None:
    commit = project.git("rev-parse", "main")[:7]

    assert merge_base_of(project.root, "main", SETTINGS).name == f"git:main (merge base {commit})"
    assert revision_of(project.root, "main", SETTINGS).name == f"git:main ({commit})"


def test_what_both_sides_have_in_common_is_read_and_priced_once(project: Checkout) -> None:
    project.write(ONE, _recording(chat("one", given=9000)))
    project.commit("one changed")
    desk = CountingDesk()
    valued = Valued(SETTINGS, desk)

    sides = [
        recorded_side(source, SETTINGS, desk, valued=valued)
        for source in (
            merge_base_of(project.root, "main", SETTINGS),
            revision_of(project.root, "feature", SETTINGS),
            working_tree(project.root, SETTINGS),
        )
    ]

    assert desk.asked == 3
    assert [len(side.charges) for side in sides] == [2, 2, 2]
    assert len({one.id for side in sides for one in side.charges}) == 6


def test_the_index_and_the_paths_say_whose_a_recording_is(project: Checkout) -> None:
    entry = Indexed(test="tests/test_a.py::test_one[x]", spec="ONE", stage="plan", tier="S")
    index = updated("", {"test_a/test_one.yaml": entry})
    project.write(f"tests/cassettes/{INDEX_NAME}", index)
    settings = Settings(spec_by_path=(("tests/**", "REST"),))
    source = working_tree(project.root, settings)

    side = recorded_side(source, settings, PriceDesk(settings))

    told = {
        (one.attribution.test, one.attribution.spec, one.attribution.stage, one.tier)
        for one in side.charges
    }
    assert told == {
        ("tests/test_a.py::test_one[x]", "ONE", "plan", "S"),
        ("tests/test_a.py::test_two", "REST", None, None),
    }


@pytest.mark.parametrize(
    ("folder", "test", "named"),
    [
        pytest.param("app/tests", "tests/test_a.py::test_b", "app/", id="of a package"),
        pytest.param("app", "test_a.py::test_b", "app/", id="of a package without a folder"),
        pytest.param("tests", "tests/test_a.py::test_b", "", id="of the whole"),
        pytest.param("app/tests", "app/tests/test_a.py::test_b", "", id="named from here already"),
        pytest.param("other", "tests/test_a.py::test_b", "", id="kept somewhere else"),
        pytest.param("app/tests", "<fixture session:a>", "", id="that is none"),
    ],
)
def test_a_test_is_named_with_the_package_that_its_index_lies_in(
    project: Checkout, folder: str, test: str, named: str
) -> None:
    project.write(f"{folder}/cassettes/m/one.yaml", _as_yaml(_recording(chat("hello"))))
    index = updated("", {"m/one.yaml": Indexed(test=test)})
    project.write(f"{folder}/cassettes/{INDEX_NAME}", index)
    project.commit()

    side = _side(project, "HEAD")

    (found,) = (one for one in side.charges if one.cassette == f"{folder}/cassettes/m/one.yaml")
    assert found.attribution.test == f"{named}{test}"


def test_a_damaged_index_is_an_error_that_names_it(project: Checkout) -> None:
    project.write(f"tests/cassettes/{INDEX_NAME}", '{"../../a": {}}')
    project.commit()

    with pytest.raises(
        BaselineError, match=r"tests/cassettes/specbudget-index.json of git:feature"
    ):
        _side(project, "feature")


def test_a_package_of_a_monorepo_has_its_own_recordings(project: Checkout) -> None:
    project.write("services/billing/tests/cassettes/test_b/test_c.yaml", _recording(chat()))
    project.commit()

    side = _side(project, "feature", rootdir=project.root / "services/billing")

    assert _tests(side) == {"tests/test_b.py::test_c": 1}


def test_a_shelf_outside_of_rootdir_is_found(project: Checkout) -> None:
    project.write("shelf/tests/test_b/test_c.yaml", _recording(chat()))
    project.write("package/pyproject.toml", "")
    project.commit()
    settings = Settings(cassette_dir=project.root / "shelf")
    rootdir = project.root / "package"

    for source in (revision_of(rootdir, "HEAD", settings), working_tree(rootdir, settings)):
        side = recorded_side(source, settings, PriceDesk(settings))

        assert _tests(side) == {"tests/test_b.py::test_c": 1}


def test_what_counts_as_a_recording(tmp_path: Path) -> None:
    recording = _recording(chat())
    files = {
        "tests/cassettes/m/packed.yaml.gz": gzip.compress(recording),
        "tests/vcr/elsewhere.yaml": _as_yaml(recording),
        "tests/cassettes/m/other.json": b'{"a": 1}',
        "k8s/deployment.yaml": b"kind: Deployment\n",
    }

    side = _side(make(tmp_path / "p", files), "main")

    assert _tests(side) == {"tests/m.py::packed": 1, "<recording tests/vcr/elsewhere.yaml>": 1}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("interactions: [", id="no YAML"),
        pytest.param("interactions:\n<<<<<<< HEAD\n- {}\n=======\n", id="a merge conflict"),
        pytest.param("version: 1\ninteractions:\n- {broken", id="a line cut off"),
        pytest.param(b"\x1f\x8bgzip", id="damaged gzip"),
    ],
)
def test_a_recording_that_cannot_be_read_is_a_call_of_unknown_cost(
    project: Checkout, content: str | bytes
) -> None:
    project.write(ONE, content)
    project.commit()

    side = _side(project, "feature")

    unknown = [one for one in side.charges if one.uncertain]
    assert [one.attribution.test for one in unknown] == ["tests/test_a.py::test_one"]
    assert [one.list_cost for one in unknown] == [None]
    assert len(side.notes) == 1
    assert "test_one.yaml" in side.notes[0]


_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 123\n"


class TestGitLfs:
    def test_a_pointer_is_named_with_the_command_that_fetches_it(self, project: Checkout) -> None:
        project.write(ONE, _POINTER % (b"ab" * 32))
        commit = project.commit()

        with pytest.raises(BaselineError) as lacking:
            _side(project, "feature")

        assert ONE in str(lacking.value)
        assert f"git lfs fetch origin {commit}" in str(lacking.value)

    def test_a_pointer_in_the_working_tree_is_named(self, project: Checkout) -> None:
        project.write(ONE, _POINTER % (b"ab" * 32))

        with pytest.raises(BaselineError, match=r"test_one.yaml is a pointer .* git lfs pull"):
            recorded_side(working_tree(project.root, SETTINGS), SETTINGS, PriceDesk(SETTINGS))

    def test_what_was_fetched_is_read(self, project: Checkout) -> None:
        digest = "cd" * 32
        project.write(ONE, _POINTER % digest.encode())
        project.commit()
        project.write(f".git/lfs/objects/cd/cd/{digest}", _recording(chat(given=7000)))

        side = _side(project, "feature")

        assert Ledger([*side.charges]).totals().input_tokens == 9000

    @pytest.mark.parametrize("oid", [b"../" * 20, b"", b"zz" * 32])
    def test_a_hostile_pointer_leads_nowhere(self, project: Checkout, oid: bytes) -> None:
        project.write(ONE, _POINTER % oid)
        project.commit()

        with pytest.raises(BaselineError, match="pointer of Git LFS"):
            _side(project, "feature")


class TestAgainstARun:
    def test_calls_of_unchanged_recordings_cost_what_they_did(self, project: Checkout) -> None:
        run = [_played(project, ONE, "tests/test_a.py::test_one[1]")]

        base = _against(project, run)

        assert base.charges[0].attribution.test == "tests/test_a.py::test_one[1]"
        assert base.charges[0].list_cost == run[0].list_cost

    def test_a_recording_that_changed_is_held_against_what_it_was(self, project: Checkout) -> None:
        project.write(ONE, _recording(chat("one, longer", given=5000)))
        run = [_played(project, ONE, "tests/test_a.py::test_one")]

        base = _against(project, run)

        (pair,) = [one for one in align(base, _head(run, base)).pairs if one.head is not None]
        assert pair.base is not None
        assert pair.base.reading.usage.input_tokens == 1000

    def test_a_relative_path_and_one_of_another_machine_are_found(self, project: Checkout) -> None:
        run = [
            _played(project, ONE, "t1", cassette=ONE),
            _played(project, TWO, "t2", cassette=f"/builds/x/{TWO}"),
        ]

        assert _tests(_against(project, run)) == {"t1": 1, "t2": 1}

    def test_a_recording_that_was_not_opened_and_is_there_says_nothing(
        self, project: Checkout
    ) -> None:
        run = [_played(project, ONE, "tests/test_a.py::test_one")]

        base = _against(project, run)
        aligned = align(base, _head(run, base))

        assert base.unrun == frozenset({"tests/test_a.py::test_two"})
        assert aligned.unrun == ("tests/test_a.py::test_two",)
        assert not aligned.vanished

    @pytest.mark.parametrize(
        ("source", "tests", "gone"),
        [
            pytest.param("def test_one(): ...\n", [], True, id="it was deleted"),
            pytest.param("", ["test_one", "test_two[a]"], True, id="it has parameters now"),
            pytest.param("", ["test_one", "test_two"], False, id="it was skipped"),
            pytest.param("", [], False, id="it was deselected"),
        ],
    )
    def test_a_recording_of_a_test_that_is_gone_is_told_with_what_removes_it(
        self, project: Checkout, source: str, tests: list[str], *, gone: bool
    ) -> None:
        project.write("tests/test_a.py", source or "def test_one(): ...\ndef test_two(): ...\n")
        known = {"tests/test_a.py": [f"tests/test_a.py::{one}" for one in tests]} if tests else {}
        run = [_played(project, ONE, "tests/test_a.py::test_one")]

        base = _against(project, run, known)
        aligned = align(base, _head(run, base))

        lost = "tests/test_a.py::test_two"
        assert [*aligned.vanished] == ([lost] if gone else [])
        assert aligned.unrun == (() if gone else (lost,))
        note = (
            f"1 test of the base no longer exists, and its recording is still there: {lost}; "
            f"rename it with the test or, if that is gone for good, remove it: git rm {TWO}"
        )
        assert base.notes == ((note,) if gone else ())

    def test_a_recording_that_was_deleted_is_of_a_test_that_vanished(
        self, project: Checkout
    ) -> None:
        (project.root / TWO).unlink()
        run = [_played(project, ONE, "tests/test_a.py::test_one")]

        base = _against(project, run)
        aligned = align(base, _head(run, base))

        assert base.unrun == frozenset()
        assert [*aligned.vanished] == ["tests/test_a.py::test_two"]

    def test_a_renamed_test_is_found_by_its_requests(self, project: Checkout) -> None:
        moved = TWO.replace("test_two", "test_second")
        project.git("mv", TWO, moved)
        run = [_played(project, moved, "tests/test_a.py::test_second")]

        base = _against(project, run)

        assert align(base, _head(run, base)).renamed == (
            ("tests/test_a.py::test_two", "tests/test_a.py::test_second"),
        )

    def test_a_new_recording_has_no_base(self, project: Checkout) -> None:
        name = "tests/cassettes/test_a/test_new.yaml"
        project.write(name, _recording(chat("new")))
        run = [_played(project, name, "tests/test_a.py::test_new")]

        base = _against(project, run)

        assert "tests/test_a.py::test_new" not in _tests(base)

    def test_what_another_plugin_keeps_elsewhere_is_found_by_the_calls(
        self, tmp_path: Path
    ) -> None:
        project = make(tmp_path / "p", {"data/vcr.json": _recording(chat())})
        run = [_played(project, "data/vcr.json", "tests/test_a.py::test_x")]

        assert _tests(_against(project, run)) == {"tests/test_a.py::test_x": 1}

    def test_live_calls_without_a_recording_are_told(self, project: Checkout) -> None:
        run = [charge(test="tests/test_a.py::test_live", source="live")]

        base = _against(project, run)

        assert "tests/test_a.py::test_live" in base.notes[0]
        assert "1 call that no recording answered" in base.notes[0]

    def test_mocked_calls_do_not_count(self, project: Checkout) -> None:
        base = _against(project, [charge(test="t", source="mock")])

        assert base.notes == ()


def _recording(*exchanges: dict[str, Any]) -> bytes:
    return json.dumps({"version": 1, "interactions": exchanges}).encode()


def _as_yaml(recording: bytes) -> bytes:
    entries = json.loads(recording)["interactions"]
    lines = [f"- {json.dumps(entry)}\n" for entry in entries]
    return ("interactions:\n" + "".join(lines) + "version: 1\n").encode()


def _side(project: Checkout, revision: str, rootdir: Path | None = None) -> Side:
    source = revision_of(rootdir or project.root, revision, SETTINGS)
    return recorded_side(source, SETTINGS, PriceDesk(SETTINGS))


def _against(
    project: Checkout, run: list[Charge], tests: Mapping[str, list[str]] | None = None
) -> Side:
    source = merge_base_of(project.root, "main", SETTINGS)
    now = working_tree(project.root, SETTINGS, tests)
    return against_run(source, run, SETTINGS, PriceDesk(SETTINGS), now=now)


def _head(run: list[Charge], base: Side) -> Side:
    return Side(name="this run", charges=tuple(run), unrun=base.unrun)


def _played(project: Checkout, name: str, test: str, *, cassette: str = "") -> Charge:
    """Make the call that a run books which plays the first interaction of a recording."""
    side = recorded_side(working_tree(project.root, SETTINGS), SETTINGS, PriceDesk(SETTINGS))
    known = {one.cassette: one for one in side.charges}
    return replace(
        known.get(name, charge(cassette_index=0)),
        id=f"run/{test}",
        attribution=charge(test=test).attribution,
        cassette=cassette or str(project.root / name),
    )


def _tests(side: Side) -> dict[str, int]:
    return {
        test: totals.calls
        for test, totals in Ledger([*side.charges]).by(lambda one: one.attribution.test).items()
    }


def test_many_recordings_that_were_left_behind_are_told_in_short() -> None:
    recordings = {f"c/m/test_{name}.yaml": f"m.py::test_{name}" for name in "abcd"}

    (note,) = left_behind(recordings)

    assert note == (
        "4 tests of the base no longer exist, and their recordings are still there: m.py::test_a, "
        "m.py::test_b, m.py::test_c and 1 more; rename them with the tests or, if these are gone "
        "for good, remove them: git rm c/m/test_a.yaml c/m/test_b.yaml c/m/test_c.yaml; "
        "specbudget cassettes lint names the others"
    )
