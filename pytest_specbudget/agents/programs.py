"""A validator that runs a program: a test command, a linter, a compiler."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.quality.asserting import steady
from pytest_specbudget.quality.judged import Judged, rejection

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Program"]

_TOLD = 2_000


@dataclass(frozen=True, slots=True)
class Program:
    """Accepts an answer with which a program ends well, that is with exit status 0.

    Attributes:
        command: The program and its arguments; no shell reads it.  `{answer}` stands for a file
            that holds the answer, which is also on standard input.
        timeout_s: How long it may take, in seconds; longer is a rejection.
        folder: Where it runs, or None for here.
        suffix: How the name of the file ends.
    """

    command: Sequence[str]
    timeout_s: float = 60.0
    folder: Path | None = None
    suffix: str = ".txt"

    @property
    def name(self) -> str:
        """`program:ruff`."""
        return f"program:{Path(self.command[0]).name}"

    def __call__(self, answer: str) -> Judged:
        """Judge *answer*: 1 if the program ends well, else 0, with the end of what it printed.

        Raises:
            OSError: If there is no such program.
        """
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch, f"answer{self.suffix}")
            file.write_text(answer, encoding="utf-8")
            command = [part.replace("{answer}", str(file)) for part in self.command]
            return self._run(command, answer, Path(scratch))

    def _run(self, command: Sequence[str], answer: str, scratch: Path) -> Judged:
        try:
            done = subprocess.run(  # noqa: S603 - the user's own command, and no shell
                command,
                input=answer.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=self.timeout_s,
                cwd=self.folder,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return rejection(self.name, [f"it took longer than {self.timeout_s:g} s"])
        if done.returncode == 0:
            return Judged(score=Fraction(1), passed=True, name=self.name)
        said = _without(scratch, done.stdout.decode("utf-8", "replace")).strip()[-_TOLD:]
        return rejection(self.name, [said or f"it ended with status {done.returncode}"])


def _without(scratch: Path, said: str) -> str:
    """Return what a program *said* without the name of its folder, which is new in each run.

    What it said becomes part of a prompt, and a recording answers only the prompt it knows.
    """
    for folder in (scratch.resolve(), scratch):
        said = said.replace(f"{folder}{os.sep}", "")
    return steady(said)
