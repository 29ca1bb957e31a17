"""What `init` makes of what it reads, piece by piece."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_specbudget.cli._init.cases import Case
from pytest_specbudget.cli._init.ceilings import ceiling_for
from pytest_specbudget.cli._init.declared import declared_plugins
from pytest_specbudget.cli._init.owners import owners_of
from pytest_specbudget.cli._init.pipelines import steps_in
from pytest_specbudget.cli._init.pytest_files import PytestSettings, find_rootdir
from pytest_specbudget.cli._init.source import Module, read_source
from pytest_specbudget.cli._init.specs import specs_by_path
from pytest_specbudget.cli._init.tree import files_below
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# Ceilings


@pytest.mark.parametrize(
    ("cost", "ceiling"),
    [
        pytest.param("0.1288", "0.17", id="30 % more is 0.16744, which is rounded up"),
        pytest.param("1", "1.3", id="what has two digits stays"),
        pytest.param("0.7693", "1.1", id="just over a dollar"),
        pytest.param("100", "130", id="many dollars"),
        pytest.param("0.00021", "0.00028", id="less than a cent"),
        pytest.param("0.000000000000000001", "0.000000000000000002", id="the least there is"),
        pytest.param("0", "0", id="nothing"),
    ],
)
def test_a_ceiling_is_30_percent_more_rounded_up_to_two_digits(cost: str, ceiling: str) -> None:
    assert str(ceiling_for(Money.parse(cost))) == ceiling


@given(st.integers(min_value=10**6, max_value=10**30))
def test_a_ceiling_leaves_room_for_the_warning_and_not_much_more(atto: int) -> None:
    ceiling = ceiling_for(Money(atto)).atto

    assert atto * 13 <= ceiling * 10
    assert ceiling * 100 <= atto * 143 + 1
    assert len(str(ceiling).rstrip("0")) <= 2


# SPECs of folders


@pytest.mark.parametrize(
    ("modules", "specs"),
    [
        pytest.param(
            ["tests/billing/test_a.py", "tests/support/test_b.py"],
            {"tests/billing/**": "BILLING", "tests/support/**": "SUPPORT"},
            id="each folder of tests is one",
        ),
        pytest.param(
            ["tests/agents/plan/deep/test_a.py", "tests/agents/audit/test_b.py"],
            {"tests/agents/audit/**": "AUDIT", "tests/agents/plan/**": "PLAN"},
            id="right below the folder that all share",
        ),
        pytest.param(
            ["billing/test_a.py", "support/test_b.py"],
            {"billing/**": "BILLING", "support/**": "SUPPORT"},
            id="also where that is the rootdir",
        ),
        pytest.param(
            ["tests/test_a.py", "tests/x/test_b.py", "tests/y_tests/test_c.py"],
            {"tests/x/**": "X", "tests/y_tests/**": "Y"},
            id="what lies beside them belongs to none",
        ),
        pytest.param(["tests/test_a.py", "tests/test_b.py"], {}, id="one folder is no SPEC"),
        pytest.param(
            ["tests/x/test_a.py", "tests/test_b.py"], {}, id="nor is one beside its tests"
        ),
        pytest.param(["a-b/test_a.py", "a_b/test_b.py"], {}, id="none where names would meet"),
        pytest.param(["a*/test_a.py", "b\n/test_b.py"], {}, id="nor where a name is no plain one"),
        pytest.param([], {}, id="no tests"),
    ],
)
def test_folders_become_specs(modules: list[str], specs: dict[str, str]) -> None:
    assert specs_by_path(modules) == specs


# Owners of recordings

PLAN = Module(
    name="tests/test_plan.py",
    tests=(
        Case(name="test_a", spec="A"),
        Case(name="test_ab"),
        Case(name="TestX.test_c", spec="C"),
    ),
    cassettes=("fixtures/vcr/odd.yaml",),
)
AUDIT = Module(name="tests/deep/test_audit.py", tests=(Case(name="test_d", spec="D"),))


@pytest.mark.parametrize(
    ("recording", "module", "spec"),
    [
        ("tests/cassettes/test_plan/test_a.yaml", PLAN.name, "A"),
        ("tests/cassettes/test_plan/test_a[x-1].yaml", PLAN.name, "A"),
        ("tests/cassettes/test_plan/test_a-0123456789.yaml", PLAN.name, "A"),
        ("tests/cassettes/test_plan/test_ab.json", PLAN.name, None),
        ("tests/cassettes/test_plan/TestX.test_c.yaml.gz", PLAN.name, "C"),
        ("tests/deep/cassettes/test_audit/fixture.yaml", AUDIT.name, "D"),
        ("shelf/test_audit/test_d.yaml", AUDIT.name, "D"),
        ("recordings/test_plan.yaml", PLAN.name, None),
        ("tests/cassettes/test_d.yaml", AUDIT.name, "D"),
        ("tests/fixtures/vcr/odd.yaml", PLAN.name, None),
        ("tests/cassettes/nobody.yaml", None, None),
    ],
)
def test_a_recording_belongs_to_the_test_it_is_called_after(
    recording: str, module: str | None, spec: str | None
) -> None:
    owner = owners_of([recording], [PLAN, AUDIT]).get(recording)

    assert (owner.module if owner else None) == module
    assert (owner.spec if owner else None) == spec


# Sources


def test_tests_are_counted_as_pytest_collects_them() -> None:
    text = """
