"""Git repositories in a folder of a test's own, whatever the machine's configuration says.

repository = make(tmp_path / "project", {"tests/test_a.py": "..."})
repository.write("tests/test_b.py", "...")
second = repository.commit("another test")
repository.branch("feature")
shallow = repository.clone(tmp_path / "ci", "feature", "--depth=1")
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ENVIRONMENT", "Checkout", "make"]

ENVIRONMENT: Mapping[str, str] = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_AUTHOR_NAME": "A. Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.org",
    "GIT_AUTHOR_DATE": "2026-11-02T10:00:00Z",
    "GIT_COMMITTER_NAME": "A. Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.org",
    "GIT_COMMITTER_DATE": "2026-11-02T10:00:00Z",
    "LC_ALL": "C",
}
"""What git is told beside the variables of the process, so that nobody's settings count."""


@dataclass(frozen=True)
class Checkout:
    """A repository with a working tree.

    Attributes:
        root: The top of the working tree.
    """

    root: Path

    def git(self, *words: str, input: bytes | None = None) -> str:  # noqa: A002 - as subprocess has it
        """Run git here and return what it printed, without the last line break.

        Raises:
            subprocess.CalledProcessError: If it failed.
        """
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env=_environment(),
            input=input,
            check=True,
            capture_output=True,
        )
        return done.stdout.decode().removesuffix("\n")

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file, with its folders, in the working tree."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def commit(self, message: str = "a change") -> str:
        """Commit the whole working tree, changed or not; return the commit's full id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Begin a branch and switch to it."""
        self.git("checkout", "--quiet", "-b", name, start)

    def switch(self, name: str) -> None:
        """Switch to a branch or a commit."""
        self.git("checkout", "--quiet", name)

    def clone(self, folder: Path, branch: str = "main", *options: str) -> Checkout:
        """Clone *branch* into *folder* as another machine would; options as of `git clone`."""
        url = self.root.as_uri()  # a path alone would be copied whole, whatever the depth
        self.git("clone", "--quiet", "--branch", branch, *options, url, str(folder))
        return Checkout(folder)


def make(folder: Path, files: Mapping[str, str | bytes] | None = None) -> Checkout:
    """Make an empty repository on the branch `main`; with *files*, by name, commit them."""
    folder.mkdir(parents=True, exist_ok=True)
    repository = Checkout(folder)
    repository.git("init", "--quiet", "--initial-branch=main")
    for name, content in (files or {}).items():
        repository.write(name, content)
    if files:
        repository.commit("the start")
    return repository


def _environment() -> dict[str, str]:
    """Return the variables of the process without those that point at another repository."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    return {**inherited, **ENVIRONMENT}
