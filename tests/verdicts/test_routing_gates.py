"""What a run is held to by its routing table, and what is said of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.routing import model_call

from pytest_specbudget.bookkeeping.gates import nodes_of
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.journal.reader import Journal
from pytest_specbudget.journal.schema import EventLine
from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.settings.values import Limit
from pytest_specbudget.verdicts.routing import routing_of

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.verdicts.routed import Routing

ROUTED = Routed(task="t", role="primary", tier="M", slot="claude-haiku-3.5")
PREMIUM = Settings(route="premium", origins={"route": "--spec-route=premium"})
SHARE = Settings(max_premium_share=Fraction(5, 100))
ASIDE = Routed(task="t", role="primary", tier="X", slot="gpt-4o", reason="override")


def routing(*calls: Charge, toml: str | None = None, settings: Settings | None = None) -> Routing:
    values = {"text": toml, "source": "r.toml"}
    told = [] if toml is None else [EventLine(kind="event", event="routing_table", values=values)]
    ledger = Ledger(list(calls))
    return routing_of([Journal("j", events=told)], ledger, settings or Settings(), nodes_of)


def found(told: Routing, *calls: Charge) -> list[Finding]:
    judged = Ledger(list(calls))
    return [one for gate in told.gates for one in gate.check(judged)]


def of_plan(cost: str = "0.10", **others: Any) -> Charge:
    return model_call("openai", "gpt-4o-mini", **{"command": "/speckit.plan", **others}, cost=cost)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param("claude-opus-4-1-20250805", ["tier-mismatch"], id="a dearer one"),
        pytest.param("claude-sonnet-4-0", ["tier-mismatch"], id="an alias of a dearer one"),
        pytest.param("claude-3-5-haiku-latest", [], id="an alias of one of the tier"),
        pytest.param("claude-3-haiku-20240307", [], id="a cheaper one"),
        pytest.param("claude-of-nobody", ["tier-mismatch"], id="one without a price"),
    ],
)
def test_models_that_no_plan_names_are_placed_by_the_catalogue(
    model: str, expected: list[str]
) -> None:
    call = model_call("anthropic", model, tier="S")

    assert [one.rule for one in found(routing(call), call)] == expected


@pytest.mark.parametrize(
    ("toml", "breached"),
    [
        pytest.param("[commands.plan]\nlimit = 0.19\n", True, id="a command's own"),
        pytest.param("[commands.plan]\nlimit = 0.20\n", False, id="that is just kept"),
        pytest.param("[tiers.C]\nlimit = 0.19\n", True, id="its tier's"),
        pytest.param("[tiers.M]\nlimit = 0.19\n", False, id="another tier's"),
        pytest.param("[commands.tasks]\nlimit = 0.01\n", False, id="another command's"),
        pytest.param("[tiers.C]\nretries = 1\n", False, id="a shipped one"),
    ],
)
def test_a_ceiling_that_the_table_states_holds_its_command(toml: str, *, breached: bool) -> None:
    calls = of_plan(), of_plan(command="plan")

    told = routing(*calls, toml=toml)

    errors = [one.rule for one in found(told, *calls) if one.severity == "error"]
    assert errors == ["budget-exceeded"] * breached
    assert told.enforces is ("limit" in toml)


def test_a_breach_says_where_the_table_states_the_ceiling() -> None:
    (breach,) = found(routing(of_plan(), toml="[commands.plan]\nlimit = 0.01\n"), of_plan())

    assert (breach.subject, breach.origin) == ("plan", 'limit = 0.01 of command "plan" in r.toml')


def test_a_ceiling_from_the_settings_goes_before_that_of_the_table() -> None:
    ours = Limit(scope="command", subject="plan", ceiling=Money.parse("9"), origin="x")
    settings = Settings(limits=(ours,))

    told = routing(of_plan(), toml="[commands.plan]\nlimit = 0.01\n", settings=settings)

    assert found(told, of_plan()) == []


@pytest.mark.parametrize(
    ("call", "toml", "settings", "shown"),
    [
        pytest.param(of_plan(routed=ROUTED), None, None, True, id="something was routed"),
        pytest.param(of_plan(), "", None, True, id="there is a table"),
        pytest.param(of_plan(), None, SHARE, True, id="premium models are limited"),
        pytest.param(of_plan(tier="S"), None, None, False, id="a test has a tier"),
        pytest.param(of_plan(), None, None, False, id="nobody speaks of routing"),
        pytest.param(of_plan(routed=ASIDE), "", PREMIUM, False, id="the table is set aside"),
    ],
)
def test_figures_are_shown_where_routing_was_asked_for(
    call: Charge, toml: str | None, settings: Settings | None, *, shown: bool
) -> None:
    told = routing(call, toml=toml, settings=settings)

    assert bool(told.kpis) is shown
    assert any("(default target: 80 % or more)" in note for note in told.notes) is shown


def test_what_the_whole_run_was_sent_to_is_a_warning() -> None:
    call = model_call("openai", "gpt-4o", tier="S", routed=ASIDE)
    settings = Settings(route="premium", origins=PREMIUM.origins, max_premium_share=Fraction(0))

    findings = found(routing(call, toml="", settings=settings), call)

    assert [one.rule for one in findings] == ["tier-mismatch", "premium-share"]
    assert {one.severity for one in findings} == {"warning"}
    assert all("--spec-route=premium asks for that" in one.message for one in findings)


def test_names_that_the_table_does_not_have_are_noted() -> None:
    call = of_plan(command="clarfy", routed=ROUTED)

    assert routing(call).notes[-1].startswith('no command is called "clarfy" (did you mean')
