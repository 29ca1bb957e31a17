"""The client against a provider on the loopback interface, in four formats, sync and async."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from support.answering import Answering
from support.asking import MODELS, SCHEMA, emulated, profile, question
from support.emulator import (
    Behaviour,
    Emulator,
    cut,
    failing,
    gzipped,
    held,
    rate_limited,
    silent,
    vanishing,
)

from pytest_specbudget.agents.client import Asker
from pytest_specbudget.agents.inquiry import inquiry
from pytest_specbudget.agents.limiter import Limit
from pytest_specbudget.agents.locks import missing_key
from pytest_specbudget.agents.retrying import Patience
from pytest_specbudget.agents.values import BadReply, NoReply, Rejected, Reply, Unavailable
from pytest_specbudget.errors import CallRefused, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_specbudget.agents.values import Question
    from pytest_specbudget.routing.values import ModelProfile, Wire

    Ask = Callable[[ModelProfile, Question], Reply]

WIRES: tuple[Wire, ...] = tuple(MODELS)
NOW = datetime(2025, 11, 3, 12, 0, tzinfo=UTC)  # the emulator's own time
DAY_LONG = "Try again in 1 day 1 hour 9 minutes"


class Waits(list[float]):
    """Notes waits instead of waiting."""

    async def later(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(lambda prompt: f'{{"steps": ["{prompt.text.split()[-1]}"]}}') as running:
        yield running


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def asker(waits: Waits) -> Iterator[Asker]:
    with made(waits) as asker:
        yield asker


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, asker: Asker) -> Ask:
    return way(asker, request.param)


def made(waits: Waits, **more: Any) -> Asker:
    environment = more.pop("environment", {})
    return Asker(
        sleep=waits.append,
        sleep_async=waits.later,
        clock=lambda: NOW,
        environment=environment,
        **more,
    )


def way(asker: Asker, name: str) -> Ask:
    if name == "sync":
        return asker.ask
    return lambda model, asked: asyncio.run(asker.ask_async(model, asked))


def caught(ask: Ask, model: ModelProfile) -> NoReply:
    with pytest.raises(NoReply) as problem:
        ask(model, question())
    return problem.value


@pytest.mark.parametrize("wire", WIRES)
def test_a_model_answers(emulator: Emulator, ask: Ask, wire: Wire) -> None:
    reply = ask(emulated(emulator, wire), question("Be brief.", "What next?"))

    assert (reply.text, reply.finish) == ('{"steps": ["next?"]}', "stop")
    assert (reply.usage_reported, reply.model) == (True, emulator.served[0].model)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_streamed_answer_is_the_same(
    emulator: Emulator, asker: Asker, waits: Waits, wire: Wire, kind: str
) -> None:
    with made(waits, stream=True) as streaming:
        streamed = way(streaming, kind)(emulated(emulator, wire), question())

    assert emulator.served[0].streamed
    assert streamed == way(asker, kind)(emulated(emulator, wire), question())


@pytest.mark.parametrize("wire", WIRES)
def test_an_answer_for_a_schema_is_understood(emulator: Emulator, ask: Ask, wire: Wire) -> None:
    reply = ask(emulated(emulator, wire), question(schema=SCHEMA))

    assert reply.parsed == {"steps": ["next?"]}


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_compressed_answer_is_read(
    emulator: Emulator, waits: Waits, wire: Wire, *, stream: bool
) -> None:
    emulator.always(gzipped())

    with made(waits, stream=stream) as asker:
        assert asker.ask(emulated(emulator, wire), question()).text


@pytest.mark.parametrize("wire", WIRES)
def test_an_answer_that_tells_no_usage_says_so(emulator: Emulator, ask: Ask, wire: Wire) -> None:
    emulator.always(silent())

    assert not ask(emulated(emulator, wire), question()).usage_reported


@pytest.mark.parametrize("wire", WIRES)
def test_a_rate_limit_is_waited_for_as_long_as_the_provider_asks(
    emulator: Emulator, ask: Ask, waits: Waits, wire: Wire
) -> None:
    emulator.script(rate_limited("7"))

    assert ask(emulated(emulator, wire), question()).text
    assert waits == [7.0]
    assert [each.status for each in emulator.served] == [429, 200]


def test_a_date_is_waited_for(emulator: Emulator, ask: Ask, waits: Waits) -> None:
    emulator.script(rate_limited("Mon, 03 Nov 2025 12:00:20 GMT"))

    assert ask(emulated(emulator), question()).text
    assert waits == [20.0]


@pytest.mark.parametrize("told", ["90540", "Tue, 04 Nov 2025 13:09:00 GMT"], ids=["s", "date"])
def test_a_day_is_not_waited_for(emulator: Emulator, ask: Ask, waits: Waits, told: str) -> None:
    emulator.always(rate_limited(told))

    problem = caught(ask, emulated(emulator))

    assert isinstance(problem, Unavailable)
    assert (problem.kind, problem.retry_after_s, problem.status) == ("rate_limit", 90_540, 429)
    assert (waits, len(emulator.served)) == ([], 1)


def test_a_day_that_is_told_in_words_is_not_waited_for(waits: Waits) -> None:
    error = {"error": {"message": f"Rate limit reached. {DAY_LONG}"}}
    with Answering(429, json.dumps(error).encode(), {"retry-after": "1"}) as server:
        problem = caught(made(waits).ask, profile(base_url=server.url))

    assert isinstance(problem, Unavailable)
    assert (problem.kind, problem.retry_after_s) == ("rate_limit", 90_540)
    assert waits == []


def test_waits_that_nobody_names_double(emulator: Emulator, ask: Ask, waits: Waits) -> None:
    emulator.always(Behaviour(status=500))

    problem = caught(ask, emulated(emulator))

    assert isinstance(problem, Unavailable)
    assert (problem.kind, problem.status, problem.retry_after_s) == ("server", 500, None)
    assert (waits, len(emulator.served)) == ([0.5, 1.0], 3)


def test_patience_may_be_none(emulator: Emulator, waits: Waits) -> None:
    emulator.always(failing(503))

    with made(waits, patience=Patience(retries=0)) as asker:
        caught(asker.ask, emulated(emulator))

    assert (waits, len(emulator.served)) == ([], 1)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_question_that_is_refused_is_not_asked_again(
    emulator: Emulator, ask: Ask, wire: Wire, status: int
) -> None:
    emulator.always(Behaviour(status=status))

    problem = caught(ask, emulated(emulator, wire))

    assert isinstance(problem, Rejected)
    assert (problem.status, len(emulator.served)) == (status, 1)
    assert f"emulated {status}" in problem.message


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("behaviour", [cut(2), vanishing()], ids=["cut", "vanishing"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_answer_that_is_lost_may_be_paid_for_and_is_not_asked_for_again(  # noqa: PLR0913 - all meet
    emulator: Emulator, waits: Waits, wire: Wire, behaviour: Behaviour, kind: str, *, stream: bool
) -> None:
    emulator.always(behaviour)

    with made(waits, stream=stream) as asker:
        problem = caught(way(asker, kind), emulated(emulator, wire))

    assert isinstance(problem, Unavailable)
    assert (problem.kind, problem.status, problem.again) == ("connection", None, False)
    assert (waits, len(emulator.served)) == ([], 1)


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_that_ends_as_if_it_were_whole_is_a_bad_reply(
    emulator: Emulator, waits: Waits, wire: Wire
) -> None:
    emulator.always(Behaviour(ends_after=3))

    with made(waits, stream=True) as asker:
        problem = caught(asker.ask, emulated(emulator, wire))

    assert isinstance(problem, BadReply)
    assert len(emulator.served) == 1


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_answer_that_does_not_come_is_a_timeout(
    emulator: Emulator, waits: Waits, kind: str
) -> None:
    emulator.always(held())

    with made(waits, timeout_s=0.05) as asker:
        problem = caught(way(asker, kind), emulated(emulator))

    assert isinstance(problem, Unavailable)
    assert (problem.kind, problem.again, waits) == ("timeout", False, [])


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_answer_that_drips_is_a_timeout_too(emulator: Emulator, waits: Waits, kind: str) -> None:
    ticks = iter(range(0, 1000, 20))

    with made(waits, stream=True, timeout_s=30, seconds=lambda: float(next(ticks))) as asker:
        problem = caught(way(asker, kind), emulated(emulator))

    assert isinstance(problem, Unavailable)
    assert (problem.kind, problem.again) == ("timeout", False)


def test_a_provider_that_is_not_there_is_tried_again(ask: Ask, waits: Waits) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        problem = caught(ask, profile(base_url=f"http://127.0.0.1:{nobody.getsockname()[1]}/v1"))

    assert isinstance(problem, Unavailable)
    assert (problem.kind, waits) == ("connection", [0.5, 1.0])


@pytest.mark.parametrize("base", ["ftp://a/v1", "http://[broken/v1", "nothing"])
def test_an_address_that_makes_no_sense_is_a_setting_that_makes_none(ask: Ask, base: str) -> None:
    with pytest.raises(SettingError):
        ask(profile(base_url=base), question())


@pytest.mark.parametrize(
    ("wire", "header", "value"),
    [
        ("openai", "authorization", "Bearer key-1"),
        ("openai-responses", "authorization", "Bearer key-1"),
        ("anthropic", "x-api-key", "key-1"),
        ("gemini", "x-goog-api-key", "key-1"),
    ],
)
def test_a_key_goes_where_the_provider_looks_for_it(
    waits: Waits, wire: Wire, header: str, value: str
) -> None:
    with Answering(404, b"") as server, made(waits, environment={"MY_KEY": "key-1"}) as asker:
        caught(asker.ask, profile(wire, base_url=server.url, credentials=("MY_KEY",)))

    assert server.heard[0][header] == value


def test_the_next_key_is_tried_at_once_where_one_is_limited(waits: Waits) -> None:
    keys = {"FIRST": "key-1", "SECOND": "key-2"}
    limited = Answering(429, b"", {"retry-after": "9999"})
    with limited as server, made(waits, environment=keys) as asker:
        caught(asker.ask, profile(base_url=server.url, credentials=("FIRST", "SECOND")))

    assert [each["authorization"] for each in server.heard] == ["Bearer key-1", "Bearer key-2"]
    assert waits == []


def test_another_key_does_not_mend_a_server(emulator: Emulator, waits: Waits) -> None:
    emulator.script(failing())

    with made(waits, environment={"A": "1", "B": "2"}) as asker:
        asker.ask(emulated(emulator, credentials=("A", "B")), question())

    assert (len(waits), len(emulator.served)) == (1, 2)


def test_no_key_is_told_to_anybody_else(waits: Waits) -> None:
    key = "sk-proj-0123456789"
    echo = json.dumps({"error": {"message": f"Incorrect API key provided: {key}"}}).encode()
    with Answering(401, echo) as server, made(waits, environment={"K": key}) as asker:
        problem = caught(asker.ask, profile(base_url=server.url, credentials=("K",)))

    assert str(problem) == "401: Incorrect API key provided: ***"
    assert key not in repr(asker)


def test_a_missing_key_is_named(waits: Waits) -> None:
    with Answering(401, b'{"error": {"message": "no key"}}') as server:
        problem = caught(made(waits).ask, profile("gemini", base_url=server.url))

    assert "set GOOGLE_API_KEY or GEMINI_API_KEY" in str(problem)


ELSEWHERE = "https://llm.example.com/v1"


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    ("more", "variables"),
    [
        pytest.param({}, "OPENAI_API_KEY", id="the provider's own variable"),
        pytest.param({"provider": "google"}, "GOOGLE_API_KEY or GEMINI_API_KEY", id="of several"),
        pytest.param(
            {"provider": "acme", "base_url": ELSEWHERE, "credentials": ("ACME_KEY", "ACME_SPARE")},
            "ACME_KEY or ACME_SPARE",
            id="those of a house model",
        ),
    ],
)
def test_a_model_is_not_asked_without_a_key(
    waits: Waits, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any], variables: str, kind: str
) -> None:
    monkeypatch.setattr(httpx.Client, "send", pytest.fail)
    monkeypatch.setattr(httpx.AsyncClient, "send", pytest.fail)
    model = profile(**{"base_url": ELSEWHERE, **more})

    with pytest.raises(SettingError, match=f"there is no key: set {variables}, or declare") as told:
        way(made(waits), kind)(model, question())

    assert "gpt-4o-mini (gpt-4o-mini at llm.example.com) cannot be asked" in str(told.value)
    assert waits == []


@pytest.mark.parametrize(
    ("url", "credentials", "needed"),
    [
        pytest.param("http://127.0.0.1:8000/v1", (), False, id="this machine"),
        pytest.param("http://127.1.2.3/v1", (), False, id="all of its addresses"),
        pytest.param("http://[::1]:8000/v1", (), False, id="in the other protocol"),
        pytest.param("http://localhost:11434/v1", ("MINE",), False, id="by its name"),
        pytest.param("https://llm.example.com/v1", ("none",), False, id="declared to need none"),
        pytest.param("https://llm.example.com/v1", (), True, id="any other host"),
        pytest.param("https://localhost.example.com/v1", (), True, id="one of a like name"),
        pytest.param("http://10.0.0.7/v1", (), True, id="another machine of the house"),
    ],
)
def test_a_key_is_needed_but_here_or_where_it_is_declared(
    url: str, credentials: tuple[str, ...], *, needed: bool
) -> None:
    asked = inquiry(
        profile(base_url=url, credentials=credentials), question(), environment={}, stream=False
    )

    assert (asked.locked is not None) is needed


def test_who_watches_the_wire_hears_that_a_call_has_no_key(
    waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str | None] = []

    def send(*_: Any, **__: Any) -> Any:
        heard.append(missing_key())
        raise Unrecorded

    monkeypatch.setattr(httpx.Client, "send", send)

    for environment in ({}, {"OPENAI_API_KEY": "any"}):
        with pytest.raises(Unrecorded):
            made(waits, environment=environment, guarded=True).ask(profile(), question())

    assert "set OPENAI_API_KEY" in str(heard[0])
    assert heard[1:] == [None]
    assert missing_key() is None


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        pytest.param({}, "(there is no key: set OPENAI_API_KEY)", id="without a key"),
        pytest.param({"OPENAI_API_KEY": "k"}, "refused", id="with one"),
    ],
)
def test_a_connection_that_fails_names_the_host_and_a_missing_key(
    waits: Waits, environment: dict[str, str], told: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    asker = made(waits, environment=environment, patience=Patience(retries=0))

    problem = caught(asker.ask, profile(base_url=f"http://me:secret@127.0.0.1:{port}/v1"))

    assert isinstance(problem, Unavailable)
    assert str(problem).startswith(f"127.0.0.1:{port}: ConnectError: ")
    assert told in str(problem)
    assert "secret" not in str(problem)


def test_a_redirect_is_not_followed_with_a_key(waits: Waits) -> None:
    with Answering(307, b"", {"location": "http://127.0.0.1:1/"}) as server:
        problem = caught(made(waits).ask, profile(base_url=server.url))

    assert isinstance(problem, BadReply)
    assert len(server.heard) == 1


def test_a_gateway_is_found_in_the_environment(emulator: Emulator, waits: Waits) -> None:
    gateways = {
        "OPENAI_BASE_URL": emulator.openai_url,
        "ANTHROPIC_BASE_URL": emulator.anthropic_url,
        "GOOGLE_GEMINI_BASE_URL": emulator.google_url,
    }

    with made(waits, environment=gateways) as asker:
        replies = [asker.ask(profile(wire), question()) for wire in WIRES]

    assert all(reply.text for reply in replies)
    assert len(emulator.served) == len(WIRES)


class Unrecorded(CallRefused):
    """What a cassette raises where nothing is recorded."""


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_call_that_is_refused_passes_through(
    monkeypatch: pytest.MonkeyPatch, waits: Waits, kind: str
) -> None:
    asker = made(waits, environment={"OPENAI_API_KEY": "any"})

    def refuse(*_: Any, **__: Any) -> Any:
        raise Unrecorded

    monkeypatch.setattr(httpx.Client, "send", refuse)
    monkeypatch.setattr(httpx.AsyncClient, "send", refuse)

    with pytest.raises(Unrecorded):
        way(asker, kind)(profile(), question())
    assert waits == []


def test_threads_share_one_asker(emulator: Emulator, asker: Asker) -> None:
    replies: list[Reply] = []

    def work() -> None:
        replies.append(asker.ask(emulated(emulator), question()))

    threads = [Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(replies) == 5


def test_tasks_of_one_question_run_side_by_side(emulator: Emulator, asker: Asker) -> None:
    emulator.always(held())

    async def together() -> list[Reply]:
        asks = [asker.ask_async(emulated(emulator), question()) for _ in range(3)]
        tasks = [asyncio.ensure_future(each) for each in asks]
        await asyncio.to_thread(emulator.wait_until_served, 3)
        emulator.release()
        return await asyncio.gather(*tasks)

    assert len(asyncio.run(together())) == 3


def test_a_provider_gets_no_more_at_once_than_its_limit(emulator: Emulator, waits: Waits) -> None:
    emulator.always(held())
    asker = made(waits, limits={"openai": Limit(at_once=1)})

    async def together() -> int:
        asks = [asker.ask_async(emulated(emulator), question()) for _ in range(2)]
        tasks = [asyncio.ensure_future(each) for each in asks]
        await asyncio.to_thread(emulator.wait_until_served, 1)
        before = len(emulator.served)
        emulator.release()
        await asyncio.gather(*tasks)
        return before

    assert asyncio.run(together()) == 1
    assert len(emulator.served) == 2


def test_an_asker_that_was_closed_opens_again(emulator: Emulator, asker: Asker) -> None:
    asker.ask(emulated(emulator), question())
    asker.close()

    assert asker.ask(emulated(emulator), question()).text


def test_httpx_is_loaded_with_the_first_question() -> None:
    code = (
        "import sys\n"
        "from pytest_specbudget.agents.client import Asker\n"
        "from pytest_specbudget.agents import adapters\n"
        "Asker()\n"
        "sys.exit(bool({'httpx', 'litellm', 'pydantic_ai', 'pytest'} & sys.modules.keys()))\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
