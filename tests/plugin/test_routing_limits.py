"""What a routing table brings along: ceilings, hosts, and the names of tiers and models."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.core.exchange import Request
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.hosts import HostRule
from pytest_specbudget.settings.routing_limits import TableNames, with_routing
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from support.suites import Suite

    from pytest_specbudget.core.reading import Reading

PAGE = Path(__file__).resolve().parents[2] / "docs/routing.md"
TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HOUSE = """
[models.house]
provider = "{}"
model = "acme-1"
wire = "openai"
base_url = "https://LLM.example.com:8443/v1"
"""
OTHER = HOUSE.replace("models.house", "models.other")


def held(folder: Path, toml: str, settings: Settings | None = None) -> Settings:
    """Return *settings* with what the table *toml* brings along."""
    path = folder / "routing.toml"
    path.write_text(toml, encoding="utf-8")
    return with_routing(replace(settings or Settings(), routing=path))


def answered(model: str, host: str, settings: Settings) -> Reading:
    """Read what an answer of *model* at *host*, in OpenAI's format, consumed."""
    asked = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    answer = {"id": "1", "object": "chat.completion", "model": model, "usage": usage}
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}}
    body = json.dumps({**answer, "choices": [choice | {"finish_reason": "stop"}]}).encode()
    request = Request("POST", host, "/v1/chat/completions", json.dumps(asked).encode())
    listener = recognise(request, settings.hosts)
    assert listener is not None
    listener.head(200, {"content-type": "application/json"})
    listener.feed(body)
    return listener.finish("complete")


def test_the_example_of_the_page_is_priced_as_it_is_written(tmp_path: Path) -> None:
    blocks = TOML.findall(PAGE.read_text("utf-8"))
    (table,) = (block for block in blocks if "acme-small-2" in block and "[[price]]" not in block)
    (prices,) = (block for block in blocks if "[[price]]" in block)
    overlay = tmp_path / "prices.toml"
    overlay.write_text(prices, encoding="utf-8")

    settings = held(tmp_path, table, Settings(prices=(overlay,)))
    reading = answered("acme-small-2", "llm.example.com", settings)
    quote = price(reading, PriceDesk(settings).catalogue, PriceDesk(settings).as_of)

    assert (reading.provider, reading.certain) == ("acme", True)
    assert str(quote.list_cost) == "0.00007"
    assert settings.notes == ()


def test_the_provider_of_the_table_counts_for_its_host(tmp_path: Path) -> None:
    (rule,) = held(tmp_path, HOUSE.format("mistral")).hosts

    assert (rule.pattern, rule.provider) == ("llm.example.com", "mistral")
    assert rule.origin.startswith('provider = "mistral" of house in ')


@pytest.mark.parametrize(
    ("ours", "provider"),
    [
        pytest.param(HostRule(pattern="*.com", provider="openai"), "openai", id="its provider"),
        pytest.param(HostRule(pattern="*.com", free="ours"), "openai", id="that it is free"),
        pytest.param(HostRule(pattern="*.com", models={"acme-1": "x"}), "mistral", id="no more"),
    ],
)
def test_what_settings_say_of_the_host_goes_before(
    tmp_path: Path, ours: HostRule, provider: str
) -> None:
    settings = held(tmp_path, HOUSE.format("mistral"), Settings(hosts=(ours,)))

    reading = answered("acme-1", "llm.example.com", settings)

    assert (reading.provider, reading.free) == (provider, ours.free)
    assert reading.real_model == ours.models.get("acme-1")


def test_a_host_of_two_providers_is_said_and_none_is_guessed(tmp_path: Path) -> None:
    settings = held(tmp_path, HOUSE.format("mistral") + OTHER.format("xai"))

    assert settings.hosts == ()
    assert "models of mistral, xai are asked at llm.example.com" in settings.notes[0]


def test_a_provider_without_prices_is_said(tmp_path: Path) -> None:
    (note,) = held(tmp_path, HOUSE.format("mistrall")).notes

    assert 'did you mean "mistral"?' in note


def test_a_limit_of_a_command_goes_before_that_of_all(tmp_path: Path) -> None:
    toml = "[models.cost_limits]\nper_command_budget = 0.5\n[commands.implement]\nlimit = 1.5\n"

    limits = held(tmp_path, toml).limits

    assert [(one.subject, str(one.ceiling)) for one in limits] == [
        (None, "0.5"),
        ("implement", "1.5"),
    ]


def test_what_is_not_held_is_noted(tmp_path: Path) -> None:
    shares = 'stage_shares = { plan = 0.4, "*" = 0.5 }'

    told = held(tmp_path, f"[models.cost_limits]\nmonthly_budget = 9\n{shares}\n")

    (left,) = told.notes
    assert [(one.scope, str(one.ceiling)) for one in told.limits] == [("month", "9")]
    assert "the shares add up to 0.9" in left


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param("S", [], id="a tier"),
        pytest.param("s", ['did you mean "S"?'], id="in the wrong case"),
        pytest.param("SM", ['several are written as ["S", "M"]'], id="several in one"),
        pytest.param("Z", ["there are S, M, C, X"], id="none"),
    ],
)
def test_tiers_of_markers_are_those_of_the_table(name: str, told: list[str]) -> None:
    problems = [*TableNames(Settings()).tier_problems([name])]

    assert [words in problem for words, problem in zip(told, problems, strict=True)] == [
        True
    ] * len(told)


def test_tiers_of_a_table_of_ones_own_are_known(tmp_path: Path) -> None:
    settings = held(tmp_path, '[tiers.XL]\nprimaries = ["gpt-4o"]\n')

    assert [*TableNames(settings).tier_problems(["XL"])] == []


MARKED = """
import pytest

@pytest.mark.spec("A", tier="Z")
def test_a(): ...

@pytest.mark.spec("A", tier="s", allow_tiers=["S", "Q"])
def test_b(): ...
"""


@pytest.mark.parametrize("workers", ["-n0", "-n2"])
def test_names_that_no_table_has_stop_the_run_all_at_once(suite: Suite, workers: str) -> None:
    suite.write("test_it.py", MARKED)

    outcome = suite.run("--spec-budget=9", "--spec-model=gpt-4oo", workers)

    told = outcome.text + outcome.errors
    assert outcome.status == 4
    assert '--spec-model=gpt-4oo: no model is called "gpt-4oo"; did you mean "gpt-4o"?' in told
    assert """tier='Z': no tier is called "Z"; there are S, M, C, X""" in told
    assert """tier='s': no tier is called "s"; did you mean "S"?""" in told
    assert """allow_tiers=['S', 'Q']: no tier is called "Q";""" in told
