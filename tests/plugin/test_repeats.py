from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.plugin.repeats import left_alone, once_named, repeat

if TYPE_CHECKING:
    from collections.abc import Callable

    Names = Callable[..., list[str]]


@pytest.fixture(autouse=True)
def _only_what_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the inner pytest load no plugin that happens to be installed; it starts quicker."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


class Repeating:
    """What the plugin registers: three runs, as the last of all who add parameters."""

    def __init__(self, runs: int = 3) -> None:
        self.runs = runs
        self.items: list[pytest.Item] = []

    @pytest.hookimpl(trylast=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        repeat(metafunc, self.runs)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.items = items


def _collect(pytester: pytest.Pytester, text: str, *words: str, runs: int = 3) -> list[pytest.Item]:
    pytester.makepyfile(test_it=text)
    plugin = Repeating(runs)
    pytester.inline_run("--collect-only", "-q", *words, plugins=[plugin])
    return plugin.items


def _names(items: list[pytest.Item]) -> list[str]:
    return [item.nodeid.removeprefix("test_it.py::") for item in items]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param(
            "def test_a(): pass",
            ["test_a[run1]", "test_a[run2]", "test_a[run3]"],
            id="a plain test",
        ),
        pytest.param(
            "import pytest\n@pytest.mark.parametrize('m', ['x', 'y'])\ndef test_a(m): pass",
            [f"test_a[{model}-run{number}]" for model in "xy" for number in (1, 2, 3)],
            id="after the test's own parameters",
        ),
        pytest.param(
            "import pytest\n@pytest.fixture(params=['x'])\ndef m(request): return request.param\n"
            "def test_a(m): pass",
            ["test_a[x-run1]", "test_a[x-run2]", "test_a[x-run3]"],
            id="after the parameters of its fixtures",
        ),
        pytest.param(
            "def pytest_generate_tests(metafunc):\n    metafunc.parametrize('m', ['x'])\n"
            "def test_a(m): pass",
            ["test_a[x-run1]", "test_a[x-run2]", "test_a[x-run3]"],
            id="after what the module itself generates",
        ),
        pytest.param(
            "class TestA:\n    def test_a(self): pass",
            ["TestA::test_a[run1]", "TestA::test_a[run2]", "TestA::test_a[run3]"],
            id="a method of a class",
        ),
        pytest.param(
            "import unittest\nclass TestA(unittest.TestCase):\n    def test_a(self): pass",
            ["TestA::test_a"],
            id="not a method of unittest",
        ),
        pytest.param(
            "import pytest\n@pytest.mark.vcr\ndef test_a(): pass",
            ["test_a"],
            id="not a test that another plugin replays",
        ),
        pytest.param(
            "import pytest\n@pytest.fixture\ndef spec_cassette(): pass\n"
            "def test_a(spec_cassette): pass",
            ["test_a"],
            id="not a test that asks for its recording",
        ),
    ],
)
def test_each_test_runs_as_often_as_asked(
    pytester: pytest.Pytester, text: str, names: list[str]
) -> None:
    pytester.makeini("[pytest]\nmarkers = vcr")

    assert _names(_collect(pytester, text)) == names


def test_one_run_is_no_repeat(pytester: pytest.Pytester) -> None:
    assert _names(_collect(pytester, "def test_a(): pass", runs=1)) == ["test_a"]


def test_a_run_can_be_chosen_by_name(pytester: pytest.Pytester) -> None:
    items = _collect(pytester, "def test_a(): pass\ndef test_b(): pass", "-k", "run2")

    assert _names(items) == ["test_a[run2]", "test_b[run2]"]


def test_no_test_sees_the_parameter(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        seen = []

        @pytest.fixture
        def one():
            return len(seen)

        def test_a(request, one):
            assert "_spec_run" not in {*request.fixturenames, *request.node.funcargs}
            seen.append(one)

        def test_all_runs_were_made():
            assert seen == [0, 1, 2]
        """
    )
    done = pytester.inline_run(plugins=[Repeating()])

    done.assertoutcome(passed=6)


def test_a_recording_has_the_name_of_the_test_that_is_repeated(pytester: pytest.Pytester) -> None:
    text = "import pytest\n@pytest.mark.parametrize('m', ['run7'])\ndef test_a(m): pass"

    assert {once_named(item) for item in _collect(pytester, text)} == {"test_a[run7]"}
    assert {once_named(item) for item in _collect(pytester, text, runs=1)} == {"test_a[run7]"}


def test_what_is_left_alone_is_said(pytester: pytest.Pytester) -> None:
    text = "import unittest\nclass TestA(unittest.TestCase):\n    def test_a(self): pass\n"
    items = _collect(pytester, text + "def test_b(): pass")

    said = left_alone(items, 3)

    assert said is not None
    assert said.startswith("1 test runs once, not 3 times")
    assert left_alone(items[1:], 3) is None
    assert left_alone(items, 1) is None


def test_workers_share_the_runs(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        from pytest_specbudget.plugin.repeats import repeat

        @pytest.hookimpl(trylast=True)
        def pytest_generate_tests(metafunc):
            repeat(metafunc, 3)
        """
    )
    pytester.makepyfile("def test_a(): pass")

    done = pytester.runpytest_subprocess("-p", "xdist.plugin", "-n2", "-v")

    done.assert_outcomes(passed=3)
    done.stdout.fnmatch_lines_random([f"*test_a?run{number}?*" for number in (1, 2, 3)])
