"""The gate as a pull request meets it: a run against git, the shell script, and the workflows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.branches import journal_of

from pytest_specbudget.cli import COMMANDS
from pytest_specbudget.proposals.hostile import MEMBER
from pytest_specbudget.settings.table import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.repositories import Checkout

    Run = Callable[..., tuple[int, str]]

CI = Path(__file__).parents[2] / "ci"
UNPRIVILEGED = ["github-gate.yml", "gitlab-gate.yml", "action.yml"]
WORKFLOWS = [*UNPRIVILEGED, "github-comment.yml"]
OURS = ("-p", "pytest_specbudget.plugin", "-p", "no:cacheprovider", "-q")


def shell(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program with this Python first on the PATH, and no other plugin of pytest."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("CI", None)
    return subprocess.run(
        words, cwd=folder, env=environment, check=False, capture_output=True, encoding="utf-8"
    )


def test_a_run_is_compared_with_the_recordings_of_its_merge_base(repository: Checkout) -> None:
    repository.switch("longer-prompt")

    done = shell(
        *(sys.executable, "-m", "pytest", *OURS),
        *("--spec-baseline=git:main", "--spec-max-regression=10", "--spec-forbid-live"),
        "--spec-report=json:report.json",
        folder=repository.root,
    )

    report = json.loads((repository.root / "report.json").read_text("utf-8"))
    whole = report["comparison"]["changes"][0]
    assert done.returncode == 1, done.stdout
    assert "RESEARCH rose from $0.2600 to $0.3100 (+19.2 %), the limit is 10 %" in done.stdout
    assert (whole["base"]["list_cost_usd"], whole["head"]["list_cost_usd"]) == ("0.33", "0.38")
    assert "3 passed" in done.stdout


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_the_script_judges_by_the_base_and_leaves_nothing_behind(repository: Checkout) -> None:
    repository.switch("raised-ceiling")

    done = shell("sh", str(CI / "gate.sh"), "-b", "main", "--", *OURS, folder=repository.root)

    comment = (repository.root / "spec-budget.md").read_text("utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "this change raises its own ceiling (budget): 0.50 to 5.00" in comment
    assert "ceiling $0.50 from budget = 0.50 in pyproject.toml" in comment
    assert repository.git("worktree", "list").count("\n") == 0


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_the_script_says_what_it_was_asked_wrongly(repository: Checkout) -> None:
    done = shell("sh", str(CI / "gate.sh"), "-b", "nowhere", folder=repository.root)

    assert done.returncode == 2
    assert 'git knows no revision "nowhere" here' in done.stderr


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_the_script_judges_no_journal_that_an_earlier_run_left(
    repository: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.switch("cheaper")
    left = repository.write(".specbudget/journal/20260101T000000.000000Z-0/main.jsonl", "")
    journal_of(left)
    repository.write("spec-budget.md", "an old comment")
    monkeypatch.setenv("SPECBUDGET_DISABLE", "1")

    done = shell("sh", str(CI / "gate.sh"), "-b", "main", "--", *OURS, folder=repository.root)

    assert done.returncode != 0
    assert "the run left no journal" in done.stderr
    assert "| `RESEARCH` | cheaper |" in (repository.root / "spec-budget.md").read_text("utf-8")


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
def test_the_script_leaves_no_old_comment(repository: Checkout) -> None:
    old = repository.write("spec-budget.md", "an old comment")

    done = shell("sh", str(CI / "gate.sh"), "-b", "nowhere", folder=repository.root)

    assert (done.returncode, old.exists()) == (2, False)


def test_shards_of_a_fork_come_to_one_comment_of_the_base(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    """Do what the two workflows do, each in a clone of its own."""
    fork = repository.clone(tmp_path / "fork", "swapped-model")
    for number, tests in enumerate(("tests/research", "tests/support"), start=1):
        words = (sys.executable, "-m", "pytest", *OURS, "--spec-forbid-live", tests)
        shell("env", f"SPECBUDGET_SHARD={number}", *words, folder=fork.root)
        run("combine", fork.root / ".specbudget", "-o", tmp_path / f"{number}.jsonl")
    whole = ("--shards", 2, "-o", tmp_path / "all.jsonl")
    one_is_missing = run("combine", tmp_path / "1.jsonl", *whole)[0]
    both = run("combine", tmp_path / "1.jsonl", tmp_path / "2.jsonl", *whole)[0]
    with zipfile.ZipFile(tmp_path / "artefact.zip", "w") as archive:
        archive.write(tmp_path / "all.jsonl", MEMBER)

    status, comment = run(
        "comment", tmp_path / "artefact.zip", "--head", fork.git("rev-parse", "HEAD")
    )

    assert (one_is_missing, both, status) == (4, 0, 1)
    assert "| `RESEARCH` | **regressed** | 0.2600 | 2.6000 |" in comment
    assert "| `SUPPORT` | same | 0.0700 | 0.0700 |" in comment


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_others_chose_reaches_a_script_in_variables_alone(name: str) -> None:
    scripts = [*_scripts(_workflow(name))]

    assert scripts
    assert not [one for one in scripts if "${{" in one]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_commands_and_options_of_a_workflow_exist(name: str) -> None:
    text = "\n".join(_scripts(_workflow(name)))
    options = {option.flag_name for option in OPTIONS}

    commands = re.findall(r"(?:^|\s)specbudget ([a-z][a-z-]*)", text)

    assert {*commands} <= {*COMMANDS}
    assert {*re.findall(r"--spec-[a-z-]+", text)} <= options


@pytest.mark.parametrize("name", UNPRIVILEGED)
def test_the_side_that_runs_code_of_a_change_holds_nothing(name: str) -> None:
    workflow = _workflow(name)

    written = json.dumps(workflow, default=str)

    assert "secrets." not in written
    assert "github.token" not in written
    assert "write" not in json.dumps(workflow.get("permissions", {}))


def test_the_side_that_may_write_checks_out_the_base_alone() -> None:
    workflow = _workflow("github-comment.yml")
    (job,) = workflow["jobs"].values()

    checkouts = [one["with"] for one in job["steps"] if "checkout" in one.get("uses", "")]

    wanted = {"ref": "${{ steps.pull.outputs.base }}", "fetch-depth": 0}
    assert checkouts == [{**wanted, "persist-credentials": False}]
    assert workflow["permissions"] == {}
    assert "pip install ." not in "\n".join(_scripts(workflow))
    assert not [one for one in job["steps"] if "download-artifact" in one.get("uses", "")]


def _workflow(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((CI / name).read_text("utf-8"))
    return document


def _scripts(value: object) -> Iterator[str]:
    """Yield every text that a shell reads, of GitHub's and of GitLab's documents."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "run" and isinstance(inner, str):
                yield inner
            elif key in {"before_script", "script", "after_script"}:
                yield "\n".join(inner)
            else:
                yield from _scripts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _scripts(inner)
