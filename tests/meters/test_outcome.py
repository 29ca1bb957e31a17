"""What the end of an attempt means for the books."""

from __future__ import annotations

import httpx
import httpx2
import pytest

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.origin import Mark
from pytest_specbudget.meters.outcome import outcome_of

UNMARKED = Mark()
LIVE = Mark()
LIVE.wire = True
LOST = Mark()
LOST.wire, LOST.came_to = True, httpx2.ReadTimeout("")
UNCONNECTED = Mark()
UNCONNECTED.wire, UNCONNECTED.came_to = True, httpx2.ConnectError("")
REPLAYED = Mark()
REPLAYED.stored = "replay"


@pytest.mark.parametrize(
    ("status", "error", "mark", "outcome"),
    [
        pytest.param(200, None, LIVE, "answered", id="2xx answered"),
        pytest.param(307, None, LIVE, "failed", id="3xx failed"),
        pytest.param(400, None, LIVE, "failed", id="4xx failed"),
        pytest.param(529, None, LIVE, "failed", id="5xx failed"),
        pytest.param(200, OSError(), LIVE, "answered", id="a broken stream was answered"),
        pytest.param(None, httpx.ReadTimeout(""), LIVE, "unknown", id="read timeout"),
        pytest.param(None, httpx.WriteError(""), LIVE, "unknown", id="broken while it was sent"),
        pytest.param(None, KeyboardInterrupt(), LIVE, "unknown", id="interrupted"),
        pytest.param(None, OSError(), REPLAYED, "unknown", id="broken below a cassette"),
        pytest.param(None, OSError(), UNMARKED, "failed", id="broken above every wire"),
        pytest.param(None, CallRefused(), LIVE, "failed", id="refused"),
        pytest.param(None, httpx.ConnectError(""), LIVE, "failed", id="httpx: not connected"),
        pytest.param(None, httpx2.ConnectError(""), LIVE, "failed", id="httpx2: not connected"),
        pytest.param(None, httpx2.ConnectTimeout(""), LIVE, "failed", id="connect timeout"),
        pytest.param(None, httpx2.PoolTimeout(""), LIVE, "failed", id="no free connection"),
        pytest.param(None, httpx2.ProxyError(""), LIVE, "failed", id="the proxy would not"),
        pytest.param(None, httpx2.UnsupportedProtocol(""), LIVE, "failed", id="no such scheme"),
        pytest.param(None, httpx2.LocalProtocolError(""), LIVE, "failed", id="not HTTP"),
        pytest.param(None, httpx2.InvalidURL(""), LIVE, "failed", id="no URL"),
        pytest.param(None, KeyError(), UNCONNECTED, "failed", id="not connected, by another name"),
        pytest.param(None, httpx.ConnectError(""), LOST, "unknown", id="another is not connected"),
    ],
)
def test_only_what_may_have_reached_a_model_is_unknown(
    status: int | None, error: BaseException | None, mark: Mark, outcome: str
) -> None:
    assert outcome_of(status, error, mark) == outcome
