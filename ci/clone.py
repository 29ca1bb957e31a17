"""What a fresh clone of the project would hold, copied to another folder.

Commands of the README are tried in such a copy, so that they neither see nor leave anything in
the working tree.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["ROOT", "copy_clone", "tracked_files"]

ROOT = Path(__file__).resolve().parent.parent
_LEFT_OUT = {".git", ".venv", ".specbudget", "__pycache__", "build", "dist"}


def tracked_files(root: Path = ROOT) -> list[Path]:
    """List the files of a clone, relative to *root*: what git knows or would be asked to add.

    Where *root* is no git checkout (an unpacked source archive), every file but caches counts.
    """
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others"]
    command += ["--exclude-standard"]
    try:
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return sorted(_walk(root))
    names = (Path(name) for name in listed.split("\0") if name)
    return sorted(name for name in names if (root / name).is_file())


def copy_clone(target: Path, root: Path = ROOT) -> None:
    """Copy the files of a clone to *target*, which is made; one commit holds them all."""
    for name in tracked_files(root):
        copied = target / name
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, copied)
    git = shutil.which("git")
    if git is not None:
        _commit(git, target)


def _commit(git: str, root: Path) -> None:
    """Make *root* a repository of its own, as a clone is one."""
    nobody = ("-c", "user.name=clone", "-c", "user.email=clone@localhost", "-c", "gc.auto=0")
    commit = ("commit", "-q", "-m", "a fresh clone")
    for words in (("init", "-q", "-b", "main"), ("add", "--all"), commit):
        subprocess.run([git, "-C", str(root), *nobody, *words], check=True)


def _walk(root: Path) -> list[Path]:
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return [path for path in found if not _LEFT_OUT & set(path.parts)]


def main() -> int:
    """Copy to the folder that is named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    copy_clone(parser.parse_args().folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
