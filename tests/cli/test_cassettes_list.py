"""The action `cassettes list`: one row a recording, sums, and what has no price."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.recorded import chat, exchange, link_to_nothing, write

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """Return the JSON lines."""
    main(["cassettes", "list", "--json", *arguments])
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_row_is_what_replaying_the_file_would_book(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = exchange(None, "<html>", url="https://shop.example/")
    path = write(tmp_path / "cassettes/a.yaml", chat(cached=400), chat("no", status=500), other)

    (row,) = listed(capsys)

    assert row == {
        "file": "cassettes/a.yaml",
        "form": "vcrpy",
        "interactions": 3,
        "calls": 2,
        "failed_calls": 1,
        "models": ["openai/gpt-4o"],
        "input_tokens": 1000,
        "output_tokens": 100,
        "cache_read_input_tokens": 400,
        "cache_write_input_tokens": 0,
        "reasoning_output_tokens": 0,
        "list_cost_usd": "0.003",  # 600 at $2.50, 400 at $1.25, 100 at $10, all a million
        "calls_unpriced": 0,
        "calls_unreported": 0,
        "unpriced_reasons": [],
        "recorded_first": "2026-11-02T10:00:00+00:00",
        "recorded_last": "2026-11-02T10:00:00+00:00",
        "bytes": path.stat().st_size,
    }


@pytest.mark.parametrize("named", [[], ["cassettes"], ["cassettes/b.yaml"]])
@pytest.mark.parametrize("action", ["list", "stats", "show", "migrate"])
def test_a_link_to_nothing_is_told_by_whatever_looks_at_recordings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str, named: list[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())
    link_to_nothing(tmp_path / "cassettes/b.yaml")
    words = {"migrate": ["--dry-run"]}.get(action, [])
    paths = {"migrate": named or ["."], "show": ["cassettes/b.yaml"]}.get(action, named)

    status = main(["cassettes", action, *words, *paths])

    told = capsys.readouterr().err
    assert status == 1
    assert told.count("cassettes/b.yaml is a link to nothing (gone.yaml); fetch what it st") == 1


def test_a_link_to_another_recording_is_one_and_counted_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())
    (tmp_path / "cassettes/b.yaml").symlink_to("a.yaml")
    link_to_nothing(tmp_path / "cassettes/notes.txt")
    link_to_nothing(tmp_path / "cassettes/folder")

    assert [row["file"] for row in listed(capsys)] == ["cassettes/a.yaml"]


def test_what_has_no_price_is_null_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(model="made-up"))

    (row,) = listed(capsys)

    assert row["list_cost_usd"] is None
    assert row["calls_unpriced"] == 1
    assert "made-up" in row["unpriced_reasons"][0]


def test_each_folder_of_cassettes_below_is_listed_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("cassettes/x/cassettes/a.yaml", "tests/cassettes/b.yaml", "elsewhere/c.yaml"):
        write(tmp_path / name, chat())
    write(tmp_path / ".hidden/cassettes/d.yaml", chat())
    write(tmp_path / "venv/lib/cassettes/e.yaml", chat())
    (tmp_path / "venv/pyvenv.cfg").touch()

    rows = listed(capsys)

    assert [row["file"] for row in rows] == [
        "cassettes/x/cassettes/a.yaml",
        "tests/cassettes/b.yaml",
    ]


def test_the_folder_that_is_set_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "specbudget.toml").write_text('cassette_dir = "tapes"\n', "utf-8")
    write(tmp_path / "tapes/a.yaml", chat())

    (row,) = listed(capsys)

    assert row["file"] == "tapes/a.yaml"


def test_prices_of_the_user_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "specbudget.toml").write_text(
        '[hosts."api.openai.com"]\nfree = "sponsored"\n', "utf-8"
    )
    write(tmp_path / "cassettes/a.yaml", chat())

    (row,) = listed(capsys)

    assert row["list_cost_usd"] == "0"


def test_the_table_ends_in_totals_and_what_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(), chat("b"))
    write(tmp_path / "cassettes/b.yaml", chat(model="made-up", date=None))

    main(["cassettes", "list"])

    lines = capsys.readouterr().out.splitlines()
    assert " ".join(lines[1].split()) == (
        "cassettes/a.yaml gpt-4o 2026-11-02 2 2.0k 200 0.0070 1.1 KiB"
    )
    assert "?" in lines[2].split()
    assert lines[3].startswith("total")
    assert "0.0070 + ?" in lines[3]
    assert "unpriced: 1; counts not reported: 0" in lines


def test_damage_is_told_and_the_rest_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())
    (tmp_path / "cassettes/b.yaml").write_text("interactions: [", "utf-8")

    status = main(["cassettes", "list", "--json"])

    captured = capsys.readouterr()
    assert status == 1
    assert "b.yaml" in captured.err
    assert len(captured.out.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["nowhere"], ["--prices", "nowhere.toml"]])
def test_what_does_not_exist_is_a_wrong_argument(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["cassettes", "list", *arguments])

    assert status == 2
    assert "nowhere" in capsys.readouterr().err
