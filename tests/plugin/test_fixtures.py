"""`spec_spend` and `spec_cassette` inside a test, and what a test's report carries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from support.suites import Suite

SPENDING = """
import threading
from decimal import Decimal
import pytest
from calls import ask

@pytest.fixture
def warm():
    ask(text="word " * 400)

@pytest.mark.spec("SPEC-1")
def test_figures(warm, spec_spend):
    assert spec_spend.calls == 1
    before = spec_spend.list_cost
    assert before > 0
    counts = ask(text="word " * 400).json()["usage"]
    assert spec_spend.calls == 2
    assert spec_spend.list_cost == 2 * before
    assert spec_spend.input_tokens == 2 * counts["prompt_tokens"]
    assert spec_spend.output_tokens == 2 * counts["completion_tokens"]
    assert spec_spend.totals.calls == 2

def test_figures_are_the_test_s_own(spec_spend):
    assert (spec_spend.calls, spec_spend.list_cost) == (0, Decimal(0))
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert spec_spend.calls == 8

def test_nothing(): pass
"""


def properties(path: Path) -> dict[str, dict[str, str]]:
    """Return the properties of each test case in a JUnit file."""
    cases = ET.parse(path).getroot().iter("testcase")  # noqa: S314 - written by the run itself
    return {
        str(case.get("name")): {
            str(one.get("name")): str(one.get("value")) for one in case.iter("property")
        }
        for case in cases
    }


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_figures_so_far_are_exact_and_reach_the_junit_file(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", SPENDING)

    outcome = suite.run("--spec-budget=9", "--junit-xml=junit.xml", workers)

    assert outcome.status == 0, outcome.text
    told = properties(suite.folder / "junit.xml")
    assert told["test_nothing"] == {}
    for name in ("test_figures", "test_figures_are_the_test_s_own"):
        row = outcome.row("tests", f"test_it.py::{name}")
        assert told[name] == {
            "specbudget_calls": str(row["calls"]),
            "specbudget_input_tokens": str(row["input_tokens"]),
            "specbudget_output_tokens": str(row["output_tokens"]),
            "specbudget_list_cost_usd": row["list_cost_usd"],
        }


def test_what_nobody_can_price_is_told_beside_the_figures(suite: Suite) -> None:
    suite.write("test_it.py", "from calls import ask\ndef test_asks(): ask('gpt-999')\n")

    suite.run("--spec-budget=9", "--junit-xml=junit.xml")

    told = properties(suite.folder / "junit.xml")["test_asks"]
    assert told["specbudget_unpriced_calls"] == "1"


CASSETTES = """
import pytest
from calls import ask

@pytest.fixture(scope="module")
def shared():
    return ask(text="asked by a shared fixture").json()["id"]

class TestRecorded:
    @pytest.mark.parametrize("text", ["a/b", "a b", "a:b", "CON", "\\u00fc" * 90])
    def test_names(self, spec_cassette, text):
        ask(text=text)

    def test_shared(self, spec_cassette, shared):
        ask(text="asked by the test")

def test_without_cassette():
    ask(text="live")
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_only_what_asks_for_a_cassette_is_recorded_and_replayed(suite: Suite, workers: str) -> None:
    suite.write("tests/test_it.py", CASSETTES)

    recorded = suite.run("--spec-budget=9", "--spec-record=all", workers)
    hits = len(suite.emulator.served)
    replayed = suite.run("--spec-budget=9", workers)

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    assert len(suite.emulator.served) - hits == 1
    totals = replayed.facts["totals"]
    assert (totals["calls"], totals["replayed_calls"]) == (8, 7)
    files = sorted(file.name for file in suite.folder.glob("tests/cassettes/test_it/*.yaml"))
    assert len(files) == len({name.lower() for name in files}) == 7
    assert not [name for name in files if set(name) & set('[]:<>"|?*') or len(name) > 100]


ENDS_BADLY = """
import os
from calls import ask

TEXT = os.environ["TEXT"]

def asks():
    ask(text=TEXT)
    if TEXT == "stopped":
        raise KeyboardInterrupt
    assert TEXT == "good"

def test_again(spec_cassette):
    asks()

def test_first(spec_cassette):
    asks()
"""


