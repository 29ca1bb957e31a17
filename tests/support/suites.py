"""A user's suite in a temporary folder, run by a pytest of its own against the emulator.

The inner pytest loads our plugin, xdist and nothing else, so that it starts quickly and what it
shows is ours.  It is always a process of its own: a cold Python, or one whose imports are done.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from support.warm import WORKERS, warm_python

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pytest
    from support.emulator import Emulator

__all__ = ["COLD", "SDKS", "Outcome", "Suite", "warm_for_suites"]

_CALLS = '''
"""What the tests of this suite call."""
import asyncio
import os
import httpx
import httpx2

URL = os.environ["EMULATOR"] + "/v1/chat/completions"

def body(model="gpt-4o-mini", text="word " * 100, **more):
    return {"model": model, "messages": [{"role": "user", "content": text}], **more}

def ask(model="gpt-4o-mini", text="word " * 100, client=httpx, **more):
    return client.post(URL, json=body(model, text, **more), timeout=20)

async def ask_async(model="gpt-4o-mini", text="word " * 100, client=httpx, **more):
    async with client.AsyncClient() as session:
        return await session.post(URL, json=body(model, text, **more), timeout=20)
'''


COLD = (sys.executable,)
"""What starts a Python that has imported nothing."""

SDKS = ("openai", "anthropic", "google.genai")
"""What takes seconds to import."""

_PLUGINS = ("pytest_specbudget.plugin", "xdist.plugin")
_MODULES = (
    *("pytest_specbudget.plugin.start", "pytest_specbudget.plugin.closing"),
    *("pytest_specbudget.plugin.markers", "pytest_specbudget.plugin.cassettes"),
    *("pytest_specbudget.cassettes.patches", "pytest_specbudget.cassettes.router"),
    *("httpx", "httpx2", "httpcore", "httpcore2", "asyncio"),
    *("xdist.dsession", "xdist.workermanage", "xdist.remote"),
)
"""What most runs import by and by; one that is gone costs time and nothing else."""

_PRICES_OF = "2026-11-21T00:00:00Z"
"""The day whose prices count in every suite that does not choose one, so that the tests say the
same next year, when those prices have changed or nobody has checked them for long."""


def warm_for_suites(*modules: str) -> AbstractContextManager[tuple[str, ...]]:
    """Start a Python that has imported what suites use, and *modules* too."""
    return warm_python(plugins=_PLUGINS, modules=(*_MODULES, *modules))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of the suite came to.

    Attributes:
        status: The exit status of the process.
        text: Standard output.
        errors: Standard error.
        report: The JSON report, or None if none was written.
    """

    status: int
    text: str
    errors: str
    report: dict[str, Any] | None

    @property
    def facts(self) -> dict[str, Any]:
        """The JSON report, which must be there."""
        assert self.report is not None, self.text + self.errors
        return self.report

    def rules(self, severity: str | None = None) -> list[str]:
        """Return the rules of all findings, sorted."""
        wanted = [one for one in self.facts["findings"] if severity in (None, one["severity"])]
        return sorted(one["rule"] for one in wanted)

    def row(self, kind: str, name: str) -> dict[str, Any]:
        """Return the one row of *kind* (`specs`, `tests`, ...) called *name*."""
        (found,) = (row for row in self.facts[kind] if row["name"] == name)
        return dict(found)


class Suite:
    """A folder of tests, and how to run it.

    Attributes:
        folder: Its rootdir.
        emulator: Who answers its calls.
        python: What starts the Python of its runs; one that is warm has imported before.
    """

    def __init__(
        self, pytester: pytest.Pytester, emulator: Emulator, python: Sequence[str] = COLD
    ) -> None:
        self.folder: Path = pytester.path
        self.emulator = emulator
        self.python = python
        self._pytester = pytester
        self.write("calls.py", _CALLS)
        self.write("pyproject.toml", "[tool.pytest]\npythonpath = ['.']\n")

    def write(self, name: str, text: str) -> Path:
        """Write a file of the suite."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *words: str, plugins: Sequence[str] = (), **environment: str) -> Outcome:
        """Run the suite, with the JSON report if anything is asked of us.

        Args:
            words: The command line.
            plugins: Plugins to load beside ours and xdist.
            environment: Variables to set.
        """
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        asked = any(word.startswith("--spec") for word in words)
        files = [f"--spec-report=json:{report}"] if asked else []
        if asked:
            environment = {"SPECBUDGET_PRICE_AT": _PRICES_OF, **environment}
        done = self._run(["-m", "pytest", *self._loading(plugins), *words, *files], environment)
        told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else None
        return Outcome(done.ret, done.stdout.str(), done.stderr.str(), told)

    def command(self, *words: str) -> pytest.RunResult:
        """Run `specbudget` in the folder of the suite."""
        done: pytest.RunResult = self._run(["-m", "pytest_specbudget", *words], {})
        return done

    def _loading(self, plugins: Sequence[str]) -> list[str]:
        warm = () if self.python == COLD else (WORKERS,)
        return [part for name in (*_PLUGINS, *warm, *plugins) for part in ("-p", name)]

    def _run(self, command: Sequence[str], environment: dict[str, str]) -> Any:
        before = dict(os.environ)
        for name in [name for name in os.environ if name.startswith("SPECBUDGET_")] + ["CI"]:
            os.environ.pop(name, None)
        os.environ |= {
            "EMULATOR": self.emulator.url,
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "COLUMNS": "120",
            **environment,
        }
        try:
            return self._pytester.run(*self.python, *command)
        finally:
            os.environ.clear()
            os.environ.update(before)
