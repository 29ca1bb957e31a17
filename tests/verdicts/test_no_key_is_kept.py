"""No key that comes in, by whatever way and of whatever kind, is in a journal or a report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.keys import KEYS, traces_of

from pytest_specbudget.bookkeeping.agent_calls import AgentCall, record
from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper, Identity
from pytest_specbudget.core.exchange import Request
from pytest_specbudget.errors import CallRefused
from pytest_specbudget.journal.reader import read_journal
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.meters.watching import Watch
from pytest_specbudget.reports import FORMATS
from pytest_specbudget.reports.terminal import render
from pytest_specbudget.settings.settings import Settings
from pytest_specbudget.verdicts.closing import RunFacts, close

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pytest_specbudget.meters.attempt import Attempt

GEMINI = "/v1beta/models/gemini-2.5-flash:generateContent"
CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 7, "completion_tokens": 2}


class ClientError(Exception):
    """What an HTTP client raises."""


class CannotOverwriteExistingCassetteException(Exception):  # noqa: N818 - vcrpy's own name
    """What vcrpy raises where it has no answer."""


class Run:
    """A run whose calls are made by hand, one beside the other."""

    def __init__(self, folder: Path) -> None:
        identity = Identity(run="r", worker="main", host="here")
        self.settings = Settings(explicit_mode="enforce", asked=True)
        self.books = Bookkeeper(
            settings=self.settings, identity=identity, folder=folder, forbid=CallRefused
        )
        self.watch = Watch(self.books, release=lambda: None, forbid=lambda _call: None)

    def asked(
        self, path: str = CHAT, host: str = "api.openai.com", model: str = "gpt-4o-mini"
    ) -> Attempt:
        """Begin a call."""
        body = {"model": model, "messages": []} if model else {"messages": []}
        attempt = self.watch.begin(Request("POST", host, path, json.dumps(body).encode()))
        assert attempt is not None
        return attempt

    def answered(self, document: Mapping[str, Any], **asked: Any) -> None:
        """Make a call that is answered with *document*."""
        attempt = self.asked(**asked)
        attempt.head(200, {"content-type": "application/json"})
        attempt.feed(json.dumps(document).encode())
        attempt.finish("complete")

    def shown(self) -> str:
        """Close the books; return all that anybody can read of them."""
        self.books.close()
        path = self.books.journal.path
        report = close([read_journal(path)], self.settings, RunFacts(run="r"))
        lines = render(report, width=100, unicode=True, verbose=True)
        texts = [write(report) for write in FORMATS.values()]
        return "\n".join([path.read_text("utf-8"), *(line.text for line in lines), *texts])


def _an_address(run: Run, key: str) -> None:
    address = f"https://gateway.example{GEMINI}?key={key}"
    run.asked(GEMINI).fail(ClientError(f"Client error '429 X' for url '{address}'"))


def _a_header(run: Run, key: str) -> None:
    run.asked().fail(ClientError(f"Illegal header value {f'Bearer {key} '.encode()!r}"))


def _an_answer(run: Run, key: str) -> None:
    run.answered({"error": {"message": f"Incorrect API key provided: {key}."}})


def _a_long_answer(run: Run, key: str) -> None:
    run.answered({"error": {"message": f"{'sorry ' * 28} {key}"}})


def _a_model(run: Run, key: str) -> None:
    run.answered({"model": key, "choices": [], "usage": USAGE}, model=key)


def _a_model_without_an_answer(run: Run, key: str) -> None:
    run.asked(model=key)


def _a_tier(run: Run, key: str) -> None:
    run.answered({"model": "gpt-4o-mini", "service_tier": key, "choices": [], "usage": USAGE})


def _a_count(run: Run, key: str) -> None:
    run.answered({"model": "gpt-4o-mini", "choices": [], "usage": {**USAGE, "prompt_tokens": key}})


def _a_path(run: Run, key: str) -> None:
    host, path = "gateway.example", f"/{key}{CHAT}"
    run.answered({"echo": 1}, host=host, path=path, model="")


def _a_refusal(run: Run, key: str) -> None:
    attempt = run.asked(model=key)
    with pytest.raises(CallRefused) as refused:
        attempt.mark.before_wire()  # type: ignore[misc] # it has one until it is sent
    attempt.fail(refused.value)
    assert not traces_of(key, str(refused.value))


def _a_cassette(run: Run, key: str) -> None:
    words = f"Can't overwrite existing cassette ('a.yaml') for https://x.example/?key={key}\nand"
    run.asked().fail(CannotOverwriteExistingCassetteException(words))


def _metering(run: Run, key: str) -> None:
    run.watch.trouble("reading a model's answer", ClientError(f"no such field: '{key}'"))


def _a_call_by_hand(run: Run, key: str) -> None:
    nobody: Any = {"stage": None, "agent": None, "provider": None}
    call = AgentCall(spec="SPEC-1", model=key, input_tokens=1, output_tokens=0, **nobody)
    record(run.books, call, Clock.utc())


WAYS: Mapping[str, Callable[[Run, str], None]] = {
    "the address of a request": _an_address,
    "a header that no request can hold": _a_header,
    "an error within an answer": _an_answer,
    "an error that is cut within the key": _a_long_answer,
    "a model": _a_model,
    "a model that never answers": _a_model_without_an_answer,
    "a service tier": _a_tier,
    "a token count": _a_count,
    "the path of what resembles a call": _a_path,
    "a call that may not leave": _a_refusal,
    "a cassette of vcrpy": _a_cassette,
    "metering that fails": _metering,
    "a call told by hand": _a_call_by_hand,
}


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    run = Run(tmp_path / "run")
    yield run
    run.books.close()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_key_is_in_a_journal_or_report(way: Callable[[Run, str], None], run: Run) -> None:
    for key in KEYS.values():
        way(run, key)

    shown = run.shown()

    assert {kind: traces for kind, key in KEYS.items() if (traces := traces_of(key, shown))} == {}
    assert "REDACTED" in shown
