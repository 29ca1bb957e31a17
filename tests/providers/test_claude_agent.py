"""What a turn of Claude Code consumed, from the result message that ends it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.providers import Listener
from pytest_specbudget.providers.claude_agent import Turn, provider_of, status_of
from pytest_specbudget.providers.fold import Asked

if TYPE_CHECKING:
    from pytest_specbudget.core.reading import Reading

SONNET, HAIKU = "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001"
NOTHING: dict[str, Any] = {}


def counted(fresh: int, read: int = 0, written: int = 0, out: int = 0, **more: Any) -> Any:
    return {
        "inputTokens": fresh,
        "outputTokens": out,
        "cacheReadInputTokens": read,
        "cacheCreationInputTokens": written,
        "webSearchRequests": 0,
        "costUSD": 0.01,
        "contextWindow": 200_000,
        **more,
    }


def result(*, usage: Any = None, cost: float | None = 0.05) -> dict[str, Any]:
    return {"uuid": "r-1", "usage": usage, "total_cost_usd": cost}


def of_models(models: dict[str, Any], **more: Any) -> dict[str, Any]:
    return result(**more) | {"modelUsage": models}


def read(document: dict[str, Any], earlier: dict[str, Any] = NOTHING) -> Reading:
    request = Request("POST", "(claude-agent-sdk)", "/query", b"")
    turn = Turn(Asked(request=request, provider="anthropic", model=None), earlier)
    listener = Listener(turn, operation="invoke_agent")
    listener.head(200, {})
    listener.whole(json.dumps(document).encode())
    return listener.finish("complete")


def test_a_turn_of_one_model_is_what_that_model_consumed() -> None:
    reading = read(of_models({SONNET: counted(10, read=100, written=20, out=7)}))

    assert (reading.model, reading.usage_state, reading.parts) == (SONNET, "complete", ())
    assert reading.usage.reported() == {
        "input_tokens": 130,
        "output_tokens": 7,
        "cache_read_input_tokens": 100,
        "cache_write_input_tokens": 20,
        "web_search_requests": 0,
    }
    assert (reading.response_id, reading.provider_cost) == ("r-1", Money.parse("0.05"))


def test_every_model_is_a_part_and_the_one_that_wrote_most_names_the_turn() -> None:
    reading = read(of_models({HAIKU: counted(5, out=1), SONNET: counted(10, out=9)}))

    assert reading.model == SONNET
    assert [(part.model, part.usage.input_tokens) for part in reading.parts] == [
        (HAIKU, 5),
        (SONNET, 10),
    ]
    assert reading.usage.input_tokens == 15


def test_a_second_turn_is_what_was_added_to_the_first() -> None:
    first = of_models({SONNET: counted(10, out=4), HAIKU: counted(3, out=1)}, cost=0.1)
    second = of_models({SONNET: counted(16, out=5), HAIKU: counted(3, out=1)}, cost=0.3)

    reading = read(second, earlier=first)

    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (6, 1)
    assert (reading.parts, reading.provider_cost) == ((), Money.parse("0.2"))


def test_totals_that_started_anew_are_taken_whole() -> None:
    first = of_models({SONNET: counted(10, out=4)}, cost=0.1)
    second = of_models({SONNET: counted(3, out=5)}, cost=0.04)

    reading = read(second, earlier=first)

    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (3, 5)
    assert reading.provider_cost == Money.parse("0.04")


def test_how_long_cache_writes_last_is_told_of_the_main_loop_alone() -> None:
    usage = {
        "cache_creation_input_tokens": 20,
        "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 15},
    }
    models = {HAIKU: counted(1, written=8), SONNET: counted(1, written=20, out=2)}

    haiku, sonnet = read(of_models(models, usage=usage)).parts

    assert haiku.usage.cache_write_1h_input_tokens is None
    assert haiku.usage.cache_write_input_tokens == 8
    assert sonnet.usage.cache_write_5m_input_tokens == 5
    assert sonnet.usage.cache_write_1h_input_tokens == 15


@pytest.mark.parametrize(
    ("length", "window", "parts"),
    [
        pytest.param(200_000, 1_000_000, 0, id="what fits in one window is one call's"),
        pytest.param(600_000, 200_000, 4, id="more than fits is several calls'"),
        pytest.param(600_000, None, 0, id="a window that is not told divides nothing"),
        pytest.param(600_000, 2, 0, id="a window that makes no sense divides nothing"),
    ],
)
def test_no_part_is_longer_than_the_context_window(
    length: int, window: int | None, parts: int
) -> None:
    entry = counted(11, read=length - 12, written=1, out=999, contextWindow=window)

    reading = read(of_models({SONNET: entry}))

    assert len(reading.parts) == parts
    assert all((part.usage.input_tokens or 0) <= (window or 0) for part in reading.parts)
    assert (reading.usage.input_tokens, reading.usage.output_tokens) == (length, 999)
    assert reading.usage.cache_read_input_tokens == length - 12


def test_an_older_program_tells_of_the_main_loop_alone() -> None:
    usage = {"input_tokens": 4, "output_tokens": 2, "cache_read_input_tokens": 6}

    reading = read({"uuid": "r", "usage": usage, "model": SONNET, "total_cost_usd": None})

    assert (reading.model, reading.usage.input_tokens, reading.usage.output_tokens) == (
        SONNET,
        10,
        2,
    )
    assert reading.provider_cost is None


@pytest.mark.parametrize(
    ("document", "state"),
    [
        pytest.param({"uuid": "r"}, "none", id="no word about usage is no zero"),
        pytest.param(
            {"usage": {"input_tokens": 0, "output_tokens": 0}}, "complete", id="a zero is a zero"
        ),
        pytest.param(
            of_models({SONNET: counted(-1)}), "unreadable", id="a count that makes no sense"
        ),
    ],
)
def test_an_unknown_is_told_from_nothing(document: dict[str, Any], state: str) -> None:
    assert read(document).usage_state == state


@pytest.mark.parametrize(
    ("name", "entry", "model"),
    [
        pytest.param(f"{SONNET}[1m]", counted(1), SONNET, id="a suffix of the program's own"),
        pytest.param("sonnet", counted(1, canonicalModel=SONNET), SONNET, id="an alias"),
        pytest.param(
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            counted(1, canonicalModel=SONNET, provider="bedrock"),
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            id="Bedrock prices its own ids",
        ),
    ],
)
def test_a_model_is_named_as_prices_name_it(name: str, entry: Any, model: str) -> None:
    assert read(of_models({name: entry})).model == model


@pytest.mark.parametrize(
    ("sellers", "provider"),
    [
        pytest.param(["bedrock", "bedrock"], "bedrock", id="all on Bedrock"),
        pytest.param(["bedrock", "firstParty"], "anthropic", id="some of it"),
        pytest.param(["vertex"], "anthropic", id="another's cloud at the maker's price"),
        pytest.param([], "anthropic", id="not told"),
    ],
)
def test_a_reseller_is_named_if_it_served_all(sellers: list[str], provider: str) -> None:
    models = {f"m{nth}": counted(1, provider=name) for nth, name in enumerate(sellers)}

    assert provider_of(of_models(models)) == provider


@pytest.mark.parametrize(
    ("document", "earlier", "status"),
    [
        pytest.param({"api_error_status": 529}, NOTHING, 529, id="an error before any answer"),
        pytest.param(
            {"api_error_status": 529} | of_models({SONNET: counted(4)}),
            NOTHING,
            200,
            id="an error after some answers costs what those cost",
        ),
        pytest.param(
            {"api_error_status": 529} | of_models({SONNET: counted(4)}),
            of_models({SONNET: counted(4)}),
            529,
            id="an error in a later turn",
        ),
        pytest.param({"is_error": True}, NOTHING, 200, id="an error of the agent's own"),
    ],
)
def test_an_error_is_free_if_nothing_was_consumed(
    document: dict[str, Any], earlier: dict[str, Any], status: int
) -> None:
    assert status_of(document, earlier) == status
