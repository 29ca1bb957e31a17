"""What each client sees of each fault, with a server that must not hear of it."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest
from cassettes.fault_clients import CLIENTS, Client, Seen
from support.emulator import Emulator

from pytest_specbudget.cassettes.current import put_first
from pytest_specbudget.cassettes.faults import Fault
from pytest_specbudget.cassettes.faulty import Faulty
from pytest_specbudget.cassettes.router import use
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.scope import routed_as
from pytest_specbudget.providers import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("router")

ROUTED = Routed(task="t", role="validator", tier="C", slot="gpt-4o")


def _installed(client: Client) -> Any:
    missing = client.name == "aiohttp" and find_spec("aiohttp") is None
    skip = pytest.mark.skipif(missing, reason="aiohttp is not installed")
    return pytest.param(client, id=client.name, marks=skip)


EVERY = pytest.mark.parametrize("client", [_installed(one) for one in CLIENTS])
STREAMED = pytest.mark.parametrize("client", [_installed(one) for one in CLIENTS if one.streams])
WHOLE = pytest.mark.parametrize("client", [_installed(one) for one in CLIENTS if not one.streams])


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


class Books:
    """What was told of the faults."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.faulty = Faulty(recognise=recognise, refuse=CallRefused, tell=self.tell)

    def tell(self, **values: Any) -> None:
        self.told.append(values)


@contextmanager
def injected(*faults: Fault) -> Iterator[Books]:
    books = Books()
    for fault in faults:
        books.faulty.add(fault)
    with put_first(books.faulty):
        yield books


def recorded(client: Client, emulator: Emulator, path: Path, times: int = 1) -> Seen:
    with use(path, "once", refuse=CallRefused):
        for _ in range(times):
            seen = client.ask(emulator)
    emulator.served.clear()
    return seen


def replayed(client: Client, emulator: Emulator, path: Path, fault: Fault) -> Seen:
    """Ask once of the recording, with *fault* due."""
    with use(path, "none", refuse=CallRefused), injected(fault) as books:
        seen = client.ask(emulator)

    assert [told["fault"] for told in books.told] == [fault.kind]
    assert not emulator.served
    return seen


@EVERY
@pytest.mark.parametrize(
    ("kind", "raised"), [("429", "limited"), ("500", "failed"), ("timeout", "late")]
)
def test_a_failure_is_the_client_s_own_error_without_a_recording(
    emulator: Emulator, client: Client, kind: Any, raised: str
) -> None:
    with injected(Fault(kind=kind)) as books, pytest.raises(getattr(client, raised)) as failure:
        client.ask(emulator)

    assert kind == "timeout" or kind in str(failure.value)
    assert [told["fault"] for told in books.told] == [kind]
    assert not emulator.served


@EVERY
def test_a_model_that_declines_needs_no_recording(emulator: Emulator, client: Client) -> None:
    with injected(Fault(kind="refusal")):
        seen = client.ask(emulator)

    assert seen.refusal
    assert not emulator.served


@EVERY
def test_bad_output_is_bad_text_with_the_counts_of_the_recording(
    emulator: Emulator, client: Client, path: Path
) -> None:
    good = recorded(client, emulator, path)

    bad = replayed(client, emulator, path, Fault(kind="bad_output", words="{no json"))

    assert bad.text == "{no json" != good.text
    assert (bad.finish, bad.consumed) == (good.finish, good.consumed)
    assert good.consumed


@EVERY
def test_no_usage_is_the_same_answer_without_counts(
    emulator: Emulator, client: Client, path: Path
) -> None:
    good = recorded(client, emulator, path)

    silent = replayed(client, emulator, path, Fault(kind="no_usage"))

    assert (silent.text, silent.finish) == (good.text, good.finish)
    assert silent.consumed is None


@STREAMED
def test_a_truncated_stream_ends_early_and_does_not_say_why(
    emulator: Emulator, client: Client, path: Path
) -> None:
    good = recorded(client, emulator, path)

    cut = replayed(client, emulator, path, Fault(kind="truncated"))

    assert good.text.startswith(cut.text)
    assert 0 < len(cut.text) < len(good.text)
    assert cut.finish is None


