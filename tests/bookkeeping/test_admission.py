"""Hard ceilings: what a call may cost at most is committed before it leaves, and settled after."""

from __future__ import annotations

import json
import os
import threading
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.bookkeeping.admission import SUMS, Admission
from pytest_specbudget.bookkeeping.agent_calls import AgentCall, record
from pytest_specbudget.bookkeeping.appraisal import Appraiser
from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.bookkeeping.gates import Marked
from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.core.exchange import Exchange, Request
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.meters.scope import Owner, Scope, entered
from pytest_specbudget.providers import HostRule
from pytest_specbudget.settings.settings import Limit, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Open = Callable[..., Bookkeeper]

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
HOST = "api.openai.com"
PRICES = """
[[price]]
provider = "openai"
model = "gpt-test"
valid_from = 2020-01-01
rates = { input = "1.00", output = "1.00" }
source = "this test"
checked = 2026-11-01

[[price]]
provider = "openai"
model = "gpt-thinker"
valid_from = 2020-01-01
rates = { input = "1.00", output = "1.00", output_thinking = "4.00", cache_write_1h = "2.00" }
source = "this test"
checked = 2026-11-01

[[price]]
provider = "openai"
model = "gpt-test"
service_tier = "priority"
valid_from = 2020-01-01
rates = { input = "2.00", output = "2.00" }
source = "this test"
checked = 2026-11-01
"""
EXCHANGE = Exchange(
    request=Request("POST", HOST, "/v1/chat/completions", b""),
    status=200,
    source="live",
    outcome="answered",
    end="complete",
    sent_at=NOW,
    duration_s=0.25,
)


def asked(body: int = 1_024, output: int = 976, **more: Any) -> Request:
    """Make a request of *body* bytes for *output* tokens: $0.002 at most where it is the usual."""
    document = {"model": "gpt-test", "max_tokens": output, "messages": [], "user": "", **more}
    document["user"] = "x" * (body - len(json.dumps(document)))
    return Request("POST", HOST, "/v1/chat/completions", json.dumps(document).encode())


def answered(tokens: int = 1_000, **more: Any) -> Reading:
    """Make an answer that cost a millionth of a dollar for each token."""
    values = {"response_model": "gpt-test", "usage_state": "complete", **more}
    usage = Usage(input_tokens=tokens, output_tokens=0)
    return Reading(provider="openai", operation="chat", usage=usage, **values)


