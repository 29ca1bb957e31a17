"""Where CI runs pytest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.scrub import scrubbed_body
from pytest_specbudget.cli._init.tree import small_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Step", "steps_in"]

_FILES = (
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".gitlab-ci.yml",
    ".gitlab/**/*.yml",
    ".circleci/config.yml",
    ".buildkite/*.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "Jenkinsfile",
    "tox.ini",
    "noxfile.py",
    "Makefile",
    "justfile",
    "Taskfile.yml",
)
_RUNS = re.compile(
    r"(?<![\w./\[-])(?:python3? -m )?(?:pytest|py\.test)(?![\w.\]=<>~/-])(?P<rest>.*)"
)
_SETS_UP = re.compile(
    r"^#|\b(?:pip3?|uv|poetry|conda|pipx|pdm|rye) (?:pip )?(?:install|add|sync)\b|^\[|name:|uses:"
)
_QUOTES = ("'", '"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A line of CI that runs pytest.

    Attributes:
        where: The file and line.
        command: What it runs, from `pytest` on, without credentials.
    """

    where: str
    command: str


def steps_in(home: Path) -> Iterator[Step]:
    """Yield the lines that run pytest in the CI files of the repository at *home*."""
    for glob in _FILES:
        for path in sorted(home.glob(glob)):
            text = small_text(path) or ""
            for number, line in enumerate(text.splitlines(), start=1):
                command = _command(line.strip())
                if command is not None:
                    where = f"{path.relative_to(home).as_posix()}:{number}"
                    yield Step(where=where, command=command)


def _command(line: str) -> str | None:
    bare = line.removeprefix("- ").lstrip()
    found = None if _SETS_UP.search(bare) else _RUNS.search(bare)
    if found is None:
        return None
    rest = found["rest"].rstrip(" \\")
    unpaired = rest[-1:] in _QUOTES and rest.count(rest[-1]) % 2
    bare = rest[:-1] if unpaired else rest
    return f"pytest{(scrubbed_body(bare.encode()) or b'').decode()}"