def test_an_answer_that_was_paid_for_is_kept_if_its_test_fails_but_over_no_older_one(
    suite: Suite,
) -> None:
    suite.write("test_it.py", ENDS_BADLY)
    folder = suite.folder / "cassettes" / "test_it"

    def recorded(mode: str, text: str, *words: str) -> tuple[list[str], str]:
        told = suite.run(f"--spec-record={mode}", *words, TEXT=text).text
        files = [folder / f"test_{name}.yaml" for name in ("again", "first")]
        held = [file.read_text("utf-8") if file.exists() else "" for file in files]
        texts = ("good", "failed", "added", "stopped")
        return [" ".join(text for text in texts if text in one) for one in held], told

    once, _ = recorded("once", "good", "-k", "again")
    anew, told = recorded("all", "failed")
    more, _ = recorded("new", "added")
    cut, _ = recorded("all", "stopped")

    assert once == ["good", ""]
    assert anew == ["good", "failed"]
    assert "test_again.yaml stays as it was, without the 1 answer that this failed test" in told
    assert "test_first.yaml keeps the 1 answer that this failed test recorded" in told
    assert more == cut == ["good added", "failed added"]
    assert len(list(folder.iterdir())) == 2


def test_without_a_recording_and_without_a_wish_to_record_the_call_is_live(suite: Suite) -> None:
    suite.write("test_it.py", "from calls import ask\ndef test_a(spec_cassette):\n    ask()\n")

    outcome = suite.run("--spec-budget=9")

    assert outcome.status == 0
    assert len(suite.emulator.served) == 1
    assert not (suite.folder / "cassettes").exists()


DAMAGED = """
import pytest

@pytest.fixture
def before():
    print("a fixture ran")

@pytest.fixture(scope="module")
def shared():
    yield 1

def test_damaged(before, spec_cassette): pass
def test_next(): pass
def test_shared(spec_cassette, shared): pass
"""


@pytest.mark.parametrize(
    ("cassette", "errors"),
    [
        pytest.param("test_damaged", ["test_damaged"], id="of a test"),
        pytest.param("fixture-module-shared", ["test_shared"], id="of a fixture"),
    ],
)
def test_a_damaged_cassette_fails_its_test_with_one_clear_error(
    cassette: str, errors: list[str], suite: Suite
) -> None:
    suite.write("test_it.py", DAMAGED)
    suite.write(f"cassettes/test_it/{cassette}.yaml", "garbage: [")

    outcome = suite.run("--spec-budget=9")

    ends = [line for line in outcome.text.splitlines() if line.startswith("ERROR ")]
    assert outcome.status == 1
    assert [end.split()[1] for end in ends] == [f"test_it.py::{name}" for name in errors]
    assert f"{cassette}.yaml, line 2: cannot be read as YAML" in outcome.text
    assert "at teardown" not in outcome.text
    assert "a fixture ran" not in outcome.text


INSTANCES = {
    "conftest.py": """
import pytest
from calls import ask

@pytest.fixture(scope="class")
def of_class(request):
    return ask(text=f"for {request.node.name}").request.content

@pytest.fixture(scope="module")
def overridden():
    return ask(text="the base").request.content
""",
    "test_it.py": """
import pytest
from calls import ask

pytestmark = pytest.mark.usefixtures("spec_cassette")

@pytest.fixture(scope="module", params=["alpha", "be/ta", pytest.param({"no": "scalar"}, id="x")])
def word(request):
    ask(text=f"say {request.param}")
    return str(request.param)

@pytest.fixture(scope="module")
def built_on_it(word):
    return word, ask(text=f"build on {word}").request.content.decode()

@pytest.fixture(scope="module")
def overridden(overridden):
    return ask(text="the override").request.content

def test_each_parameter(word, built_on_it):
    assert built_on_it[0] == word
    assert f"build on {word}" in built_on_it[1]

def test_overridden(overridden):
    assert b"the override" in overridden

class TestA:
    def test_class(self, of_class):
        assert b"for TestA" in of_class

class TestB:
    def test_class(self, of_class):
        assert b"for TestB" in of_class
""",
}

_HONEST = ("--spec-forbid-live", "--spec-stale=fail")
"""What a replay must pass that asks for nothing but what was recorded."""


