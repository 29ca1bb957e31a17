"""Where annotations point: at what a finding is about, and never at a bystander."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

BYSTANDER = """
from calls import ask

def test_innocent():
    ask(text="word " * 5000)
"""

UNKNOWN = """
from calls import ask


def test_unpriced():
    ask(model="house-7")
"""

PLAN = """
import pytest
from calls import ask

def helper(): ...

pytestmark = [
    pytest.mark.spec("PLAN", budget="0.0000001", max_calls=1),
]

def test_first():
    ask()

class TestClass:
    pass

@pytest.mark.filterwarnings("default")
@pytest.mark.spec("PLAN", max_calls=0)
class TestStrict:
    def test_second(self):
        ask()

class TestHeir(TestStrict):
    pass
"""


@pytest.fixture
def annotated(suite: Suite) -> Suite:
    suite.write("tests/test_aaa.py", BYSTANDER)
    suite.write("tests/test_unknown.py", UNKNOWN)
    suite.write("tests/test_plan.py", PLAN)
    return suite


def places(suite: Suite, workers: str) -> tuple[dict[Any, Any], ...]:
    """Return where github, gitlab and sarif show each finding, by its rule and subject."""
    suite.run(
        "--spec-session-budget=0.00001",
        *(f"--spec-report={one}:{suite.folder / one}" for one in ("github", "gitlab", "sarif")),
        f"-n{workers}",
    )
    told = (suite.folder / "github").read_text("utf-8")
    found = json.loads((suite.folder / "report.json").read_text("utf-8"))["findings"]
    keys = [(one["rule"], one["subject"]) for one in found]
    commands = re.findall(r"(?m)^::\w+ (?:file=([^,]+),(?:line=(\d+),)?)?title=", told)
    github = [(file, int(line or 0)) for file, line in commands[1:]]
    gitlab = [
        (one["location"]["path"], one["location"]["lines"]["begin"])
        for one in json.loads((suite.folder / "gitlab").read_text("utf-8"))
    ]
    sarif = [
        (where["artifactLocation"]["uri"], where["region"]["startLine"])
        for one in json.loads((suite.folder / "sarif").read_text("utf-8"))["runs"][0]["results"]
        for where in [one["locations"][0]["physicalLocation"]]
    ]
    return tuple(dict(zip(keys, each, strict=True)) for each in (github, gitlab, sarif))


@pytest.mark.parametrize("workers", ["0", "2"])
def test_findings_stand_at_what_they_are_about(annotated: Suite, workers: str) -> None:
    github, gitlab, sarif = places(annotated, workers)

    own = {
        ("usage-unpriced", "house-7"): ("tests/test_unknown.py", 5),
        ("budget-exceeded", "tests/test_plan.py"): ("tests/test_plan.py", 8),
        ("max-calls-exceeded", "tests/test_plan.py"): ("tests/test_plan.py", 8),
        ("max-calls-exceeded", "tests/test_plan.py::TestStrict"): ("tests/test_plan.py", 18),
        ("max-calls-exceeded", "tests/test_plan.py::TestHeir"): ("tests/test_plan.py", 20),
    }
    run = ("budget-exceeded", "whole run")
    assert github == own | {run: ("", 0)}
    assert gitlab == sarif == own | {run: ("pyproject.toml", 1)}
