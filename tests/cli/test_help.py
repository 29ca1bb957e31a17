"""Each command, and each of its actions, shows how it is called."""

from __future__ import annotations

import pytest

from pytest_specbudget.cli import COMMANDS, main
from pytest_specbudget.cli.cassettes import ACTIONS

OF_OTHERS = {
    "baseline": ("save", "show"),
    "history": ("add", "cost", "forget", "show"),
    "prices": ("build", "check", "diff", "upcoming"),
}


@pytest.mark.parametrize(
    "words",
    [
        *((command,) for command in COMMANDS),
        *(("cassettes", action) for action in ACTIONS),
        *((command, action) for command, actions in OF_OTHERS.items() for action in actions),
    ],
    ids=" ".join,
)
def test_the_help_ends_in_an_example_of_the_very_thing(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])

    _, _, example = capsys.readouterr().out.partition("example:\n")
    assert ended.value.code == 0
    assert f"specbudget {' '.join(words)}" in example
