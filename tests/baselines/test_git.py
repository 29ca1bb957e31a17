from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest
from support.repositories import make

from pytest_specbudget.baselines.git import Repository
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from pathlib import Path

    from support.repositories import Checkout


@pytest.fixture
def project(tmp_path: Path) -> Checkout:
    """Make `main` with three commits, and `feature`, which left it at the second."""
    project = make(tmp_path / "project", {"a.txt": "one"})
    project.write("a.txt", "two")
    project.commit("the second")
    project.branch("feature")
    project.write("b.txt", "of the feature")
    project.commit("a feature")
    project.switch("main")
    project.write("a.txt", "three")
    project.commit("the third")
    project.switch("feature")
    return project


def test_the_merge_base_is_where_the_branch_began(project: Checkout) -> None:
    found = Repository.at(project.root).merge_base("main")

    assert found == project.git("rev-parse", "main~1")


def test_two_revisions_have_a_merge_base_whatever_is_checked_out(project: Checkout) -> None:
    project.switch("main")

    found = Repository.at(project.root).merge_base("main", "feature")

    assert found == project.git("rev-parse", "main~1")


def test_files_are_those_of_the_revision_and_not_of_the_working_tree(project: Checkout) -> None:
    project.write("c.txt", "not committed")
    repository = Repository.at(project.root)

    assert [*repository.files("main")] == ["a.txt"]
    assert repository.blobs("main", ["a.txt", "b.txt"]) == {"a.txt": b"three"}
    assert repository.blobs("feature", ["b.txt"]) == {"b.txt": b"of the feature"}


def test_rootdir_is_named_from_the_top(project: Checkout) -> None:
    project.write("services/billing/tests/a.yaml", "x")
    project.commit()

    repository = Repository.at(project.root / "services/billing")

    assert repository.rootdir_prefix == "services/billing/"
    assert [*repository.files("HEAD", repository.rootdir_prefix)] == [
        "services/billing/tests/a.yaml"
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("with space/a b.yaml", id="with spaces"),
        pytest.param("tab\there\nand a line.yaml", id="with a tab and a line break"),
        pytest.param("été/ж.yaml", id="with letters beyond ASCII"),
        pytest.param(":(glob)*.yaml", id="that is a pattern of git"),
        pytest.param("-rf", id="that looks like an option"),
    ],
)
def test_a_file_of_any_name_is_read(project: Checkout, name: str) -> None:
    project.write(name, "content")
    project.commit()

    assert Repository.at(project.root).blobs("HEAD", [name]) == {name: b"content"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n\n", id="line breaks alone"),
        pytest.param(b"\0\xff" * 100_000, id="more bytes than a pipe takes, none of them text"),
        pytest.param(b"a" * 40 + b" blob 3\nabc", id="what looks like an answer of git"),
    ],
)
def test_contents_are_read_as_they_are(project: Checkout, content: bytes) -> None:
    project.write("a.bin", content)
    project.write("z.txt", "after it")
    project.commit()

    held = Repository.at(project.root).blobs("HEAD", ["a.bin", "z.txt"])

    assert held == {"a.bin": content, "z.txt": b"after it"}


def test_links_and_submodules_are_no_files(project: Checkout, tmp_path: Path) -> None:
    (project.root / "link.yaml").symlink_to("/etc/hostname")
    inner = make(tmp_path / "inner", {"x.yaml": "x"})
    project.git(
        "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.root), "sub"
    )
    project.commit()

    assert [*Repository.at(project.root).files("HEAD")] == [".gitmodules", "a.txt", "b.txt"]


def test_a_shallow_clone_gets_the_command_that_makes_it_whole(
    project: Checkout, tmp_path: Path
) -> None:
    clone = project.clone(tmp_path / "ci", "feature", "--depth=1")
    with pytest.raises(BaselineError) as unknown:
        Repository.at(clone.root).merge_base("origin/main")

    command = _command_in(unknown.value)
    clone.git(*command)

    assert command[:2] == ["fetch", "--unshallow"]
    found = Repository.at(clone.root).merge_base("origin/main")
    assert found == project.git("rev-parse", "main~1")


def test_a_shallow_clone_of_both_branches_gets_it_too(project: Checkout, tmp_path: Path) -> None:
    clone = project.clone(tmp_path / "ci", "feature", "--depth=1", "--no-single-branch")
    with pytest.raises(BaselineError, match="shallow clone") as apart:
        Repository.at(clone.root).merge_base("origin/main")

    clone.git(*_command_in(apart.value))

    found = Repository.at(clone.root).merge_base("origin/main")
    assert found == project.git("rev-parse", "main~1")


def test_a_branch_that_was_never_fetched_gets_the_command_that_fetches_it(
    project: Checkout, tmp_path: Path
) -> None:
    clone = project.clone(tmp_path / "ci", "feature", "--single-branch")
    with pytest.raises(BaselineError) as unknown:
        Repository.at(clone.root).merge_base("main")

    clone.git(*_command_in(unknown.value))

    assert Repository.at(clone.root).merge_base("main") == project.git("rev-parse", "main~1")


