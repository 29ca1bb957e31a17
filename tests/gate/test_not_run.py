"""A change keeps its dear tests from running: both gates say that nobody knows what they cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.branches import journal_of
from support.charges import charge
from support.recorded import chat, write

from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.repositories import Checkout

    from pytest_specbudget.core.ledger import Charge

    Run = Callable[..., tuple[int, str]]

PLAN, CHAT = "tests/research/test_plan.py", "tests/support/test_chat.py"
DIVE = f"{PLAN}::test_dive"
SPEC = '@pytest.mark.spec("RESEARCH")\ndef test_dive'
OURS = ("-p", "pytest_specbudget.plugin", "-p", "no:cacheprovider", "-q")
ACK = '[[ack]]\nsubject = "{}"\nlimit = "0%"\nuntil = {}\nreason = "the provider is down"\n'


def pytest_in(repository: Checkout, *words: str) -> tuple[int, dict[str, Any]]:
    """Run the suite against `main`; return its status and its report."""
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("CI", None)
    done = subprocess.run(
        (
            *(sys.executable, "-m", "pytest", *OURS, "--spec-baseline=git:main"),
            *("--spec-forbid-live", "--spec-report=json:.specbudget/r.json", *words),
        ),
        cwd=repository.root,
        env=environment,
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    report = repository.root / ".specbudget" / "r.json"
    assert report.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(report.read_text("utf-8"))


def played(name: str, tokens: tuple[int, int], spec: str = "RESEARCH", **others: Any) -> Charge:
    """Make the call of a test that its recording answered."""
    folder, file = ("research", "test_plan") if spec == "RESEARCH" else ("support", "test_chat")
    values = {
        "model": "small",
        "request_model": "small",
        "spec": spec,
        "host": "api.openai.com",
        "cassette": f"tests/{folder}/cassettes/{file}/{name}.yaml",
        "cassette_index": 0,
        "test": f"tests/{folder}/{file}.py::{name}",
        "usage": Usage(input_tokens=tokens[0], output_tokens=tokens[1]),
    }
    return charge("0.0000001", **{**values, **others})


SUM_UP = played("test_sum_up", (500, 75))
GREET = played("test_greet", (300, 100), "SUPPORT")


def edit(repository: Checkout, name: str, old: str, new: str) -> None:
    text = (repository.root / name).read_text("utf-8") if old else ""
    assert old in text
    repository.write(name, text.replace(old, new, 1) if old else new)


def found(report: dict[str, Any]) -> list[str]:
    return [one["message"] for one in report["findings"] if one["rule"] == "test-not-run"]


@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        pytest.param(
            PLAN, SPEC, f"@pytest.mark.skip\n{SPEC}", "edits its code", id="it is marked as skipped"
        ),
        pytest.param(
            PLAN,
            f"{SPEC}()",
            f'@pytest.mark.parametrize("which", [])\n{SPEC}(which)',
            "edits its code",
            id="it has no parameter",
        ),
        pytest.param(
            "tests/research/conftest.py",
            "",
            "import pytest\n\n@pytest.fixture(autouse=True)\ndef _off(request):\n"
            "    if request.node.name == 'test_dive':\n        pytest.skip('no')\n",
            "edits what may skip tests in tests/research/conftest.py",
            id="a fixture skips it",
        ),
        pytest.param(
            "tests/conftest.py",
            "",
            "def pytest_collection_modifyitems(items):\n    items.pop(0)\n",
            "edits what selects tests in tests/conftest.py",
            id="a hook takes it out",
        ),
        pytest.param(
            "pyproject.toml",
            'addopts = ["',
            'addopts = ["-k", "not test_dive", "',
            "edits what selects tests in pyproject.toml",
            id="an option deselects it",
        ),
    ],
)
def test_a_change_that_keeps_a_test_from_running_is_open_in_both_gates(  # noqa: PLR0913, PLR0917 - a table
    repository: Checkout, run: Run, tmp_path: Path, name: str, old: str, new: str, why: str
) -> None:
    repository.git("checkout", "--quiet", "--detach", "main")
    edit(repository, name, old, new)

    status, report = pytest_in(repository)
    head = repository.commit()
    repository.switch("main")
    journal_of(tmp_path / "run.jsonl", SUM_UP, GREET)
    judged, comment = run("comment", tmp_path / "run.jsonl", "--head", head)

    said = f"{DIVE} was not run, and this change {why}; at the base it cost $0.1800"
    assert (status, report["verdict"], found(report)) == (1, "inconclusive", [said])
    assert report["comparison"]["unrun"] == [DIVE]
    assert judged == 1
    assert comment.splitlines()[2].startswith("### INCONCLUSIVE")
    assert f"this change {why}" in comment


def test_what_a_change_does_not_touch_is_listed_and_passes(repository: Checkout) -> None:
    """It is skipped on the base, too, perhaps where something is not installed."""
    repository.git("checkout", "--quiet", "-B", "platform", "main")
    edit(repository, PLAN, SPEC, f"@pytest.mark.skip\n{SPEC}")
    repository.commit()
    edit(repository, PLAN, "assert ask(plans.SUM_UP)", "assert ask(plans.SUM_UP) is not None")

    status, report = pytest_in(repository, "--spec-baseline=git:platform")

    assert (status, report["verdict"], found(report)) == (0, "pass", [])
    assert report["comparison"]["unrun"] == [DIVE]


@pytest.mark.parametrize(
    "words", [("-k", "not dive"), ("tests/support",), (f"{PLAN}::test_sum_up",)]
)
def test_a_part_of_the_suite_says_nothing_of_the_rest(
    repository: Checkout, words: tuple[str, ...]
) -> None:
    repository.git("checkout", "--quiet", "--detach", "main")
    edit(repository, PLAN, SPEC, f"@pytest.mark.skip\n{SPEC}")

    status, report = pytest_in(repository, *words)

    assert (status, found(report)) == (0, [])


@pytest.mark.parametrize(
    ("subject", "until", "status"),
    [
        pytest.param(DIVE, "9999-12-31", 0, id="the test"),
        pytest.param(PLAN, "9999-12-31", 0, id="its file"),
        pytest.param("tests/research", "9999-12-31", 0, id="its folder"),
        pytest.param(DIVE, "2020-01-01", 1, id="until a day that is over"),
        pytest.param("RESEARCH", "9999-12-31", 1, id="a SPEC that may rise is another matter"),
        pytest.param("tests/support", "9999-12-31", 1, id="another folder"),
    ],
)
def test_that_nobody_measures_a_test_is_accepted_by_the_base(  # noqa: PLR0913, PLR0917 - a table
    repository: Checkout, run: Run, tmp_path: Path, subject: str, until: str, status: int
) -> None:
    repository.git("checkout", "--quiet", "--detach", "main")
    edit(repository, PLAN, SPEC, f"@pytest.mark.skip\n{SPEC}")
    head = repository.commit()
    repository.switch("main")
    repository.write("specbudget-ack.toml", ACK.format(subject, until))
    journal_of(tmp_path / "run.jsonl", SUM_UP, GREET)

    judged, comment = run("comment", tmp_path / "run.jsonl", "--head", head)

    assert judged == status
    assert ("as was accepted" in comment) is not status
    assert "ack-unused" not in comment or status


@pytest.mark.parametrize("limit", [True, False], ids=["as it stands", "by the newest report"])
def test_the_command_that_a_finding_names_accepts_it(
    repository: Checkout, run: Run, *, limit: bool
) -> None:
    repository.git("checkout", "--quiet", "--detach", "main")
    edit(repository, PLAN, SPEC, f"@pytest.mark.skip\n{SPEC}")
    _, report = pytest_in(repository)
    (finding,) = [one for one in report["findings"] if one["rule"] == "test-not-run"]
    (command,) = [line for line in finding["remedy"].splitlines() if line.startswith("specbudget")]
    words = command.replace("DATE", "9999-12-31").replace("...", "later").split()[1:]
    words = [one for one in words if limit or one not in {"--limit", "0%"}]

    assert run(*words)[0] == 0
    status, report = pytest_in(repository)

    assert (status, report["verdict"], found(report)) == (0, "pass", [])
    assert any("as was accepted" in note for note in report["notes"])


@pytest.mark.parametrize("old", ["def test_dive():\n    assert ask(plans.DIVE)", None])
def test_a_test_that_is_taken_away_has_vanished_in_both_gates(
    repository: Checkout, run: Run, tmp_path: Path, old: str | None
) -> None:
    """Its recording is still there: a note names what removes it, and no money was saved."""
    repository.git("checkout", "--quiet", "--detach", "main")
    if old is None:
        (repository.root / PLAN).unlink()
    else:
        edit(repository, PLAN, f'@pytest.mark.spec("RESEARCH")\n{old}\n', "")

    status, report = pytest_in(repository)
    head = repository.commit()
    repository.switch("main")
    journal_of(tmp_path / "run.jsonl", *([] if old is None else [SUM_UP]), GREET)
    judged, comment = run("comment", tmp_path / "run.jsonl", "--head", head)

    vanished = [one["test"] for one in report["comparison"]["vanished"]]
    told = "1 vanished $0.1800" if old else "2 vanished $0.2600"
    assert (status, DIVE in vanished, report["comparison"]["unrun"]) == (0, True, [])
    assert judged == 0
    assert told in comment.splitlines()[2]
    assert "not run" not in comment.splitlines()[2]
    assert "git rm" in comment


def test_a_recording_below_a_test_that_is_skipped_is_open(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    repository.git("checkout", "--quiet", "--detach", "main")
    source = (repository.root / CHAT).read_text("utf-8")
    added = '\n\n@pytest.mark.skip\n@pytest.mark.spec("SUPPORT")\ndef test_new():\n    ask("new")\n'
    repository.write(CHAT, source + added)
    cassette = repository.root / "tests/support/cassettes/test_chat/test_new.yaml"
    write(cassette, chat("new", model="small", given=300, made=100))

    status, report = pytest_in(repository)
    head = repository.commit()
    repository.switch("main")
    journal_of(tmp_path / "run.jsonl", played("test_dive", (1000, 200)), SUM_UP, GREET)
    judged, comment = run("comment", tmp_path / "run.jsonl", "--head", head)

    said = f"{CHAT}::test_new was not run, and this change adds its recording"
    assert (status, found(report)) == (1, [said])
    assert judged == 1
    assert "test-not-run" in comment
    assert "1 new $0.0700" in comment.splitlines()[2]


def test_a_call_that_is_mocked_now_is_none_that_was_run(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    repository.git("checkout", "--quiet", "--detach", "main")
    edit(repository, PLAN, "assert ask(plans.DIVE)", "assert ask(plans.DIVE) or True")
    head = repository.commit()
    repository.switch("main")
    mocked = played("test_dive", (1000, 200), source="mock", cassette=None, cassette_index=None)
    journal_of(tmp_path / "run.jsonl", mocked, SUM_UP, GREET)

    judged, comment = run("comment", tmp_path / "run.jsonl", "--head", head)

    assert judged == 1
    assert "1 test not run ($0.18" in comment.splitlines()[2]


def test_a_whole_run_that_makes_no_call_is_open(repository: Checkout) -> None:
    repository.git("checkout", "--quiet", "--detach", "main")
    edit(repository, "asking.py", "    body = ", "    return prompt\n    body = ")

    status, report = pytest_in(repository)

    said = "3 tests in tests were not run, and nothing tells what they cost now; at the base they"
    assert status == 1
    assert [one.rpartition(" cost ")[0] for one in found(report)] == [said]


@pytest.mark.parametrize(
    ("old", "new", "status", "told"),
    [
        pytest.param(SPEC, f"@pytest.mark.skip\n{SPEC}", 1, "1 not run", id="a test is skipped"),
        pytest.param("SUM_UP)", "SUM_UP) is not None", 0, "1 not run", id="another one is edited"),
        pytest.param("def test_dive", "def _dive", 0, "1 vanished $0.1800", id="a test is gone"),
    ],
)
def test_a_comment_beside_a_stored_baseline_says_the_same(  # noqa: PLR0913, PLR0917 - a table
    repository: Checkout, run: Run, tmp_path: Path, old: str, new: str, status: int, told: str
) -> None:
    """The suite runs live, so that no recording tells of tests."""
    repository.git("checkout", "--quiet", "--detach", "main")
    whole = tmp_path / "whole.jsonl"
    journal_of(whole, played("test_dive", (1000, 200)), SUM_UP, GREET)
    assert run("baseline", "save", "base.json", "--journal", whole)[0] == 0
    edit(repository, "pyproject.toml", "budget = 0.50", 'budget = 0.50\nbaseline = "base.json"')
    repository.git("rm", "-r", "--quiet", "tests/research/cassettes", "tests/support/cassettes")
    base = repository.commit()
    edit(repository, PLAN, old, new)
    head = repository.commit()
    repository.git("checkout", "--quiet", "--detach", base)
    journal_of(tmp_path / "run.jsonl", SUM_UP, GREET)

    judged, comment = run("comment", tmp_path / "run.jsonl", "--head", head, "--base", base)

    assert judged == status
    assert told in comment.splitlines()[2]
    assert ("test-not-run" in comment) is bool(status)
