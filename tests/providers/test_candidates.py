"""The first sieve lets every model call through, and takes no time."""

from __future__ import annotations

import re
from timeit import repeat

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.answers import chat

from pytest_specbudget.providers import candidate
from pytest_specbudget.providers.candidates import let_through
from pytest_specbudget.providers.openai import Completion
from pytest_specbudget.providers.route import Route
from pytest_specbudget.providers.routes import RETRIEVALS, ROUTES

ASK = Route(re.compile("^/acme/ask$"), (), "chat", "acme", Completion)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path.pattern)
@settings(max_examples=4, deadline=None)
@given(st.data())
def test_every_path_of_a_route_is_a_candidate(route: Route, data: st.DataObject) -> None:
    path = data.draw(st.from_regex(route.path))

    assert candidate("POST", path)


@pytest.mark.parametrize("route", RETRIEVALS, ids=lambda route: route.path.pattern)
@settings(max_examples=4, deadline=None)
@given(st.data())
def test_every_path_where_work_is_asked_about_is_a_candidate(
    route: Route, data: st.DataObject
) -> None:
    path = data.draw(st.from_regex(route.path)).rstrip("\n")
    assume(route.path.search(path))

    assert candidate("POST" if path.rstrip("/").endswith("/cancel") else "GET", path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/orders/17"),
        ("POST", "/v1/chat/completions/17"),
        ("POST", "/v1/files"),
        ("GET", "/v1/models"),
        ("GET", "/"),
        ("PUT", "/v1/chat/completions"),
        ("DELETE", "/v1/responses/r1"),
    ],
)
def test_most_requests_stop_here(method: str, path: str) -> None:
    assert not candidate(method, path)


def test_a_route_that_was_added_is_let_through_until_it_is_taken_back() -> None:
    undo = let_through([ASK])
    during = candidate("POST", "/acme/ask")
    undo()
    undo()

    assert during
    assert not candidate("POST", "/acme/ask")


def test_two_who_add_the_same_route_take_back_one_each() -> None:
    first, second = let_through([ASK]), let_through([ASK])

    first()
    between = candidate("POST", "/acme/ask")
    second()

    assert between
    assert not candidate("POST", "/acme/ask")


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("path", [chat().path, "/" + "long/" * 400, "/"])
def test_a_candidate_is_found_in_microseconds_whatever_the_length(method: str, path: str) -> None:
    seconds = min(repeat(lambda: candidate(method, path), number=2000, repeat=5)) / 2000

    assert seconds < 5e-6  # it takes 0.5e-6, whatever the length