@pytest.mark.parametrize("mode", ["once", "all"])
def test_each_instance_of_a_fixture_has_a_recording_of_its_own(suite: Suite, mode: str) -> None:
    for name, text in INSTANCES.items():
        suite.write(name, text)

    recorded = suite.run(f"--spec-record={mode}")
    replayed = suite.run(*_HONEST)

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    assert replayed.facts["totals"]["replayed_calls"] == len(suite.emulator.served) == 10
    files = [file.name for file in suite.folder.glob("cassettes/test_it/*.yaml")]
    assert len(files) == len({name.lower() for name in files}) == 10
    assert "fixture-module-overridden.yaml" in files


ENDS_WITH_A_CALL = """
import pytest
from calls import ask

@pytest.fixture(scope="session")
def corpus(request):
    ask(text="begin")
    yield
    ask(text="end")

@pytest.mark.parametrize("n", range(6))
def test_it(n, spec_cassette, corpus):
    pass
"""


@pytest.mark.parametrize(
    ("mode", "workers"),
    [("once", "-n0"), ("new", "-n0"), ("all", "-n0"), ("once", "-n2"), ("all", "-n2")],
)
def test_what_a_fixture_calls_at_its_end_is_recorded_with_its_start(
    suite: Suite, mode: str, workers: str
) -> None:
    fixture, _, test = ENDS_WITH_A_CALL.partition("@pytest.mark")
    suite.write("tests/conftest.py", fixture)
    suite.write("tests/test_it.py", f"import pytest\n@pytest.mark{test}")

    recorded = suite.run(f"--spec-record={mode}", workers)
    replayed = suite.run(*_HONEST)

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    assert replayed.facts["totals"]["replayed_calls"] == 2
    (file,) = suite.folder.rglob("fixture-*")
    place = "tests/cassettes/conftest/fixture-session-corpus.yaml"
    assert file.relative_to(suite.folder).as_posix() == place
    asked = [line for line in file.read_text("utf-8").splitlines() if "messages" in line]
    assert ["begin" in line for line in asked] == [True, False]


MADE_TWICE = """
import pytest
from calls import ask

@pytest.fixture(scope="module", params=["a", "b"], ids=["same", "same"])
def made(request):
    return request.param, ask(text=request.param).request.content.decode()

def test_it(made, spec_cassette):
    assert f'"{made[0]}"' in made[1]
"""


@pytest.mark.parametrize("mode", ["once", "all"])
def test_an_instance_that_cannot_be_told_apart_adds_to_what_the_run_recorded(
    suite: Suite, mode: str
) -> None:
    suite.write("test_it.py", MADE_TWICE)

    recorded = suite.run(f"--spec-record={mode}")
    replayed = suite.run(*_HONEST)

    assert (recorded.status, replayed.status) == (0, 0), recorded.text + replayed.text
    assert replayed.facts["totals"]["replayed_calls"] == 2


UNRECORDED = """
import pytest
from calls import ask

def test_plain():
    ask()

def test_other():
    ask()

@pytest.mark.spec("A")
def test_marked():
    ask()
"""


def test_a_forbidden_call_says_what_makes_it_a_recorded_one(suite: Suite) -> None:
    suite.write("test_it.py", UNRECORDED)
    suite.write("test_import.py", "from calls import ask\nask()\n")

    text = suite.run("--spec-forbid-live", "--continue-on-collection-errors", "-v").text

    told = {line.partition(" forbids; ")[2] for line in text.splitlines() if " forbids; " in line}
    assert told == {
        "a call at import cannot be recorded: move it into a fixture or test",
        "give the test `spec_cassette`, or the marker, and record it: --spec-record=once",
        "record it first: --spec-record=once",
    }


NOTE = (
    "3 live calls were not recorded: at import, test_it.py::test_plain, test_it.py::test_other; "
    "give the tests `spec_cassette`, or the marker; "
    "move what is called at import into a fixture or test"
)


@pytest.mark.parametrize(
    ("record", "notes"),
    [
        pytest.param(
            "--spec-record=once",
            [NOTE],
            id="where calls were to be recorded",
        ),
        pytest.param("--spec-record=off", [], id="not where nobody asked for that"),
    ],
)
def test_live_calls_that_a_recording_run_did_not_record_are_told(
    suite: Suite, record: str, notes: list[str]
) -> None:
    suite.write("test_it.py", UNRECORDED)
    suite.write("test_import.py", "from calls import ask\nask()\ndef test_it(): pass\n")

    outcome = suite.run(record)

    told = [line for line in outcome.text.splitlines() if "not recorded" in line]
    assert outcome.status == 0
    assert told == notes
