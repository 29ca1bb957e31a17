"""What is recorded anew: what was named, and no recording that others share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.plugin.asked_for import takes_all_beside

if TYPE_CHECKING:
    from support.suites import Suite

SHARED = """
import pytest
from calls import ask

@pytest.fixture(scope="session")
def corpus():
    return ask(text="corpus", max_tokens=2000).json()

@pytest.mark.spec("A")
def test_it(corpus):
    ask(text="question", max_tokens=50)
"""
NAMED = "cassettes/test_it/test_it.yaml"
UNNAMED = "cassettes/test_it/fixture-session-corpus.yaml"


def test_a_cap_holds_the_run_that_records_and_a_shared_recording_is_replayed(suite: Suite) -> None:
    suite.write("pyproject.toml", '[tool.pytest]\naddopts = ["-p", "pytest_specbudget.plugin"]\n')
    suite.write("test_it.py", SHARED)
    suite.run("--spec-record=once")
    before = {name: (suite.folder / name).stat().st_ino for name in (NAMED, UNNAMED)}
    served = len(suite.emulator.served)

    refused = suite.command("cassettes", "rerecord", NAMED, "--max-cost", "0.00002")
    between = {name: (suite.folder / name).stat().st_ino for name in before}
    done = suite.command("cassettes", "rerecord", NAMED, "--max-cost", "1")

    after = {name: (suite.folder / name).stat().st_ino for name in before}
    assert (refused.ret, done.ret) == (1, 0), done.stderr.str()
    assert between == before
    assert [name for name in after if after[name] != before[name]] == [NAMED]
    assert len(suite.emulator.served) - served == 1
    assert "specbudget: sent 1 call, $" in done.stderr.str()


@pytest.mark.parametrize(
    ("arguments", "testpaths", "module", "takes"),
    [
        pytest.param((), "", "tests/test_a.py", True, id="all tests, hence those of a module"),
        pytest.param((), "", "conftest.py", True, id="all tests, hence those of the project"),
        pytest.param((), "tests", "conftest.py", True, id="all that testpaths names"),
        pytest.param(("tests/test_a.py",), "", "tests/test_a.py", True, id="the module itself"),
        pytest.param(("tests",), "", "tests/test_a.py", True, id="the folder of the module"),
        pytest.param(("tests",), "", "tests/conftest.py", True, id="the folder of the conftest"),
        pytest.param(("tests",), "", "conftest.py", False, id="a folder beside others"),
        pytest.param(("tests",), "tests", "conftest.py", True, id="the folder of testpaths"),
        pytest.param(("tests/test_a.py",), "", "tests/conftest.py", False, id="one of modules"),
        pytest.param(
            ("tests/test_a.py", "tests/test_b.py"), "", "tests/conftest.py", True, id="each module"
        ),
        pytest.param(("tests/test_a.py::test_x",), "", "tests/test_a.py", False, id="one test"),
        pytest.param(
            ("tests/test_a.py::test_x", "tests"), "", "tests/test_a.py", True, id="and the folder"
        ),
    ],
)
def test_what_is_shared_is_recorded_anew_with_all_tests_that_may_share_it(
    pytester: pytest.Pytester,
    arguments: tuple[str, ...],
    testpaths: str,
    module: str,
    *,
    takes: bool,
) -> None:
    pytester.makeini(f"[pytest]\ntestpaths = {testpaths}\n")
    for name in ("tests/test_a.py", "tests/test_b.py", "more/test_c.py"):
        path = pytester.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("def test_x(): ...\n", "utf-8")

    config = pytester.parseconfig(*arguments)

    assert takes_all_beside(config, pytester.path / module) is takes
