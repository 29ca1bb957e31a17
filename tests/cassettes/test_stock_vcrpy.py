"""Cassettes that others open with vcrpy, beside and inside ours."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import requests
import vcr  # type: ignore[import-untyped]  # vcrpy ships no types
import vcr.cassette  # type: ignore[import-untyped]  # vcrpy ships no types
from vcr.errors import CannotOverwriteExistingCassetteException  # type: ignore[import-untyped]  # vcrpy ships no types

from pytest_specbudget.cassettes.provenance import PATCHES, is_vcrpy_miss
from pytest_specbudget.cassettes.router import use
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.meters.origin import Mark, current_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cassettes.loopback import Loopback

pytestmark = pytest.mark.usefixtures("router")
LIBRARIES = pytest.mark.parametrize("library", [httpx2, requests], ids=["httpx2", "requests"])


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return tmp_path / "theirs.yaml"


@pytest.fixture
def watched() -> Iterator[None]:
    undo = PATCHES["vcr.cassette"](vcr.cassette)
    yield
    undo()


@LIBRARIES
def test_a_cassette_of_vcrpy_records_and_replays_through_the_router(
    server: Loopback, theirs: Path, library: Any
) -> None:
    with vcr.use_cassette(theirs):
        live = library.post(server.url, json={}).json()
    with vcr.use_cassette(theirs, record_mode="none") as cassette:
        replayed = library.post(server.url, json={}).json()

    assert replayed == live
    assert server.hits == cassette.play_count == 1


def test_a_cassette_of_vcrpy_replays_to_an_async_client(server: Loopback, theirs: Path) -> None:
    async def post(mode: str) -> Any:
        async with httpx2.AsyncClient() as client:
            with vcr.use_cassette(theirs, record_mode=mode):
                return (await client.post(server.url, json={})).json()

    assert asyncio.run(post("once")) == asyncio.run(post("none"))
    assert server.hits == 1


@LIBRARIES
def test_a_miss_of_vcrpy_is_vcrpys(server: Loopback, theirs: Path, library: Any) -> None:
    with (
        vcr.use_cassette(theirs, record_mode="none") as cassette,
        pytest.raises(CannotOverwriteExistingCassetteException) as caught,
    ):
        library.post(server.url, json={})

    assert is_vcrpy_miss(caught.value)
    assert caught.value.cassette is cassette
    assert server.hits == 0


def test_another_error_is_no_miss_of_vcrpy() -> None:
    assert not is_vcrpy_miss(ValueError("CannotOverwriteExistingCassetteException"))


@LIBRARIES
def test_a_cassette_of_vcrpy_inside_ours_wins_and_ours_goes_on_after_it(
    server: Loopback, path: Path, theirs: Path, library: Any
) -> None:
    with use(path, "once", refuse=CallRefused, shared=True) as tape:
        library.post(server.url, json={"n": 1})
        with vcr.use_cassette(theirs) as cassette:
            library.post(server.url, json={"n": 2})
        library.post(server.url, json={"n": 3})

    assert (tape.recorded, len(cassette)) == (2, 1)


def test_a_cassette_of_vcrpy_reaches_bare_threads(server: Loopback, theirs: Path) -> None:
    with vcr.use_cassette(theirs) as cassette, ThreadPoolExecutor(1) as pool:
        pool.submit(httpx2.post, server.url, json={}).result()

    assert len(cassette) == 1


def test_cassettes_of_vcrpy_in_threads_stay_apart(
    server: Loopback, path: Path, tmp_path: Path
) -> None:
    def theirs(number: int, mode: str) -> int:
        recorder = vcr.VCR(match_on=("method", "uri", "body"), record_mode=mode)
        with recorder.use_cassette(tmp_path / f"{number}.yaml") as cassette:
            for n in range(10):
                library = (httpx2, requests)[n % 2]
                answer = library.post(server.url, json={"who": number, "n": n}).json()
                assert f'"who":{number}' in answer["heard"].replace(" ", "")
            return len(cassette)

    def ours(mode: Any) -> int:
        with use(path, mode, refuse=CallRefused) as tape:
            for n in range(10):
                (httpx2, requests)[n % 2].post(server.url, json={"ours": n})
            return tape.recorded + tape.played

    for modes in (("new_episodes", "once"), ("none", "none")):
        with ThreadPoolExecutor(3) as pool:
            calls = [pool.submit(theirs, n, modes[0]) for n in (1, 2)]
            calls.append(pool.submit(ours, modes[1]))
            assert [call.result() for call in calls] == [10, 10, 10]

    assert server.hits == 30


@pytest.mark.skipif(
    not hasattr(sys.modules["vcr.patch"], "PATCHER_NAMES"), reason="this vcrpy skips no library"
)
@LIBRARIES
def test_a_library_that_a_cassette_skips_is_left_alone(
    server: Loopback, theirs: Path, library: Any
) -> None:
    skipped = ("httpx2", "requests", "urllib3", "httplib")

    with vcr.use_cassette(theirs, skip_patchers=skipped) as cassette:
        library.post(server.url, json={})

    assert (server.hits, len(cassette)) == (1, 0)


def test_hosts_that_a_cassette_ignores_are_left_alone(server: Loopback, theirs: Path) -> None:
    with vcr.use_cassette(theirs, ignore_localhost=True, record_mode="none") as cassette:
        httpx2.post(server.url, json={})

    assert (server.hits, len(cassette)) == (1, 0)


def test_a_fake_under_a_cassette_of_vcrpy_is_recorded_as_vcrpy_does(theirs: Path) -> None:
    fake = httpx2.MockTransport(lambda _: httpx2.Response(200, json={}))

    with vcr.use_cassette(theirs) as cassette, httpx2.Client(transport=fake) as client:
        client.post("https://api.openai.com/v1/chat/completions")

    assert len(cassette) == 1


def test_vcrpy_replays_what_we_recorded(server: Loopback, path: Path) -> None:
    with use(path, "once", refuse=CallRefused, note="recorded from a loopback server"):
        live = httpx2.post(server.url, json={"text": "é\u2028"}).json()

    assert path.read_text().startswith("# recorded from a loopback server\nversion: 1\n")
    with vcr.use_cassette(path, record_mode="none", match_on=("method", "uri", "body")):
        assert requests.post(server.url, json={"text": "é\u2028"}, timeout=5).json() == live
    assert server.hits == 1


def test_we_replay_and_continue_what_vcrpy_recorded(server: Loopback, theirs: Path) -> None:
    with vcr.use_cassette(theirs):
        first = httpx2.post(server.url, json={"n": 1}).json()

    with use(theirs, "new", refuse=CallRefused):
        assert httpx2.post(server.url, json={"n": 1}).json() == first
        httpx2.post(server.url, json={"n": 2})
    with vcr.use_cassette(theirs, record_mode="none") as cassette:
        assert len(cassette) == 2


# Who answered ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("watched")
def test_the_mark_of_a_call_says_which_cassette_of_vcrpy_answered(
    server: Loopback, theirs: Path
) -> None:
    marks = []
    for mode in ("once", "none"):
        with vcr.use_cassette(theirs, record_mode=mode, match_on=("uri", "body")):
            for n in range(2):
                mark = Mark()
                token = current_mark.set(mark)
                httpx2.post(server.url, json={"n": n})
                current_mark.reset(token)
                marks.append((mark.source, mark.cassette, mark.index))

    assert marks == [
        ("record", str(theirs), 0),
        ("record", str(theirs), 1),
        ("replay", str(theirs), 0),
        ("replay", str(theirs), 1),
    ]


def test_watching_twice_is_watching_once_and_can_be_undone() -> None:
    original = vcr.cassette.Cassette.play_response
    undos = [PATCHES["vcr.cassette"](vcr.cassette) for _ in range(2)]
    watched = vcr.cassette.Cassette.play_response

    for undo in reversed(undos):
        undo()

    assert watched.__wrapped__ is original
    assert vcr.cassette.Cassette.play_response is original


def test_provenance_and_values_do_not_import_vcrpy() -> None:
    program = (
        "import sys; from pytest_specbudget.cassettes import names, provenance, router, tape; "
        "sys.exit('vcr' in sys.modules or 'yaml' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
