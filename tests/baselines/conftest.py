"""No test here goes by the git configuration of the machine that it runs on."""

from __future__ import annotations

import os

import pytest
from support.repositories import ENVIRONMENT


@pytest.fixture(autouse=True)
def _without_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    for name, text in ENVIRONMENT.items():
        monkeypatch.setenv(name, text)
