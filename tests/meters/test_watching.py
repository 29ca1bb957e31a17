"""Starting, stacking and stopping a watch, and surviving a sink that fails."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
import textwrap
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from meters.fakes import RecordingSink
from meters.loopback import JSON, Answer

from pytest_specbudget.meters import watch

if TYPE_CHECKING:
    from datetime import tzinfo
    from types import ModuleType

    from meters.loopback import Server

    from pytest_specbudget.meters.hooks import Undo

METHODS = [
    ("{}._client", "Client", "send"),
    ("{}._client", "AsyncClient", "send"),
    ("httpcore{}._sync.connection_pool", "ConnectionPool", "handle_request"),
    ("httpcore{}._async.connection_pool", "AsyncConnectionPool", "handle_async_request"),
]


def post(library: Any, url: str) -> Any:
    with library.Client(trust_env=False) as client:
        return client.post(url, json={})


def methods(library: Any) -> list[Any]:
    name = library.__name__
    found = []
    for module, owner, method in METHODS:
        filled = module.format(name if module.startswith("{}") else name.removeprefix("httpx"))
        found.append(vars(getattr(importlib.import_module(filled), owner))[method])
    return found


def test_stopping_puts_the_originals_back(library: Any) -> None:
    originals = methods(library)

    watching = watch(RecordingSink())
    patched = methods(library)
    watching.stop()

    assert all(new is not old for new, old in zip(patched, originals, strict=True))
    assert [each.__wrapped__ for each in patched] == originals
    assert methods(library) == originals


def test_stopping_leaves_nothing_among_the_finders() -> None:
    before = list(sys.meta_path)

    watching = watch(RecordingSink())
    during = list(sys.meta_path)
    watching.stop()
    watching.stop()

    assert len(during) == len(before) + 1
    assert sys.meta_path == before


def test_an_inner_watch_takes_over_and_the_outer_one_resumes(library: Any, server: Server) -> None:
    outer, inner = RecordingSink(), RecordingSink()

    watching_outer = watch(outer)
    post(library, server.chat + "?1")
    watching_inner = watch(inner)
    post(library, server.chat + "?2")
    watching_inner.stop()
    post(library, server.chat + "?3")
    watching_outer.stop()
    post(library, server.chat + "?4")

    assert [each.request.query for each in outer.exchanges] == ["1", "3"]
    assert [each.request.query for each in inner.exchanges] == ["2"]


def test_an_outer_watch_that_stops_first_does_not_blind_the_inner_one(
    library: Any, server: Server
) -> None:
    originals = methods(library)
    outer, inner = RecordingSink(), RecordingSink()

    watching_outer = watch(outer)
    watching_inner = watch(inner)
    watching_outer.stop()
    post(library, server.chat)
    watching_inner.stop()

    assert inner.only.source == "live"
    assert not outer.exchanges
    assert methods(library) == originals


def test_a_stream_opened_under_an_inner_watch_reports_to_it_after_it_stopped(
    library: Any, server: Server
) -> None:
    sink = RecordingSink()

    watching = watch(sink)
    with library.Client(trust_env=False) as client, client.stream("POST", server.chat) as response:
        watching.stop()
        response.read()

    assert sink.only.end == "complete"


def test_a_call_in_flight_at_the_end_of_the_session_is_booked_once_as_unknown(
    library: Any, server: Server, sink: RecordingSink
) -> None:
    server.will(Answer(held=True))

    caller = threading.Thread(target=post, args=(library, server.chat))
    caller.start()
    server.arrived.acquire()
    sink.end_session()
    server.let_pass()
    caller.join()

    assert (sink.only.outcome, sink.only.end, sink.only.source) == ("unknown", "abandoned", "live")


def test_an_extra_patch_lasts_as_long_as_the_watch() -> None:
    log = []

    def patch(module: ModuleType) -> Undo:
        log.append(module.__name__)
        return lambda: log.append("undone")

    watching = watch(RecordingSink(), extra={"json": patch})
    before = list(log)
    watching.stop()

    assert before == ["json"]
    assert log == ["json", "undone"]


def test_a_library_that_changed_is_told_to_the_sink() -> None:
    def patch(module: ModuleType) -> Undo:
        raise AttributeError(f"{module.__name__} has no 'cassette'")

    sink = RecordingSink()
    watch(sink, extra={"json": patch}).stop()

    ((where, error),) = sink.troubles
    assert (where, str(error)) == ("patching json", "json has no 'cassette'")


def test_a_call_made_in_a_frozen_test_is_dated_by_the_real_clock(
    library: Any, server: Server, sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Frozen(datetime):
        """What freezegun puts into every module that imported `datetime`."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Frozen:
            return cls(1999, 1, 1, tzinfo=tz)

    monkeypatch.setattr("pytest_specbudget.meters.clock.datetime", Frozen)

    post(library, server.chat)

    assert sink.only.sent_at.year > 1999