import pytest, unittest
def test_a(): pass
async def test_b(): pass
def helper_test(): pass
@pytest.fixture
def test_data(): pass
class TestX:
    def test_c(self): pass
    class TestInner:
        def test_d(self): pass
class Helper:
    def test_no(self): pass
class Old(unittest.TestCase):
    def test_e(self): pass
"""

    found = read_source(text, "test_x.py", PytestSettings())

    names = [test.name for test in found.tests]
    assert names == ["test_a", "test_b", "TestX.test_c", "TestX.TestInner.test_d", "Old.test_e"]


def test_the_closest_marker_names_the_spec() -> None:
    text = """
import pytest
pytestmark = [pytest.mark.spec("MODULE"), pytest.mark.vcr]
def test_a(): pass
@pytest.mark.spec("CLASS")
class TestX:
    def test_b(self): pass
    @pytest.mark.spec("TEST", command="plan")
    def test_c(self): pass
"""

    found = read_source(text, "test_x.py", PytestSettings())

    assert [test.spec for test in found.tests] == ["MODULE", "CLASS", "TEST"]
    assert found.markers == {"spec": 3, "vcr": 1}
    assert found.strange_specs == ()


@pytest.mark.parametrize(
    ("mark", "spec", "strange"),
    [
        ('spec("A", budget="1")', "A", ()),
        ("spec(NAME)", None, ()),
        ("spec(3)", None, (2,)),
        ("spec(section=3)", None, (2,)),
        ("spec", None, (2,)),
    ],
)
def test_a_marker_that_names_no_spec_is_somebody_else_s(
    mark: str, spec: str | None, strange: tuple[int, ...]
) -> None:
    text = f"import pytest\n@pytest.mark.{mark}\ndef test_a(): pass\n"

    found = read_source(text, "test_x.py", PytestSettings())

    assert (found.tests[0].spec, found.strange_specs) == (spec, strange)


def test_our_marker_may_have_another_name() -> None:
    text = "import pytest\n@pytest.mark.cost('A')\n@pytest.mark.spec(3)\ndef test_a(): pass\n"

    found = read_source(text, "test_x.py", PytestSettings(), "cost")

    assert (found.tests[0].spec, found.strange_specs) == ("A", ())


def test_imports_are_found_wherever_they_stand() -> None:
    text = """
from google import genai
if True:
    import openai as o
else:
    import anthropic
try:
    pass
except ImportError:
    import litellm
def f():
    with x:
        import boto3
