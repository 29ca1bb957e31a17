from __future__ import annotations

from pathlib import Path

import pytest

from pytest_specbudget.baselines.filenames import candidates, name_from
from pytest_specbudget.baselines.index import Indexed
from pytest_specbudget.baselines.places import place_of, spec_of
from pytest_specbudget.cassettes.names import cassette_path


@pytest.mark.parametrize(
    ("module", "name", "test"),
    [
        pytest.param("test_a", "test_plan", "tests/test_a.py::test_plan", id="a function"),
        pytest.param("test_a", "TestA.test_b", "tests/test_a.py::TestA::test_b", id="a method"),
        pytest.param(
            "test_a", "test_x[gpt-4o]", "tests/test_a.py::test_x[gpt-4o]", id="a parameter"
        ),
        pytest.param(
            "test_A", "TestA.test_x[a-b.c]", "tests/test_A.py::TestA::test_x[a-b.c]", id="all of it"
        ),
        pytest.param(
            "test_a",
            "test_x[a: b/c]",
            "tests/test_a.py::test_x[a: b/c]",
            id="what no file may hold",
        ),
        pytest.param(
            "test_a", "test_x[one of many]", "tests/test_a.py::test_x[one of many]", id="words"
        ),
        pytest.param(
            "test_a",
            "test_x[gpt-4o-mini/low]",
            "tests/test_a.py::test_x[gpt-4o-mini/low]",
            id="one such among dashes",
        ),
        pytest.param(
            "test_a",
            "test_x['a'?]",
            "<recording tests/cassettes/test_a/test_x-a-d75ce0ce9e.yaml>",
            id="a parameter that cannot be known",
        ),
        pytest.param("test_a", "fixture-session-llm", "<fixture session:llm>", id="a fixture"),
        pytest.param(
            "conftest", "fixture-session-llm", "<fixture session:llm>", id="of a conftest"
        ),
        pytest.param(
            "test_a", "fixture-class-llm.TestA", "<fixture class:llm>", id="a fixture of a class"
        ),
        pytest.param(
            "test_a",
            "fixture-module-llm.2[a/b.c-d]",
            "<fixture module:llm>",
            id="a fixture with a parameter",
        ),
    ],
)
def test_the_place_of_a_recording_of_ours_tells_its_test(module: str, name: str, test: str) -> None:
    path = cassette_path(Path("tests/cassettes"), module, name).as_posix()

    assert place_of(path).test == test


@pytest.mark.parametrize(
    ("path", "test"),
    [
        pytest.param(
            "tests/cassettes/test_a/TestA.test_b[x.y].yaml",
            "tests/test_a.py::TestA::test_b[x.y]",
            id="as pytest-recording names it",
        ),
        pytest.param("cassettes/test_a/test_b.yaml.gz", "test_a.py::test_b", id="packed"),
        pytest.param(
            "tests/cassettes/m/test_a-0123456789.yaml",
            "<recording tests/cassettes/m/test_a-0123456789.yaml>",
            id="with what only looks like our hash",
        ),
        pytest.param(
            "tests/cassettes/a.yaml", "<recording tests/cassettes/a.yaml>", id="of no module"
        ),
        pytest.param("data/x/a.yaml", "<recording data/x/a.yaml>", id="anywhere else"),
    ],
)
def test_other_places_tell_as_much_as_they_can(path: str, test: str) -> None:
    assert place_of(path).test == test


def test_a_shelf_holds_the_folders_of_the_tests() -> None:
    place = place_of("shelf/tests/unit/test_a/test_b.yaml", "shelf")

    assert place.test == "tests/unit/test_a.py::test_b"


@pytest.mark.parametrize(
    ("indexed", "rules", "spec"),
    [
        pytest.param(Indexed(spec="MARKED"), [("tests/**", "PATH")], "MARKED", id="the index wins"),
        pytest.param(None, [("tests/test_a.py", "PATH")], "PATH", id="else the path of the module"),
        pytest.param(
            Indexed(test="other/test_z.py::t"), [("other/**", "Z")], "Z", id="as the index names it"
        ),
        pytest.param(None, [("tests/cassettes/**", "REC")], "REC", id="else its own path"),
        pytest.param(None, [("src/**", "SRC")], "(unassigned)", id="else nobody"),
    ],
)
def test_whose_a_recording_is(
    indexed: Indexed | None, rules: list[tuple[str, str]], spec: str
) -> None:
    name = "tests/cassettes/test_a/test_b.yaml"

    assert spec_of(place_of(name), name, indexed, rules) == spec


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        pytest.param("tests/cassettes/m/t.yaml", True, id="YAML among recordings"),
        pytest.param("tests/cassettes/m/t.json", True, id="JSON among recordings"),
        pytest.param("shelf/tests/m/t.toml", True, id="TOML on the shelf"),
        pytest.param("tests/data/vcr.yml", True, id="YAML elsewhere, which its text decides"),
        pytest.param("package.json", False, id="JSON elsewhere"),
        pytest.param("pyproject.toml", False, id="TOML elsewhere"),
        pytest.param("tests/cassettes/specbudget-index.json", True, id="an index"),
        pytest.param(".venv/cassettes/m/t.yaml", False, id="a hidden folder"),
        pytest.param("node_modules/x/cassettes/m/t.yaml", False, id="a package of others"),
        pytest.param("evidence/matrix/case/model.yaml", False, id="a recording of a matrix"),
    ],
)
def test_what_may_be_a_recording(name: str, counts: bool) -> None:  # noqa: FBT001 - a column
    names = [name, "evidence/matrix/matrix.json"]

    assert (name in candidates(names, "shelf")) is counts


@pytest.mark.parametrize(
    ("cassette", "name"),
    [
        pytest.param("/home/me/project/tests/a.yaml", "tests/a.yaml", id="an absolute path"),
        pytest.param("tests/a.yaml", "tests/a.yaml", id="a path from rootdir"),
        pytest.param("/builds/other/tests/a.yaml", "tests/a.yaml", id="a path of another machine"),
        pytest.param("/elsewhere/b.yaml", "../../../elsewhere/b.yaml", id="a path out of it"),
    ],
)
def test_a_recording_is_named_from_rootdir(cassette: str, name: str) -> None:
    assert name_from(cassette, Path("/home/me/project"), {"tests/a.yaml"}) == name
