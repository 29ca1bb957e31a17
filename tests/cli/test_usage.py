"""The command `usage`: one line for each interaction, and what it does with damage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = {"id": "c", "model": "gpt-5-2025", "usage": {"prompt_tokens": 3, "completion_tokens": 4}}
DATE = {"Date": ["Tue, 07 Nov 2023 00:07:18 GMT"]}


def interaction(
    answer: object = ANSWER, *, url: str = "https://api.openai.com/v1/chat/completions", **more: Any
) -> dict[str, Any]:
    """Record one chat completion."""
    body = json.dumps({"model": "gpt-5", "messages": []})
    request = {"method": "post", "uri": url, "body": body, "headers": {}}
    response = {"status": {"code": 200}, "headers": {}, "body": {"string": json.dumps(answer)}}
    return {"request": request, "response": response | more}


def record(path: Path, *interactions: dict[str, Any]) -> Path:
    """Write a recording, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"interactions": interactions}), encoding="utf-8")
    return path


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was printed."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_model_call_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = record(tmp_path / "a.json", interaction())

    status = main(["usage", str(path)])

    assert status == 0
    assert lines(capsys) == [
        {
            "file": "a.json",
            "index": 0,
            "is_llm_call": True,
            "counted": True,
            "usage_reported": True,
            "provider": "openai",
            "operation": "chat",
            "model": "gpt-5-2025",
            "request_model": "gpt-5",
            "streaming": False,
            "usage": {"input_tokens": 3, "output_tokens": 4},
            "usage_state": "complete",
        }
    ]


def test_what_is_no_model_call_is_a_line_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(tmp_path / "a.json", interaction(url="https://shop.example/"), interaction())

    main(["usage", str(tmp_path)])

    assert [(row["index"], row["is_llm_call"]) for row in lines(capsys)] == [(0, False), (1, True)]


def test_files_are_named_from_the_folder_and_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("b/2.yaml", "b/1.yml", "a.json", "c.txt"):
        record(tmp_path / name, interaction())

    main(["usage", str(tmp_path)])

    assert [row["file"] for row in lines(capsys)] == ["a.json", "b/1.yml", "b/2.yaml"]


def test_an_answer_without_counts_is_not_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(tmp_path / "a.json", interaction({"model": "m"}))

    main(["usage", str(tmp_path)])

    [row] = lines(capsys)
    assert (row["is_llm_call"], row["usage_reported"], row["counted"]) == (True, False, False)


def test_parts_costs_and_flags_are_shown_where_there_are_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 9, "cost": 0.5}
    models = [{"model": "a", "usage": usage}]
    answer = {"model": "m", "usage": usage, "usage_breakdown": {"models": models}}
    record(
        tmp_path / "a.json",
        interaction(answer, url="https://openrouter.ai/api/v1/chat/completions"),
    )

    main(["usage", str(tmp_path)])

    [row] = lines(capsys)
    assert row["parts"] == [{"model": "a", "usage": {"input_tokens": 1, "output_tokens": 1}}]
    assert row["provider_cost_usd"] == "0.5"
    assert row["flags"] == ["total_tokens 9 is more than input 1 + output 1"]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com:443/v1/chat/completions?x=1",
        "https://user:key@API.openai.com/v1/chat/completions#stream",
        "//openai/v1/chat/completions",
        "<API_BASE>/chat/completions",
        "https://[scrubbed/v1/chat/completions",
    ],
)
def test_urls_may_be_scrubbed(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path / "a.json", interaction(url=url))

    main(["usage", str(tmp_path)])

    [row] = lines(capsys)
    assert row["counted"]


def test_a_damaged_file_is_told_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(tmp_path / "b.yaml", interaction())
    (tmp_path / "a.yaml").write_text("interactions: [", encoding="utf-8")

    status = main(["usage", str(tmp_path)])

    printed = capsys.readouterr()
    assert status == 1
    assert [json.loads(line)["file"] for line in printed.out.splitlines()] == ["b.yaml"]
    assert len(printed.err.splitlines()) == 1
    assert "a.yaml" in printed.err


def test_a_file_that_is_missing_is_damage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["usage", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml" in capsys.readouterr().err


def test_other_files_in_a_folder_are_told_and_no_damage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("a: 1", encoding="utf-8")

    assert main(["usage", str(tmp_path)]) == 0
    assert "no recording" in capsys.readouterr().err
    assert main(["usage", str(path)]) == 1


def test_our_own_index_beside_recordings_is_nothing_to_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(tmp_path / "b.yaml", interaction())
    (tmp_path / "specbudget-index.json").write_text("{}", encoding="utf-8")

    assert main(["usage", str(tmp_path)]) == 0
    assert capsys.readouterr().err == ""


def test_a_folder_without_any_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["usage", str(tmp_path)]) == 0
    assert capsys.readouterr().err == f"specbudget: {tmp_path}: holds no recording\n"


