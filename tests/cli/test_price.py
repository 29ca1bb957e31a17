"""`specbudget price`, as a script uses it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

LINE: dict[str, Any] = {
    "id": 7,
    "provider": "openai",
    "model": "gpt-4o-mini",
    "at": "2026-10-01T00:00:00Z",
    "usage": {"input_tokens": 1220, "output_tokens": 915},
}


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, *options: str
) -> tuple[int, list[dict[str, Any]], str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    status = main(["price", *options])
    printed = capsys.readouterr()
    return status, [json.loads(line) for line in printed.out.splitlines()], printed.err


def test_a_line_comes_back_with_its_price(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answers, told = run(monkeypatch, capsys, json.dumps(LINE))

    priced = {"list_cost_usd": "0.000732", "price_id": "openai/gpt-4o-mini/default"}
    assert (status, answers, told) == (0, [LINE | priced], "")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        pytest.param({"model": "gpt-999"}, 'no price for "gpt-999" of openai', id="unknown model"),
        pytest.param({"model": None}, "model is null; write a name", id="no model"),
        pytest.param(
            {"at": "yesterday"},
            'at is "yesterday"; write a time like 2026-10-01T12:00:00Z',
            id="no time",
        ),
        pytest.param(
            {"at": "2026-10-01T00:00:00"},
            'at is "2026-10-01T00:00:00" without a time zone; write 2026-10-01T00:00:00Z for UTC',
            id="a time without a zone",
        ),
        pytest.param({"usage": None}, "usage is missing; write an object of counts", id="no usage"),
        pytest.param(
            {"usage": {"input_tokens": -1}},
            "usage.input_tokens is -1; counts are 0 or more",
            id="a negative count",
        ),
        pytest.param(
            {"usage": {"input_tokens": 1.5}},
            "usage.input_tokens is 1.5; counts are 0 or more",
            id="half a token",
        ),
        pytest.param(
            {"usage": {"output_tokens": 10**30}},
            f"usage.output_tokens is {10**30}; no answer has more than {10**12}",
            id="an absurd count",
        ),
        pytest.param(
            {"at": "9999-12-31T23:59:59-14:00"},
            "at makes no sense: 9999-12-31T23:59:59-14:00 is no time of the years 1 to 9999 in UTC",
            id="a time that UTC cannot hold",
        ),
        pytest.param(
            {"usage": {"tokens": 1}}, "usage.tokens is not a count that has a price", id="a typo"
        ),
    ],
)
def test_a_line_without_a_price_says_why(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, object],
    reason: str,
) -> None:
    status, answers, _ = run(monkeypatch, capsys, json.dumps(LINE | changed))

    assert status == 3
    assert (answers[0]["list_cost_usd"], answers[0]["reason"]) == (None, reason)


@pytest.mark.parametrize(
    ("lines", "status", "answered"),
    [
        pytest.param([LINE], 0, 1, id="all priced"),
        pytest.param([], 0, 0, id="nothing asked"),
        pytest.param(["{", LINE], 1, 1, id="a damaged line does not stop the others"),
        pytest.param([LINE, [1]], 1, 1, id="a list is no request"),
        pytest.param(["{", LINE | {"model": "x"}], 3, 1, id="unpriced counts for more"),
    ],
)
def test_the_exit_status_tells_the_worst(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lines: list[object],
    status: int,
    answered: int,
) -> None:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)

    ended, answers, _ = run(monkeypatch, capsys, text)

    assert (ended, len(answers)) == (status, answered)


def test_a_damaged_line_is_named_by_its_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, told = run(monkeypatch, capsys, "\nnot json\n")

    assert (
        told == "specbudget: line 2 cannot be read: it is no JSON, at column 1 (Expecting value)\n"
    )


def test_a_line_that_is_nested_too_deeply_costs_no_other_line_its_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answers, told = run(monkeypatch, capsys, f"{'[' * 100_000}\n{json.dumps(LINE)}\n")

    assert (status, [one["list_cost_usd"] for one in answers]) == (1, ["0.000732"])
    assert told == "specbudget: line 1 cannot be read: it is nested too deep\n"


def test_a_byte_order_mark_before_the_first_line_is_no_part_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answers, _ = run(monkeypatch, capsys, f"\ufeff{json.dumps(LINE)}\n")

    assert (status, len(answers)) == (0, 1)


def test_an_id_of_half_a_character_is_given_back_as_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = ["\ud800", "é", "\U0001f600"]

    status, answers, _ = run(
        monkeypatch, capsys, "".join(f"{json.dumps(LINE | {'id': one})}\n" for one in ids)
    )

    assert (status, [one["id"] for one in answers]) == (0, ids)


def test_a_standard_input_that_is_closed_holds_no_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)

    assert (main(["price"]), capsys.readouterr().out) == (0, "")


def test_an_overlay_prices_what_the_catalogue_does_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    overlay = tmp_path / "ours.toml"
    overlay.write_text(
        '[[price]]\nprovider="openai"\nmodel="house"\nrates={input="1", output="2"}\n'
        '[[discount]]\nprovider="openai"\npercent=50\n',
        encoding="utf-8",
    )
    line = json.dumps(LINE | {"model": "house"})

    status, answers, _ = run(monkeypatch, capsys, line, "--prices", str(overlay))

    assert (status, answers[0]["list_cost_usd"]) == (0, "0.00305")
    assert answers[0]["contracted_cost_usd"] == "0.001525"


def test_an_overlay_that_makes_no_sense_is_a_wrong_argument(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, answers, told = run(
        monkeypatch, capsys, json.dumps(LINE), "--prices", str(tmp_path / "gone.toml")
    )

    assert (status, answers) == (2, [])
    assert "gone.toml: cannot be read" in told


def test_a_price_that_was_checked_long_before_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [LINE | {"at": at} for at in ("2027-02-22T00:00:00Z", "2027-02-21T00:00:00Z")]

    status, _, told = run(monkeypatch, capsys, "\n".join(map(json.dumps, lines)))

    assert status == 0
    assert told == (
        "specbudget: stale: openai/gpt-4o-mini/default was checked 93 days before, "
        "on 2026-11-21 (genai-prices 0.2.3)\n"
    )


def test_an_overlay_that_is_shipped_is_asked_for_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line = LINE | {"provider": "anthropic", "model": "claude-haiku-3.5"}

    _, answers, told = run(monkeypatch, capsys, json.dumps(line), "--prices", "seed-2025-10")

    assert answers[0]["list_cost_usd"] == "0.00144875"
    assert "seed-2025-10:9 [[price]] 1 and genai-prices 0.2.3 disagree on" in told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        pytest.param(3, {"billed_audio_seconds": 10}, id="longer than it was"),
        pytest.param(10, {}, id="as long as it was"),
        pytest.param(60, {}, id="no least"),
    ],
)
def test_audio_that_is_billed_for_longer_says_for_how_long(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    seconds: int,
    told: dict[str, int],
) -> None:
    asked = LINE | {"provider": "groq", "model": "whisper-large-v3"}

    _, answers, _ = run(
        monkeypatch, capsys, json.dumps(asked | {"usage": {"audio_seconds": seconds}})
    )

    named = {name: answers[0][name] for name in answers[0] if name.startswith("billed_")}
    assert named == told
