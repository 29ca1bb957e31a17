"""Ceilings that hold nobody are told."""

from __future__ import annotations

import pytest
from support.journals import call

from pytest_specbudget.budgets.gate import Ceiling, SpendGate
from pytest_specbudget.budgets.unused import UnusedCeilings
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.money import Money

LEDGER = Ledger([call("0.10", spec="A"), call("0.10", spec="B")])


def ceiling(origin: str) -> Ceiling:
    return Ceiling(amount=Money.parse("1"), origin=origin)


def unused(*named: str, each: str | None = None) -> list[tuple[str, str]]:
    gate = SpendGate(
        scope="spec",
        subjects=lambda charge: (charge.attribution.spec,),
        each=None if each is None else ceiling(each),
        named={name: ceiling("pyproject.toml") for name in named},
    )
    return [(one.subject, one.origin) for one in UnusedCeilings(gate).check(LEDGER)]


def test_a_name_of_which_no_call_was_seen_is_told() -> None:
    assert unused("A", "C") == [("C", "pyproject.toml")]


@pytest.mark.parametrize(
    ("name", "seen", "hint"),
    [
        pytest.param("BILING", "BILLING", '; did you mean "BILLING"?', id="a letter is missing"),
        pytest.param("/paln", "/plan", '; did you mean "/plan"?', id="two stand the wrong way"),
        pytest.param("CHECKOUT", "BILLING", "", id="a name that is like no other"),
    ],
)
def test_a_name_that_is_misspelt_is_told_with_what_was_meant(
    name: str, seen: str, hint: str
) -> None:
    gate = SpendGate(
        scope="spec",
        subjects=lambda charge: (charge.attribution.spec,),
        named={name: ceiling("pyproject.toml")},
    )

    (found,) = UnusedCeilings(gate).check(Ledger([call("0.10", spec=seen)]))

    assert found.message == f'no call of spec "{name}" was seen{hint}'


def test_a_name_with_a_ceiling_of_its_own_is_not_what_another_was_meant_to_be() -> None:
    gate = SpendGate(
        scope="spec",
        subjects=lambda charge: (charge.attribution.spec,),
        named={name: ceiling("pyproject.toml") for name in ("SPEC-KIT-070", "SPEC-KIT-071")},
    )

    (found,) = UnusedCeilings(gate).check(Ledger([call("0.10", spec="SPEC-KIT-070")]))

    assert found.message == 'no call of spec "SPEC-KIT-071" was seen'


def test_a_ceiling_of_what_belongs_to_no_spec_may_well_hold_nothing() -> None:
    assert unused("A", "(unassigned)") == []


@pytest.mark.parametrize(
    ("named", "each", "told"),
    [
        pytest.param(
            ("A", "B"), "--spec-budget=1", [("every spec", "--spec-budget=1")], id="all overrule it"
        ),
        pytest.param(("A",), "--spec-budget=1", [], id="it holds the rest"),
        pytest.param(("A", "B"), "pyproject.toml", [], id="it stands there for what may come"),
        pytest.param(("A", "B"), None, [], id="there is none"),
    ],
)
def test_a_general_ceiling_that_was_typed_and_holds_nobody_is_told(
    named: tuple[str, ...], each: str | None, told: list[tuple[str, str]]
) -> None:
    assert unused(*named, each=each) == told
