from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.gold import agree
from support.reports import HOSTILE, failing, money, passing, row

from pytest_specbudget.errors import JournalError
from pytest_specbudget.reports.evidence import cost_summary, read_summary, write_summaries

if TYPE_CHECKING:
    from pytest_specbudget.reports.report import Report

GOLD = Path(__file__).parent / "gold"


def test_the_summary_is_what_was_accepted() -> None:
    report = failing()

    agree(cost_summary(report, report.specs[1]), GOLD / "RESEARCH_cost_summary.json")


def test_the_keys_are_those_of_the_specification() -> None:
    summary = json.loads(cost_summary(passing(), passing().specs[0]))

    assert {*summary} >= {
        *("spec_id", "budget", "spent", "per_stage", "per_model", "call_count", "alerts"),
        *("pricing_version", "provider_exchange_rate", "schemaVersion"),
    }


def test_evidence_of_a_part_of_the_suite_says_so() -> None:
    part, whole = (
        json.loads(cost_summary(replace(passing(), partial=reasons), passing().specs[0]))
        for reasons in (("3 tests deselected",), ())
    )

    assert part["partial"] == ["3 tests deselected"]
    assert "partial" not in whole


def test_money_is_exact() -> None:
    spec = row(
        "A",
        "0.000000000732",
        ceiling="2",
        models=("m",),
        stages={"s": money("0.1")},
        model_costs={"m": money("0.000000000732")},
    )

    summary = json.loads(cost_summary(passing(), spec))

    assert summary["spent"] == summary["per_model"]["m"] == "0.000000000732"
    assert (summary["budget"], summary["per_stage"]) == ("2", {"s": "0.1"})


def test_what_is_unknown_is_no_zero_and_named_with_its_calls() -> None:
    spec = row(
        "A",
        "0.1",
        calls=4,
        unpriced_calls=3,
        stages={"plan": money("0.1")},
        model_costs={"m": money("0.1")},
        unknown_stages={"plan": 1, "tasks": 2},
        unknown_models={"m": 1, "new": 2},
    )

    summary = json.loads(cost_summary(passing(), spec))

    assert (summary["per_stage"], summary["per_model"]) == ({"plan": "0.1"}, {"m": "0.1"})
    assert summary["unknown_calls_per_stage"] == {"plan": 1, "tasks": 2}
    assert summary["unknown_calls_per_model"] == {"m": 1, "new": 2}


def test_nothing_is_used_of_a_ceiling_as_far_as_anybody_knows() -> None:
    spec = row("A", "0", ceiling="2", unpriced_calls=1)

    assert json.loads(cost_summary(passing(), spec))["utilization"] is None


@pytest.mark.parametrize(
    ("spent", "ceiling", "utilization"),
    [
        pytest.param("1.999999999", "2", "0.999999", id="below the ceiling stays below 1"),
        pytest.param("2", "2", "1.000000", id="exactly the ceiling"),
        pytest.param("1", None, None, id="without a ceiling"),
        pytest.param("1", "0", None, id="of nothing"),
    ],
)
def test_utilization_is_cut_not_rounded(
    spent: str, ceiling: str | None, utilization: str | None
) -> None:
    summary = json.loads(cost_summary(passing(), row("A", spent, ceiling=ceiling)))

    assert summary["utilization"] == utilization


def test_a_file_is_written_for_each_spec(tmp_path: Path) -> None:
    folder = tmp_path / "evidence" / "costs"

    paths = write_summaries(passing(), folder)

    names = ["BILLING_cost_summary.json", "RESEARCH_cost_summary.json", "SUPPORT_cost_summary.json"]
    assert [path.name for path in paths] == names
    assert sorted(path.name for path in folder.iterdir()) == names


def test_an_older_summary_is_replaced(tmp_path: Path) -> None:
    write_summaries(passing(), tmp_path)
    write_summaries(failing(), tmp_path)

    assert read_summary(tmp_path / "RESEARCH_cost_summary.json")["budget"] == "1"


def test_a_summary_that_would_say_the_same_of_another_run_stays_untouched(tmp_path: Path) -> None:
    first, second = (replace(passing(), run=f"2026112{day}T080000Z-0a1b2c3d") for day in (1, 2))
    (path, *_) = write_summaries(first, tmp_path)
    before = path.stat()

    write_summaries(second, tmp_path)

    assert read_summary(path)["run"] == first.run
    assert path.stat() == before, "what watches the file sees no change"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("run", "another", id="only the run: it stays"),
        pytest.param("spent", "7", id="the money"),
        pytest.param("pricing_version", "another", id="the prices, though the money is the same"),
        pytest.param("schemaVersion", "1.0", id="the version of the file"),
        pytest.param("note", "by hand", id="more than ours has"),
    ],
)
def test_a_summary_that_differs_in_more_than_the_run_is_replaced(
    name: str, value: str, tmp_path: Path
) -> None:
    (path, *_) = write_summaries(passing(), tmp_path)
    stored = {**json.loads(path.read_text("utf-8")), name: value}
    path.write_text(json.dumps(stored), "utf-8")

    write_summaries(passing(), tmp_path)

    assert (read_summary(path).get(name) == value) is (name == "run")