def test_a_clone_without_contents_gets_the_command_that_fetches_them(
    project: Checkout, tmp_path: Path
) -> None:
    project.git("config", "uploadpack.allowFilter", "true")
    clone = project.clone(tmp_path / "ci", "feature", "--filter=blob:none", "--no-checkout")
    with pytest.raises(BaselineError, match="made without them") as lacking:
        Repository.at(clone.root).blobs("HEAD", ["a.txt"])

    clone.git(*_command_in(lacking.value))

    assert Repository.at(clone.root).blobs("HEAD", ["a.txt"]) == {"a.txt": b"two"}


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        pytest.param("nowhere", 'no revision "nowhere"', id="a branch that does not exist"),
        pytest.param("", "is no revision", id="nothing"),
        pytest.param("--all", "is no revision", id="an option"),
        pytest.param("main\nHEAD", "is no revision", id="two lines"),
        pytest.param("main:a.txt", "no revision", id="a file of a revision"),
        pytest.param("deadbeef" * 5, "and there is no remote", id="a commit that is not here"),
        pytest.param("origin/main", "add the remote that has it", id="a remote that is not here"),
    ],
)
def test_what_is_no_revision_is_an_error(project: Checkout, revision: str, told: str) -> None:
    with pytest.raises(BaselineError, match=told):
        Repository.at(project.root).merge_base(revision)


def test_a_commit_that_was_never_fetched_gets_the_command_that_fetches_it(
    project: Checkout, tmp_path: Path
) -> None:
    clone = project.clone(tmp_path / "ci")

    with pytest.raises(BaselineError, match="fetch it: git fetch origin deadbeef"):
        Repository.at(clone.root).merge_base("deadbeef" * 5)


def test_branches_without_a_common_commit_are_an_error(project: Checkout) -> None:
    project.git("checkout", "--quiet", "--orphan", "other")
    project.commit("of another history")

    with pytest.raises(BaselineError, match="have no commit in common; name a branch"):
        Repository.at(project.root).merge_base("main")


def test_a_repository_without_a_commit_is_an_error(tmp_path: Path) -> None:
    empty = make(tmp_path / "empty")

    with pytest.raises(BaselineError, match="has no commit yet"):
        Repository.at(empty.root).merge_base("main")


def test_a_folder_outside_of_every_repository_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(BaselineError, match="not a git repository"):
        Repository.at(tmp_path)


def test_a_machine_without_git_is_an_error(
    project: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(project.root))

    with pytest.raises(BaselineError, match="there is no git here"):
        Repository.at(project.root)


def test_the_repository_of_a_hook_around_us_does_not_count(
    project: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make(tmp_path / "other", {"other.txt": "x"})
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git/index"))

    assert [*Repository.at(project.root).files("main")] == ["a.txt"]


def test_nothing_that_a_repository_brings_is_executed(project: Checkout, tmp_path: Path) -> None:
    trap = tmp_path / "it was executed"
    spring = _spring(project, trap)
    project.write(".gitattributes", "* filter=trap diff=trap merge=trap text eol=crlf\n")
    project.write("bare/HEAD", "ref: refs/heads/main\n")
    project.commit("the trap")
    for name in _EXECUTED:
        project.git("config", name, str(spring))
    project.git("config", "core.hooksPath", str(spring.parent))
    project.git("config", "remote.origin.promisor", "true")
    project.git("config", "remote.origin.url", f"ext::{spring}")
    project.git("config", "protocol.ext.allow", "always")
    missing = "1" * 40

    repository = Repository.at(project.root)
    repository.merge_base("main")
    held = repository.blobs("HEAD", repository.files("HEAD"))
    with pytest.raises(BaselineError, match=missing):
        [*repository.contents([missing])]

    assert held["b.txt"] == b"of the feature"
    assert not trap.exists()


_EXECUTED = (
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "core.askPass",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.trap.textconv",
    "diff.trap.command",
    "filter.trap.clean",
    "filter.trap.smudge",
    "filter.trap.process",
    "merge.trap.driver",
    "alias.cat-file",
    "alias.ls-tree",
    "alias.rev-parse",
    "remote.origin.uploadpack",
)
"""Settings of git that name a program."""


def _spring(project: Checkout, trap: Path) -> Path:
    """Write a program that leaves a trace, also as every hook that git knows."""
    folder = project.root / ".git/trap"
    folder.mkdir()
    text = f"#!/bin/sh\ntouch {shlex.quote(str(trap))}\n"
    hooks = ("post-checkout", "post-index-change", "reference-transaction", "post-rewrite")
    for name in ("spring", *hooks):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    assert os.access(folder / "spring", os.X_OK)
    return folder / "spring"


def _command_in(problem: BaselineError) -> list[str]:
    """Return the words after `git` of the command that a message ends with."""
    _, found, words = str(problem).partition(": git ")
    assert found, str(problem)
    return words.split()
