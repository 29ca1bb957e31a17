from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.comparisons import change, regressed, same

from pytest_specbudget.cli import main
from pytest_specbudget.core.money import Money
from pytest_specbudget.reports.comparison_json import comparison_json
from pytest_specbudget.settings.acks_file import FILE_NAME, read_acks

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Change, Scope
    from pytest_specbudget.reports.report import Report

FAR = "2999-12-31"
BASICS = ["--until", FAR, "--reason", "longer plans"]
BELOW_ZERO = (
    "write a number of 0 or more"
    if sys.version_info >= (3, 14)  # where `argparse` takes `-5%` for the value that it is
    else "no limit follows; write one like 12% or 1.20USD, and none below 0"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ack(*words: str) -> int:
    try:
        return main(["ack", *words])
    except SystemExit as left:  # what argparse does with arguments that it cannot read
        return left.code if isinstance(left.code, int) else 1


def comparing(*changes: Change) -> Report:
    report = regressed()
    assert report.comparison is not None
    return replace(report, comparison=replace(report.comparison, changes=changes))


def render(report: Report) -> str:
    """Write the part of a JSON report that counts here."""
    assert report.comparison is not None
    return json.dumps({"schemaVersion": "1.0", "comparison": comparison_json(report.comparison)})


def test_an_entry_is_written_where_the_gate_looks_for_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = ack("RESEARCH", "--limit", "12%", *BASICS, "--owner", "ana", "--scope", "spec")

    assert status == 0
    assert (here / FILE_NAME).read_text(encoding="utf-8") == (
        '[[ack]]\nsubject = "RESEARCH"\nscope = "spec"\nlimit = "12%"\n'
        'until = 2999-12-31\nreason = "longer plans"\nowner = "ana"\n'
    )
    told = capsys.readouterr()
    assert told.err == f"RESEARCH may rise by 12 % until {FAR}: {FILE_NAME}\n"
    assert told.out == ""


@pytest.mark.parametrize("ending", ["\n", ""], ids=["a whole last line", "a last line without end"])
def test_what_the_file_holds_is_kept_to_the_letter(here: Path, ending: str) -> None:
    held = '# why we accept\n[[ack]]\nsubject="B"  # big\nlimit="1%"\nuntil=2026-01-01\nreason="r"'
    file = here / FILE_NAME
    file.write_text(held + ending, encoding="utf-8")

    assert ack("RESEARCH", "--limit", "1.20USD", *BASICS) == 0

    assert file.read_text(encoding="utf-8").startswith(held + ending)
    assert [(one.subject, one.limit) for one in read_acks(file)] == [
        ("B", Fraction(1)),
        ("RESEARCH", Money.parse("1.20")),
    ]


@pytest.mark.parametrize(
    ("measured", "limit"),
    [
        pytest.param(
            change("spec", "RESEARCH", "0.952", "1.102", "regressed"),
            Fraction("15.76"),
            id="rounded up, so that it covers what was measured",
        ),
        pytest.param(
            change("spec", "RESEARCH", "1", "1.1", "acknowledged"), Fraction(10), id="exactly"
        ),
        pytest.param(
            change("spec", "RESEARCH", "0", "0.3", "regressed"),
            Money.parse("0.3"),
            id="in dollars where it cost nothing",
        ),
        pytest.param(
            change("spec", "RESEARCH", "1", "0.9", "regressed"),
            Fraction(0),
            id="nothing where it only asks for more",
        ),
    ],
)
def test_the_limit_is_what_the_newest_report_measured(
    here: Path, measured: Change, limit: Fraction | Money
) -> None:
    (here / "other.json").write_text('[{"comparison": 1}]', encoding="utf-8")
    (here / "package.json").write_text('{"comparison": 1}', encoding="utf-8")
    (here / "old.json").write_text(render(same()), encoding="utf-8")
    os.utime(here / "old.json", (1, 1))
    (here / "new.json").write_text(render(comparing(measured)), encoding="utf-8")

    assert ack("RESEARCH", *BASICS) == 0

    (one,) = read_acks(here / FILE_NAME)
    assert (one.limit, one.until) == (limit, date(2999, 12, 31))


def test_the_report_to_go_by_can_be_named(here: Path) -> None:
    (here / "build").mkdir()
    (here / "build" / "r.json").write_text(render(regressed()), encoding="utf-8")

    assert ack("RESEARCH", *BASICS, "--report", "build/r.json", "--file", "acks.toml") == 0
    assert [one.subject for one in read_acks(here / "acks.toml")] == ["RESEARCH"]


def test_the_report_that_was_gone_by_is_told_with_its_run(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {**json.loads(render(regressed())), "run": "20261122T213626.016029Z-9db0647c"}
    (here / ".specbudget").mkdir()
    (here / ".specbudget" / "r.json").write_text(json.dumps(document), encoding="utf-8")
    compared = document["comparison"]

    assert ack("RESEARCH", *BASICS) == 0

    assert capsys.readouterr().err.splitlines()[-1] == (
        f"so much by {Path('.specbudget/r.json')}, of the run 20261122T213626.016029Z-9db0647c, "
        f"begun 2026-11-22 21:36 UTC: {compared['head']} beside {compared['base']}"
    )


@pytest.mark.parametrize("run", [None, "ours\x1b[31m", 7, "20269999T999999Z-1"])
def test_a_report_of_no_run_is_told_with_the_instant_it_was_written(
    run: object, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {**json.loads(render(regressed())), "run": run}
    (here / "r.json").write_text(json.dumps(document), encoding="utf-8")
    os.utime(here / "r.json", (1_000_000_000, 1_000_000_000))

    assert ack("RESEARCH", *BASICS) == 0
    assert "so much by r.json, written 2001-09-09 01:46 UTC: " in capsys.readouterr().err


def test_what_diff_wrote_is_a_report_too(here: Path) -> None:
    document = json.loads(render(regressed()))["comparison"]
    (here / "diff.json").write_text(json.dumps({"verdict": "fail", **document}), encoding="utf-8")

    assert ack("RESEARCH", *BASICS) == 0
    assert [one.subject for one in read_acks(here / FILE_NAME)] == ["RESEARCH"]


def test_the_setting_says_where_the_file_lies(here: Path) -> None:
    settings = '[tool.specbudget]\nacks = "accepted.toml"\n'
    (here / "pyproject.toml").write_text(settings, encoding="utf-8")

    assert ack("RESEARCH", "--limit", "12%", *BASICS) == 0
    assert [one.subject for one in read_acks(here / "accepted.toml")] == ["RESEARCH"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["A", *BASICS], "no JSON report of a comparison is here", id="no report"),
        pytest.param(
            ["RESARCH", *BASICS, "--report", "r.json"],
            'r.json has no "RESARCH"; did you mean "RESEARCH"?',
            id="a slip",
        ),
        pytest.param(
            ["BILLING", *BASICS, "--report", "r.json"],
            '"BILLING" is "cheaper" in r.json, so there is nothing to accept',
            id="no regression",
        ),
        pytest.param(
            ["A", "--until", "2020-01-01", "--reason", "r", "--limit", "1%"],
            "--until 2020-01-01 is over",
            id="a day that is over",
        ),
        pytest.param(
            ["A", "--until", "soon", "--reason", "r"], '"soon" is no day', id="no day at all"
        ),
        pytest.param(["A", "--until", FAR, "--reason", " "], "it is empty", id="no reason"),
        pytest.param(
            ["A", *BASICS, "--limit", "12"], 'write "12%" or "$1.20"', id="a limit without a unit"
        ),
        pytest.param(["A", "--until", FAR], "--reason", id="a reason is needed"),
        pytest.param(["A\udcff", *BASICS], "it is not UTF-8", id="a name in another encoding"),
        pytest.param(
            ["A", *BASICS, "--limit", "-5%"],
            BELOW_ZERO,
            id="a limit below 0, which looks like an option",
        ),
        pytest.param(
            ["A", *BASICS, "--limit", "1%", "--scope", "suite"], "invalid choice", id="a scope"
        ),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_written(
    here: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    if "r.json" in words:
        (here / "r.json").write_text(render(regressed()), encoding="utf-8")

    assert ack(*words) == 2
    assert told in capsys.readouterr().err
    assert not (here / FILE_NAME).exists()


def test_a_name_of_several_things_asks_for_the_scope(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = (
        change("spec", "plan", "1", "2", "regressed"),
        change("stage", "plan", "1", "3", "regressed"),
    )
    (here / "r.json").write_text(render(comparing(*both)), encoding="utf-8")

    assert ack("plan", *BASICS) == 2
    assert "add --scope spec or stage" in capsys.readouterr().err
    assert ack("plan", *BASICS, "--scope", "stage") == 0
    assert [one.limit for one in read_acks(here / FILE_NAME)] == [Fraction(200)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"[[ack]\n", "is not valid TOML", id="a file that makes no sense"),
        pytest.param(b"ack = []\n", "is not valid TOML", id="a list that is closed already"),
        pytest.param(b"# \xff\n", "is not UTF-8", id="another encoding"),
    ],
)
def test_a_file_that_would_not_make_sense_is_left_alone(
    here: Path, capsys: pytest.CaptureFixture[str], content: bytes, told: str
) -> None:
    (here / FILE_NAME).write_bytes(content)

    assert ack("A", "--limit", "1%", *BASICS) == 2
    assert told in capsys.readouterr().err
    assert (here / FILE_NAME).read_bytes() == content


@pytest.mark.parametrize(
    ("scope", "partial", "told"),
    [
        pytest.param("spec", True, True, id="a part of a SPEC"),
        pytest.param("spec", False, False, id="the whole of it"),
        pytest.param("test", True, False, id="a test is whole"),
    ],
)
def test_a_rise_in_a_part_of_the_suite_is_not_that_of_the_whole(
    scope: Scope, *, partial: bool, told: bool, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = json.loads(render(comparing(change(scope, "A", "1", "2", "regressed"))))
    (here / "r.json").write_text(json.dumps(report | {"partial": partial}), encoding="utf-8")

    assert ack("A", *BASICS) == 0
    assert ("r.json is of a part of the suite" in capsys.readouterr().err) is told


def test_a_report_that_is_damaged_is_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "r.json").write_text("{", encoding="utf-8")

    assert ack("A", *BASICS, "--report", "r.json") == 1
    assert "r.json" in capsys.readouterr().err


def test_a_report_that_is_not_there_is_told_though_the_limit_was_typed(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ack("RESEARCH", *BASICS, "--limit", "3%", "--report", "gone.json") == 1
    assert "gone.json: cannot be read as a report: there is no such" in capsys.readouterr().err
    assert not (here / FILE_NAME).exists()


def test_a_link_to_nothing_is_no_report_to_look_into(here: Path) -> None:
    (here / "old.json").symlink_to("gone.json")
    (here / "report.json").write_text(render(regressed()), "utf-8")

    assert ack("RESEARCH", *BASICS) == 0


def test_a_hostile_name_is_only_a_name(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = 'x"]\n[[ack]]\n\x1b[31m\x7f'

    assert ack(name, "--limit", "1%", *BASICS) == 0
    assert [one.subject for one in read_acks(here / FILE_NAME)] == [name]
    assert "\x1b" not in capsys.readouterr().err


def test_a_second_entry_for_a_subject_is_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ack("RESEARCH", "--limit", "12%", *BASICS)

    status = ack("RESEARCH", "--limit", "15%", *BASICS)

    assert status == 0
    assert f"{FILE_NAME} has an entry for RESEARCH already" in capsys.readouterr().err
    assert (here / FILE_NAME).read_text(encoding="utf-8").count("[[ack]]") == 2


def test_a_file_that_no_run_reads_is_told_with_the_one_that_runs_do(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "examples/kit/.specbudget/journal/r").mkdir(parents=True)

    assert ack("RESEARCH", "--limit", "12%", *BASICS) == 0
    assert f"pass --file examples/kit/{FILE_NAME}" in capsys.readouterr().err

    assert ack("RESEARCH", "--limit", "12%", *BASICS, "--file", f"examples/kit/{FILE_NAME}") == 0
    assert "no run" not in capsys.readouterr().err


def test_a_report_tells_which_file_its_run_reads(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rootdir = here / "kit"
    rootdir.mkdir()
    (rootdir / "specbudget.toml").write_text('acks = "accepted.toml"', "utf-8")
    document = json.loads(render(regressed()))
    document["journal"] = str(rootdir / ".specbudget/journal/r")
    (here / "report.json").write_text(json.dumps(document), "utf-8")

    assert ack("RESEARCH", "--limit", "12%", *BASICS) == 0
    assert "pass --file kit/accepted.toml" in capsys.readouterr().err
