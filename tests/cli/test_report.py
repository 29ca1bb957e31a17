from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.reports import failing, passing

from pytest_specbudget.cli import main
from pytest_specbudget.reports import FORMATS, json_report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "spend.json"
    path.write_text(json_report.render(failing()), "utf-8")
    return path


def test_a_stored_report_is_shown_as_on_a_terminal(
    stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["report", str(stored)])

    shown = capsys.readouterr()
    assert (status, shown.err) == (0, "")
    assert shown.out.startswith("spec ")
    assert shown.out.splitlines()[-1].startswith("FAILED spec budget: RESEARCH $1.1020")


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_can_be_asked_for(
    name: str, stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["report", str(stored), "--format", name])

    assert (status, capsys.readouterr().out) == (0, FORMATS[name](failing()))


def test_output_goes_to_a_file(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = stored.with_name("comment.md")

    status = main(["report", str(stored), "--format", "markdown", "--output", str(output)])

    assert (status, capsys.readouterr().out) == (0, "")
    assert output.read_text("utf-8") == FORMATS["markdown"](failing())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(
            None, "cannot be read as a report: there is no such file or folder", id="no such file"
        ),
        pytest.param(
            b"\xff\xfe", "cannot be read as a report: it is no UTF-8 text, at byte 0", id="no text"
        ),
        pytest.param(b'{"schemaVersion": "1.0"', "spend.json:1:24: not JSON", id="cut off"),
    ],
)
def test_damaged_input_is_one_line_and_status_1(
    content: bytes | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spend.json"
    if content is not None:
        path.write_bytes(content)

    status = main(["report", str(path)])

    shown = capsys.readouterr()
    assert (status, shown.out) == (1, "")
    assert told in shown.err
    assert shown.err.count("\n") == 1


def test_a_link_to_nothing_is_told_as_what_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spend.json"
    path.symlink_to("gone.json")

    assert main(["report", str(path)]) == 1
    assert "as a report: it is a link to nothing (gone.json); name a" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_status_1(
    stored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["report", str(stored), "--output", str(stored / "a.txt")])

    assert status == 1
    assert "a file is in the way" in capsys.readouterr().err


def test_an_unknown_format_is_a_wrong_argument(stored: Path) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["report", str(stored), "--format", "papyrus"])


def test_a_folder_with_foreign_lines_tells_each_file_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text('{"log": 1}\n' * 10_000, "utf-8")

    main(["report", str(tmp_path), "--format", "json"])

    findings = json.loads(capsys.readouterr().out)["findings"]
    damaged = [one["message"] for one in findings if one["rule"] == "journal-damaged"]
    assert len(damaged) == 2
    assert all("10,000 lines cannot be read; the first: " in told for told in damaged)


def test_a_passing_report_is_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "spend.json"
    path.write_text(json_report.render(passing()), "utf-8")

    main(["report", str(path)])

    assert len(capsys.readouterr().out.splitlines()) == 5
