"""The steps of github-comment.yml, run one after the other; `gh` is a stand-in that keeps a log."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from support.branches import journal_of
from support.charges import charge
from support.comparisons import HOSTILE

from pytest_specbudget.proposals.hostile import MEMBER

if TYPE_CHECKING:
    from support.repositories import Checkout

WORKFLOW = Path(__file__).parents[2] / "ci" / "github-comment.yml"
GH = """\
#!{python}
import json, os, shutil, sys
words = sys.argv[1:]
asked = next((word for word in words if word.startswith("repos/")), "")
if words[0] == "auth":
    sys.exit(0)
if asked.endswith("/pulls"):
    sys.stdout.write(os.environ["PULLS"])
elif "/artifacts?" in asked:
    print("11" if os.path.exists(os.environ["ARTEFACT"]) else "")
elif asked.endswith("/zip"):
    with open(os.environ["ARTEFACT"], "rb") as archive:
        shutil.copyfileobj(archive, sys.stdout.buffer)
elif "/comments?" in asked:
    print(os.environ["OLD"])
else:
    fields = [word for word in words if "=" in word]
    told = dict(field.split("=", 1) for field in fields)
    body = told.get("body", "")
    if body.startswith("@"):
        with open(body[1:], encoding="utf-8") as file:
            told["body"] = file.read()
    method = words[words.index("--method") + 1]
    with open(os.environ["POSTED"], "a", encoding="utf-8") as log:
        log.write(json.dumps([method, asked, told]) + "\\n")
"""

pytestmark = pytest.mark.skipif(
    shutil.which("bash") is None or sys.platform == "win32", reason="needs bash"
)


class Runner:
    """A machine that runs the steps in a clone of the base.

    Attributes:
        clone: What the checkout of the base left.
        artefact: Where the archive of the change's run lies, if there is one.
    """

    def __init__(self, grove: Checkout, folder: Path, branch: str) -> None:
        self.clone = grove.clone(folder / "base", "main")
        self.artefact = folder / "artefact.zip"
        self._folder = folder
        (folder / "temp").mkdir()
        (folder / "bin").mkdir()
        program = folder / "bin" / "gh"
        program.write_text(GH.format(python=sys.executable), "utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        programs = [program.parent, Path(sys.executable).parent, os.environ["PATH"]]
        self._variables = {
            **os.environ,
            "PATH": os.pathsep.join(map(str, programs)),
            "GITHUB_REPOSITORY": "org/repo",
            "GITHUB_OUTPUT": str(folder / "output"),
            "RUNNER_TEMP": str(folder / "temp"),
            "HEAD_SHA": grove.git("rev-parse", branch),
            "HEAD_BRANCH": "$(touch evil)`touch evil`",
            "HEAD_OWNER": "somebody",
            "RUN_ID": "1",
            "ARTEFACT": str(self.artefact),
            "POSTED": str(folder / "posted.jsonl"),
        }

    def run(self, *, pulls: str = "7\tmain\n", old: str = "") -> list[Any]:
        """Run the steps, and return what would have changed: method, address, fields."""
        told: dict[str, str] = {}
        for step in _steps():
            if "if" not in step or "number" in told:
                names = {name: told.get(name.lower(), "") for name in ("NUMBER", "STATE", "SAID")}
                self._shell(step["run"], PULLS=pulls, OLD=old, **names)
                told = self._told()
        return [json.loads(line) for line in self._lines("posted.jsonl")]

    def _shell(self, script: str, **variables: str) -> None:
        subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=self.clone.root,
            env=self._variables | variables,
            check=True,
            capture_output=True,
        )

    def _told(self) -> dict[str, str]:
        """Return what the steps told those that follow."""
        return {
            name: text for name, _, text in (one.partition("=") for one in self._lines("output"))
        }

    def _lines(self, name: str) -> list[str]:
        file = self._folder / name
        return file.read_text("utf-8").splitlines() if file.exists() else []


def _steps() -> list[dict[str, Any]]:
    """Return the steps with a script, but for the one that installs."""
    document = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    steps = document["jobs"]["comment"]["steps"]
    return [one for one in steps if "run" in one and not one["run"].startswith("pip install")]


def test_a_comment_is_renewed_and_a_status_set(grove: Checkout, tmp_path: Path) -> None:
    runner = Runner(grove, tmp_path, "raised-ceiling")
    with zipfile.ZipFile(runner.artefact, "w") as archive:
        run = journal_of(tmp_path / "run.jsonl", charge("1", spec=HOSTILE, model=HOSTILE))
        archive.write(run, MEMBER)
        archive.writestr("../../evil", "evil")
        archive.writestr("number.txt", "1")

    renewed, judged = runner.run(old="42")

    assert renewed[:2] == ["PATCH", "repos/org/repo/issues/comments/42"]
    assert renewed[2]["body"].startswith("<!-- specbudget -->\n\n### FAILED spec budget: ")
    assert "this change raises its own ceiling (budget): 0.50 to 5.00" in renewed[2]["body"]
    assert judged[0] == "POST"
    assert judged[1].startswith("repos/org/repo/statuses/")
    assert (judged[2]["state"], judged[2]["context"]) == ("failure", "spec budget")
    assert not [*tmp_path.rglob("evil")]


def test_without_an_artefact_the_recordings_are_judged_and_nothing_is_green(
    grove: Checkout, tmp_path: Path
) -> None:
    posted, judged = Runner(grove, tmp_path, "cheaper").run()

    assert posted[:2] == ["POST", "repos/org/repo/issues/7/comments"]
    assert "### PASS spec budget: -$0.0400 (-12.1 %)" in posted[2]["body"]
    assert judged[2]["state"] == "failure"


@pytest.mark.parametrize(
    "pulls",
    [
        pytest.param("", id="none has the head commit"),
        pytest.param("7\tmain\n8\tmain\n", id="two have it"),
    ],
)
def test_nothing_is_posted_where_no_single_pull_request_is_meant(
    grove: Checkout, tmp_path: Path, pulls: str
) -> None:
    assert Runner(grove, tmp_path, "cheaper").run(pulls=pulls) == []
