"""The import hook by itself."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.meters.hooks import Hooks, replace_method

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from pytest_specbudget.meters.hooks import Patch, Undo

NAME = "specbudget_hook_example"


class Client:
    def send(self) -> str:
        return "sent"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / f"{NAME}.py").write_text("value = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield NAME
    sys.modules.pop(NAME, None)


def logging_patch(log: list[str], name: str = "patch") -> Patch:
    def patch(module: ModuleType) -> Undo:
        log.append(f"{name} {module.__name__} {module.__dict__.get('value')}")
        return lambda: log.append(f"undo {name}")

    return patch


def failing_patch(module: ModuleType) -> Undo:
    raise AttributeError(module.__name__)


def no_trouble(where: str, error: Exception) -> None:
    raise AssertionError(where) from error


def test_a_module_is_patched_when_its_code_has_run(example: str) -> None:
    log: list[str] = []
    hooks = Hooks(no_trouble)
    wants = [(example, logging_patch(log))]

    hooks.want(wants)
    before = list(log)
    module = importlib.import_module(example)
    hooks.release(wants)

    assert before == []
    assert log == [f"patch {NAME} 1", "undo patch"]
    assert type(module.__loader__).__name__ == "SourceFileLoader"
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__


def test_a_module_that_is_imported_already_is_patched_at_once(example: str) -> None:
    log: list[str] = []
    hooks = Hooks(no_trouble)
    wants = [(example, logging_patch(log))]
    importlib.import_module(example)

    hooks.want(wants)
    at_once = list(log)
    hooks.release(wants)

    assert at_once == [f"patch {NAME} 1"]


def test_a_patch_wanted_twice_is_applied_once_and_undone_when_nobody_wants_it(
    example: str,
) -> None:
    log: list[str] = []
    hooks = Hooks(no_trouble)
    wants = [(example, logging_patch(log))]
    importlib.import_module(example)

    hooks.want(wants)
    hooks.want(wants)
    hooks.release(wants)
    after_one = list(log)
    hooks.release(wants)

    assert after_one == [f"patch {NAME} 1"]
    assert log == [f"patch {NAME} 1", "undo patch"]


def test_one_module_under_two_names_is_patched_once(
    example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []
    module = importlib.import_module(example)
    monkeypatch.setitem(sys.modules, "specbudget_alias", module)
    patch = logging_patch(log)

    hooks = Hooks(no_trouble)
    hooks.want(wants := [(example, patch), ("specbudget_alias", patch)])
    hooks.release(wants)

    assert log == [f"patch {NAME} 1", "undo patch"]


def test_patches_are_undone_last_first(example: str) -> None:
    log: list[str] = []
    hooks = Hooks(no_trouble)
    wants = [(example, logging_patch(log, "first")), (example, logging_patch(log, "second"))]
    importlib.import_module(example)

    hooks.want(wants)
    hooks.release(wants)

    assert log[2:] == ["undo second", "undo first"]


def test_a_patch_that_fails_is_told_and_leaves_the_import_and_the_others_alone(
    example: str,
) -> None:
    log: list[str] = []
    told: list[str] = []
    hooks = Hooks(lambda where, error: told.append(f"{where}: {error!r}"))
    wants = [(example, failing_patch), (example, logging_patch(log))]

    hooks.want(wants)
    module = importlib.import_module(example)
    hooks.release(wants)

    assert module.value == 1
    assert told == [f"patching {NAME}: AttributeError('{NAME}')"]
    assert log == [f"patch {NAME} 1", "undo patch"]


def test_an_undoing_that_fails_is_told_and_leaves_the_others_alone(example: str) -> None:
    log: list[str] = []
    told: list[str] = []

    def stuck(module: ModuleType) -> Undo:
        def undo() -> None:
            raise AttributeError(module.__name__)

        return undo

    hooks = Hooks(lambda where, error: told.append(f"{where}: {error!r}"))
    wants = [(example, logging_patch(log)), (example, stuck)]
    importlib.import_module(example)

    hooks.want(wants)
    hooks.release(wants)

    assert told == [f"unpatching {NAME}: AttributeError('{NAME}')"]
    assert log == [f"patch {NAME} 1", "undo patch"]


def test_hooks_of_two_owners_share_a_module(example: str) -> None:
    log: list[str] = []
    owners = Hooks(no_trouble), Hooks(no_trouble)
    wants = [[(example, logging_patch(log, name))] for name in ("one", "two")]

    for hooks, wanted in zip(owners, wants, strict=True):
        hooks.want(wanted)
    module = importlib.import_module(example)
    for hooks, wanted in zip(owners, wants, strict=True):
        hooks.release(wanted)

    assert log == [f"one {NAME} 1", f"two {NAME} 1", "undo one", "undo two"]
    assert type(module.__loader__).__name__ == "SourceFileLoader"


def test_a_missing_module_stays_missing() -> None:
    hooks = Hooks(no_trouble)
    wants = [("specbudget_missing", logging_patch([]))]
    hooks.want(wants)

    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("specbudget_missing")

    hooks.release(wants)


def shouting(original: Callable[[Client], str]) -> Callable[[Client], str]:
    def send(client: Client) -> str:
        return original(client).upper()

    return send


def test_a_replaced_method_is_called_through_and_put_back() -> None:
    original = Client.send

    undo = replace_method(Client, "send", shouting)
    replaced = Client().send()
    undo()

    assert replaced == "SENT"
    assert Client.send is original


def test_a_method_that_somebody_replaced_again_is_left_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Client, "send", Client.send)
    undo = replace_method(Client, "send", shouting)
    theirs = shouting(Client.send)
    monkeypatch.setattr(Client, "send", theirs)

    undo()

    assert Client.send is theirs


def test_a_method_that_is_missing_is_named() -> None:
    with pytest.raises(AttributeError, match=r"Client has no method 'gone'"):
        replace_method(Client, "gone", shouting)
