"""What a git repository holds at a revision, read without running anything that it brings.

Git is asked for names and contents of objects and nothing else: no file is checked out, so there
are no hooks, filters, text conversions or monitors; nothing is fetched, so no transport, helper or
prompt of the repository's configuration runs.  What git reads of the machine's configuration stays,
because whom it trusts (`safe.directory`) stands there.

Source: git 2.39.5, `git help git` (`GIT_ALLOW_PROTOCOL`, `GIT_NO_REPLACE_OBJECTS`), `git help
config` (`safe.bareRepository`) and `git help cat-file` (tried 2026-11-22).
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Literal, cast

from pytest_specbudget.cassettes.sizes import MAX_BYTES
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import BaselineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Repository"]

_HARMLESS = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", f"core.attributesFile={os.devnull}"),
    *("-c", "safe.bareRepository=explicit"),
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OF_ANOTHER = frozenset(  # git rev-parse --local-env-vars, without what carries configuration
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
"""Variables that a hook of git sets; they would point at the repository of that hook."""

_REVISION = re.compile(r"[^\s\x00-\x1f\x7f-][^\s\x00-\x1f\x7f]*")
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHORT_ID = re.compile(r"[0-9a-f]{7,64}")
_PLAIN_NAME = re.compile(r"[\w./+@=-]+")
_LISTED = re.compile(rb"(\d{6}) \w+ ([0-9a-f]+)\t(.*)", re.DOTALL)
_FILE_MODES = {b"100644", b"100755"}


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository with a working tree, for reading.

    Attributes:
        top: The top of the working tree.
        rootdir_prefix: The way from there to the folder that was asked for, with `/` at its end;
            empty where that is the top.
    """

    top: Path
    rootdir_prefix: str

    @classmethod
    def at(cls, folder: Path) -> Repository:
        """Find the repository whose working tree *folder* is in.

        Raises:
            BaselineError: If there is none, git does not trust it, or there is no git.
        """
        done = _git(folder, "rev-parse", "--show-toplevel", "--show-prefix")
        if done.returncode:
            raise BaselineError(f"{folder} cannot be read by git: {_said(done)}")
        top, prefix, *_ = [*os.fsdecode(done.stdout).split("\n"), ""]
        return cls(Path(top), prefix)

    def commit(self, revision: str) -> str:
        """Return the full id of the commit that *revision* names.

        Raises:
            BaselineError: If there is none, with the command that fetches it.
        """
        if _REVISION.fullmatch(revision) is None:
            raise BaselineError(f'"{revision}" is no revision; write git:origin/main')
        done = self._ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if done.returncode:
            raise BaselineError(self._unknown(revision))
        return done.stdout.decode().strip()

    def merge_base(self, revision: str, head: str = "HEAD") -> str:
        """Return the full id of the commit at which *head* left the history of *revision*.

        Raises:
            BaselineError: If a revision is unknown or they have no commit in common, with the
                command that fetches what is missing from a shallow clone.
        """
        theirs, ours = self.commit(revision), self.commit(head)
        done = self._ask("merge-base", theirs, ours)
        if done.returncode == 0:
            return done.stdout.decode().split()[0]
        if self.is_shallow:
            raise BaselineError(
                f'"{revision}" and "{head}" have no commit in common in this shallow clone, which '
                f"lacks the older ones; fetch them: {self._fetch(revision)}"
            )
        raise BaselineError(
            f'"{revision}" and "{head}" have no commit in common; name a branch that "{head}" was '
            "begun from"
        )

    @property
    def is_shallow(self) -> bool:
        """Whether the older commits were left out when it was cloned."""
        return self._ask("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    @property
    def digest(self) -> Literal["sha1", "sha256"]:
        """How ids of contents are made."""
        told = self._ask("rev-parse", "--show-object-format").stdout.strip()
        return "sha256" if told == b"sha256" else "sha1"

    def files(self, revision: str, below: str = "") -> dict[str, str]:
        """Return the ids of the contents of a revision's regular files, by name; sorted.

        Names begin from the top, with `/` between their parts.  Links and submodules are no files.

        Args:
            revision: Any that git knows.
            below: A folder, from the top; empty for all.

        Raises:
            BaselineError: If the revision is unknown or cannot be read.
        """
        below = below.strip("/")
        paths = ("--", f"{below}/") if below else ()
        words = ("ls-tree", "-r", "-z", "--full-tree", self.commit(revision), *paths)
        done = self._ask(*words)
        if done.returncode:
            raise BaselineError(f'the files of "{revision}" cannot be read: {_said(done)}')
        return dict(_listed(done.stdout))

    def blobs(self, revision: str, names: Iterable[str]) -> dict[str, bytes]:
        """Return the contents of files of a revision by name, from the top; those it has.

        Raises:
            BaselineError: If the revision is unknown, or contents are not in this clone.
        """
        files = self.files(revision)
        wanted = {name: files[name] for name in names if name in files}
        held = dict(self.contents(wanted.values()))
        return {name: held[blob] for name, blob in wanted.items()}

    def contents(self, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the contents of blobs, each once, in the order given, read by one process.

        Raises:
            BaselineError: If one of them is not in this clone, with the command that fetches it.
        """
        asked = [each for each in dict.fromkeys(ids) if _ID.fullmatch(each)]
        if not asked:
            return
        with _started(self.top, "cat-file", "--batch") as process:
            to, back = cast("tuple[IO[bytes], IO[bytes]]", (process.stdin, process.stdout))
            try:
                yield from self._read(asked, to, back)
            except BrokenPipeError as problem:
                raise BaselineError(self._lacking(asked[0])) from problem
            finally:
                process.kill()

    def _read(
        self, asked: list[str], to: IO[bytes], back: IO[bytes]
    ) -> Iterator[tuple[str, bytes]]:
        """Ask for one after the other, so that neither side waits for a full pipe."""
        for blob in asked:
            to.write(f"{blob}\n".encode())
            to.flush()
            _, _, told = back.readline().partition(b" ")
            kind, _, size = told.strip().partition(b" ")
            if kind != b"blob":
                raise BaselineError(self._lacking(blob))
            if int(size) > MAX_BYTES:
                raise BaselineError(f"the contents {blob} are larger than {MAX_BYTES >> 20} MiB")
            data = back.read(int(size) + 1)
            yield blob, data[:-1]

    def _lacking(self, blob: str) -> str:
        return (
            f"the contents {blob} cannot be read: the clone was made without them, or is damaged; "
            f"fetch them: git fetch --refetch --no-filter {self._remotes()[0]}"
        )

    def large_file(self, digest: str) -> bytes | None:
        """Return the contents that Git LFS keeps here under a SHA-256; None if it does not."""
        done = self._ask("rev-parse", "--git-common-dir")
        common = self.top / os.fsdecode(done.stdout).strip()
        try:
            return (common / "lfs/objects" / digest[:2] / digest[2:4] / digest).read_bytes()
        except OSError:
            return None

    def _ask(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return _git(self.top, *words)

    def _unknown(self, revision: str) -> str:
        unborn = self._ask("rev-parse", "--verify", "--quiet", "HEAD").returncode
        if unborn:
            return f"{self.top} has no commit yet, so there is nothing to compare with"
        if not self._ask("remote").stdout.strip():
            known = "name a branch, a tag or a commit that is here, or add the remote that has it"
            return f'git knows no revision "{revision}" here, and there is no remote; {known}'
        return f'git knows no revision "{revision}" here; fetch it: {self._fetch(revision)}'

    def _fetch(self, revision: str) -> str:
        """Return the command that brings *revision*, and, to a shallow clone, all that is older."""
        remote, what = self._asked_of(revision)
        words = ["git fetch", *(["--unshallow"] if self.is_shallow else []), remote, what]
        return " ".join(filter(None, words))

    def _asked_of(self, revision: str) -> tuple[str, str]:
        """Return whom to ask for *revision*, and for what; for all if that is no plain name."""
        remotes = self._remotes()
        plain = revision if _PLAIN_NAME.fullmatch(revision) else "HEAD"
        for remote in remotes:
            branch = plain.removeprefix(f"{remote}/")
            if branch != plain:
                return remote, f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
        if _SHORT_ID.fullmatch(plain):
            return remotes[0], plain if _ID.fullmatch(plain) else ""
        return remotes[0], "" if plain == "HEAD" else f"{plain}:{plain}"

    def _remotes(self) -> list[str]:
        """Return the remotes, `origin` first; that is also what stands for none."""
        listed = self._ask("remote").stdout.decode("utf-8", "replace").split()
        named = [name for name in listed if _PLAIN_NAME.fullmatch(name)] or ["origin"]
        return sorted(named, key=lambda name: name != "origin")


def _listed(listing: bytes) -> Iterator[tuple[str, str]]:
    for line in listing.split(b"\0"):
        found = _LISTED.fullmatch(line)
        if found is not None and found[1] in _FILE_MODES:
            yield os.fsdecode(found[3]), found[2].decode()


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    with _started(folder, *words, stderr=subprocess.PIPE) as process:
        out, told = process.communicate()
    return subprocess.CompletedProcess(words, process.returncode, out, told)


def _started(
    folder: Path, *words: str, stderr: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - words of ours, and no shell
            ["git", *_HARMLESS, *words],  # noqa: S607 - the user's own git, wherever it is
            cwd=folder,
            env=_environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    except FileNotFoundError as problem:
        if not folder.is_dir():
            raise BaselineError(f"{folder} is no folder") from problem
        raise BaselineError(
            "there is no git here, which a baseline git:REV is read with; install it, or compare "
            "with a stored baseline: --spec-baseline=PATH"
        ) from problem
    except OSError as problem:
        raise BaselineError(f"git cannot be run in {folder}: {reason_of(problem)}") from problem


def _environment(inherited: Mapping[str, str]) -> dict[str, str]:
    kept = {name: text for name, text in inherited.items() if name not in _OF_ANOTHER}
    return {**kept, **_ENVIRONMENT}


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what git complained of, in one line."""
    words = " ".join(done.stderr.decode("utf-8", "replace").split())
    return words.removeprefix("fatal: ") or f"status {done.returncode}"
