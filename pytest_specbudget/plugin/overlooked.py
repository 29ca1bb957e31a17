"""Says that settings lie where this run does not read them, also where nothing else is asked."""

from __future__ import annotations

import sys
from shlex import quote
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.settings.elsewhere import overlooked

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

__all__ = ["OVERLOOKED", "tell_overlooked"]

OVERLOOKED = pytest.StashKey[str]()
"""The sentence, where there is something to say."""


def tell_overlooked(config: pytest.Config) -> None:
    """Let the run say so at its start and at its end, if there are such settings."""
    file = overlooked(config.rootpath, set(_starts(config)))
    if file is not None:
        config.stash[OVERLOOKED] = sentence = _sentence(file, config)
        config.pluginmanager.register(_Teller(sentence), "specbudget-overlooked")


class _Teller:
    def __init__(self, sentence: str) -> None:
        self._line = f"specbudget: {sentence}"
        self._told = False

    def pytest_report_header(self) -> str:
        return self._line

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        self._told = True
        terminalreporter.ensure_newline()
        terminalreporter.write_line(self._line, yellow=True)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Say it on standard error where no terminal plugin shows a summary."""
        try:
            return (yield)
        finally:
            if not self._told:
                print(self._line, file=sys.__stderr__)


def _starts(config: pytest.Config) -> Iterator[Path]:
    """Yield the folder where pytest was started, and those of what it was started for."""
    here = config.invocation_params.dir
    yield here
    if not config.getoption("pyargs"):
        for argument in config.args:
            path = (here / argument.partition("::")[0]).resolve()
            yield path if path.is_dir() else path.parent


def _sentence(file: Path, config: pytest.Config) -> str:
    root, chosen = config.rootpath, config.inipath
    why = f"{chosen} makes that folder" if chosen and chosen.parent == root else f"{root} is"
    return (
        f"the settings in {file} DO NOT HOLD in this run: {why} the rootdir. Run pytest with "
        f"--rootdir={quote(str(file.parent))}, or {_instead(file, config)}."
    )


def _instead(file: Path, config: pytest.Config) -> str:
    """Say what to do once and for all."""
    if config.inipath is None:
        return f"put an empty pytest.ini into {file.parent}"
    if file.is_relative_to(config.rootpath):
        return f"move them to {config.rootpath}"
    return f"say what holds here in {config.rootpath / 'specbudget.toml'} (empty, if nothing does)"
