"""Which files and folders a run was of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.plugin.collecting import only_collects
from pytest_specbudget.plugin.partial import chosen_paths, left_out

if TYPE_CHECKING:
    from pathlib import Path


def config(root: Path, here: str, args: list[str], testpaths: list[str], **options: bool) -> Any:
    names = {"python_files": ["test_*.py", "*_test.py"], "norecursedirs": [".*", "node_modules"]}
    return SimpleNamespace(
        rootpath=root,
        invocation_params=SimpleNamespace(dir=root / here),
        args=args or [str(root / here)],
        getini={"testpaths": testpaths, **names}.get,
        getoption={"pyargs": False, **options}.get,
    )


def holding(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


@pytest.mark.parametrize(
    ("here", "args", "testpaths", "chosen"),
    [
        pytest.param("", [], [], None, id="all of it"),
        pytest.param(
            "", ["tests/a", "tests/b/t.py::test_x"], [], ("tests/a", "tests/b/t.py"), id="some"
        ),
        pytest.param("tests", [], [], ("tests",), id="the folder where it was started"),
        pytest.param("tests", ["a"], [], ("tests/a",), id="seen from there"),
        pytest.param("", ["tests"], ["tests"], None, id="all that the settings name"),
        pytest.param("", ["tests"], ["tests", "more"], ("tests",), id="a part of that"),
        pytest.param("tests", [".."], [], None, id="all, from below"),
        pytest.param("", ["tests", "more"], [], None, id="all folders that hold tests, by name"),
    ],
)
def test_what_a_run_was_of_is_told_where_it_is_not_all(
    tmp_path: Path,
    here: str,
    args: list[str],
    testpaths: list[str],
    chosen: tuple[str, ...] | None,
) -> None:
    root = holding(tmp_path, "tests/a/test_a.py", "tests/b/test_b.py", "more/test_more.py")

    assert chosen_paths(config(root, here, args, testpaths)) == chosen


@pytest.mark.parametrize(
    ("file", "is_left"),
    [
        pytest.param("test_more.py", True, id="beside it"),
        pytest.param("src/app/plan_test.py", True, id="among the code"),
        pytest.param("src/app/plan.py", False, id="no test by its name"),
        pytest.param(".nox/lib/test_x.py", False, id="where pytest does not look"),
        pytest.param("node_modules/x/test_x.py", False, id="of another ecosystem"),
        pytest.param("tests/b/test_b.py", False, id="within it"),
    ],
)
def test_the_only_folder_with_tests_is_all_of_them(
    tmp_path: Path, file: str, *, is_left: bool
) -> None:
    root = holding(tmp_path, "tests/test_a.py", file)

    found = chosen_paths(config(root, "", ["tests"], []))

    assert found == (("tests",) if is_left else None)


def test_where_there_is_too_much_to_look_at_there_may_be_other_tests(tmp_path: Path) -> None:
    for number in range(1_001):
        (tmp_path / f"data{number}").mkdir()

    assert chosen_paths(config(tmp_path, "", ["tests"], [])) == ("tests",)


def test_an_environment_holds_no_tests_of_the_suite(tmp_path: Path) -> None:
    root = holding(tmp_path, "tests/test_a.py", "env/pyvenv.cfg", "env/lib/test_x.py")

    assert chosen_paths(config(root, "", ["tests"], [])) is None


def test_names_of_packages_are_no_paths(tmp_path: Path) -> None:
    assert chosen_paths(config(tmp_path, "", ["some.package"], [], pyargs=True)) is None


@pytest.mark.parametrize(
    ("typed", "addopts", "reasons"),
    [
        pytest.param(["--ignore=slow"], "", ["--ignore=slow"], id="a folder, typed"),
        pytest.param(["--ignore", "slow"], "", ["--ignore=slow"], id="in two words"),
        pytest.param(["--ignore-glob=*_gpu.py"], "", ["--ignore-glob=*_gpu.py"], id="a pattern"),
        pytest.param(["--ignore=gone"], "", [], id="nothing lies there"),
        pytest.param([], "--ignore=slow", [], id="the suite's own settings ignore it"),
        pytest.param([], "--ignore slow", [], id="they do, in two words"),
        pytest.param(["--ignore=slow"], "--ignore=slow", [], id="typed again"),
        pytest.param(["--ignore=more"], "--ignore=slow", ["--ignore=more"], id="one more, typed"),
        pytest.param(["--setup-only"], "", ["tests only set up"], id="no test is called"),
        pytest.param(["--setup-plan"], "", ["tests only set up"], id="not even set up"),
        pytest.param([], "", [], id="all of it"),
    ],
)
def test_what_was_left_out_makes_a_run_partial(
    pytester: pytest.Pytester, typed: list[str], addopts: str, reasons: list[str]
) -> None:
    pytester.makeini(f"[pytest]\naddopts = {addopts}\n")
    for folder in ("slow", "more"):
        pytester.mkdir(folder)

    config = pytester.parseconfig(*typed)

    assert list(left_out(config, deselected=0, failures=False)) == reasons


@pytest.mark.parametrize(
    ("option", "alone"),
    [
        pytest.param("--collect-only", True, id="the tests are shown"),
        pytest.param("--fixtures", True, id="the fixtures are"),
        pytest.param("--funcargs", True, id="by their old name"),
        pytest.param("--fixtures-per-test", True, id="those of each test"),
        pytest.param("--cache-show", True, id="the cache"),
        pytest.param("--setup-plan", True, id="what would be set up"),
        pytest.param("--setup-show", False, id="what is set up, and tests run"),
        pytest.param("--setup-only", False, id="fixtures run"),
        pytest.param("-q", False, id="tests run"),
    ],
)
def test_a_run_that_shows_something_runs_no_test(
    pytester: pytest.Pytester, option: str, *, alone: bool
) -> None:
    assert only_collects(pytester.parseconfig(option)) is alone


def test_what_a_variable_leaves_out_is_no_definition_of_the_suite(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeini("[pytest]\n")
    pytester.mkdir("slow")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--ignore=slow")

    config = pytester.parseconfig()

    assert list(left_out(config, deselected=0, failures=False)) == ["--ignore=slow"]
