"""Calls at the same time get each their own answer, however often they are made.

They go through the transports that clients share, as the clients' own work takes most of the time.
"""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import pytest
from cassettes.patched import attributes

from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.lines import header, line
from pytest_specbudget.cassettes.router import routed, use
from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from pathlib import Path

    from cassettes.loopback import Loopback

    from pytest_specbudget.cassettes.tape import Tape

ROUNDS = 1_000
AT_ONCE = 30
URL = "https://api.openai.invalid/v1/chat/completions"
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


@pytest.fixture
def recording(path: Path) -> Path:
    """Thirty calls, in another order than they will be asked in."""
    path.parent.mkdir()
    asked = (Asked(method="POST", uri=URL, body=body(n)) for n in reversed(range(AT_ONCE)))
    text = "".join(
        line(Interaction(one, Answer(status=200, body=one.body or b""))) for one in asked
    )
    path.write_text(header() + text, encoding="utf-8")
    return path


def body(number: int) -> bytes:
    return json.dumps({"model": "gpt-5-mini", "number": number}).encode()


def opened(recording: Path) -> Any:
    return use(recording, "none", refuse=CallRefused, shared=True)


@LIBRARIES
@pytest.mark.usefixtures("router")
def test_thirty_threads_get_each_their_own_answer(recording: Path, library: Any) -> None:
    requests = [library.Request("POST", URL, content=body(n)) for n in range(AT_ONCE)]
    wrong, tapes = [], []

    with library.HTTPTransport() as transport, ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(ROUNDS // 2):
            with opened(recording) as tape:
                answers = pool.map(transport.handle_request, requests)
                wrong += mixed([answer.read() for answer in answers])
            tapes.append(tape)

    assert wrong == []
    assert all(map(is_played, tapes))


@LIBRARIES
@pytest.mark.usefixtures("router")
def test_thirty_tasks_get_each_their_own_answer(recording: Path, library: Any) -> None:
    requests = [library.Request("POST", URL, content=body(n)) for n in range(AT_ONCE)]

    async def rounds() -> tuple[list[bytes], list[Tape]]:
        wrong, tapes = [], []
        async with library.AsyncHTTPTransport() as transport:
            for _ in range(ROUNDS // 2):
                with opened(recording) as tape:
                    calls = map(transport.handle_async_request, requests)
                    answers = await asyncio.gather(*calls)
                    wrong += mixed([await answer.aread() for answer in answers])
                tapes.append(tape)
        return wrong, tapes

    wrong, tapes = asyncio.run(rounds())

    assert wrong == []
    assert all(map(is_played, tapes))


def mixed(bodies: list[bytes]) -> list[bytes]:
    """Return the answers that belong to another call."""
    return [got for number, got in enumerate(bodies) if got != body(number)]


def is_played(tape: Tape) -> bool:
    return tape.played == AT_ONCE and not tape.unplayed


def test_recording_and_replaying_at_once_loses_and_mixes_nothing(
    server: Loopback, path: Path
) -> None:
    def own(who: int) -> Path:
        return path.with_name(f"{who}.yaml")

    def calls(who: int, mode: Any) -> list[str]:
        with use(own(who), mode, refuse=CallRefused), httpx2.Client() as client:
            return [
                client.post(server.url, json={"who": who, "n": n}).json()["heard"]
                for n in range(40)
            ]

    with routed():
        pass
    originals = attributes()
    expected = [[f'{{"who":{who},"n":{n}}}' for n in range(40)] for who in range(8)]
    old, new = range(4), range(4, 8)
    assert [calls(who, "once") for who in old] == expected[:4]

    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(calls, who, "none") for who in old]
        running += [pool.submit(calls, who, "once") for who in new]
        heard = [call.result() for call in running]

    assert heard == expected
    assert server.hits == 320
    assert attributes() == originals
    assert [calls(who, "none") for who in range(8)] == expected
