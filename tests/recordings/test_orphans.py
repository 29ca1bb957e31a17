"""Recordings without a test, and those that a test may have had under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.recorded import chat, write

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.recordings.orphans import named_after, orphans_of
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_specbudget.recordings.orphans import Orphans

SOURCE = "def test_kept(): ...\ndef test_new(): ...\nclass TestA:\n    def test_b(self): ...\n"
MODULES = {
    "tests/test_a.py": SOURCE,
    "tests/test_b.py": SOURCE,
    "unit/test_c.py": "def test_kept(): ...\n",
    "old/conftest.py": "",
}
BESIDE = "tests/cassettes/test_a"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)  # a module that is gone is looked for in the current folder
    for module, source in MODULES.items():
        path = tmp_path / module
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, "utf-8")
    return tmp_path


def of(root: Path, tests: Mapping[str, list[str]] | None = None, **settings: Any) -> Orphans:
    return orphans_of(Settings(**settings), root, tests or {})


def asks(prompt: str = "plan") -> set[str]:
    body = chat(prompt)["request"]["body"].encode()
    return {Request("POST", "api.openai.com", "/v1/chat/completions", body).fingerprint() or ""}


@pytest.mark.parametrize(
    ("module", "recorded"),
    [
        pytest.param("tests/test_a.py", f"{BESIDE}/test_old.yaml", id="of the same module"),
        pytest.param("tests/test_a.py", f"{BESIDE}/TestOld.test_b.yaml", id="of another class"),
        pytest.param(
            "tests/test_a.py", "tests/cassettes/test_gone/test_x.yaml", id="of a module now gone"
        ),
        pytest.param(
            "tests/test_a.py", "old/cassettes/test_gone/test_x.yaml", id="of one gone elsewhere"
        ),
        pytest.param(
            "unit/test_c.py", "tests/cassettes/test_c/test_new.yaml", id="of a module that moved"
        ),
        pytest.param(
            "tests/test_a.py", "unit/cassettes/test_c/test_new.yaml", id="of a test that moved"
        ),
    ],
)
def test_a_recording_of_the_same_request_is_found(root: Path, module: str, recorded: str) -> None:
    path = write(root / recorded, chat("plan"))

    assert of(root).answering(root / module, "test_new", asks()) == [path]


@pytest.mark.parametrize(
    "recorded",
    [
        pytest.param(f"{BESIDE}/test_kept.yaml", id="whose test is there"),
        pytest.param(f"{BESIDE}/test_kept-a-0123456789.yaml", id="of a test with parameters"),
        pytest.param(f"{BESIDE}/fixture-module-old.yaml", id="of a fixture"),
        pytest.param("tests/cassettes/test_b/test_new.yaml", id="of a namesake elsewhere"),
        pytest.param("data/cassettes/test_a/test_x.yaml", id="that lies where others keep theirs"),
        pytest.param(".venv/cassettes/test_gone/test_x.yaml", id="of a package"),
    ],
)
def test_one_that_may_be_in_use_is_not(root: Path, recorded: str) -> None:
    write(root / recorded, chat("plan"))

    assert of(root).answering(root / "tests/test_a.py", "test_new", asks()) == []


def test_a_recording_of_another_request_is_only_beside(root: Path) -> None:
    path = write(root / BESIDE / "test_old.yaml", chat("another prompt"))
    orphans = of(root)

    assert orphans.answering(root / "tests/test_a.py", "test_new", asks()) == []
    assert orphans.beside(root / "tests/test_a.py") == [path]
    assert orphans.beside(root / "tests/test_b.py") == []


@pytest.mark.parametrize(
    ("ids", "lost"),
    [
        pytest.param(["test_kept[b]"], True, id="it has other parameters"),
        pytest.param(["test_kept"], True, id="it has none any more"),
        pytest.param(["test_kept[a]", "test_kept[b]"], False, id="it has these, too"),
        pytest.param(["test_new"], False, id="it was not collected"),
        pytest.param([], False, id="nobody knows"),
    ],
)
def test_parameters_are_told_by_what_was_collected(
    root: Path, ids: list[str], *, lost: bool
) -> None:
    module = root / "tests/test_a.py"
    known = {"tests/test_a.py": [f"tests/test_a.py::{one}" for one in ids]} if ids else {}
    orphans = of(root, known)
    path, _ = orphans.home(module).paths("test_kept[a]")
    write(path, chat("plan"))

    assert orphans.has_lost_its_test(path) is lost
    assert orphans.answering(module, "test_new", asks()) == ([path] if lost else [])


def test_a_fixture_may_have_had_the_recording_of_a_fixture_alone(root: Path) -> None:
    module = root / "tests/test_a.py"
    path = write(root / BESIDE / "fixture-module-old.yaml", chat("plan"))
    write(root / BESIDE / "test_old.yaml", chat("plan"))

    assert of(root).answering(module, "fixture-module-new", asks()) == [path]
    assert path not in of(root).beside(module)


def test_one_of_the_same_name_comes_first(root: Path) -> None:
    for name in ("a/test_a_first", "b/test_new"):
        write(root / "tests/cassettes" / f"test_gone_{name}.yaml", chat("plan"))

    found = of(root).answering(root / "tests/test_a.py", "test_new", asks())

    assert [path.stem for path in found] == ["test_new", "test_a_first"]


def test_a_shelf_is_searched_where_there_is_one(root: Path) -> None:
    shelf = root / "shelf"
    path = write(shelf / "tests/test_a/test_old.yaml", chat("plan"))
    gone = write(shelf / "tests/test_gone/test_x.yaml", chat("plan"))

    orphans = of(root, cassette_dir=shelf)

    assert orphans.answering(root / "tests/test_a.py", "test_new", asks()) == [path, gone]
    assert [orphans.is_homeless(one) for one in (path, gone)] == [False, True]


@pytest.mark.parametrize(
    ("test", "repeats", "name"),
    [
        pytest.param("t/test_a.py::test_x", 1, "test_x", id="a function"),
        pytest.param("t/test_a.py::TestA::TestB::test_x", 1, "TestB.test_x", id="a method"),
        pytest.param("t/test_a.py::test_x[a::b]", 1, "test_x[a::b]", id="parameters"),
        pytest.param("t/test_a.py::test_x[run2]", 1, "test_x[run2]", id="a parameter called so"),
        pytest.param("t/test_a.py::test_x[run2]", 3, "test_x", id="a repeated test"),
    ],
)
def test_a_recording_is_named_after_its_test(test: str, repeats: int, name: str) -> None:
    assert named_after(test, repeats=repeats) == name
