"""Hosts that nobody declared, whose calls got the prices of a provider all the same, are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import bound
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.bookkeeping.recall import recalled, values_of
from pytest_specbudget.providers.hosts import HostRule
from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.verdicts.closing import RunFacts, close
from pytest_specbudget.verdicts.strangers import stranger_notes, strangers_among

if TYPE_CHECKING:
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

GATEWAY = "llm-gw.corp"
PRICED = "openai/gpt-5-mini/default/from-2025-08-07"


def to(host: str = GATEWAY, cost: str | None = "0.10", **others: Any) -> Charge:
    return call(cost, host=host, **{"price_id": PRICED, **others})


def declared(*rules: HostRule) -> Settings:
    return Settings(hosts=rules)


def names(*charges: Charge, settings: Settings | None = None) -> list[str]:
    return [one.host for one in strangers_among(charges, settings or Settings())]


def note(*charges: Charge, settings: Settings | None = None) -> str:
    (told,) = stranger_notes(charges, settings or Settings())
    return told


@pytest.mark.parametrize(
    ("host", "is_strange"),
    [
        pytest.param(GATEWAY, True, id="a gateway"),
        pytest.param("10.0.0.7", True, id="a machine in the cellar"),
        pytest.param("host.docker.internal", True, id="the machine around a container"),
        pytest.param("gateway.example", True, id="a name that a recording was given"),
        pytest.param("api.openai.com", False, id="a provider"),
        pytest.param("my-own.openai.azure.com", False, id="a customer's host at a provider"),
        pytest.param(
            "gateway.ai.cloudflare.com", False, id="a gateway whose path says who answers"
        ),
        pytest.param("127.0.0.2", False, id="a server on the loopback interface"),
        pytest.param("0.0.0.0", False, id="which listens everywhere"),  # noqa: S104 - only a name
        pytest.param("::1", False, id="likewise"),
        pytest.param("localhost", False, id="by its name"),
        pytest.param("ollama.localhost", False, id="by a name below that"),
        pytest.param("testserver", False, id="a test client's"),
        pytest.param("(told by the test)", False, id="a call that was booked by hand"),
    ],
)
@pytest.mark.parametrize("source", ["live", "record", "replay"])
def test_a_host_is_strange_unless_somebody_knows_it(
    host: str, source: str, *, is_strange: bool
) -> None:
    assert bool(names(to(host, source=source))) is is_strange


@pytest.mark.parametrize(
    ("rule", "is_strange"),
    [
        pytest.param(HostRule(pattern="*.corp", provider="openai"), False, id="whose prices hold"),
        pytest.param(HostRule(pattern=GATEWAY, free="ours"), False, id="why it is free"),
        pytest.param(HostRule(pattern=GATEWAY, models={"a": "b"}), True, id="only an alias"),
        pytest.param(HostRule(pattern="else.corp", provider="openai"), True, id="another host"),
    ],
)
def test_settings_make_a_host_known(rule: HostRule, *, is_strange: bool) -> None:
    assert bool(names(to(), settings=declared(rule))) is is_strange


@pytest.mark.parametrize(
    "charge",
    [
        pytest.param(to(source="mock"), id="a fake answered"),
        pytest.param(to(source="replay", verdict="mocked"), id="also where fakes are counted"),
        pytest.param(to(cost=None, price_id=None), id="it has no price, which is a finding"),
        pytest.param(to(cost="0", price_id="free"), id="the user said that it costs nothing"),
    ],
)
def test_what_got_no_price_of_a_provider_is_not_told(charge: Charge) -> None:
    assert names(charge) == []


@pytest.mark.parametrize(
    ("price_id", "is_strange"),
    [
        pytest.param(PRICED, True, id="a model that the provider sells"),
        pytest.param("openai/our-llama/default/from-2026-01-01", False, id="a model of their own"),
        pytest.param("acme/answers-1/default/from-2026-01-01", False, id="a provider of their own"),
        pytest.param(
            f"openai/our-llama/default/from-2026-01-01 + {PRICED}", True, id="one of two models"
        ),
    ],
)
def test_who_states_a_price_of_their_own_for_a_model_knows_what_it_costs(
    price_id: str, *, is_strange: bool
) -> None:
    settings = replace(Settings(), prices=(Path("ours.toml"),))

    assert bool(names(to(price_id=price_id), settings=settings)) is is_strange


def test_one_sentence_says_what_was_spent_where_and_what_to_write() -> None:
    assert note(to(), to(cost="0.05"), to("api.openai.com")) == (
        "nobody declared llm-gw.corp (2 calls, $0.1500 by the prices of openai): the format of the "
        "answers told whose prices to take; say in [tool.specbudget] whose hold, or "
        'free = "why": hosts."llm-gw.corp" = { provider = "openai" }'
    )


def test_the_dearest_hosts_are_named_and_the_rest_counted() -> None:
    told = note(*(to(f"gw{one}.corp", cost=f"0.{one}") for one in range(1, 6)))

    assert "gw5.corp (1 call, $0.5000 by the prices of openai), gw4.corp" in told
    assert "and 2 more hosts" in told
    assert told.count(" = { provider") == 3
    assert "gw2.corp" not in told


def test_the_entry_of_a_host_is_kept_and_its_place_told() -> None:
    known = HostRule(
        pattern=GATEWAY,
        models={"fast-1": "gpt-5-mini"},
        origin=f'hosts."{GATEWAY}" = {{ ... }} in specbudget.toml',
    )

    assert note(to(), settings=declared(known)).endswith(
        'hosts."llm-gw.corp" = { provider = "openai", models = { "fast-1" = "gpt-5-mini" } } '
        "(in the place of specbudget.toml)"
    )


def test_of_a_host_that_speaks_several_formats_nobody_guesses_whose_prices_hold() -> None:
    told = note(to(), to(provider="anthropic", price_id="anthropic/claude-sonnet-4-0/from-x"))

    assert "(2 calls, $0.2000 by the prices of anthropic and openai)" in told
    assert told.endswith('{ provider = "?" }')


def test_what_is_known_of_the_cost_is_marked_where_that_is_not_all() -> None:
    assert "(1 call, $0.1000 + ? by the prices" in note(to(usage_state="partial"))
    assert "(1 call, $0.1000 + ? by" in note(to(usage_state="partial", bound=bound("0.01")))


def notes_of(*happened: Journal, settings: Settings | None = None) -> list[str]:
    report = close(happened, settings or recalled(happened), RunFacts(run="r"))
    return [one for one in report.notes if "nobody declared" in one]


def kept(settings: Settings, *, hosts: bool = True) -> Any:
    values = values_of(settings)
    return event("settings", **{name: values[name] for name in values if hosts or name != "hosts"})


OURS = HostRule(pattern="*.corp", provider="openai", origin="test")


@pytest.mark.parametrize(
    ("first", "told"),
    [
        pytest.param([], 1, id="nothing was asked, so nothing is declared"),
        pytest.param([kept(Settings())], 1, id="it says that nothing is declared"),
        pytest.param([kept(declared(OURS))], 0, id="it says what is declared"),
        pytest.param([kept(Settings(), hosts=False)], 0, id="an older journal says nothing of it"),
    ],
)
def test_a_journal_is_judged_again_by_what_its_run_declared(first: list[Any], told: int) -> None:
    assert len(notes_of(journal(*first, to()))) == told


def test_a_damaged_journal_may_have_lost_what_was_declared() -> None:
    assert notes_of(journal(to(), ended=False)) == []


def test_the_settings_that_a_change_is_judged_by_count_as_well() -> None:
    told = journal(kept(Settings()), to())

    assert notes_of(told, settings=declared(OURS)) == []


def test_copies_of_a_call_that_is_judged_once_are_one() -> None:
    shared = "<fixture session:corpus>"
    copies = [
        to(test=shared, asks="f", worker=worker, fixture="session:corpus") for worker in ("a", "b")
    ]

    told = note(*merge([journal(*copies)]).ledger)

    assert "(1 call, $0.1000 by" in told
