"""Runs pytest for a command, and says in few words how that ended.

What pytest prints is kept, and shown by whoever has a reason to.
"""

from __future__ import annotations

import locale
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Ended", "run_pytest"]

_SUMMARY = re.compile(r"^=*\s*(?P<counts>\d+ [a-z]+(?:, \d+ [a-z]+)*) in \d[\d.]*s\b")
_STATUS = {
    0: "passed",
    1: "failed",
    2: "interrupted",
    3: "an internal error of pytest",
    4: "pytest was called in a wrong way",
    5: "no test was found",
}
"""What an exit status of pytest means.

Source: https://docs.pytest.org/en/stable/reference/exit-codes.html (checked 2026-11-23)."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of pytest ended.

    Attributes:
        status: Its exit status.
        text: What it printed, to standard error too.
    """

    status: int
    text: str

    @property
    def outcome(self) -> str:
        """Say how it ended: `1 passed`, `2 passed, 1 skipped`, `no test was found`."""
        summaries = filter(None, map(_SUMMARY.match, reversed(self.text.splitlines())))
        counts = next((found["counts"] for found in summaries), "")
        told = _STATUS.get(self.status, f"it ended with status {self.status}")
        if not counts or (self.status and "failed" not in counts and "error" not in counts):
            return f"{told} ({counts})" if counts else told
        return counts


def run_pytest(words: Sequence[str]) -> Ended:
    """Run pytest with this interpreter, and wait for its end."""
    done = subprocess.run(  # noqa: S603 - the command that is shown
        [sys.executable, "-m", "pytest", *words],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    encoding = locale.getpreferredencoding(do_setlocale=False)
    return Ended(done.returncode, done.stdout.decode(encoding, "replace"))
