"""`specbudget prices`: what a person who keeps the catalogue types."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cli import main
from pytest_specbudget.prices.loading import CORRECTIONS, DATA

if TYPE_CHECKING:
    from pathlib import Path

IF_RIGHT = 'if that is right, say why in the entry with reason = "..."'
MEANT = 'did you mean "mistral"?'

needs_source = pytest.mark.skipif(
    find_spec("genai_prices") is None, reason="genai-prices is not installed"
)


def test_diff_shows_what_changed_between_two_dates(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "diff", "2025-06-09", "2025-06-11"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert "openai/o3/default input 10 -> 2 USD per million x0.2" in lines
    assert all(line.startswith(("openai/o3/", "openrouter/openai/o3/")) for line in lines)


def test_diff_shows_nothing_where_nothing_changed(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "diff", str(DATA)])

    assert (status, capsys.readouterr().out) == (0, "")


def test_diff_shows_the_error_of_the_seed_documents_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["prices", "diff", "seed-2025-10"])

    lines = capsys.readouterr().out.splitlines()
    model = "anthropic/claude-3-5-haiku-latest/default"
    assert status == 0
    assert lines[:2] == [
        f"{model} input 0.25 -> 0.8 USD per million x3.2",
        f"{model} output 1.25 -> 4 USD per million x3.2",
    ]
    assert all(" none -> " in line or line.endswith(" -> none") for line in lines[2:])
    assert "anthropic/claude-haiku-3.5 names claude-3-5-haiku-latest -> none" in lines


def test_diff_compares_an_overlay_file_with_a_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "ours.toml"
    overlay.write_text(
        '[[price]]\nprovider = "groq"\nmodel = "llama-3.1-8b-instant"\n'
        'rates = { input = "0.1", output = "0.08" }\n',
        encoding="utf-8",
    )

    main(["prices", "diff", "2026-11-21", str(overlay)])

    assert capsys.readouterr().out == (
        "groq/llama-3.1-8b-instant/default input 0.05 -> 0.1 USD per million x2\n"
    )


def test_diff_of_all_times_shows_history_that_an_overlay_hides(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["prices", "diff", "--ever", "seed-2025-10"])

    lines = capsys.readouterr().out.splitlines()
    model = "anthropic/claude-3-5-haiku-latest/default"
    assert f"{model} input 0.25 -> 1 USD per million x4" in lines
    assert f"{model}/from-2024-12-03 input none -> 0.8 USD per million" in lines


def test_diff_says_what_is_neither_folder_nor_date(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "diff", "last week"])

    assert (status, capsys.readouterr().err) == (
        1,
        'specbudget: "last week" is neither a folder, an overlay nor a date\n',
    )


def test_a_slip_in_the_name_of_an_overlay_is_told_with_what_was_probably_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["prices", "diff", "seed-2025-11"]) == 1
    assert 'nor a date; did you mean "seed-2025-10"?' in capsys.readouterr().err


def test_upcoming_lists_what_lies_ahead_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "upcoming", "--after", "2026-11-21"])

    lines = capsys.readouterr().out.splitlines()
    assert status == 0
    assert (
        "2026-12-01T00:00:00Z google/gemini-4-argon/default input 2 -> 4 USD per million x2"
        in lines
    )
    assert lines == sorted(lines, key=lambda line: line[:20])


def test_upcoming_begins_after_the_date_of_the_catalogue(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["prices", "upcoming", "--after", "catalogue"])

    printed = capsys.readouterr()
    assert status == 0
    assert printed.out.startswith("2026-12-01T00:00:00Z ")
    assert "the prices of openai/gpt-5.6-sol are promised until 2026-11-22 only" in printed.err


def test_a_time_that_is_none_is_a_wrong_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["prices", "upcoming", "--after", "soon"])

    assert caught.value.code == 2
    assert '"soon" is no time; write one like 2026-11-21' in capsys.readouterr().err


def test_check_warns_of_prices_that_are_stale_and_of_overlays_that_disagree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = main(["prices", "check", "--at", "2027-06-01", "--prices", "seed-2025-10"])

    told = capsys.readouterr().err
    assert status == 0
    assert "stale: genai-prices 0.2.3 was checked 192 days before, on 2026-11-21" in told
    assert "seed-2025-10:9 [[price]] 1 and genai-prices 0.2.3 disagree on" in told


@needs_source
def test_check_passes_for_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["prices", "check"])

    assert (status, capsys.readouterr().out) == (0, "")


@needs_source
def test_check_names_a_shard_that_was_edited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / "groq.json").write_text("{}", encoding="utf-8")

    status = main(["prices", "check", "--folder", str(tmp_path / "data")])

    assert status == 1
    assert "groq.json is not what its lock says" in capsys.readouterr().out


@needs_source
def test_build_writes_a_catalogue_that_passes(tmp_path: Path) -> None:
    folder = str(tmp_path / "data")

    built = main(["prices", "build", "--folder", folder, "--as-of", "2026-11-21"])

    assert (built, main(["prices", "check", "--folder", folder])) == (0, 0)


@needs_source
def test_build_lists_each_price_that_it_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = tmp_path / "corrections"
    shutil.copytree(CORRECTIONS, sources)
    shutil.copytree(DATA, tmp_path / "data")
    (sources / "zz.toml").write_text(
        '[[price]]\nprovider = "zai"\nmodel = "GLM-4.6"\n'
        'rates = { input = "1.2", output = "2.2" }\nvalid_to = 2026-01-01\n'
        'source = "https://example.test"\nchecked = 2026-11-21\n',
        encoding="utf-8",
    )

    main(["prices", "build", "--folder", str(tmp_path / "data"), "--corrections", str(sources)])

    lines = capsys.readouterr().out.splitlines()
    assert "zai/GLM-4.6/default input 0.6 -> 1.2 USD per million x2" in lines
    assert "zai/GLM-4.6/default/from-2026-01-01 input none -> 0.6 USD per million" in lines


@needs_source
def test_check_names_a_rate_that_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, sources = tmp_path / "data", tmp_path / "corrections"
    shutil.copytree(CORRECTIONS, sources)
    (sources / "zz.toml").write_text(
        '[[price]]\nprovider = "zai"\nmodel = "odd"\nrates = { input = "2", output = "1" }\n'
        'source = "https://example.test"\nchecked = 2026-11-21\n',
        encoding="utf-8",
    )
    where = ["--folder", str(folder), "--corrections", str(sources)]

    main(["prices", "build", *where])
    status = main(["prices", "check", *where])

    assert status == 1
    assert capsys.readouterr().out == "zai/odd: default: output is not at least input\n"


@needs_source
def test_check_warns_of_what_looks_mistyped_in_overlays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "ours.toml"
    overlay.write_text(
        '[[price]]\nprovider = "acme"\nmodel = "m"\nrates = { input = "2", output = "1" }\n'
        '[[price]]\nprovider = "acme"\nmodel = "n"\nrates = { input = "2", output = "1" }\n'
        'reason = "so it stands in the contract"\n'
        '[[price]]\nprovider = "acme"\nmodel = "long"\nover = 1000\nrates = { input = "2" }\n'
        '[[discount]]\nprovider = "mistrall"\npercent = "5"\n',
        encoding="utf-8",
    )

    status = main(["prices", "check", "--at", "2026-11-22", "--prices", str(overlay)])

    printed = capsys.readouterr()
    assert (status, printed.out) == (0, "")
    told = [line for line in printed.err.splitlines() if str(overlay) in line]
    assert [line.removeprefix("specbudget: ") for line in told] == [
        f"{overlay} [[price]] 1: acme/m: default: output is not at least input; {IF_RIGHT}",
        f"{overlay}: acme/long: default has no price for some requests",
        f'{overlay} [[discount]] 1: nobody sells under the name "mistrall"; {MEANT}',
    ]


def test_check_refuses_an_overlay_that_gives_everything_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overlay = tmp_path / "zero.toml"
    overlay.write_text(
        '[[price]]\nprovider = "openai"\nmodel = "o3"\nrates = { input = "0", output = "0" }\n',
        encoding="utf-8",
    )

    status = main(["prices", "check", "--prices", str(overlay)])

    assert status == 1
    assert capsys.readouterr().err.startswith(
        f"specbudget: {overlay}:1: [[price]] 1: input and output of openai/o3 would cost nothing; "
    )
