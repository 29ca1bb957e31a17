"""The emulator: decides what each request is answered, and keeps account of it.

`server` carries what is decided here over HTTP.
"""

from __future__ import annotations

import hashlib
import json
import threading
import zlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from support.emulator.answer import HTTP_DATE, JSON, Answer, Prompt, Question
from support.emulator.behaviour import Scripts
from support.emulator.routes import Route, route
from support.emulator.server import Delivery, LoopbackServer
from support.emulator.tokens import changed, reported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from support.emulator.answer import Reply
    from support.emulator.behaviour import Behaviour

__all__ = ["Emulator", "Served"]

_OK = 200
_SERVER = "emulator of pytest-specbudget: no provider was called"
_WAIT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request, and what the server set out to answer.

    It is written before the first byte goes out, so a client that has its answer finds it here.
    A client that leaves early has seen less than this says.

    Attributes:
        provider: `openai`, `anthropic` or `google`; empty for a path that is nobody's.
        model: As the answer names it; as the request does where the answer is an error.
        status: None where the connection closes without an answer.
        usage: The provider's own usage object as the answer reports it, later events merged over
            earlier ones; None where it reports none.
        streamed: The answer came as events.
        free: Nothing is billed for the operation (token counting).
    """

    provider: str
    path: str
    model: str
    status: int | None
    usage: dict[str, Any] | None
    streamed: bool
    free: bool


def parrot(prompt: Prompt) -> str:
    """Says the last words of the prompt again, and how long it was."""
    words = prompt.text.split()
    return f"You said {len(words)} words, ending in: {' '.join(words[-40:])}"


class Emulator:
    """OpenAI, Anthropic and Google on one loopback port, from `with` to its end.

    Attributes:
        openai_url, anthropic_url, google_url: What to give an SDK as its base URL.
        served: Every request so far, in order of arrival.
    """

    def __init__(self, reply: Reply = parrot) -> None:
        self._reply = reply
        self._scripts = Scripts()
        self._answers_to: Counter[str] = Counter()
        self._arrival = threading.Condition()
        self._released = threading.Event()
        self._server = LoopbackServer(self._decide, self._released)
        self.served: list[Served] = []

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
        self._server.stop()

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def openai_url(self) -> str:
        return f"{self.url}/v1"

    @property
    def anthropic_url(self) -> str:
        return self.url

    @property
    def google_url(self) -> str:
        return self.url

    @property
    def billable(self) -> list[Served]:
        """What a ledger should hold as answered model calls."""
        return [each for each in self.served if each.status == _OK and not each.free]

    def script(self, *steps: Behaviour, model: str | None = None) -> None:
        """The next calls (of *model*, if named) get *steps*, one each, in order."""
        self._scripts.add(steps, model=model)

    def always(self, behaviour: Behaviour, *, model: str | None = None) -> None:
        """Every call (of *model*, if named) for which nothing else is scripted."""
        self._scripts.always(behaviour, model=model)

    def release(self) -> None:
        """Let every held answer go, now and from now on."""
        self._released.set()

    def wait_until_served(self, calls: int) -> None:
        """Return once *calls* requests have arrived.

        Raises:
            TimeoutError: They did not, within ten seconds.
        """
        with self._arrival:
            if not self._arrival.wait_for(lambda: len(self.served) >= calls, _WAIT_S):
                raise TimeoutError(f"{len(self.served)} of {calls} requests after {_WAIT_S} s")

    def _decide(self, target: str, emulate: str | None, sent: bytes) -> Delivery:
        path, _, query = target.partition("?")
        found = route(path)
        if found is None:
            return self._unknown_path(path)
        body = json.loads(sent or b"{}")
        model = found.model(path, body)
        behaviour = self._scripts.next(model, emulate)
        question = Question(
            model=model,
            query=query,
            body=body,
            serial=self._serial(path, sent),
            most_pieces=behaviour.most_pieces,
        )
        return self._deliver(path, found, question, behaviour)

    def _unknown_path(self, path: str) -> Delivery:
        nothing = Answer(model="", payloads=[{"error": f"nothing at {path}"}], framing=JSON)
        self._note("", path, nothing, 404, free=True)
        frames = nothing.framing.frames(nothing.payloads)
        return Delivery(status=404, headers=_headers(nothing, question=None), frames=frames)

    def _deliver(
        self, path: str, found: Route, question: Question, behaviour: Behaviour
    ) -> Delivery:
        answer = self._answer(found, question, behaviour)
        status = None if behaviour.vanishes else behaviour.status
        cut_after = _cut_after(answer, behaviour)
        seen = answer.payloads[: behaviour.ends_after][:cut_after]
        self._note(found.provider, path, replace(answer, payloads=seen), status, free=found.free)
        frames = answer.framing.frames(answer.payloads)[: behaviour.ends_after]
        return Delivery(
            status=status,
            headers=_headers(answer, question) | dict(behaviour.headers) | _coding(behaviour),
            frames=list(_gzipped(frames)) if behaviour.gzip else frames,
            streamed=answer.streamed,
            cut_after=cut_after,
            delay_s=behaviour.delay_s,
            held=behaviour.held,
        )

    def _answer(self, found: Route, question: Question, behaviour: Behaviour) -> Answer:
        """The provider's answer, less or more what the behaviour makes of it."""
        if behaviour.status != _OK:
            failure = found.error(behaviour.status, f"emulated {behaviour.status}")
            return Answer(model=question.model, payloads=[failure], framing=JSON)
        answer = found.answer(question, self._reply)
        return replace(
            answer,
            payloads=[changed(each, factor=behaviour.usage_factor) for each in answer.payloads],
        )

    def _serial(self, path: str, sent: bytes) -> str:
        """The n-th answer to the same request has the same serial on every run."""
        digest = hashlib.sha256(path.encode() + b"\n" + sent).hexdigest()
        with self._arrival:
            self._answers_to[digest] += 1
            nth = self._answers_to[digest]
        return hashlib.sha256(f"{digest} {nth}".encode()).hexdigest()[:24]

    def _note(
        self, provider: str, path: str, answer: Answer, status: int | None, *, free: bool
    ) -> None:
        served = Served(
            provider=provider,
            path=path,
            model=answer.model,
            status=status,
            usage=reported(answer.payloads) if status == _OK else None,
            streamed=answer.streamed,
            free=free,
        )
        with self._arrival:
            self.served.append(served)
            self._arrival.notify_all()


def _headers(answer: Answer, question: Question | None) -> dict[str, str]:
    named = {"x-request-id": f"req_{question.serial}"} if question else {}
    about = {"Date": HTTP_DATE, "Server": _SERVER, "Content-Type": answer.framing.content_type}
    return about | named


def _cut_after(answer: Answer, behaviour: Behaviour) -> int | None:
    """An unstreamed body has no events: where it is cut, nothing of it arrives."""
    if behaviour.cut_after is None or answer.streamed:
        return behaviour.cut_after
    return 0


def _coding(behaviour: Behaviour) -> dict[str, str]:
    return {"Content-Encoding": "gzip"} if behaviour.gzip else {}


def _gzipped(frames: Sequence[bytes]) -> Iterator[bytes]:
    """One compressed stream, flushed after each frame so that no event waits for the next."""
    packer = zlib.compressobj(wbits=31)
    for frame in frames[:-1]:
        yield packer.compress(frame) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.compress(b"".join(frames[-1:])) + packer.flush()
