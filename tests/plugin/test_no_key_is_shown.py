"""What clients and providers say of a key is told without it: on screen, in files, in refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.keys import traces_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.suites import Suite

SUITE = """
import http.client
import json
import os
import urllib.request
from urllib.parse import urlsplit

import httpx
import pytest
from calls import URL, ask, body

GOOGLE, OPENAI, PASSWORD = (os.environ[name] for name in ("ONE", "TWO", "THREE"))
HOST = urlsplit(URL).netloc
ASKED = json.dumps(body()).encode()

def test_a_hook_raises():
    address = f"http://{HOST}/v1beta/models/gemini-2.5-flash:generateContent?key={GOOGLE}"
    def refuse(response):
        raise httpx.HTTPStatusError(
            f"for url '{response.url}'", request=response.request, response=response
        )
    with httpx.Client(event_hooks={"response": [refuse]}) as client:
        with pytest.raises(httpx.HTTPStatusError):
            client.post(address, json={"contents": []})

def test_a_key_has_a_newline():
    with pytest.raises(httpx.LocalProtocolError):
        httpx.post(URL, json=body(), headers={"authorization": f"Bearer {OPENAI}\\n"})

def test_a_key_has_a_newline_in_the_standard_library():
    connection = http.client.HTTPConnection(HOST)
    with pytest.raises(ValueError):
        connection.request("POST", "/v1/chat/completions", ASKED, {"api-key": f"{PASSWORD}\\n"})

def test_an_address_has_a_password():
    asked = urllib.request.Request(f"http://me:{PASSWORD}@{HOST}/v1/chat/completions", ASKED)
    with pytest.raises(OSError):
        urllib.request.urlopen(asked, timeout=5)

def test_a_key_stands_where_the_model_should():
    ask(model=OPENAI)

def test_a_hook_quotes_the_headers():
    def quote(request):
        raise RuntimeError(f"could not send {dict(request.headers)}")
    with pytest.raises(RuntimeError):
        with httpx.Client(event_hooks={"request": [quote]}) as client:
            client.post(URL, json=body(), headers={"x-api-key": PASSWORD})
"""
OTHERS = """
import atexit
import os
from calls import ask

def failing(hook):
    raise LookupError(f"{hook} of {os.environ['TWO']}")

def pytest_specbudget_gates():
    failing("gates")

def pytest_specbudget_report():
    failing("report")

def pytest_unconfigure():
    atexit.register(ask, model=os.environ["TWO"])
"""
MISTAKEN = """
import os
from calls import ask

def test_asks():
    ask(model=os.environ["TWO"], max_tokens=9)
"""
GOOGLE = "AIza" + "Sy7Qw3Er9Ty2Ui8Op4As6Df1Gh5Jk0Lz3Xc"
OPENAI = "sk-" + "proj-Qw3Er9Ty2Ui8Op4As6Df1Gh5Jk0Lz3Xc7Vb"
PASSWORD = "correct-horse-battery-staple"  # noqa: S105 - of nothing
REPORTS = ("json", "markdown", "junit", "sarif", "github", "gitlab")


def written(folder: Path) -> Iterator[str]:
    """Return what a run has left behind in files."""
    for path in (*folder.glob("report.*"), *(folder / ".specbudget").rglob("*")):
        if path.is_file():
            yield path.read_text("utf-8", "replace")


def test_no_key_is_on_screen_or_in_a_file(suite: Suite) -> None:
    suite.write("test_it.py", SUITE)
    suite.write("conftest.py", OTHERS)
    files = [f"--spec-report={one}:report.{one}" for one in REPORTS]

    outcome = suite.run("--spec-budget=2.00", "-v", *files, ONE=GOOGLE, TWO=OPENAI, THREE=PASSWORD)

    shown = "\n".join([outcome.text, outcome.errors, *written(suite.folder)])
    assert "6 passed" in outcome.text
    assert "raised LookupError: gates of REDACTED" in outcome.text
    assert "raised LookupError: report of REDACTED" in outcome.text
    assert "model REDACTED was sent after the run" in outcome.errors
    assert outcome.facts["totals"]["calls"] == 6
    for key in (GOOGLE, OPENAI, PASSWORD):
        assert traces_of(key, shown) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(
            ["--spec-forbid-live"],
            "model REDACTED would have gone to the network",
            id="nothing may leave",
        ),
        pytest.param(
            ["--spec-budget=1.00", "--spec-stop-loss"],
            'what a call to REDACTED at 127.0.0.1 may cost has no bound: no price for "REDACTED"',
            id="it has no price",
        ),
    ],
)
def test_a_refusal_names_no_key(suite: Suite, words: list[str], told: str) -> None:
    suite.write("test_it.py", MISTAKEN)

    outcome = suite.run(*words, TWO=OPENAI)

    assert outcome.status == 1
    assert told in " ".join(outcome.text.split())
    assert traces_of(OPENAI, "\n".join([outcome.text, *written(suite.folder)])) == []