def limits(usd: str, scope: Any = "session") -> tuple[Limit, ...]:
    return (Limit(scope=scope, ceiling=Money.parse(usd), origin=f"--spec-{scope}-budget={usd}"),)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open the books of one process; those of several share a run."""
    prices = tmp_path / "prices.toml"
    prices.write_text(PRICES, encoding="utf-8")
    made: list[Bookkeeper] = []

    def open_books(usd: str = "0.01", **settings: Any) -> Bookkeeper:
        told = {"limits": limits(usd), "prices": (prices,), "stop_loss": True, **settings}
        worker = f"gw{len(made)}"
        identity = Identity(run="r", worker=worker, host="here")
        books = Bookkeeper(settings=Settings(**told), identity=identity, folder=tmp_path)
        books.admission = Admission(
            settings=books.settings, desk=books.desk, folder=tmp_path, refuse=CallRefused
        )
        made.append(books)
        return books

    yield open_books
    for books in made:
        books.close()


def sent(books: Bookkeeper, request: Request | None = None) -> Any:
    """Send a call, which may be refused; return its ticket."""
    request = request or asked()
    listener = books.recognise(request)
    assert listener is not None
    ticket = books.admit(request, listener)
    ticket.wire()
    return ticket


def worst(appraiser: Appraiser, books: Bookkeeper, request: Request) -> Any:
    listener = books.recognise(request)
    assert listener is not None
    return appraiser.worst(request, listener)


def admitted(books: Bookkeeper, most: int = 100, request: Request | None = None) -> int:
    """Send calls until one is refused; return how many were not."""
    for number in range(most):
        try:
            sent(books, request)
        except CallRefused:
            return number
    return most


def test_calls_in_flight_are_held_to_the_most_that_they_can_cost(opened: Open) -> None:
    assert admitted(opened("0.0100")) == 5
    assert admitted(opened("0.0099"), request=asked()) == 0, "the other's are in flight"


@pytest.mark.parametrize(
    ("usd", "calls"),
    [
        pytest.param("0", 0, id="nothing may be spent"),
        pytest.param("0.002", 1, id="exactly the ceiling is admitted"),
        pytest.param("0.001999999999999999", 0, id="an attodollar less is not"),
        pytest.param("0.003999999999999999", 1, id="nor for the second"),
        pytest.param("12345678", 100, id="a ceiling beyond the words of a cell"),
    ],
)
def test_a_ceiling_is_inclusive(opened: Open, usd: str, calls: int) -> None:
    assert admitted(opened(usd)) == calls


def test_what_a_call_came_to_cost_takes_the_place_of_what_it_could(opened: Open) -> None:
    books = opened("0.010")
    for _ in range(8):
        sent(books).book(EXCHANGE, answered(1_000))

    assert admitted(books) == 1, "$0.008 is spent, and $0.002 is left"


@pytest.mark.parametrize(
    ("settings", "source", "left"),
    [
        pytest.param({}, "replay", (1, 3), id="what was replayed, at list cost"),
        pytest.param({"judge": "billed"}, "replay", (4, 0), id="which nobody billed"),
        pytest.param({}, "mock", (4, 0), id="a fake's answer"),
        pytest.param({"count_mocked": True}, "mock", (1, 3), id="which counts if that is asked"),
    ],
)
def test_an_attempt_that_a_rerun_replaces_gives_back_what_it_took(
    opened: Open, settings: dict[str, Any], source: Any, left: tuple[int, int]
) -> None:
    books = opened("0.008", **settings)
    listener = books.recognise(asked())
    assert listener is not None
    books.admit(asked(), listener).book(replace(EXCHANGE, source=source), answered(6_000))
    before = admitted(books)

    (charge,) = read_journal(books.journal.path).charges
    assert books.admission is not None
    books.admission.take_back(charge)

    assert (before, admitted(books)) == left


@pytest.mark.parametrize(
    ("exchange", "reading", "left"),
    [
        pytest.param({}, {}, 4, id="answered for half of it, and one more fits"),
        pytest.param({"outcome": "failed", "status": 500}, {}, 5, id="failed, for nothing"),
        pytest.param({"outcome": "unknown", "status": None}, {}, 4, id="no answer seen"),
        pytest.param({}, {"usage_state": "none"}, 4, id="no counts"),
        pytest.param({}, {"usage_state": "partial"}, 4, id="a lower bound"),
        pytest.param({}, {"response_model": "gpt-999"}, 4, id="answered by a model without price"),
        pytest.param({"source": "mock"}, {}, 5, id="answered by a fake"),
        pytest.param({"hidden": 1}, {}, 3, id="sent twice, and told of once"),
    ],
)
def test_what_stays_unknown_stays_committed(
    opened: Open, exchange: dict[str, Any], reading: dict[str, Any], left: int
) -> None:
    books = opened("0.010")
    sent(books).book(replace(EXCHANGE, **exchange), answered(1_000, **reading))

    assert admitted(books) == left


def test_a_refused_call_commits_nothing_and_is_an_event(opened: Open) -> None:
    books = opened("0.010")
    first = [sent(books) for _ in range(5)]
    request = asked()
    listener = books.recognise(request)
    assert listener is not None
    ticket = books.admit(request, listener)
    with pytest.raises(CallRefused) as refused:
        ticket.wire()
    told = replace(EXCHANGE, end="refused", outcome="failed", status=None, error=str(refused))
    ticket.book(told, answered())
    for one in first:
        one.book(EXCHANGE, answered(0))

    assert admitted(books) == 5
    journal = read_journal(books.journal.path)
    (event,) = (one for one in journal.events if one.event == "stopped")
    assert event.values["ceiling"] == "whole run"
    assert event.values["origin"] == "--spec-session-budget=0.010"
    assert event.values["message"].endswith("whole run could spend $0.0120 of $0.0100")
    assert event.values["id"] not in {one.id for one in journal.unanswered}


def test_the_refusal_says_what_where_why_and_what_to_do(opened: Open) -> None:
    books = opened("0.005")
    sent(books).book(EXCHANGE, answered(1_000))
    sent(books)
    with pytest.raises(CallRefused) as refused:
        sent(books, asked(output=2_000 - 24))

    what, where, why, remedy = str(refused.value).splitlines()
    assert what == ("a model call was refused: with it, whole run could spend $0.0060 of $0.0050")
    assert where == "    set by       --spec-session-budget=0.005"
    assert why == (
        "    because      $0.0010 is spent and $0.0020 in flight, and a call to gpt-test at "
        "api.openai.com may cost $0.0030: at most 1,024 tokens of input, one for each byte of its "
        "body, and 1,976 of output"
    )
    assert remedy.startswith("    try          ask for fewer output tokens or a cheaper model")


def test_calls_of_all_processes_count(opened: Open) -> None:
    one, other, third = opened(), opened(), opened()
    sent(one).book(EXCHANGE, answered(1_000))
    sent(other)
    agent: dict[str, Any] = {"spec": "S", "stage": None, "agent": None, "provider": "openai"}
    counts: dict[str, Any] = {"model": "gpt-test", "input_tokens": 3_000, "output_tokens": 0}
    record(third, AgentCall(**agent, **counts), NOW)

    assert admitted(one) + admitted(other) + admitted(third) == 2


def test_what_a_recording_answers_is_never_refused_and_counts_as_the_verdict_counts_it(
    opened: Open,
) -> None:
    books = opened("0.003")
    request = asked()
    listener = books.recognise(request)
    assert listener is not None
    for _ in range(5):
        books.admit(request, listener).book(replace(EXCHANGE, source="replay"), answered(1_000))

    assert admitted(books) == 0
    free = opened("0.003", judge="billed", limits=limits("0.003", "test"))
    with entered(Scope(owner=Owner(test="t.py::test_a"), when="call")):
        free.admit(request, listener).book(replace(EXCHANGE, source="replay"), answered(9_000))
        assert admitted(free) == 1


def test_every_ceiling_that_covers_a_call_holds_it(opened: Open) -> None:
    books = opened("1", limits=(*limits("0.006"), *limits("0.004", "spec"), *limits("1", "test")))
    with entered(Scope(owner=Owner(test="a.py::test_a", spec="A"), when="call")):
        of_a = admitted(books)
    with entered(Scope(owner=Owner(test="a.py::test_b", spec="B"), when="call")):
        of_b = admitted(books)

    assert (of_a, of_b) == (2, 1)


def test_ceilings_on_markers_hold_once_they_are_known(opened: Open) -> None:
    books = opened("1")
    assert books.admission is not None
    ceiling = Ceiling(amount=Money.parse("0.002"), origin="@pytest.mark.spec(budget=0.002)")
    marks = Marked(tests={"a.py::test_a": ceiling}, groups={"b.py": ceiling})
    books.admission.limit(marks, has_specs=False)
    made = {}
    for test in ("a.py::test_a", "a.py::test_b", "b.py::test_c", "b.py::test_d"):
        with entered(Scope(owner=Owner(test=test), when="call")):
            made[test] = admitted(books, most=3)

    assert list(made.values()) == [1, 3, 1, 0]


def test_of_fixtures_with_one_name_only_those_of_a_limited_class_are_held(opened: Open) -> None:
    books = opened("1")
    assert books.admission is not None
    ceiling = Ceiling(amount=Money.parse("0.002"), origin="@pytest.mark.spec(budget=0.002)")
    books.admission.limit(Marked(groups={"a.py::A": ceiling}), has_specs=False)
    made = []
    for within in ("a.py::B", "a.py::A"):
        owner = Owner(test="<fixture class:warm>", within=within)
        with entered(Scope(owner=owner, when="setup")):
            made.append(admitted(books, most=3))

    assert made == [3, 1]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        pytest.param(asked(max_tokens=None), "asks for no maximum of output tokens", id="no limit"),
        pytest.param(asked(model="gpt-999"), 'no price for "gpt-999"', id="no price"),
        pytest.param(asked(model="gpt-4o-search-preview"), "not billed by its text", id="searches"),
        pytest.param(asked(background=True, conversation="c"), '"conversation"', id="stored"),
    ],
)
def test_what_has_no_bound_is_refused_until_one_is_declared(
    opened: Open, request_: Request, why: str
) -> None:
    with pytest.raises(CallRefused, match=why) as refused:
        sent(opened("9"), request_)

    assert 'hosts."api.openai.com" = { bound_usd = "0.05" }' in str(refused.value)

    other = HostRule(
        pattern=HOST,
        models={"fast-1": "gpt-5-mini"},
        bounds={"fast-1": Money.parse("0.01")},
        origin=f'hosts."{HOST}" = {{ ... }} in specbudget.toml, line 3',
    )
    with pytest.raises(CallRefused) as kept:
        sent(opened("9", hosts=(other,)), request_)

    *_, line = str(kept.value).splitlines()
    entry = tomllib.loads(line)["hosts"]["api.openai.com"]
    assert entry["models"] == {"fast-1": "gpt-5-mini"}
    assert entry["bound_usd"] == {request_.document["model"]: "0.05", "fast-1": "0.01"}
    assert line.endswith("# in the place of specbudget.toml, line 3")

    bound = HostRule(pattern=HOST, bounds={"*": Money.parse("0.25")}, origin="hosts in a file")

    assert admitted(opened("1", hosts=(bound,)), request=request_) == 4


def test_of_a_declared_bound_and_a_reckoned_one_the_lower_holds(opened: Open) -> None:
    low = HostRule(pattern=HOST, bounds={"gpt-t*": Money.parse("0.001")}, origin="low")
    high = HostRule(pattern=HOST, bounds={"*": Money.parse("9")}, origin="high")
    other = HostRule(
        pattern=HOST, bounds={"gpt-9*": Money.parse("0.001")}, origin="another model's"
    )

    several = [("0.004", low, 4), ("0.008", high, 2), ("0.012", other, 2)]
    assert [admitted(opened(usd, hosts=(rule,))) for usd, rule, _ in several] == [4, 2, 2]


def test_what_cost_more_than_it_could_bounds_its_like_in_all_processes(opened: Open) -> None:
    books, others = opened("0.05"), opened("0.05")
    surprised = sent(books)
    surprised.book(EXCHANGE, answered(15_000))

    before = admitted(others, 1), admitted(others, 1), admitted(others)

    assert before == (1, 1, 0)
    with pytest.raises(CallRefused, match="one like it did, which is more than its request"):
        sent(others)
    assert admitted(books) == 0, "its own process has learned it, too"
    assert admitted(books, request=asked(model="gpt-thinker")) == 1, (
        "what is of another kind has not"
    )


def test_what_cost_no_more_than_it_could_bounds_nothing(opened: Open) -> None:
    books = opened("0.0065")
    sent(books).book(EXCHANGE, answered(2_000))

    assert admitted(books) == 2


def test_a_free_host_is_not_held_to_anything(opened: Open) -> None:
    free = HostRule(pattern=HOST, free="ours", origin="hosts")

    assert admitted(opened("0", hosts=(free,)), request=asked(max_tokens=None)) == 100


@pytest.mark.parametrize(
    ("request_", "usd"),
    [
        pytest.param(asked(), "0.002", id="the default tier"),
        pytest.param(asked(service_tier="auto"), "0.002", id="auto is the default"),
        pytest.param(asked(service_tier="priority"), "0.004", id="a dearer tier"),
        pytest.param(asked(n=2), "0.002976", id="two answers"),
        pytest.param(asked(model="gpt-thinker"), "0.004928", id="all output may be reasoning"),
        pytest.param(
            asked(model="gpt-thinker", output=10, cache_control={"ttl": "1h"}),
            "0.002088",
            id="all input may be kept for an hour, and all output be reasoning",
        ),
    ],
)
def test_the_dearest_price_that_the_call_may_have_counts(
    opened: Open, request_: Request, usd: str
) -> None:
    enough = Money.parse(usd)

    assert admitted(opened(str(enough)), request=request_) == 1
    short = opened(str(enough - Money(1)), limits=limits(str(enough - Money(1)), "test"))
    with entered(Scope(owner=Owner(test="t.py::test_a"), when="call")):
        assert admitted(short, request=request_) == 0


def test_what_was_found_for_one_call_holds_for_no_call_of_another_kind(opened: Open) -> None:
    books = opened()
    requests = [
        asked(),
        asked(body=2_048),
        asked(output=10),
        asked(service_tier="priority"),
        asked(model="gpt-thinker"),
        asked(model="gpt-thinker", cache_control={"ttl": "5m"}),
        asked(model="gpt-thinker", cache_control={"ttl": "1h"}),
        asked(model="gpt-999"),
        asked(model="gpt-5.4"),
        replace(asked(model="gpt-5.4"), host="eu.api.openai.com"),
    ]
    alone = [worst(Appraiser(books.settings, books.desk), books, one) for one in requests]

    together = Appraiser(books.settings, books.desk)

    for _ in range(2):
        assert [worst(together, books, one) for one in requests] == alone


def test_what_merely_resembles_a_model_call_is_let_pass(opened: Open) -> None:
    request = Request("POST", "shop.corp", "/v1/messages", b'{"messages": []}')
    books = opened("0")
    listener = books.recognise(request)
    assert listener is not None

    assert not listener.certain
    assert admitted(books, most=3, request=request) == 3


def test_what_turned_out_to_be_a_model_call_is_held_from_then_on(opened: Open) -> None:
    books = opened()
    unseen = Request("POST", "gw.invalid", "/v1/chat/completions", None)
    elsewhere = Request("POST", "gw.invalid", "/v2/chat/completions", None)
    first = sent(books, unseen)
    first.book(replace(EXCHANGE, request=unseen), answered(certain=False))

    with pytest.raises(CallRefused, match="bound_usd"):
        sent(books, unseen)
    sent(books, elsewhere)


def test_what_cannot_be_reckoned_is_refused(opened: Open, tmp_path: Path) -> None:
    books = opened("9")
    (tmp_path / SUMS).write_bytes(b"torn")

    with pytest.raises(CallRefused, match="no room for one more sum"):
        sent(books)


def test_threads_that_reach_for_the_rest_at_once_do_not_get_more_than_there_is(
    opened: Open,
) -> None:
    books = opened("0.020")
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(admitted(books))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(counts) == 10


def test_a_call_that_is_booked_while_another_is_admitted_is_settled_after_it(opened: Open) -> None:
    books = opened("0.004")
    assert books.admission is not None
    first = sent(books)
    held = books.admission._lock  # as a thread that is about to commit holds it
    with held:
        first.book(EXCHANGE, answered(0))

    assert admitted(books) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
def test_a_forked_child_is_held_to_what_its_parent_spent_and_the_parent_to_the_child_s(
    opened: Open,
) -> None:
    books = opened("0.010")
    in_flight = sent(books)
    child = os.fork()
    if child == 0:
        in_flight.book(EXCHANGE, answered(0))  # the parent's, which stays in flight there
        os._exit(0 if admitted(books, most=3) == 3 else 1)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert admitted(books) == 1