@WHOLE
def test_a_truncated_document_cannot_be_read(
    emulator: Emulator, client: Client, path: Path
) -> None:
    recorded(client, emulator, path)

    with pytest.raises(client.broken):
        replayed(client, emulator, path, Fault(kind="truncated"))

    assert not emulator.served


@EVERY
@pytest.mark.parametrize("kind", ["bad_output", "truncated", "no_usage"])
def test_what_alters_a_recording_sends_nothing_where_there_is_none(
    emulator: Emulator, client: Client, kind: Any
) -> None:
    with (
        injected(Fault(kind=kind)) as books,
        pytest.raises(CallRefused, match="alters a recorded answer, and there is none to POST"),
    ):
        client.ask(emulator)

    assert not books.told
    assert not emulator.served


@EVERY
def test_a_call_that_no_fault_fits_is_answered_as_ever(
    emulator: Emulator, client: Client, path: Path
) -> None:
    with injected(Fault(kind="500", model="somebody-else")) as books:
        live = client.ask(emulator)
        good = recorded(client, emulator, path)
        with use(path, "none", refuse=CallRefused):
            again = client.ask(emulator)

    assert live == good == again
    assert not books.told


@EVERY
def test_a_call_that_is_recorded_is_not_altered(
    emulator: Emulator, client: Client, path: Path
) -> None:
    with injected(Fault(kind="bad_output")) as books:
        good = recorded(client, emulator, path)
        with use(path, "none", refuse=CallRefused):
            again = client.ask(emulator)

    assert good == again
    assert not books.told
    assert books.faulty.injections[0].recorded == 1


@EVERY
def test_a_failure_is_not_recorded(emulator: Emulator, client: Client, path: Path) -> None:
    with injected(Fault(kind="429")):
        with use(path, "once", refuse=CallRefused) as tape:
            with pytest.raises(client.limited):
                client.ask(emulator)
            good = client.ask(emulator)
        with use(path, "none", refuse=CallRefused):
            again = client.ask(emulator)

    assert tape.recorded == 1
    assert good == again


# Which call ---------------------------------------------------------------------------------------


def outcomes(client: Client, emulator: Emulator, calls: int) -> list[str]:
    """Ask so often, and say each time what came of it."""
    told = []
    for _ in range(calls):
        try:
            told.append("bad" if client.ask(emulator).text == "bad" else "good")
        except client.limited as failure:
            told.append(f"{failure}"[:3])
    return told


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        pytest.param([Fault(kind="429")], ["429", "good", "good"], id="the first call"),
        pytest.param([Fault(kind="429", after=1)], ["good", "429", "good"], id="the second"),
        pytest.param([Fault(kind="429", times=2)], ["429", "429", "good"], id="two in a row"),
        pytest.param(
            [Fault(kind="429"), Fault(kind="500", after=1), Fault(kind="bad_output", words="bad")],
            ["429", "500", "bad"],
            id="one after the other, and each counts all calls",
        ),
        pytest.param([Fault(kind="429", model="gpt-4o*")], ["429", "good", "good"], id="its model"),
        pytest.param([Fault(kind="429", model="gpt-5*")], ["good"] * 3, id="another's model"),
        pytest.param([Fault(kind="429", host="127.*")], ["429", "good", "good"], id="its host"),
        pytest.param([Fault(kind="429", host="*.com")], ["good"] * 3, id="another's host"),
        pytest.param([Fault(kind="429", path="*/messages")], ["good"] * 3, id="another's path"),
        pytest.param([Fault(kind="429", role="validator")], ["429", "good", "good"], id="its role"),
        pytest.param([Fault(kind="429", role="primary")], ["good"] * 3, id="another's role"),
    ],
)
@pytest.mark.parametrize("name", ["httpx", "httpx2 async", "requests"])
def test_a_fault_happens_to_the_calls_that_it_names(
    emulator: Emulator, path: Path, name: str, faults: list[Fault], told: list[str]
) -> None:
    (client,) = (one for one in CLIENTS if one.name == name)
    recorded(client, emulator, path, times=3)

    with use(path, "none", refuse=CallRefused), injected(*faults), routed_as(ROUTED):
        assert outcomes(client, emulator, 3) == told

    assert not emulator.served