def spent_in(folder: Path, report: Report, *reasons: str) -> tuple[str, ...]:
    """Write the summaries of a run that cost as *report* did; return where they are."""
    paths = write_summaries(replace(report, partial=reasons), folder)
    return tuple(sorted({path.parent.relative_to(folder).as_posix() for path in paths}))


def test_a_part_of_the_suite_never_takes_the_place_of_the_whole(tmp_path: Path) -> None:
    spent_in(tmp_path, passing())

    beside = spent_in(tmp_path, failing(), "3 tests deselected")

    summary = read_summary(tmp_path / "RESEARCH_cost_summary.json")
    assert beside == ("partial",)
    assert (summary["budget"], summary.get("partial")) == ("2", None)
    assert read_summary(tmp_path / "partial" / "RESEARCH_cost_summary.json")["budget"] == "1"


def test_the_whole_takes_the_place_of_every_part(tmp_path: Path) -> None:
    places = [
        spent_in(tmp_path, passing(), "stopped early"),
        spent_in(tmp_path, passing()),
        spent_in(tmp_path, passing(), "stopped early"),
        spent_in(tmp_path, passing()),
    ]

    assert places == [(".",), (".",), ("partial",), (".",)]
    assert not [*(tmp_path / "partial").iterdir()]


@pytest.mark.parametrize(
    "specs",
    [
        pytest.param([HOSTILE], id="an odd name"),
        pytest.param(["../../etc/passwd"], id="a way out of the folder"),
        pytest.param(["spec", "SPEC"], id="names that differ in case only"),
        pytest.param(["a/b", "a:b"], id="names that differ in what is not portable"),
        pytest.param(["CON", "nul.txt"], id="names that Windows keeps for itself"),
        pytest.param(["x" * 500], id="a long name"),
        pytest.param(["..", "", "."], id="no name at all"),
    ],
)
def test_file_names_are_portable_and_unique(specs: list[str], tmp_path: Path) -> None:
    report = replace(passing(), specs=tuple(row(spec, "1") for spec in specs))

    paths = write_summaries(report, tmp_path)

    assert len({path.name.lower() for path in paths}) == len(specs)
    for path, spec in zip(paths, specs, strict=True):
        assert path.parent == tmp_path
        assert not {*path.name} & {*'[]:<>"|?*/\\ '}
        assert len(path.name) < 130
        assert read_summary(path)["spec_id"] == spec


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("a file")

    with pytest.raises(OSError, match="evidence"):
        write_summaries(passing(), tmp_path / "evidence")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        pytest.param('{"spent": 0.1}', 1, id="none is version 1"),
        pytest.param('{"schemaVersion": 1}', 1, id="a number"),
        pytest.param('{"schemaVersion": "2.0"}', "2.0", id="a string"),
    ],
)
def test_a_summary_without_a_version_is_of_version_1(
    text: str, version: object, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)

    assert read_summary(path)["schemaVersion"] == version


def test_numbers_are_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"spent": 0.1}')

    assert read_summary(path)["spent"] == Decimal("0.1")


@pytest.mark.parametrize("text", ["", "[]", "{", "\udcff"])
def test_a_damaged_summary_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(JournalError, match=r"a\.json"):
        read_summary(path)


@pytest.mark.parametrize(
    ("before", "now", "place"),
    [
        pytest.param((), ("tests/a",), "partial", id="a folder beside the whole"),
        pytest.param(("tests/a",), (), ".", id="the whole takes the place of a folder"),
        pytest.param(("tests/a",), ("tests/a",), ".", id="the same folder again"),
        pytest.param(("tests/a",), ("tests/a/test_x.py",), "partial", id="a file in it"),
        pytest.param(("tests/a/test_x.py",), ("tests/a",), ".", id="the folder around it"),
        pytest.param(("tests/a",), ("tests/b",), "partial", id="another folder"),
        pytest.param(("tests/a",), ("tests/b", "tests/a"), ".", id="both"),
    ],
)
def test_evidence_of_chosen_files_never_takes_the_place_of_that_of_more(
    tmp_path: Path, before: tuple[str, ...], now: tuple[str, ...], place: str
) -> None:
    spent_in(tmp_path, replace(passing(), chosen=before))

    assert spent_in(tmp_path, replace(failing(), chosen=now)) == (place,)
