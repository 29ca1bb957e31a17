"""Who replays recorded calls, and how each is asked to: we, stock vcrpy, cassetter where installed.

Each reads files in the form that it writes itself.  Nothing is sent: a call that no recording
answers raises.
"""

from __future__ import annotations

import importlib
import json
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib.util import find_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx2

from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction
from pytest_specbudget.cassettes.lines import header, line
from pytest_specbudget.cassettes.router import routed, use
from pytest_specbudget.errors import CallRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = ["MODEL", "OURS", "PEERS", "RECORDING", "URL", "Replayer", "asked", "write"]

MODEL = "gpt-5-mini"
URL = "https://api.openai.invalid/v1/chat/completions"
_NEUTRAL = ("method", "scheme", "host", "port", "path", "query")
_SENT = {"content-type": ["application/json"], "host": ["api.openai.invalid"]} | {
    f"x-stainless-{name}": ["as the SDK sends it"] for name in ("arch", "lang", "os", "runtime")
}
_RECEIVED = {"content-type": ["application/json"], "server": ["cloudflare"]} | {
    f"x-ratelimit-{name}": ["10000"] for name in ("limit", "remaining", "reset")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayer:
    """One way to replay.

    Attributes:
        name: What figures call it.
        form: Whose files it reads: `ours`, `vcrpy` or `cassetter`.
        opened: Opens a recording for the calls inside.
        around: What is entered once, however many recordings are opened after each other.
        sample: How many calls of a recording stand for all; None if all have to be made, because
            those that were made already change what the others take.
        needs: The module that it is in.
    """

    name: str
    form: str
    opened: Callable[[Path], AbstractContextManager[Any]]
    around: Callable[[], AbstractContextManager[Any]] = nullcontext
    sample: int | None = None

    needs: str = "pytest_specbudget"

    @property
    def is_installed(self) -> bool:
        """Whether it is there to be measured."""
        return find_spec(self.needs) is not None


def asked(number: int) -> dict[str, Any]:
    """Make the body of one request, 1 KB."""
    prompt = f"Case {number}: " + "word " * 185
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": prompt}]
    return {"model": MODEL, "messages": turns, "temperature": 0.2}


def write(path: Path, numbers: Iterable[int], form: str) -> Path:
    """Write the recorded calls of *numbers*, as the tool of *form* writes them.

    Returns:
        *path*.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = header() + "".join(line(_interaction(number)) for number in numbers)
    path.write_text(text if form == "ours" else _by_vcrpy(text), encoding="utf-8", newline="\n")
    if form == "cassetter":
        recording = importlib.import_module("cassetter._core").Cassette
        recording.load(str(path)).save(str(path))
    return path


def _interaction(number: int) -> Interaction:
    body = httpx2.Request("POST", URL, json=asked(number)).content
    return Interaction(
        Asked(method="POST", uri=URL, body=body, headers=_SENT),
        Answer(status=200, reason="OK", body=_answer(number), headers=_RECEIVED),
    )


def _answer(number: int) -> bytes:
    """Make one answer, 2 KB."""
    choice = {"index": 0, "message": {"role": "assistant", "content": "answer " * 260}}
    usage = {"prompt_tokens": 250, "completion_tokens": 400, "total_tokens": 650}
    answer = {"id": f"call-{number}", "object": "chat.completion", "model": MODEL}
    return json.dumps({**answer, "choices": [choice], "usage": usage}).encode()


def _by_vcrpy(text: str) -> str:
    serializer = importlib.import_module("vcr.serializers.yamlserializer")
    written: str = serializer.serialize(serializer.deserialize(text))
    return written


@contextmanager
def _ours(path: Path) -> Iterator[None]:
    with use(path, "none", refuse=CallRefused):
        yield


def _vcrpy(*match_on: str) -> Callable[[Path], AbstractContextManager[Any]]:
    def opened(path: Path) -> Any:
        recorder = importlib.import_module("vcr").VCR(match_on=match_on, record_mode="none")
        return recorder.use_cassette(str(path))

    return opened


def _recording(path: Path) -> Any:
    """Open a recording as pytest-recording does around a test, without its fixtures."""
    use_cassette = importlib.import_module("pytest_recording._vcr").use_cassette
    config = SimpleNamespace(hook=SimpleNamespace(pytest_recording_configure=lambda **_: None))
    return use_cassette(path.stem, str(path.parent), "none", [], {}, config)


def _cassetter(*match_on: str) -> Callable[[Path], AbstractContextManager[Any]]:
    def opened(path: Path) -> Any:
        cassetter = importlib.import_module("cassetter")
        return cassetter.use_cassette(str(path), record_mode="none", match_on=list(match_on))

    return opened


OURS = Replayer(name="specbudget", form="ours", opened=_ours, around=routed)
PEERS = (
    Replayer(name="vcrpy", form="vcrpy", needs="vcr", opened=_vcrpy(*_NEUTRAL)),
    Replayer(
        name="vcrpy, body",
        form="vcrpy",
        needs="vcr",
        opened=_vcrpy(*_NEUTRAL, "body"),
        # It compares with every recording up to the one that matches, played or not, twice.
        sample=20,
    ),
    *(
        Replayer(
            name=f"cassetter{matched}",
            form="cassetter",
            needs="cassetter",
            opened=_cassetter("method", "uri", *more),
        )
        for matched, *more in (("",), (", body", "body"), (", JSON body", "json_body"))
    ),
)
"""As each matches when nothing is said, and with the body."""

RECORDING = Replayer(
    name="pytest-recording", form="vcrpy", needs="pytest_recording", opened=_recording
)