ORDERS = {
    "imported before the watch": "import {0}\nwatching = watch(sink)",
    "imported after the watch": "watching = watch(sink)\nimport {0}",
}


def run_script(script: str, server: Server) -> str:
    head = f"""
        import sys
        from meters.fakes import RecordingSink
        from pytest_specbudget.meters import watch
        sink = RecordingSink()
        URL = {server.chat!r}
    """
    code = textwrap.dedent(head) + textwrap.dedent(script)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=environment,
        timeout=60,
    )
    assert not done.stderr
    return done.stdout


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_a_library_is_watched_whenever_it_is_imported(
    name: str, order: str, server: Server
) -> None:
    script = order.format(name) + textwrap.dedent(f"""
        with {name}.Client(trust_env=False) as client:
            client.post(URL)
        print(sink.only.source, len(sink.troubles))
        module = {name}._client
        print(type(module.__loader__).__name__, type(module.__spec__.loader).__name__)
    """)

    told = run_script(script, server)

    assert told.split() == ["live", "0", "SourceFileLoader", "SourceFileLoader"]


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_httpx2_under_the_name_of_httpx_is_patched_once(order: str, server: Server) -> None:
    script = order.format("httpx2") + textwrap.dedent("""
        httpx2.alias_httpx()
        import httpx, httpx._client, httpcore
        with httpx.Client(trust_env=False) as client:
            client.post(URL)
        print(sink.only.source, sink.tickets[0].wires, httpx is httpx2)
        print(hasattr(httpx.Client.send.__wrapped__, "__wrapped__"))
        watching.stop()
        print(hasattr(httpx.Client.send, "__wrapped__"))
    """)

    told = run_script(script, server)

    assert told.split() == ["live", "1", "True", "False", "False"]


def test_watching_imports_no_client(server: Server) -> None:
    script = """
        watching = watch(sink)
        heavy = {"httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "vcr", "pytest", "asyncio"}
        print(sorted(heavy & set(sys.modules)))
    """

    assert run_script(script, server) == "[]\n"


class Broken:
    """A sink, a listener and a ticket that fail at a given method, in every call."""

    def __init__(self, *failing: str) -> None:
        self._failing = failing

    def __getattribute__(self, name: str) -> Any:
        if name in object.__getattribute__(self, "_failing"):
            return object.__getattribute__(self, "_raise")
        return object.__getattribute__(self, name)

    def _raise(self, *args: Any) -> NoReturn:
        raise ZeroDivisionError(args)

    def _self(self, *_: Any) -> Any:
        return self

    recognise = admit = head = feed = whole = finish = wire = book = trouble = _self


BROKEN_AT = [
    ("recognise",),
    ("admit",),
    ("head",),
    ("feed",),
    ("finish",),
    ("wire",),
    ("book",),
    (),
    ("trouble", "recognise"),
    ("trouble", "wire", "head", "feed", "finish", "book"),
]


@pytest.mark.parametrize("failing", BROKEN_AT, ids="+".join)
def test_a_sink_that_fails_leaves_the_users_call_alone(
    library: Any, server: Server, failing: tuple[str, ...]
) -> None:
    server.will(*[Answer(status=404), Answer(), Answer()])
    watching = watch(Broken(*failing))

    async def stream() -> bytes:
        async with (
            library.AsyncClient(trust_env=False) as client,
            client.stream("POST", server.chat) as response,
        ):
            body: bytes = await response.aread()
            return body

    try:
        assert post(library, server.chat).status_code == 404
        assert post(library, server.chat).content == JSON
        assert asyncio.run(stream()) == JSON
        watching.finish_open()
    finally:
        watching.stop()


def test_an_answer_that_could_not_be_heard_is_booked_as_unreadable(
    library: Any, server: Server, sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meters.fakes.Ear.whole", Broken("whole").whole)

    post(library, server.chat)

    assert sink.only.outcome == "answered"
    assert (sink.readings[0].provider, sink.readings[0].usage_state) == ("fake", "unreadable")
    ((where, error),) = sink.troubles
    assert where == "reading a model's answer"
    assert isinstance(error, ZeroDivisionError)


def test_an_answer_without_a_reading_is_booked_as_unreadable(
    library: Any, server: Server, sink: RecordingSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meters.fakes.Ear.finish", Broken("finish").finish)

    post(library, server.chat)

    reading = sink.readings[0]
    assert (reading.provider, reading.usage_state) == ("fake", "unreadable")
    assert reading.request_model == "m"
