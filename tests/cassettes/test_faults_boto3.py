"""Faults in the calls of boto3, which has retries and errors of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cassettes.loopback import Loopback, Reply
from meters.posting import bedrock

from pytest_specbudget.cassettes.current import put_first
from pytest_specbudget.cassettes.faults import Fault
from pytest_specbudget.cassettes.faulty import Faulty
from pytest_specbudget.cassettes.router import use
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.providers import recognise

if TYPE_CHECKING:
    from pathlib import Path

errors = pytest.importorskip("botocore.exceptions")

pytestmark = pytest.mark.usefixtures("router")

ASKED = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": []}
SAID = {"type": "message", "content": [{"type": "text", "text": "good"}], "usage": {}}


def invoke(server: Loopback) -> Any:
    client = bedrock(server.base, retries={"total_max_attempts": 1})
    body = json.dumps(ASKED)
    answer = client.invoke_model(modelId="anthropic.claude-haiku-4-5-20251001-v1:0", body=body)
    return json.loads(answer["body"].read())


def faulty(**fault: Any) -> Faulty:
    made = Faulty(recognise=recognise, refuse=CallRefused, tell=lambda **_: None)
    made.add(Fault(**fault))
    return made


@pytest.mark.parametrize(
    ("kind", "raised", "said"),
    [
        ("429", errors.ClientError, r"\(ThrottlingException\).*Rate limit reached"),
        ("500", errors.ClientError, r"\(InternalServerException\)"),
        ("timeout", errors.ReadTimeoutError, "Read timeout"),
    ],
)
def test_a_failure_is_an_error_of_boto3(
    server: Loopback, kind: str, raised: type[Exception], said: str
) -> None:
    with put_first(faulty(kind=kind)), pytest.raises(raised, match=said):
        invoke(server)

    assert server.hits == 0


def test_a_recorded_answer_is_altered(server: Loopback, path: Path) -> None:
    server.will(Reply(pieces=(json.dumps(SAID).encode(),)))
    with use(path, "once", refuse=CallRefused):
        good = invoke(server)

    fault = faulty(kind="bad_output", model="*haiku*", words="bad")
    with use(path, "none", refuse=CallRefused), put_first(fault):
        bad = invoke(server)

    assert good == SAID
    assert bad == SAID | {"content": [{"type": "text", "text": "bad"}]}
    assert server.hits == 1
