"""Where the tests of a suite lie, and paths of `spec_by_path` where none does."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_specbudget.plugin.collected import Collected
from pytest_specbudget.plugin.partial import takes_whole_files

US = ("-p", "pytest_specbudget.plugin", "-p", "no:cacheprovider", "-q")
SETTINGS = """
[tool.specbudget.spec_by_path]
"tests/test_a.py" = "A"
"tests/test_broken.py" = "B"
"tests/test_skipped.py" = "C"
"tests/test_b.py" = "D"
"""


@pytest.fixture(autouse=True)
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyprojecttoml(f"[tool.pytest]\n{SETTINGS}")
    tests = pytester.mkdir("tests")
    for name, text in {
        "a": "def test_one(): pass\ndef test_two(): pass\n",
        "broken": "import nowhere_to_be_found\n",
        "skipped": "import pytest\npytest.skip(allow_module_level=True)\n",
    }.items():
        (tests / f"test_{name}.py").write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param((), ['"tests/test_b.py"'], id="of the whole suite"),
        pytest.param(("tests/test_a.py",), [], id="not of one file"),
        pytest.param(("--deselect=tests/test_a.py::test_one",), [], id="not of some tests"),
        pytest.param(("--ignore=tests/test_a.py",), [], id="not of all files but some"),
    ],
)
def test_a_path_without_tests_is_told_where_all_were_collected(
    pytester: pytest.Pytester, words: tuple[str, ...], told: list[str]
) -> None:
    result = pytester.runpytest_inprocess(*US, "--continue-on-collection-errors", *words)

    found = [line for line in result.outlines if line.startswith("path-unused")]
    assert [line.split()[8].rstrip(",") for line in found] == told


def test_what_workers_collect_counts() -> None:
    collected = Collected()
    failed: Any = SimpleNamespace(passed=False, nodeid="tests/test_b.py::TestB")
    passed: Any = SimpleNamespace(passed=True, nodeid="tests/empty")

    collected.pytest_xdist_node_collection_finished(["tests/test_a.py::TestA::test_a[x]"])
    collected.pytest_collectreport(failed)
    collected.pytest_collectreport(passed)

    assert collected.modules == {"tests/test_a.py", "tests/test_b.py"}


@pytest.mark.parametrize(
    ("whole", "known"),
    [
        pytest.param(
            True, {"tests/test_a.py": {"tests/test_a.py::test_a[x]"}}, id="of whole files"
        ),
        pytest.param(False, {}, id="not where tests were chosen by name"),
    ],
)
def test_all_tests_of_a_file_are_known_unless_a_part_of_it_failed(
    *, whole: bool, known: dict[str, set[str]]
) -> None:
    collected = Collected(whole=whole)
    failed: Any = SimpleNamespace(passed=False, nodeid="tests/test_b.py::TestB")
    one: Any = SimpleNamespace(nodeid="tests/test_b.py::test_b")

    collected.pytest_itemcollected(one)
    collected.pytest_collectreport(failed)
    collected.pytest_xdist_node_collection_finished(["tests/test_a.py::test_a[x]"])

    assert collected.tests == known


@pytest.mark.parametrize(
    ("words", "known"),
    [
        pytest.param(["test_c.py"], "test_one[a] test_one[b] TestA::test_two[c]", id="of a file"),
        pytest.param(
            ["test_c.py", "-k", "b"], "test_one[a] test_one[b] TestA::test_two[c]", id="-k"
        ),
        pytest.param(["test_c.py::test_one[b]"], "test_one[a] test_one[b]", id="beside one case"),
        pytest.param(
            ["test_c.py::TestA::test_two"],
            "test_one[a] test_one[b] TestA::test_two[c]",
            id="in a class",
        ),
    ],
)
def test_of_tests_chosen_by_name_the_other_parameters_are_known(
    pytester: pytest.Pytester, words: list[str], known: str
) -> None:
    pytester.makepyfile(
        test_c="""
        import pytest

        @pytest.mark.parametrize("case", ["a", "b"])
        def test_one(case): ...

        class TestA:
            @pytest.mark.parametrize("case", ["c"])
            def test_two(self, case): ...
        """
    )
    config = pytester.parseconfig(*words, "-q", "--collect-only")
    collected = Collected(whole=takes_whole_files(config))
    config.pluginmanager.register(collected)

    config.hook.pytest_cmdline_main(config=config)

    found = {one.removeprefix("test_c.py::") for one in collected.tests_here["test_c.py"]}
    assert found == {*known.split()}


def test_what_the_last_failures_leave_out_is_not_known(pytester: pytest.Pytester) -> None:
    config = pytester.parseconfig("--lf", "tests/test_a.py", "-q", "--collect-only")
    collected = Collected(whole=takes_whole_files(config))
    config.pluginmanager.register(collected)

    config.hook.pytest_cmdline_main(config=config)

    assert collected.tests_here == {}
