"""The repository of branches, made once, and nothing of the machine's own settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.branches import grown
from support.gold import RENEW
from support.repositories import ENVIRONMENT

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.repositories import Checkout

    Run = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def _as_on_a_new_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.startswith(("GIT_", "SPECBUDGET_"))]:
        if name != RENEW:
            monkeypatch.delenv(name)
    for name, text in ENVIRONMENT.items():
        monkeypatch.setenv(name, text)


@pytest.fixture(scope="session")
def grove(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return grown(tmp_path_factory.mktemp("grove") / "project")


@pytest.fixture(autouse=True)
def repository(grove: Checkout, monkeypatch: pytest.MonkeyPatch) -> Iterator[Checkout]:
    """Stand in the repository, on `main`; what a test commits on branches of its own stays."""
    grove.switch("main")
    monkeypatch.chdir(grove.root)
    yield grove
    grove.git("checkout", "--quiet", "--force", "main")
    grove.git("clean", "--quiet", "-d", "--force", "-x")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command of `specbudget`; return its status and what it printed to standard output."""

    def command(*words: object) -> tuple[int, str]:
        status = main([*map(str, words)])
        return status, capsys.readouterr().out

    return command
