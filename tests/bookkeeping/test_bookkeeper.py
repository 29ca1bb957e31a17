"""One attempt, from its start line to its charge; a call that may not go out is no charge."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.bookkeeping.agent_calls import AgentCall, record
from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.core.bound import Bound
from pytest_specbudget.core.exchange import Exchange, Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.meters.scope import Owner, Scope, entered
from pytest_specbudget.providers import HostRule
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_specbudget.journal.reader import Journal

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
PRICES = """
[[price]]
provider = "openai"
model = "gpt-test"
valid_from = 2026-01-01
rates = { input = "1.00", output = "2.00" }
source = "this test"
checked = 2026-11-01
"""
REQUEST = Request("POST", "api.openai.com", "/v1/chat/completions", b'{"model": "gpt-test"}')
EXCHANGE = Exchange(
    request=REQUEST,
    status=200,
    source="live",
    outcome="answered",
    end="complete",
    sent_at=NOW,
    duration_s=0.25,
)
READING = Reading(
    provider="openai",
    operation="chat",
    response_model="gpt-test",
    usage=Usage(input_tokens=732, output_tokens=0),
    usage_state="complete",
)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Bookkeeper]:
    prices = tmp_path / "prices.toml"
    prices.write_text(PRICES, encoding="utf-8")
    identity = Identity(run="r", worker="main", host="here")
    books = Bookkeeper(
        settings=Settings(prices=(prices,)), identity=identity, folder=tmp_path / "run"
    )
    yield books
    books.close()


def ticket(books: Bookkeeper) -> Any:
    listener = books.recognise(REQUEST)
    assert listener is not None
    return books.admit(REQUEST, listener)


def written(books: Bookkeeper) -> Journal:
    return read_journal(books.journal.path)


def booked(books: Bookkeeper, reading: Reading = READING, **others: Any) -> Journal:
    ticket(books).book(replace(EXCHANGE, **others), reading)
    return written(books)


def test_a_call_is_written_down_before_it_is_sent(books: Bookkeeper) -> None:
    with entered(Scope(owner=Owner(test="t.py::test_a", spec="SPEC-1"), when="call")):
        ticket(books)

    (charge,) = written(books).unanswered
    assert (charge.outcome, charge.reading.model) == ("unknown", "gpt-test")
    assert (charge.attribution.test, charge.attribution.spec) == ("t.py::test_a", "SPEC-1")


def test_an_answered_call_is_priced_and_belongs_to_who_started_it(books: Bookkeeper) -> None:
    with entered(Scope(owner=Owner(test="t.py::test_a"), when="call")):
        started = ticket(books)
    with entered(Scope(owner=Owner(test="t.py::test_b"), when="call")):
        started.book(EXCHANGE, READING)

    journal = written(books)
    (charge,) = journal.charges
    assert charge.attribution.test == "t.py::test_a"
    assert str(charge.list_cost) == "0.000732"
    assert journal.unanswered == []


@pytest.mark.parametrize(
    ("source", "billed"),
    [
        pytest.param("live", "0.000732", id="live"),
        pytest.param("record", "0.000732", id="recording is paid"),
        pytest.param("replay", "0", id="a replay is free"),
        pytest.param("mock", "0", id="a fake is free"),
    ],
)
def test_what_is_billed_depends_on_who_answered(
    books: Bookkeeper, source: str, billed: str
) -> None:
    (charge,) = booked(books, source=source).charges

    assert (str(charge.list_cost), str(charge.billed_cost)) == ("0.000732", billed)


@pytest.mark.parametrize(
    ("exchange", "reading", "cost"),
    [
        pytest.param({"outcome": "failed", "status": 429}, {}, "0", id="a failed attempt is $0"),
        pytest.param({"outcome": "unknown", "status": None}, {}, None, id="no answer is no $0"),
        pytest.param({}, {"usage_state": "none", "usage": Usage()}, None, id="no counts"),
        pytest.param({}, {"usage_state": "unreadable"}, None, id="an answer that makes no sense"),
        pytest.param({}, {"response_model": "gpt-999"}, None, id="a model without a price"),
        pytest.param({}, {"usage_state": "none", "free": "ours"}, "0", id="declared free"),
    ],
)
def test_an_unknown_is_never_a_zero(
    books: Bookkeeper, exchange: dict[str, Any], reading: dict[str, Any], cost: str | None
) -> None:
    (charge,) = booked(books, replace(READING, **reading), **exchange).charges

    assert charge.list_cost == (None if cost is None else Money.parse(cost))


BEGINS = Request("POST", "api.openai.com", "/v1/batches", b'{"input_file_id": "file-1"}')


@pytest.mark.parametrize(
    ("request_", "bound"),
    [
        pytest.param(REQUEST, "0.05", id="a call"),
        pytest.param(BEGINS, None, id="a batch is many calls"),
    ],
)
def test_a_declared_bound_is_kept_with_the_call(
    tmp_path: Path, request_: Request, bound: str | None
) -> None:
    rule = HostRule(pattern="api.openai.com", bounds={"*": Money.parse("0.05")}, origin="hosts")
    identity = Identity(run="r", worker="main", host="here")
    books = Bookkeeper(settings=Settings(hosts=(rule,)), identity=identity, folder=tmp_path)
    listener = books.recognise(request_)
    assert listener is not None

    started = books.admit(request_, listener)

    (lost,) = written(books).unanswered
    assert lost.bound == (None if bound is None else Bound(usd=Money.parse(bound), by="hosts"))
    assert started.start.bound == lost.bound
    books.close()


def test_a_thousand_calls_of_0_000732_sum_to_exactly_0_732(books: Bookkeeper) -> None:
    for _ in range(1000):
        ticket(books).book(EXCHANGE, READING)
    books.close()

    journal = written(books)
    assert str(Money.total(one.list_cost or Money() for one in journal.charges)) == "0.732"
    assert str(books.tally.list_cost) == "0.732"
    assert journal.incomplete is None


def test_a_call_that_is_forbidden_is_an_event_and_no_charge(books: Bookkeeper) -> None:
    refusal = CallRefused("not today")
    books.forbid = lambda _call: refusal
    started = ticket(books)

    with pytest.raises(CallRefused):
        started.wire()
    started.book(
        replace(EXCHANGE, end="refused", outcome="failed", status=None, error="Refused: not today"),
        READING,
    )

    journal = written(books)
    assert (journal.charges, journal.unanswered) == ([], [])
    assert [(one.event, one.values["message"]) for one in journal.events] == [
        ("refused", "not today")
    ]


@pytest.mark.parametrize(
    ("error", "stock"),
    [
        pytest.param("Refused: no recording answers POST x", None, id="our cassette"),
        pytest.param("CannotOverwriteExistingCassetteException: no", True, id="another plugin's"),
    ],
)
def test_a_cassette_without_an_answer_is_a_miss_and_no_charge(
    books: Bookkeeper, error: str, *, stock: bool | None
) -> None:
    end = "error" if stock else "refused"

    journal = booked(books, end=end, outcome="failed", status=None, error=error)

    assert (journal.charges, journal.unanswered) == ([], [])
    assert [(one.event, one.values.get("stock")) for one in journal.events] == [("missed", stock)]


def test_what_merely_resembles_a_model_call_and_tells_nothing_is_no_charge(
    books: Bookkeeper,
) -> None:
    guess = replace(READING, certain=False, usage_state="none")

    journal = booked(books, guess)

    assert (journal.charges, [one.event for one in journal.events]) == ([], ["resembles"])


def test_ids_are_unique_among_processes_and_calls(books: Bookkeeper) -> None:
    ids = {books.new_id() for _ in range(100)}

    assert len(ids) == 100
    assert all(one.startswith("r/main/") for one in ids)


def test_trouble_in_metering_is_written_down(books: Bookkeeper) -> None:
    books.trouble("tee", KeyError("x"))

    (event,) = written(books).events
    assert (event.event, event.values["where"], event.values["error"]) == (
        "trouble",
        "tee",
        "KeyError: 'x'",
    )


def agent_call(**others: Any) -> AgentCall:
    values = {"spec": "SPEC-1", "stage": None, "agent": None, "provider": None, "model": "gpt-test"}
    return AgentCall(**{**values, "input_tokens": 732, "output_tokens": 0, **others})


@pytest.mark.parametrize(
    ("call", "provider", "cost"),
    [
        pytest.param(agent_call(), "openai", "0.000732", id="the only one who sells it"),
        pytest.param(
            agent_call(model="gpt-4o-mini", input_tokens=1_000_000),
            "openai",
            "0.15",
            id="several who ask the same: the maker is named",
        ),
        pytest.param(agent_call(provider="groq"), "groq", None, id="one who does not sell it"),
        pytest.param(agent_call(model="gpt-999"), "(unknown)", None, id="nobody sells it"),
    ],
)
def test_a_call_that_was_told_is_priced_without_a_guess(
    books: Bookkeeper, call: AgentCall, provider: str, cost: str | None
) -> None:
    charge = record(books, call, NOW)

    assert charge.reading.provider == provider
    assert charge.list_cost == (None if cost is None else Money.parse(cost))
    assert (charge.reason is None) == (cost is not None)


def test_a_model_that_costs_differ_for_is_not_guessed(books: Bookkeeper, tmp_path: Path) -> None:
    dearer = PRICES.replace('"openai"', '"azure"').replace('"1.00"', '"1.01"')
    (tmp_path / "prices.toml").write_text(PRICES + dearer, encoding="utf-8")

    charge = record(books, agent_call(), NOW)

    assert charge.list_cost is None
    assert 'different prices at azure, openai; say which: provider="..."' in str(charge.reason)


def test_where_the_gate_is_switched_off_nothing_is_written_and_a_told_call_has_its_price(
    tmp_path: Path,
) -> None:
    identity = Identity(run="r", worker="main", host="here")
    books = Bookkeeper(settings=Settings(disabled=True), identity=identity, folder=tmp_path / "run")
    told = AgentCall(
        spec="S",
        stage=None,
        agent=None,
        provider=None,
        model="gpt-4o",
        input_tokens=1_000_000,
        output_tokens=0,
    )

    charge = record(books, told, NOW)
    books.event("score", value="1")
    books.close()

    assert str(charge.list_cost) == "2.5"
    assert books.tally.count == 0
    assert not (tmp_path / "run").exists()


def told(books: Bookkeeper, host: str, path: str, answer: object) -> None:
    """Book that a question was *answer*ed."""
    request = Request("GET", host, path)
    listener = books.recognise(request)
    assert listener is not None
    question = books.admit(request, listener)
    listener.head(200, {"content-type": "application/json"})
    listener.whole(json.dumps(answer).encode() + b"\n")
    question.book(replace(EXCHANGE, request=request), listener.finish("complete"))


def test_results_in_a_bucket_are_priced_in_the_region_of_their_job(books: Bookkeeper) -> None:
    job = "/v1/projects/p/locations/europe-west4/batchPredictionJobs/7"
    folder = {"outputInfo": {"gcsOutputDirectory": "gs://bucket/out"}}
    usage = {"promptTokenCount": 20, "candidatesTokenCount": 5}
    answer = {"response": {"candidates": [], "usageMetadata": usage, "modelVersion": "m"}}

    told(books, "europe-west4-aiplatform.googleapis.com", job, folder)
    told(books, "storage.googleapis.com", "/bucket/out/predictions.jsonl", answer)

    *_, charge = written(books).charges
    assert (charge.reading.usage.input_tokens, charge.reading.region) == (20, "europe-west4")
