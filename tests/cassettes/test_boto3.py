"""boto3 sees from a recording of ours what it saw when the recording was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cassettes.loopback import Loopback, Reply
from meters.posting import bedrock

from pytest_specbudget.cassettes.router import use
from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("router")


def invoke(server: Loopback, **config: Any) -> bytes:
    asked = bedrock(server.base, **config).invoke_model(modelId="m", body=b'{"n": 1}')
    return bytes(asked["body"].read())


def test_boto3_flows_while_no_recording_is_open(server: Loopback) -> None:
    assert b'"hit": 1' in invoke(server)


def test_a_call_of_boto3_is_replayed_without_the_network(server: Loopback, path: Path) -> None:
    with use(path, "once", refuse=CallRefused):
        live = invoke(server)
    with use(path, "none", refuse=CallRefused) as player:
        replayed = invoke(server)

    assert replayed == live
    assert (server.hits, player.played, player.unplayed) == (1, 1, [])


def test_a_miss_of_boto3_is_refused_once_whatever_it_retries(server: Loopback, path: Path) -> None:
    retries = {"max_attempts": 3, "mode": "standard"}

    with use(path, "none", refuse=CallRefused), pytest.raises(CallRefused, match="no recording"):
        invoke(server, retries=retries)

    assert server.hits == 0


def test_an_error_of_boto3_is_replayed_as_it_was(server: Loopback, path: Path) -> None:
    server.will(Reply(400, (b'{"message": "no"}',)))
    said = []

    for mode in ("once", "none"):
        with (
            use(path, mode, refuse=CallRefused),
            pytest.raises(Exception, match="InvokeModel") as raised,
        ):
            invoke(server)
        said.append(str(raised.value))

    assert said[0] == said[1]
    assert server.hits == 1
