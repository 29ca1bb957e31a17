"""Questions about work that an earlier call began, from the request to what is judged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.core.exchange import Exchange, Request
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.meters.scope import Owner, Scope, entered
from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.verdicts.closing import RunFacts, close

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_specbudget.core.exchange import End
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.reports.report import Report

TEST = "t.py::test_a"
PRICES = """
[[price]]
provider = "openai"
model = "gpt-test"
valid_from = 2026-01-01
rates = { input = "1.00", output = "2.00" }
source = "this test"
checked = 2026-11-01

[[price]]
provider = "openai"
model = "gpt-test"
valid_from = 2026-01-01
service_tier = "batch"
rates = { input = "0.50", output = "1.00" }
source = "this test"
checked = 2026-11-01
"""
ASK = Request("POST", "api.openai.com", "/v1/responses", b'{"model": "gpt-test", "input": ""}')
POLL = Request("GET", "api.openai.com", "/v1/responses/resp_1", b"")
QUEUED = {"id": "resp_1", "object": "response", "model": "gpt-test", "status": "queued"}
DONE = QUEUED | {"status": "completed", "usage": {"input_tokens": 50, "output_tokens": 10}}

BEGIN = Request(
    "POST", "api.openai.com", "/v1/batches", b'{"input_file_id": "f0", "endpoint": "/v1/e"}'
)
STATE = Request("GET", "api.openai.com", "/v1/batches/b1", b"")
RESULTS = Request("GET", "api.openai.com", "/v1/files/f1/content", b"")
BATCH = {"id": "b1", "object": "batch", "output_file_id": None, "status": "validating"}
FINISHED = BATCH | {"output_file_id": "f1", "status": "completed"}
RESULT = {
    "response": {
        "body": {"model": "gpt-test", "usage": {"prompt_tokens": 50, "completion_tokens": 10}}
    }
}


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Bookkeeper]:
    prices = tmp_path / "prices.toml"
    prices.write_text(PRICES, encoding="utf-8")
    books = Bookkeeper(
        settings=Settings(prices=(prices,)),
        identity=Identity(run="r", worker="main", host="here"),
        folder=tmp_path / "run",
        forbid=lambda _call: CallRefused("nothing may leave"),
    )
    yield books
    books.close()


def exchange(books: Bookkeeper, request: Request, body: Any, end: End = "complete") -> None:
    """Let *request* be answered with *body*."""
    listener = books.recognise(request)
    assert listener is not None
    with entered(Scope(owner=Owner(test=TEST), when="call")):
        ticket = books.admit(request, listener)
    listener.head(200, {})
    listener.feed(json.dumps(body).encode())
    ticket.book(
        Exchange(
            request=request,
            status=200,
            source="live",
            outcome="answered",
            end=end,
            sent_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
            duration_s=0.25,
        ),
        listener.finish(end),
    )


def written(books: Bookkeeper) -> Journal:
    return read_journal(books.journal.path)


def closed(books: Bookkeeper) -> Report:
    books.close()
    return close([written(books)], books.settings, RunFacts(run="r"))


def found(report: Report) -> list[str]:
    return [finding.rule for finding in report.verdict.findings]


def test_a_background_response_costs_what_its_last_poll_tells(books: Bookkeeper) -> None:
    exchange(books, ASK, QUEUED)
    exchange(books, POLL, QUEUED | {"status": "in_progress"})
    exchange(books, POLL, DONE)
    exchange(books, POLL, DONE)

    report = closed(books)

    assert (str(report.totals.list_cost), report.totals.calls) == ("0.00007", 1)
    assert (report.totals.input_tokens, report.totals.unreported_calls) == (50, 0)
    assert found(report) == []


def test_a_poll_that_says_not_yet_leaves_no_line(books: Bookkeeper) -> None:
    exchange(books, POLL, QUEUED)
    books.close()

    assert not books.journal.path.exists()


def test_a_background_response_that_nobody_polls_is_unreported(books: Bookkeeper) -> None:
    exchange(books, ASK, QUEUED)
    exchange(books, POLL, QUEUED)

    report = closed(books)

    assert report.totals.unreported_calls == 1
    assert found(report) == ["usage-unreported"]


def test_a_batch_costs_what_its_results_cost_at_the_price_of_batches(books: Bookkeeper) -> None:
    exchange(books, BEGIN, BATCH)
    exchange(books, STATE, BATCH)
    exchange(books, STATE, FINISHED)
    exchange(books, RESULTS, RESULT)
    exchange(books, RESULTS, RESULT)

    report = closed(books)

    assert str(report.totals.list_cost) == "0.000035"
    assert found(report) == []


def test_a_batch_whose_results_nobody_reads_is_unreported(books: Bookkeeper) -> None:
    exchange(books, BEGIN, BATCH)
    exchange(books, STATE, FINISHED)

    assert found(closed(books)) == ["usage-unreported"]


def test_a_batch_that_failed_needs_no_price(books: Bookkeeper) -> None:
    exchange(books, BEGIN, BATCH)
    nothing = {"input_tokens": 0, "output_tokens": 0}
    exchange(books, STATE, BATCH | {"status": "failed", "usage": nothing})

    report = closed(books)

    assert str(report.totals.list_cost) == "0"
    assert found(report) == []


def test_results_that_were_not_read_to_their_end_are_a_lower_bound(books: Bookkeeper) -> None:
    exchange(books, RESULTS, RESULT, end="closed")

    (charge,) = written(books).charges
    assert charge.reading.usage_state == "partial"


def test_figures_so_far_count_work_once(books: Bookkeeper) -> None:
    exchange(books, ASK, QUEUED)
    exchange(books, POLL, DONE)
    exchange(books, POLL, DONE)

    totals = books.tally.by_test[TEST]
    assert (totals.input_tokens, str(totals.list_cost)) == (50, "0.00007")


def test_the_footer_agrees_with_the_lines(books: Bookkeeper) -> None:
    exchange(books, POLL, DONE)
    exchange(books, POLL, DONE)
    books.close()

    assert written(books).incomplete is None


def test_a_question_goes_out_where_no_call_may(books: Bookkeeper) -> None:
    for request in (POLL, STATE, RESULTS):
        listener = books.recognise(request)
        assert listener is not None
        books.admit(request, listener).wire()

    call = books.recognise(BEGIN)
    assert call is not None
    with pytest.raises(CallRefused):
        books.admit(BEGIN, call).wire()


def test_a_question_that_is_not_answered_is_no_loss(books: Bookkeeper) -> None:
    listener = books.recognise(POLL)
    assert listener is not None
    broken = Exchange(
        request=POLL,
        status=None,
        source="live",
        outcome="unknown",
        end="error",
        sent_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        duration_s=0.25,
    )
    for lost in (broken, replace(broken, end="refused")):
        books.admit(POLL, listener).book(lost, listener.finish("error"))

    books.close()
    assert not books.journal.path.exists()
