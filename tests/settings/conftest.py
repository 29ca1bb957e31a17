"""Reads settings as a run would: from words on the command line, variables and a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.errors import SettingError
from pytest_specbudget.settings.settings import Settings, read_settings

if TYPE_CHECKING:
    from pathlib import Path

Read = Callable[..., Settings]
Problems = Callable[..., tuple[str, ...]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(
        *,
        options: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
        file: str | None = None,
    ) -> Settings:
        if file is not None:
            (tmp_path / "specbudget.toml").write_text(file, encoding="utf-8")
        return read_settings(options=options or {}, environment=environment or {}, rootdir=tmp_path)

    return read


@pytest.fixture
def problems(read: Read) -> Problems:
    def problems(**places: object) -> tuple[str, ...]:
        with pytest.raises(SettingError) as caught:
            read(**places)
        return caught.value.problems

    return problems
