"""A fake that stands below a cassette is no provider: what it says is neither kept nor judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Suite

pytest.importorskip("respx", reason="it fakes the connection pool, below every cassette")

FAKED = """
import httpx
import pytest
import respx
from calls import URL, ask

USAGE = {"prompt_tokens": 1_000_000, "completion_tokens": 0, "total_tokens": 1_000_000}
ANSWER = {"model": "gpt-4o-mini", "choices": [], "usage": USAGE}

@pytest.mark.spec("SPEC-1")
def test_faked(spec_cassette):
    with respx.mock:
        respx.post(URL).mock(return_value=httpx.Response(200, json=ANSWER))
        assert ask().json() == ANSWER
"""


@pytest.mark.parametrize("mode", ["once", "new", "all"])
def test_a_fake_below_a_cassette_is_a_mock_and_is_not_recorded(suite: Suite, mode: str) -> None:
    suite.write("test_it.py", FAKED)

    for _ in range(2):
        outcome = suite.run("--spec-budget=0.10", f"--spec-record={mode}")

        assert outcome.status == 0, outcome.text
        totals = outcome.facts["totals"]
        assert (totals["calls"], totals["mocked_calls"], totals["list_cost_usd"]) == (0, 1, "0")
    assert not (suite.folder / "cassettes").exists()
