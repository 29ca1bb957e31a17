"""The action `cassettes show`: a recording short, or one exchange of it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.recorded import SECRET, chat, exchange, write

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    other = exchange(None, "<html>\x1b[2J", url="https://shop.example/")
    sent = {"authorization": [f"Bearer {SECRET}"]}
    return write(tmp_path / "a.yaml", chat(sent=sent), other, chat("b", model="made-up"))


def test_each_exchange_says_what_it_asked_and_cost(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["cassettes", "show", str(recording)])

    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert status == 0
    assert lines[0] == "a.yaml: 3 interactions, form: vcrpy"
    for line in (
        "0   POST api.openai.com/v1/chat/completions   200   2026-11-02 10:00:00Z",
        "user: hello",
        "answer: fine",
        "model: openai/gpt-4o, chat",
        "usage: input_tokens 1,000, output_tokens 100 (complete)",
        "cost: $0.0035 list, openai/gpt-4o/default/from-2024-10-02",
        "no model call",
    ):
        assert line in lines
    assert any(line.startswith('cost: unknown, no price for "made-up"') for line in lines)


def test_one_exchange_is_shown_whole_without_its_secrets(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["cassettes", "show", str(recording), "0"])

    out = capsys.readouterr().out
    assert status == 0
    assert SECRET not in out
    assert "authorization: REDACTED" in out
    assert '  "model": "gpt-4o",' in out.splitlines()


def test_what_would_steer_a_terminal_is_escaped(
    recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["cassettes", "show", str(recording), "1"])

    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "<html>\\x1b[2J" in out


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(["a.yaml", "3"], 2, "it holds 3", id="no such exchange"),
        pytest.param(["b.yaml"], 2, "is no file", id="no such file"),
        pytest.param(["plain.yaml"], 1, "no recording", id="another file"),
        pytest.param(["bad.yaml"], 1, "bad.yaml", id="a damaged file"),
    ],
)
@pytest.mark.usefixtures("recording")
def test_what_cannot_be_shown_is_said(
    tmp_path: Path,
    arguments: list[str],
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "plain.yaml").write_text("name: else\n", "utf-8")
    (tmp_path / "bad.yaml").write_text("interactions: [", "utf-8")

    found = main(["cassettes", "show", *arguments])

    assert found == status
    assert said in capsys.readouterr().err
