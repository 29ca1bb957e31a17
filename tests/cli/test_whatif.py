"""The command `whatif`: recorded usage on other models, exactly, and what is not known about it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.recorded import chat, exchange, write

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

MESSAGES = "https://api.anthropic.com/v1/messages"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def message(model: str, **usage: int) -> dict[str, Any]:
    """Record a message of Anthropic's."""
    asked = {"model": model, "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}]}
    answered = {"id": "msg_1", "type": "message", "model": model, "content": [], "usage": usage}
    return exchange(asked, answered, url=MESSAGES)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Ask for JSON, and return it."""
    assert main(["whatif", *arguments, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


@pytest.mark.parametrize(
    "mapping",
    [
        pytest.param("gpt-4o=gpt-4o-mini", id="the model asked for"),
        pytest.param("gpt-4o-2024-08-06=gpt-4o-mini", id="the model that answered"),
        pytest.param("openai/gpt-4o=openai/gpt-4o-mini", id="with the provider on both sides"),
        pytest.param("gpt-*=gpt-4o-mini", id="a pattern"),
        pytest.param("*=gpt-4o-mini", id="everything"),
    ],
)
def test_a_call_is_priced_on_the_other_model_to_the_last_digit(
    tmp_path: Path, mapping: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.yaml", chat(answering="gpt-4o-2024-08-06", given=1001, made=7))

    total = answer(capsys, "--map", mapping, "--cassettes", str(path))["total"]

    # $2.50 and $10 a million tokens; $0.15 and $0.60.
    assert total["now_usd"] == "0.0025725"
    assert total["then_usd"] == "0.00015435"
    assert total["change_usd"] == "-0.00241815"


def test_calls_of_other_models_stay_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(), chat("again", model="gpt-4.1"))

    told = answer(capsys, "--map", "gpt-4o=gpt-4o-mini")

    rows = {row["name"]: row for row in told["rows"]}
    kept = rows["openai/gpt-4.1"]
    assert kept["now_usd"] == kept["then_usd"] != "0"
    assert rows["openai/gpt-4o -> openai/gpt-4o-mini"]["calls_mapped"] == 1
    assert told["total"]["calls"] == 2


def test_the_first_mapping_that_fits_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(), chat("again", model="gpt-4.1"))

    told = answer(capsys, "--map", "gpt-4o=gpt-4.1", "--map", "gpt-4*=gpt-4o-mini")

    assert [row["name"] for row in told["rows"]] == [
        "openai/gpt-4.1 -> openai/gpt-4o-mini",
        "openai/gpt-4o -> openai/gpt-4.1",
    ]


def test_what_the_other_model_has_no_cache_price_for_is_fresh_input_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cached = message(
        "claude-sonnet-4-5",
        input_tokens=100,
        output_tokens=10,
        cache_read_input_tokens=300,
        cache_creation_input_tokens=600,
    )
    write(tmp_path / "cassettes/a.yaml", cached)

    told = answer(capsys, "--map", "claude-*=gpt-4o-mini")

    # 700 fresh at $0.15, 300 read at $0.075, 10 made at $0.60, all a million.
    assert told["total"]["then_usd"] == "0.0001335"
    assert told["uncached"] == [
        {"model": "openai/gpt-4o-mini", "usage": "cache_write_input_tokens", "tokens": 600}
    ]


def test_a_failed_call_costs_nothing_on_any_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(status=429), chat("again"))

    total = answer(capsys, "--map", "gpt-4o=gpt-4o-mini")["total"]

    assert (total["calls"], total["calls_unknown"]) == (2, 0)
    assert total["now_usd"] == "0.0035"


def test_a_call_of_unknown_cost_is_in_neither_sum_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(), chat("again", model="made-up-model"))

    status = main(["whatif", "--map", "gpt-4o=gpt-4o-mini"])

    out = capsys.readouterr().out
    assert status == 0
    assert "1 call of unknown cost, in neither sum" in out
    assert "0.00350 + ?" in out


def test_the_basis_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())

    main(["whatif", "--map", "gpt-4o=gpt-4o-mini"])

    last = capsys.readouterr().out.splitlines()[-1]
    assert "as recorded" in last
    assert "quality" in last
    assert "NOT verified" in last


@pytest.mark.parametrize(
    ("mapping", "status", "named"),
    [
        pytest.param("gpt-4o=no-such", 3, '"no-such"', id="a model that nobody sells"),
        pytest.param("gpt-4o=openai/no-such", 3, '"openai/no-such"', id="that its seller lacks"),
        pytest.param("gpt-4o=text-embedding-3-small", 3, "output", id="a unit without a price"),
        pytest.param("gpt-9=gpt-4o-mini", 3, '"gpt-9"', id="a model that was not recorded"),
        pytest.param("gpt-4o=claude-sonnet-4-5", 2, "anthropic/claude", id="several sell it"),
    ],
)
def test_what_is_unknown_is_named(
    mapping: str,
    status: int,
    named: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())

    found = main(["whatif", "--map", mapping])

    captured = capsys.readouterr()
    assert found == status
    assert captured.out == ""
    assert named in captured.err


@pytest.mark.parametrize("words", ["gpt-4o", "=gpt-4o", "gpt-4o="])
def test_a_mapping_has_two_sides(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["whatif", "--map", words])

    assert "OLD=NEW" in capsys.readouterr().err


CHARGE = {
    "kind": "charge",
    "id": "r/main/1/1",
    "at": "2026-11-21T10:00:00Z",
    "host": "api.openai.com",
    "source": "replay",
    "outcome": "answered",
    "status": 200,
    "reading": {
        "provider": "openai",
        "operation": "chat",
        "usage_state": "complete",
        "request_model": "gpt-4o",
        "usage": {"input_tokens": 1000, "output_tokens": 100},
    },
    "list_cost": "0.0035",
}


def journal(folder: Path, *specs: str, run: str = "20261121T100000Z-r") -> Path:
    """Write the journal of a run with a call for each of *specs*."""
    file = folder / ".specbudget/journal" / run / "h-1-main.jsonl"
    file.parent.mkdir(parents=True)
    header = {"kind": "header", "schema": 1, "run": "r", "worker": "main", "pid": 1}
    charges = [
        CHARGE | {"id": f"r/main/1/{place}", "attribution": {"test": "t.py::t", "spec": spec}}
        for place, spec in enumerate(specs)
    ]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in (header, *charges)), "utf-8")
    return file


def test_a_journal_gives_the_specs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal(tmp_path, "SPEC-1", "SPEC-2", "SPEC-2")

    told = answer(capsys, "--map", "gpt-4o=gpt-4o-mini", "--journal", str(tmp_path / ".specbudget"))

    assert told["by"] == "spec"
    assert {row["name"]: row["now_usd"] for row in told["rows"]} == {
        "SPEC-1": "0.0035",
        "SPEC-2": "0.007",
    }
    assert told["total"]["then_usd"] == "0.00063"


@pytest.mark.parametrize(
    ("recorded", "old", "told"),
    [
        pytest.param(
            [chat()],
            "openai/gpt4o",
            'no recorded call is of a model like "openai/gpt4o"; did you mean "openai/gpt-4o"?',
            id="a slip",
        ),
        pytest.param([chat()], "q*", 'no recorded call is of a model like "q*"', id="nothing like"),
        pytest.param([], "gpt-4o", "no call is recorded there; name recordings", id="no call"),
    ],
)
def test_what_no_call_is_of_is_told(
    recorded: list[dict[str, Any]],
    old: str,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = write(tmp_path / "a.yaml", *recorded)

    assert main(["whatif", "--map", f"{old}=gpt-4o-mini", "--cassettes", str(path)]) == 3
    assert capsys.readouterr().err.startswith(f"specbudget: {told}")


def test_a_journal_that_does_not_exist_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["whatif", "--map", "a=b", "--journal", str(tmp_path / "none")])

    assert status == 1
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("named", "told"),
    [
        pytest.param(
            ".specbudget/journal",
            "the newest run is taken, 20261122T1-b; 1 older run left out: to choose another, name "
            "its folder in .specbudget/journal; `--history` takes all runs of a folder\n",
            id="a folder of runs",
        ),
        pytest.param(".specbudget/journal/20261121T1-a", "", id="one run, by its folder"),
        pytest.param(".specbudget/journal/20261121T1-a/h-1-main.jsonl", "", id="one journal"),
    ],
)
def test_it_is_said_which_run_was_taken(
    named: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal(tmp_path, "SPEC-1", run="20261121T1-a")
    journal(tmp_path, "SPEC-2", run="20261122T1-b")

    assert main(["whatif", "--map", "gpt-4o=gpt-4o-mini", "--journal", named]) == 0

    said = capsys.readouterr()
    assert said.err == (f"specbudget: {named}: {told}" if told else "")
    assert ("SPEC-2" in said.out) is bool(told)


def test_the_only_run_of_a_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal(tmp_path, "SPEC-1")

    main(["whatif", "--map", "gpt-4o=gpt-4o-mini", "--journal", ".specbudget"])

    assert ".specbudget: run 20261121T100000Z-r is taken" in capsys.readouterr().err