from . import groq
"""

    found = read_source(text, "a.py", None)

    assert found.imports >= {"google.genai", "openai", "anthropic", "litellm", "boto3"}
    assert "groq" not in found.imports


def test_a_bad_escape_is_nobody_s_warning() -> None:
    assert read_source('x = "\\d"', "a.py", None) == Module(name="a.py")


def test_a_module_that_python_refuses_is_an_error() -> None:
    with pytest.raises(SyntaxError):
        read_source("def (", "a.py", None)
    assert ast.parse("")


# pytest's own settings


@pytest.mark.parametrize(
    ("files", "rootdir"),
    [
        pytest.param({"pytest.ini": ""}, ".", id="its own file, even an empty one"),
        pytest.param({"pyproject.toml": "[tool.pytest]\n"}, ".", id="the table of pytest 9"),
        pytest.param({"tox.ini": "[pytest]\n", "a/pyproject.toml": ""}, ".", id="settings win"),
        pytest.param(
            {"pyproject.toml": "", "a/b/tox.ini": "[tox]\n"}, ".", id="any pyproject.toml"
        ),
        pytest.param(
            {"setup.cfg": "[tool:pytest]\n", "a/pyproject.toml": "[tool.pytest.ini_options]\n"},
            "a",
            id="the closest settings",
        ),
        pytest.param({"setup.py": ""}, ".", id="else setup.py"),
    ],
)
def test_rootdir_is_where_pytest_finds_it(
    files: dict[str, str], rootdir: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        write(tmp_path / name, text)
    start = tmp_path / "a/b"
    start.mkdir(parents=True, exist_ok=True)

    assert find_rootdir(start) == tmp_path / rootdir


@pytest.mark.parametrize(
    ("settings", "modules"),
    [
        pytest.param("", ["more/x_test.py", "tests/test_a.py"], id="nothing is set"),
        pytest.param('testpaths = ["tests"]', ["tests/test_a.py"], id="testpaths"),
        pytest.param('testpaths = ["gone"]', ["more/x_test.py", "tests/test_a.py"], id="gone"),
        pytest.param('python_files = ["check_*.py"]', ["tests/check_b.py"], id="names of files"),
        pytest.param(
            'python_files = "check_*.py *_test.py"',
            ["more/x_test.py", "tests/check_b.py"],
            id="as text",
        ),
    ],
)
def test_modules_are_those_that_pytest_is_told(
    settings: str, modules: list[str], tmp_path: Path
) -> None:
    write(tmp_path / "pyproject.toml", f"[tool.pytest.ini_options]\n{settings}\n")
    names = ["more/x_test.py", "tests/check_b.py", "tests/test_a.py", "tests/test_a.txt"]

    assert PytestSettings.read(tmp_path).modules(names) == modules


# Requirements and CI


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("requirements-dev.txt", "pytest_recording>=0.13\n", ["pytest-recording"]),
        ("requirements/test.in", "Pytest-XDist ; python_version > '3'\n", ["pytest-xdist"]),
        ("pyproject.toml", '[dependency-groups]\ndev = ["cassetter[x]~=1"]\n', ["cassetter"]),
        ("setup.cfg", "[options]\ninstall_requires =\n    vcrpy==8.2.1\n", ["vcrpy"]),
        ("tox.ini", "[testenv]\ndeps = pytest-vcr\n", ["pytest-vcr"]),
        ("requirements.txt", "# pytest-recording was here\npytest-recording-extras\n", []),
        ("notes.txt", "pytest-recording\n", []),
    ],
)
def test_plugins_are_found_where_they_are_required(
    file: str, text: str, found: list[str], tmp_path: Path
) -> None:
    write(tmp_path / file, text)

    assert declared_plugins(tmp_path, [file]) == dict.fromkeys(found, file)


@pytest.mark.parametrize(
    ("file", "line", "command"),
    [
        (".github/workflows/a.yml", "      - run: pytest -n auto", "pytest -n auto"),
        (".github/workflows/a.yaml", "run: uv run pytest tests \\", "pytest tests"),
        (".gitlab-ci.yml", "    - python -m pytest", "pytest"),
        ("Makefile", '\tpytest -k "openai"', 'pytest -k "openai"'),
        ("tox.ini", "commands = pytest {posargs}", "pytest {posargs}"),
        (".circleci/config.yml", '      command: "pytest -q"', "pytest -q"),
        (".github/workflows/a.yml", "- run: pip install pytest pytest-cov", None),
        (".github/workflows/a.yml", "# run: pytest", None),
        (".github/workflows/a.yml", "- name: Run pytest", None),
        ("tox.ini", "[pytest]", None),
        ("tox.ini", "deps = pytest>=8", None),
        ("Makefile", "\trm -rf .pytest_cache", None),
    ],
)
def test_lines_that_run_pytest_are_found(
    file: str, line: str, command: str | None, tmp_path: Path
) -> None:
    write(tmp_path / file, f"\n{line}\n")

    found = [(step.where, step.command) for step in steps_in(tmp_path)]

    assert found == ([] if command is None else [(f"{file}:2", command)])


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    told: list[str] = []

    assert [*files_below(tmp_path / "gone", told.append)] == []
    assert told == [".: cannot be looked into (there is no such file or folder)"]
