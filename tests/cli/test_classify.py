"""`specbudget classify`: what it counts is tested with the rules; here, what it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """# SPEC-7 Refunds

Domains: billing, frontend
Dependencies: Stripe
Risk: medium

## Tasks
- [ ] ask the customer
- [ ] pay back
"""
SHOWN = """\
medium        2 domains (billing, frontend)
tasks         2
domains       billing, frontend
needs         Stripe
risk          medium (as stated)
agents        claude, gpt, 1 fewer than a full consensus
tier          M, which asks as many
"""


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "spec.md"
    path.write_text(SPEC, encoding="utf-8")
    return str(path)


def test_the_class_of_a_spec_is_shown_with_what_was_counted(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["classify", spec])

    assert (status, capsys.readouterr().out) == (0, SHOWN)


def test_the_class_is_json_where_asked(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["classify", spec, "--json", "--risk", "high"])

    found = json.loads(capsys.readouterr().out)
    assert (found["size"], found["agents"]) == ("complex", ["gemini", "claude", "gpt"])
    assert (found["risk"], found["risk_given"], found["agents_spared"]) == ("high", True, 0)


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff"])
def test_nothing_is_no_small_spec(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spec.md").write_text(text, "utf-8")

    status = main(["classify", str(tmp_path / "spec.md")])

    shown = capsys.readouterr()
    assert (status, shown.out) == (1, "")
    assert "spec.md: is empty, so that nobody can say how large the SPEC is" in shown.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["no file", "no text"])
def test_a_document_that_cannot_be_read_is_told(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "gone.md"
    if content is not None:
        path.write_bytes(content)

    status = main(["classify", str(path)])

    shown = capsys.readouterr()
    assert (status, shown.out) == (1, "")
    assert "gone.md: cannot be read as a SPEC" in shown.err


def test_what_a_document_states_and_nobody_understands_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spec.md"
    path.write_text("Tasks: twelve\nRisk: hgih\n", encoding="utf-8")

    status = main(["classify", str(path), "--json"])

    said = capsys.readouterr()
    assert status == 0
    assert json.loads(said.out)["unread"] == [
        '"Tasks: twelve" states no number; write one in digits',
        '"Risk: hgih" is none of low, medium and high; did you mean "high"?',
    ]
    assert said.err.count(f"{path}: ") == len(json.loads(said.out)["unread"])
