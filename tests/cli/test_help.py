"""Each command, and each of its actions, shows how it is called and what its status says."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from pytest_specbudget.cli import COMMANDS, main
from pytest_specbudget.cli._statuses import STATUSES
from pytest_specbudget.cli.cassettes import ACTIONS

OF_OTHERS = {
    "baseline": ("save", "show"),
    "history": ("add", "cost", "forget", "settle", "show"),
    "prices": ("build", "check", "diff", "upcoming"),
}
WITH_ACTIONS = {"cassettes": tuple(ACTIONS), **OF_OTHERS}
OF_ACTIONS = [(command, action) for command, actions in WITH_ACTIONS.items() for action in actions]
CALLED = [*((command,) for command in COMMANDS if command not in WITH_ACTIONS), *OF_ACTIONS]


def helped(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])

    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "words", [*((command,) for command in COMMANDS), *OF_ACTIONS], ids=" ".join
)
def test_the_help_has_an_example_of_the_very_thing(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, example = helped(words, capsys).partition("example:\n")

    assert f"specbudget {' '.join(words)}" in example


@pytest.mark.parametrize("words", CALLED, ids=" ".join)
def test_the_help_ends_in_what_each_status_says(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, told = helped(words, capsys).partition("exit status:\n")

    statuses = [int(line.split()[0]) for line in told.splitlines()]
    assert statuses == sorted({0, 2, *STATUSES[" ".join(words)]})


def test_no_status_is_told_of_what_cannot_be_called() -> None:
    assert set(STATUSES) == {" ".join(words) for words in CALLED}


@pytest.mark.parametrize("words", CALLED, ids=" ".join)
def test_options_are_told_alike(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What holds unless somebody says otherwise stands in brackets; no option is left untold."""
    monkeypatch.setenv("COLUMNS", "1000")
    text = helped(words, capsys).partition("\n\nexample:")[0]

    lines = text.splitlines()
    assert [line for line in lines if re.search(r"(?<!\()default", line)] == []
    untold = [
        line
        for line, following in pairwise(lines)
        if re.match(r"  -", line)
        and not re.search(r"\S {2,}\S|^ {20,}", f"{line}\n{following}", re.MULTILINE)
    ]
    assert untold == []
