"""No recorded call consumed more than the bound of its request.

The recordings lie outside this project; SPECBUDGET_CONFORMANCE names the folder above them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.budgets.bounds import TokenBounds, token_bounds
from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.core.exchange import Request
from pytest_specbudget.providers import read_whole, recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.cassettes.shapes import Interaction
    from pytest_specbudget.core.usage import Usage

CORPUS = Path(os.environ.get("SPECBUDGET_CONFORMANCE", ""), "recordings", "corpus")
ENOUGH = 100
SUFFIXES = {".yaml", ".yml", ".json"}
LIMIT = {"max_tokens": 1_000_000, "generationConfig": {"maxOutputTokens": 1_000_000}}

pytestmark = pytest.mark.skipif(
    not os.environ.get("SPECBUDGET_CONFORMANCE"),
    reason="SPECBUDGET_CONFORMANCE does not name the folder of the recordings",
)


def interactions() -> Iterator[Interaction]:
    for path in sorted(CORPUS.rglob("*")):
        if path.suffix in SUFFIXES and path.is_file():
            yield from read_recording(path) or ()


def requests(interaction: Interaction) -> Iterator[Request]:
    """Yield the request as it was sent, and as it had been with a limit that it may lack."""
    host, _, path = interaction.url.partition("//")[2].partition("/")
    head = interaction.method, host.partition(":")[0], f"/{path.partition('?')[0]}"
    sent = Request(*head, interaction.request_body)
    yield sent
    if sent.document:
        yield Request(*head, json.dumps(LIMIT | dict(sent.document)).encode())


def bounded() -> Iterator[tuple[TokenBounds, Usage]]:
    for one in interactions():
        for request in requests(one):
            listener = recognise(request)
            reading = read_whole(request, one.status, one.headers, one.body)
            if listener is None or reading is None:
                continue
            found = token_bounds(request, listener.operation, listener.request_model)
            if isinstance(found, TokenBounds) and reading.usage.reported():
                yield found, reading.usage


def test_no_call_consumed_more_than_its_request_allows() -> None:
    found = list(bounded())

    assert len(found) > ENOUGH
    beyond = [
        (most, usage)
        for most, usage in found
        if (usage.input_tokens or 0) > most.input_tokens
        or (usage.output_tokens or 0) > most.output_tokens
    ]
    assert beyond == []
