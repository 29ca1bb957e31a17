"""What a command says while somebody waits: on a terminal alone."""

from __future__ import annotations

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.history import journal_file
from support.past import past

from pytest_specbudget.cli import _waiting, main
from pytest_specbudget.cli._waiting import counting, working

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    Shown = Callable[[], AbstractContextManager[list[str]]]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")

needs_rich = pytest.mark.skipif(util.find_spec("rich") is None, reason="needs the extra `history`")

JOURNAL = Path(".specbudget/journal/r/h-7-main.jsonl")
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def everything(screen: int) -> str:
    """Read what is shown until nobody can write any more; a full screen would stop the writer."""
    shown = b""
    with suppress(OSError):  # how Linux says that
        while chunk := os.read(screen, 4096):
            shown += chunk
    return shown.decode()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """Give what makes standard error a terminal, and then what was shown on that."""
    screen, end = os.openpty()
    for name in ("NO_COLOR", "TTY_INTERACTIVE", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    @contextmanager
    def watched() -> Iterator[list[str]]:
        told: list[str] = []
        with ThreadPoolExecutor() as reader, monkeypatch.context() as patch:
            seen = reader.submit(everything, screen)
            with os.fdopen(end, "w", encoding="utf-8") as stream:
                patch.setattr(sys, "stderr", stream)
                yield told
            told.append(STEERING.sub("", seen.result()))

    yield watched
    os.close(screen)


@needs_rich
def test_a_bar_tells_how_many_steps_are_done(terminal: Shown) -> None:
    with terminal() as shown, counting("reading", 3) as done:
        for _ in range(3):
            done()

    (told,) = shown
    assert "reading ━" in told
    assert "100%" in told


@needs_rich
def test_work_of_unknown_length_is_named_and_names_are_no_markup(terminal: Shown) -> None:
    with terminal() as shown, working("pricing [red]h\x1b[2J again"):
        pass

    assert r"pricing [red]h\x1b[2J again" in shown[0]


def test_without_rich_there_is_one_plain_line(
    terminal: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_waiting, "_rich", lambda *_modules: None)

    with terminal() as shown, working("pricing h again"), counting("reading", 2) as done:
        done()

    assert shown == ["pricing h again ...\r\nreading ...\r\n"]


def test_nothing_is_said_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with working("pricing h again"), counting("reading", 2) as done:
        done()

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(("drift",), "pricing .specbudget/journal again", id="drift"),
        pytest.param(("history", "cost"), "pricing .specbudget/journal again", id="cost"),
        pytest.param(("history", "add", ".specbudget/journal"), "reading", id="add"),
    ],
)
def test_long_work_says_what_it_does(
    words: tuple[str, ...],
    told: str,
    terminal: Shown,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("duckdb")
    monkeypatch.chdir(tmp_path)
    journal_file(JOURNAL, past())

    with terminal() as shown:
        assert main([*words]) == 0

    assert told in shown[0]
