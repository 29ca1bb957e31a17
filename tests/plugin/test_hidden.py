"""Requests that a transport sends again by itself are told, redirects are none of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

TESTS = """
import {library} as library
import pytest
from calls import URL, body

class Stubborn(library.HTTPTransport):
    def handle_request(self, request):
        for _ in range(2):
            super().handle_request(request).read()
        return super().handle_request(request)

class Moving(library.HTTPTransport):
    moved = False
    def handle_request(self, request):
        if request.url.path.startswith("/old"):
            return library.Response(307, headers={{"location": URL}})
        return super().handle_request(request)

@pytest.mark.spec("SPEC-1")
def test_stubborn():
    with library.Client(transport=Stubborn()) as client:
        assert client.post(URL, json=body()).status_code == 200

@pytest.mark.spec("SPEC-1")
def test_redirected():
    with library.Client(transport=Moving(), follow_redirects=True) as client:
        old = URL.replace("/v1", "/old/v1")
        assert client.post(old, json=body()).status_code == 200
"""


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_transport_that_sends_thrice_leaves_a_finding(suite: Suite, library: str) -> None:
    suite.write("test_it.py", TESTS.format(library=library))

    outcome = suite.run("--spec-budget=2.00")

    assert len(suite.emulator.served) == 4
    assert outcome.status == 1
    assert outcome.facts["verdict"] == "inconclusive"
    (finding,) = outcome.facts["findings"]
    assert finding["subject"] == "test_it.py::test_stubborn"
    assert finding["message"] == "1 call sent 3 requests, and 1 was booked"
