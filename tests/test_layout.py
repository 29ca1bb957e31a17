"""The shape of the project: what stands where, and what may stand in no file."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"cassettes", "ci", "docs", "examples", "pytest_specbudget", "tests"}
FILES = {"CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "pyproject.toml"}
FORBIDDEN_IN_NAMES = re.compile(
    r'[\[\]<>:"|?*\\]|[ .]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE
)
LONGEST_PATH = 160


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Return the files of a clone, relative to its root."""
    listing = "from clone import tracked_files; print(*tracked_files(), sep='\\0')"
    command = [sys.executable, "-c", listing]
    done = subprocess.run(command, cwd=ROOT / "ci", check=True, capture_output=True)
    return [Path(name) for name in done.stdout.decode().strip("\r\n").split("\0")]


def test_the_top_level_holds_what_the_design_allows(tracked: list[Path]) -> None:
    top = {path.parts[0] for path in tracked}

    extra = {name for name in top - FOLDERS - FILES if not name.startswith(".")}

    assert extra == set()
    assert top >= FILES


def test_file_names_work_on_every_platform(tracked: list[Path]) -> None:
    folded = [path.as_posix().casefold() for path in tracked]

    bad = [path for path in tracked if any(map(FORBIDDEN_IN_NAMES.search, path.parts))]

    assert bad == []
    assert len(set(folded)) == len(folded), "two names differ only by case"
    assert max(map(len, folded)) <= LONGEST_PATH
    assert all(name.isascii() for name in folded)


def test_the_lock_names_packages_and_no_index() -> None:
    lines = (ROOT / "ci/constraints.txt").read_text(encoding="utf-8").splitlines()

    named = [line for line in lines if line and not line.startswith((" ", "#"))]
    rest = [line for line in lines if line.startswith(" ")]

    assert all(re.match(r"[a-z0-9-]+==[^ ]+( ; .*)? \\$", line) for line in named)
    assert all(re.fullmatch(r" +--hash=sha256:[0-9a-f]{64}( \\)?", line) for line in rest)
    assert not any("://" in line for line in lines)


def test_every_dependency_of_the_test_extra_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    optional = project["project"]["optional-dependencies"]
    wanted = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    wanted += [
        need for extra in ("examples", "prices", "test", "xdist") for need in optional[extra]
    ]
    lock = (ROOT / "ci/constraints.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))

    missing = {_name(need) for need in wanted} - locked - {"pytest-specbudget"}

    assert missing == set(), "run ci/update_constraints"


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return re.sub(r"[._-]+", "-", match[0]).lower()