@pytest.mark.parametrize("time", ["yesterday", "2026-11-21", "2026-11-21T10:00:00"])
def test_a_time_that_makes_no_sense_is_a_wrong_argument(time: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["usage", str(tmp_path), "--price", "--at", time])

    assert caught.value.code == 2


def test_prices_are_exact_decimals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100}
    record(tmp_path / "a.json", interaction({"model": "gpt-4o-2024-08-06", "usage": usage}))

    main(["usage", str(tmp_path), "--price", "--at", "2025-06-01T00:00:00Z"])

    [row] = lines(capsys)
    assert (row["list_cost_usd"], row["reason"]) == ("0.0035", None)


@pytest.mark.parametrize(
    ("more", "cost", "reason"),
    [
        pytest.param({}, None, "no date", id="an answer without a date"),
        pytest.param({"status": {"code": 500}}, "0", None, id="a failed attempt is free"),
        pytest.param({"headers": DATE}, None, "gpt-5-2025", id="a model without a price"),
    ],
)
def test_what_has_no_price_has_a_reason(
    more: dict[str, Any],
    cost: str | None,
    reason: str | None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    record(tmp_path / "a.json", interaction(**more))

    main(["usage", str(tmp_path), "--price"])

    [row] = lines(capsys)
    assert row["list_cost_usd"] == cost
    assert (reason is None and row["reason"] is None) or reason in row["reason"]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"created": 1748736000}, id="in the answer"),
        pytest.param({"created_at": "2025-06-01T00:00:00Z"}, id="as text"),
    ],
)
def test_an_answer_without_a_header_is_priced_at_its_own_date(
    told: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100}
    record(tmp_path / "a.json", interaction({"model": "o3-2025-04-16", "usage": usage} | told))

    main(["usage", str(tmp_path), "--price"])

    [row] = lines(capsys)
    assert (row["list_cost_usd"], row["reason"]) == ("0.014", None)


@pytest.mark.parametrize(
    "given",
    [pytest.param(-10, id="below zero"), pytest.param("many", id="words")],
)
def test_counts_that_make_no_sense_have_no_cost(
    given: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = {"prompt_tokens": given, "completion_tokens": 100}
    record(tmp_path / "a.json", interaction({"model": "gpt-4o-2024-08-06", "usage": usage}))

    main(["usage", str(tmp_path), "--price", "--at", "2025-06-01T00:00:00Z"])

    [row] = lines(capsys)
    assert (row["usage_reported"], row["counted"], row["usage_state"]) == (
        False,
        False,
        "unreadable",
    )
    assert row["list_cost_usd"] is None
    assert row["reason"] == f"token counts that make no sense: prompt_tokens was {given!r}"


# Work that a later answer tells of

QUEUED = {"id": "resp_1", "object": "response", "model": "gpt-5-2025", "status": "queued"}
DONE = QUEUED | {"status": "completed", "usage": {"input_tokens": 3, "output_tokens": 4}}
POLL = "https://api.openai.com/v1/responses/resp_1?stream=false"


def poll(answer: object) -> dict[str, Any]:
    """Record a question about a background response."""
    asked = interaction(answer, url=POLL)
    asked["request"] |= {"method": "get", "body": ""}
    return asked


def test_work_that_is_told_of_twice_counts_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = interaction(QUEUED, url="https://api.openai.com/v1/responses")
    path = record(tmp_path / "a.json", begun, poll(QUEUED), poll(DONE), poll(DONE))

    status = main(["usage", "--price", "--at", "2026-01-01T00:00:00Z", str(path)])

    rows = lines(capsys)
    assert status == 0
    assert [row["is_llm_call"] for row in rows] == [True, False, False, False]
    assert [row["counted"] for row in rows] == [False, False, True, False]
    assert [row.get("duplicate", False) for row in rows] == [False, False, False, True]
    assert [row["list_cost_usd"] == "0" for row in rows] == [True, True, False, True]
    assert rows[1]["usage_reported"] is False


def test_another_file_tells_of_other_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.json", "b.json"):
        record(tmp_path / name, poll(DONE))

    main(["usage", str(tmp_path)])

    assert [row["counted"] for row in lines(capsys)] == [True, True]
