from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.meters.fitting import misfit
from pytest_specbudget.meters.hooks import replace_method

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from pytest_specbudget.meters.hooks import Undo


def patch_send(module: ModuleType) -> Undo:
    return replace_method(module.Client, "send", lambda original: lambda *_: original)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        pytest.param("class Client:\n    def send(self): return 1\n", None, id="as expected"),
        pytest.param("class Client: ...\n", "no method 'send'", id="the method has gone"),
        pytest.param("", "no attribute 'Client'", id="the class has gone"),
        pytest.param("1 / 0\n", "ZeroDivisionError", id="it cannot be imported"),
    ],
)
def test_a_library_fits_if_it_is_made_as_its_meter_expects(
    source: str, told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"library_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    problem = misfit(name, patch_send)

    assert (problem is None) if told is None else (told in (problem or "")), problem


def test_looking_leaves_no_patch_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "left_alone.py").write_text("class Client:\n    def send(self): ...\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    import left_alone  # type: ignore[import-not-found] # noqa: PLC0415 - made a line above

    before = left_alone.Client.send
    misfit("left_alone", patch_send)

    assert left_alone.Client.send is before
