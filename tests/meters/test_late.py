"""Calls that are sent when the books are closed, and calls that nobody could look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from meters.fakes import Ear, RecordingSink

from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters import watch
from pytest_specbudget.meters.late import LateCalls
from pytest_specbudget.meters.watching import current_watch

if TYPE_CHECKING:
    from meters.loopback import Server

    from pytest_specbudget.core.exchange import Request


def late_calls(forbidden_by: str | None, operation: str = "chat") -> LateCalls:
    def recognise(_request: Request) -> Ear:
        ear = Ear()
        ear.operation = operation
        return ear

    return LateCalls(recognise, forbidden_by, str)


def test_what_others_say_is_made_fit_to_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    late = LateCalls(lambda _request: None, "--spec-forbid-live", lambda words: words[:4])

    refusal = late.forbid("host, model sk-12345")
    late.trouble("reading", ValueError("sk-12345"))

    assert "sk-1" not in f"{refusal}{capsys.readouterr().err}"


def test_a_call_is_refused_even_if_an_interpreter_that_ends_cannot_say_which() -> None:
    def gone(_words: str) -> str:
        raise ImportError("sys.meta_path is None, Python is likely shutting down")

    late = LateCalls(lambda _request: None, "--spec-forbid-live", gone)

    assert "a model call to (not shown)" in str(late.forbid("host, model m"))


@pytest.fixture
def handed_over(request: pytest.FixtureRequest, sink: RecordingSink) -> None:
    assert sink.watching is not None
    late = late_calls(request.param)
    sink.watching.hand_over(late, late.forbid)


@pytest.mark.parametrize("handed_over", ["--spec-forbid-live"], indirect=True)
@pytest.mark.usefixtures("handed_over")
def test_a_late_call_that_may_not_leave_does_not(
    server: Server, sink: RecordingSink, library: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CallRefused, match="after the run, which --spec-forbid-live forbids"):
        library.post(server.chat, json={})

    assert not server.received
    assert not sink.exchanges
    assert capsys.readouterr().err.startswith("specbudget: a model call to 127.0.0.1, model m")


@pytest.mark.parametrize("handed_over", [None], indirect=True)
@pytest.mark.usefixtures("handed_over")
def test_a_late_call_that_leaves_is_told_once(
    server: Server, sink: RecordingSink, library: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    library.post(server.chat, json={})
    library.post(server.chat, json={})

    assert len(server.received) == 2
    assert not sink.exchanges
    assert capsys.readouterr().err == (
        "specbudget: a model call to 127.0.0.1, model m was sent after the run, "
        "and is not in its books\n"
    )


def test_the_last_to_hand_over_is_the_one_that_stays(
    server: Server, library: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = current_watch()
    watches = [watch(RecordingSink()) for _ in range(2)]
    for watching, forbidden_by in zip(watches, ("the first run", "the second run"), strict=True):
        late = late_calls(forbidden_by)
        watching.hand_over(late, late.forbid)

    with pytest.raises(CallRefused, match="the second run"):
        library.post(server.chat, json={})
    watches[1].stop()
    library.post(server.chat, json={})

    assert current_watch() is before
    assert len(server.received) == 1
    assert "the first run" not in capsys.readouterr().err


def test_a_stream_that_was_open_before_is_booked_where_it_began(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    assert sink.watching is not None
    late = late_calls("--spec-forbid-live")
    with library.Client() as client, client.stream("POST", server.chat, json={}) as response:
        sink.watching.hand_over(late, late.forbid)
        response.read()

    assert sink.only.end == "complete"


def test_a_question_about_earlier_work_may_leave_late(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    assert sink.watching is not None
    late = late_calls("--spec-forbid-live", operation="retrieve")
    sink.watching.hand_over(late, late.forbid)

    assert library.post(server.chat, json={}).status_code == 200


def test_a_call_whose_reader_fails_is_admitted_unread(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    sink.cannot_read = KeyError("boom")

    library.post(server.chat, json={})

    (reading,) = sink.readings
    assert (reading.usage_state, sink.only.source) == ("unreadable", "live")
    assert [str(error) for _, error in sink.troubles] == ["'boom'"]


def test_a_call_whose_reader_fails_is_refused_where_nothing_may_leave(
    server: Server, sink: RecordingSink, library: Any
) -> None:
    sink.cannot_read = KeyError("boom")
    sink.refuse_wire = CallRefused("no")

    with pytest.raises(CallRefused):
        library.post(server.chat, json={})

    assert not server.received


class Deaf(RecordingSink):
    def admit(self, request: Request, listener: Any) -> Any:
        del request, listener
        raise ValueError("the books cannot be written")


@pytest.mark.parametrize("may_leave", [True, False], ids=["it leaves", "it is refused"])
def test_a_call_that_cannot_be_admitted_leaves_only_where_calls_may(
    server: Server, library: Any, *, may_leave: bool
) -> None:
    sink = Deaf()
    refusal = None if may_leave else CallRefused("no")
    watching = watch(sink, forbid=lambda _call: refusal)
    try:
        if may_leave:
            library.post(server.chat, json={})
        else:
            with pytest.raises(CallRefused):
                library.post(server.chat, json={})
    finally:
        watching.stop()

    assert len(server.received) == may_leave
    assert len(sink.troubles) == 1
