"""The figures of a history, worked out by hand."""

from __future__ import annotations

import pytest
from support.history import a_record

from pytest_specbudget.analysis.autos import PHASES, Auto, Figure, autos_of, figures
from pytest_specbudget.analysis.records import Record, named
from pytest_specbudget.core.money import Money


def autos(*records: Record) -> list[Auto]:
    return autos_of(map(named, records))


def told(*records: Record) -> dict[str, Figure]:
    return {one.name: one for one in figures(autos(*records), PHASES[2])}


def run(number: int, *costs: str | None, spec: str = "SPEC-1") -> list[Record]:
    at = f"2026-10-{number:02}T10:00:00Z"
    names = ("plan", "tasks", "audit")
    return [
        a_record(cost, at=at, run=f"r{number}", spec=spec, command=name)
        for name, cost in zip(names, costs, strict=False)
    ]


def test_the_figures_are_those_worked_out_by_hand() -> None:
    # Three autos of $1.50, $2.00 and $4.00: $2.50 each, over seven commands.
    found = told(
        *run(1, "1.00", "0.50"), *run(2, "1", "1"), *run(3, "2", "1.5", "0.5", spec="SPEC-2")
    )

    values = {name: (one.value, one.verdict, one.n) for name, one in found.items()}
    assert values == {
        "P1": ("77.2 %", "met", 3),
        "P2": ("$2.50", "met", 3),
        "P3": ("$1.07", "missed", 7),
        "P4": ("$250.00", "met", 3),
        "P5": ("66.6 %: 2 of 3 autos", "missed", 3),
        "P17": ("4.4 times", "missed", 3),
        "O10": ("66.6 %: 2 of 3 autos", "missed", 3),
    }


def test_each_auto_is_held_to_its_own_budget_where_it_has_one() -> None:
    held = autos(*run(1, "1"), *run(2, "1"), *run(3, "2"), *run(4, "9"))
    held[0].budget, held[0].held_by = Money.parse("0.99"), "run"
    held[1].budget, held[1].held_by = Money.parse("1"), "settings"

    found = {one.name: one for one in figures(held, PHASES[2])}

    assert found["P5"].value == "50.0 %: 2 of 4 autos"
    assert found["P5"].says == (
        "SPECs within their budget, by the ceiling of its run (1), "
        "the ceiling that is set now (1), at most $2.00 each (2)"
    )


def test_an_auto_is_one_run_of_one_spec() -> None:
    found = autos(
        *run(2, "1", "2"),
        *run(1, "4", spec="SPEC-1"),
        *run(1, "8", spec="SPEC-2"),
        a_record("16", spec="(unassigned)"),
        a_record("32", spec=None),
    )

    assert [str(auto.cost) for auto in found] == ["4", "8", "3"]


def test_the_newest_twenty_count_and_fewer_say_nothing() -> None:
    cheap = [record for number in range(2, 22) for record in run(number, "1")]

    assert told(*run(1, "9"), *cheap)["O10"].verdict == "met"
    assert told(*cheap[1:])["O10"].verdict == "open"
    assert "it takes 20" in told(*cheap[1:])["O10"].value
    assert told(*run(1, "9"), *cheap[1:])["O10"].verdict == "missed"


def test_what_is_unknown_leaves_a_target_open_unless_it_is_missed_already() -> None:
    within, over = told(*run(1, "1", None)), told(*run(1, "9", None))

    assert {within[name].verdict for name in ("P1", "P2", "P4", "P5", "P17", "O10")} == {"open"}
    assert (within["P2"].value, within["P1"].value) == ("at least $1.00", "at most 90.9 %")
    assert within["P5"].value == "0.0 %: 0 of 1 auto, 1 of unknown cost"
    assert {over[name].verdict for name in over} == {"missed"}


def test_a_call_of_which_only_a_further_part_is_told_is_of_unknown_cost() -> None:
    further = a_record(None, id="one", part=1, run="r1", spec="SPEC-1")
    first = a_record("1", id="one", run="r1", spec="SPEC-1")

    assert [auto.unknown for auto in autos(*run(1, "1"), further)] == [1]
    assert [auto.unknown for auto in autos(*run(1, "1"), further, first)] == [0]
    assert [auto.unknown for auto in autos_of(map(named, [further]), {"one"})] == [1]


def test_a_failed_call_costs_nothing_and_leaves_nothing_open() -> None:
    failed = a_record(None, outcome="failed", run="r1", spec="SPEC-1")

    assert told(*run(1, "1"), failed)["P2"].verdict == "met"


def test_what_costs_nothing_can_be_done_any_number_of_times() -> None:
    assert told(*run(1, "0"))["P17"].value == "any number"


@pytest.mark.parametrize(
    ("phase", "auto", "command", "monthly"),
    [
        (1, "$6.00", "$0.40", "$600.00"),
        (2, "$3.00", "$0.20", "$300.00"),
        (3, "$2.50", "$0.30", "$250.00"),
    ],
)
def test_each_phase_has_the_targets_of_the_seeds(
    phase: int, auto: str, command: str, monthly: str
) -> None:
    found = {one.name: one for one in figures(autos(*run(1, "0.10")), PHASES[phase])}

    for name, target in (("P2", auto), ("P3", command), ("P4", monthly)):
        assert found[name].target.startswith(target)


def test_without_a_spec_there_is_nothing_to_tell() -> None:
    assert not told(a_record("1", spec=None))
