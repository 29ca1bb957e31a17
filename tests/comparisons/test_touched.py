"""Which tests a change touches, told from the text of both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.comparisons.both_texts import BothTexts
from pytest_specbudget.comparisons.touched import OWN_CODE, Touched

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "tests/test_a.py"
TEST = f"{FILE}::test_y"
SOURCE = """\
import pytest
from asking import ask

CASES = ["a", "b"]

def prepared():
    return "bye"

@pytest.fixture
def setting():
    return 1

def test_x():
    ask("hello")

@pytest.mark.spec("B")
def test_y(setting, shared):
    ask(prepared())

class TestPlan:
    TRIES = 1

    def setup_method(self):
        self.asked = 0

    @pytest.mark.parametrize("case", CASES)
    def test_z(self, case):
        ask(case)
"""
CONFTEST = """\
import pytest

@pytest.fixture
def shared():
    return 1

@pytest.fixture
def unused():
    return 1
"""
HELPER = "import pytest\n\ndef need(key):\n    if not key: pytest.skip(key)\n"
SETTINGS = '[tool.pytest.ini_options]\naddopts = "-q"\n'
FILES = {
    FILE: SOURCE,
    "tests/conftest.py": CONFTEST,
    "tests/other/conftest.py": CONFTEST,
    "tests/helper.py": HELPER,
    "pyproject.toml": SETTINGS,
    "other/pyproject.toml": SETTINGS,
    "ci/run.sh": "pytest -q\n",
}


def touched(edited: Mapping[str, str | None]) -> Touched:
    """Make a change that turns those of FILES into the texts that are given."""
    texts = {name: (FILES.get(name), text) for name, text in edited.items()}
    return Touched(BothTexts("", texts, FILES.get))


def edit(name: str, old: str, new: str) -> dict[str, str | None]:
    assert old in FILES[name]
    return {name: FILES[name].replace(old, new, 1)}


SPEC = '@pytest.mark.spec("B")'
IN_FILE = f"edits what may skip tests in {FILE}"
IN_CONFTEST = "edits what may skip tests in tests/conftest.py"
SELECTS = "edits what selects tests in {}"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(edit(FILE, SPEC, f"@pytest.mark.skip\n{SPEC}"), OWN_CODE, id="a marker"),
        pytest.param(edit(FILE, SPEC, f"@needs_key\n{SPEC}"), OWN_CODE, id="any decorator"),
        pytest.param(edit(FILE, "ask(prep", "return\n    ask(prep"), OWN_CODE, id="its body"),
        pytest.param(edit(FILE, '"bye"', "pytest.skip()"), OWN_CODE, id="a function it calls"),
        pytest.param(edit(FILE, "return 1", "pytest.skip()"), OWN_CODE, id="its fixture"),
        pytest.param(
            edit("tests/conftest.py", "return 1", "pytest.skip()"),
            OWN_CODE,
            id="its fixture in another file",
        ),
        pytest.param(
            edit(FILE, "import ask\n", "import ask\npytest.importorskip('zzz')\n"),
            IN_FILE,
            id="a skip of its module",
        ),
        pytest.param(
            edit(FILE, "import ask\n", "import ask\npytestmark = pytest.mark.skip\n"),
            IN_FILE,
            id="a marker of its module",
        ),
        pytest.param(
            edit(FILE, "import ask\n", "import ask\n__test__ = False\n"),
            IN_FILE,
            id="a module that is none of tests",
        ),
        pytest.param(
            edit("tests/conftest.py", "fixture\ndef unused", "fixture(autouse=True)\ndef unused"),
            IN_CONFTEST,
            id="a fixture that every test uses",
        ),
        pytest.param(
            edit("tests/helper.py", "not key", "key"),
            "edits what may skip tests in tests/helper.py",
            id="a helper that skips",
        ),
        pytest.param(
            {"tests/conftest.py": f"collect_ignore = ['test_a.py']\n{CONFTEST}"},
            SELECTS.format("tests/conftest.py"),
            id="what is not collected",
        ),
        pytest.param(
            {"plugin.py": "def pytest_collection_modifyitems(items):\n    items.clear()\n"},
            SELECTS.format("plugin.py"),
            id="a hook of a plugin",
        ),
        pytest.param(
            {"tests/conftest.py": f"{CONFTEST}\ndef pytest_configure(config):\n    stop(config)\n"},
            SELECTS.format("tests/conftest.py"),
            id="any hook of pytest",
        ),
        pytest.param(
            {"conftest.py": "pytest_plugins = ['slow']\n"},
            SELECTS.format("conftest.py"),
            id="a plugin that is loaded",
        ),
        pytest.param(
            {"pytest.ini": "[pytest]\n"},
            SELECTS.format("pytest.ini"),
            id="a file that overrules the settings there were",
        ),
        pytest.param(
            {"pytest.toml": "[pytest]\ntestpaths = ['a']\n"},
            SELECTS.format("pytest.toml"),
            id="settings of pytest 9",
        ),
        pytest.param(
            edit("pyproject.toml", "-q", "-q -k cheap"),
            SELECTS.format("pyproject.toml"),
            id="an option",
        ),
        pytest.param(
            edit("pyproject.toml", "-q", "-q --runslow"),
            SELECTS.format("pyproject.toml"),
            id="an option of their own",
        ),
        pytest.param(
            edit("ci/run.sh", "-q", "-q -m 'not dear' tests/a"),
            SELECTS.format("ci/run.sh"),
            id="a command of a script",
        ),
        pytest.param(edit(FILE, 'ask("hello")', "return"), "", id="another test"),
        pytest.param(edit(FILE, "self.asked = 0", "pass"), "", id="another class"),
        pytest.param(edit(FILE, '["a", "b"]', "[]"), "", id="a constant that it does not name"),
        pytest.param(edit(FILE, "import pytest", "import os, pytest  # fast"), "", id="an import"),
        pytest.param(
            edit("tests/conftest.py", "def unused():\n    return 1", "def unused():\n    return 2"),
            "",
            id="a fixture that it does not name",
        ),
        pytest.param(
            {"tests/other/conftest.py": f"collect_ignore = ['x']\n{CONFTEST}"},
            "",
            id="what another folder does not collect",
        ),
        pytest.param(
            {"tests/test_b.py": "import pytest\npytest.skip(allow_module_level=True)\n"},
            "",
            id="a skip of another module",
        ),
        pytest.param(
            {"app.py": "def page(rows):\n    return rows.skip(10)\n"}, "", id="no word of pytest's"
        ),
        pytest.param(edit("other/pyproject.toml", "-q", "-k x"), "", id="settings of another one"),
        pytest.param(edit("pyproject.toml", "-q", "-q --cov=a -n2"), "", id="a harmless option"),
        pytest.param({FILE: "def ("}, OWN_CODE, id="what is no Python any more"),
    ],
)
def test_a_change_touches_a_test_that_it_may_keep_from_running(
    change: dict[str, str | None], why: str
) -> None:
    assert touched(change).why(TEST) == why


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('["a", "b"]', '["b"]', id="its parameters"),
        pytest.param("self.asked = 0", "pytest.skip()", id="what sets its class up"),
        pytest.param("class TestPlan:", "@unittest.skip\nclass TestPlan:", id="its class"),
        pytest.param("TRIES = 1", "pytestmark = pytest.mark.skip", id="a marker of its class"),
        pytest.param("ask(case)", "pass", id="its body"),
    ],
)
def test_a_test_in_a_class_is_touched_by_what_the_class_says(old: str, new: str) -> None:
    change = touched(edit(FILE, old, new))

    assert change.why(f"{FILE}::TestPlan::test_z[a]")
    assert not change.why(TEST)


def test_a_test_that_no_source_shows_is_touched_by_any_edit_of_its_file() -> None:
    change = touched(edit(FILE, 'ask("hello")', "return"))

    assert change.why(f"{FILE}::TestInherited::test_dear") == f"edits {FILE}"


def test_a_fixture_is_touched_by_any_skip_and_a_nameless_recording_by_no_code() -> None:
    skip = touched(edit(FILE, "import ask\n", "import ask\npytest.skip()\n"))

    assert skip.why("<fixture session:agent>") == IN_FILE
    assert not skip.why("<recording tests/data/a.yaml>")
    assert touched(edit("pyproject.toml", "-q", "-k x")).why("<recording tests/data/a.yaml>")


def test_what_a_command_line_left_out_is_touched_by_what_selects_tests_alone() -> None:
    marked = touched(edit(FILE, SPEC, f"@pytest.mark.skip\n{SPEC}"))
    chosen = touched(edit("pyproject.toml", "-q", "-k x"))

    assert not marked.why(TEST, selected=False)
    assert chosen.why(TEST, selected=False) == SELECTS.format("pyproject.toml")


def test_names_of_tests_begin_where_pytest_runs() -> None:
    texts = {"services/a/tests/test_a.py": ("def test_y(): pass", "def test_y(): ...")}
    change = Touched(BothTexts("services/a/", texts, lambda _: None))

    assert change.why(TEST) == OWN_CODE


@pytest.mark.parametrize(
    ("now", "gone"),
    [
        pytest.param(None, True, id="its file is gone"),
        pytest.param("def test_x(): pass", True, id="it was taken out"),
        pytest.param("def test_y(): pass", False, id="it is still there"),
        pytest.param("if True:\n    def test_y(): pass", False, id="it stands in a block"),
        pytest.param("def (", False, id="nobody can tell"),
    ],
)
def test_a_test_is_gone_where_the_sources_say_so(now: str | None, gone: bool) -> None:  # noqa: FBT001 - a table
    change = touched({FILE: now})

    assert change.is_gone(TEST) is gone
    assert not change.is_gone(f"{FILE}::TestInherited::test_dear") or now is None
    assert not change.is_gone("<fixture session:agent>")


def test_code_that_is_nested_very_deep_is_compared_all_the_same() -> None:
    deep = "def test_y():\n    return " + " + ".join(["1"] * 900)
    now = deep.replace("1 + 1", "1 + 2", 1)

    change = Touched(BothTexts("", {FILE: (deep, now)}, FILES.get))

    assert change.why(TEST)
    assert not Touched(BothTexts("", {FILE: (deep, f"{deep}  # so")}, FILES.get)).why(TEST)
