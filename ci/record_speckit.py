"""Record `cassettes/speckit/` anew: the example's tests against the emulator of tests/support.

    python ci/record_speckit.py [arguments for pytest ...]

No provider is called.  The tests run as they are, with the providers' real base URLs; below the
cassettes every connection goes to the emulator, which answers from `ci/speckit_replies/`.  The
answers, their identifiers, dates and token counts are functions of the requests, so a second run
changes nothing but the order of calls that were made side by side.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.emulator import Emulator, hosts_served_by  # noqa: E402  found by the line above

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.emulator import Prompt

_ASKED = re.compile(
    r"You are the (?P<role>.+?) of /speckit\.(?P<stage>\w+)\..*?(?P<spec>SPEC-KIT-\d+)", re.DOTALL
)

# The redirect has imported anyio, through httpcore, before pytest could rewrite its assertions.
_QUIET = ("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")


class CannedReplies:
    """What the models say, by SPEC, stage and role (and provider, where several are asked).

    A question that nobody wrote an answer for is a KeyError, which the emulator passes on as a
    broken connection: a recording is never made up.
    """

    def __init__(self, folder: Path) -> None:
        self._said = {
            path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
            for path in sorted(folder.glob("*.toml"))
        }

    def __call__(self, prompt: Prompt) -> str:
        """The words for *prompt*; KeyError if there are none."""
        asked = _ASKED.search(prompt.text)
        if asked is None:
            raise KeyError(f"not a question of the example: {prompt.text[:80]!r}")
        said: Any = self._said[asked["spec"]][asked["stage"]][asked["role"]]
        words: str = said if isinstance(said, str) else said[prompt.provider]
        return words.strip()


def main(arguments: Sequence[str]) -> int:
    """Run the example's tests while everything they ask is recorded; pytest's exit status."""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"  # a proxy would lie below the redirect
    suite = str(ROOT / "examples" / "speckit")
    with (
        Emulator(reply=CannedReplies(ROOT / "ci" / "speckit_replies")) as emulator,
        hosts_served_by(emulator),
    ):
        return int(pytest.main(["--spec-record=all", *_QUIET, suite, *arguments]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
