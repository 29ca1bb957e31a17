"""Meters claude-agent-sdk, whose model calls are made by a program that it starts.

Nobody here sees the program's HTTP.  What it prints is heard instead: a turn begins when a user's
message is written to it, and ends with the result message, which says what the turn consumed.  A
turn is one attempt, however many model calls it took.

A transport that is not the SDK's own is a fake, or reaches another program; what it tells is booked
when it tells it.  claude-agent-sdk is not imported here.

Source: claude-agent-sdk 0.2.187 (`_internal/query.py`, `_internal/transport/subprocess_cli.py`).
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.meters.hooks import replace_method
from pytest_specbudget.meters.origin import current_mark, wired
from pytest_specbudget.meters.watching import current_watch, trouble
from pytest_specbudget.providers import Listener
from pytest_specbudget.providers.claude_agent import TELLING, Turn, provider_of, status_of
from pytest_specbudget.providers.fold import Asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import ModuleType

    from pytest_specbudget.meters.attempt import Attempt
    from pytest_specbudget.meters.hooks import Undo

__all__ = ["watch_messages", "watch_prompts"]

_CONVERSATION = "specbudget_conversation"
_PROGRAM = "(claude-agent-sdk)"
_SUBPROCESS = "SubprocessCLITransport"
_NOTHING: Mapping[str, Any] = {}


def watch_messages(module: ModuleType) -> Undo:
    """Hear what comes from the program, of `claude_agent_sdk._internal.query`."""

    def around(original: Any) -> Any:
        async def start(query: Any, *args: Any, **options: Any) -> Any:
            if current_watch() is not None and not isinstance(query.transport, _Heard):
                query.transport = _Heard(query.transport)
            return await original(query, *args, **options)

        return start

    return replace_method(module.Query, "start", around)


def watch_prompts(module: ModuleType) -> Undo:
    """Begin a turn with what goes to the program, of the SDK's `transport.subprocess_cli`."""

    def around(original: Any) -> Any:
        async def write(transport: Any, data: str) -> None:
            conversation = getattr(transport, _CONVERSATION, None)
            if conversation is not None:
                await _begin(conversation, transport, data)
            await original(transport, data)

        return write

    return replace_method(module.SubprocessCLITransport, "write", around)


async def _begin(conversation: _Conversation, transport: Any, data: str) -> None:
    try:
        conversation.asked(data)
    except Exception as error:  # noqa: BLE001 # see `Shield`
        trouble("looking at a prompt", error)
    except BaseException:
        # Whoever waits for the answer may not be who writes; the program has to end for them.
        with suppress(Exception):
            await transport.end_input()
        raise


class _Heard:
    """A transport whose messages are heard while they pass; all else is the transport's affair."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._conversation = _Conversation(transport)
        if self._conversation.live:
            setattr(transport, _CONVERSATION, self._conversation)

    def __getattr__(self, name: str) -> Any:
        if name == "_transport":  # a half-made copy has none
            raise AttributeError(name)
        return getattr(self._transport, name)

    async def read_messages(self) -> AsyncIterator[Any]:
        messages = self._transport.read_messages()
        conversation = self._conversation
        try:
            async for message in messages:
                conversation.hear(message)
                yield message
        except BaseException as error:
            conversation.end(error)
            raise
        finally:
            conversation.end()
            with suppress(AttributeError):  # what somebody else wrote may be no generator
                await messages.aclose()


class _Conversation:
    """The turns of one program, one after the other.

    Attributes:
        live: Whether it is a program that the SDK started.
    """

    def __init__(self, transport: Any) -> None:
        self.live = any(kind.__name__ == _SUBPROCESS for kind in type(transport).__mro__)
        self._transport = transport
        self._turn: _Turn | None = None
        self._earlier = _NOTHING
        self._model: str | None = None
        self._results: set[str] = set()

    def asked(self, line: str) -> None:
        """Begin a turn if *line* is a user's message; one that comes within a turn belongs to it.

        Raises:
            CallRefused: If it is not admitted.
        """
        if self._turn is None and '"user"' in line and json.loads(line).get("type") == "user":
            turn = self._begun(line)
            if turn is not None:
                turn.leave()
            self._turn = turn

    def hear(self, message: Any) -> None:
        """Take what the program said; nothing goes wrong here for whoever reads it."""
        try:
            kind = message.get("type")
            if kind == "system":
                self._model = message.get("model") or self._model
            elif kind == "result":
                self._result(message)
        except Exception as error:  # noqa: BLE001 # see `Shield`
            trouble("reading a result message", error)

    def end(self, error: BaseException | None = None) -> None:
        """Note that the program says no more."""
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.cut(error)

    def _result(self, message: Mapping[str, Any]) -> None:
        name = message.get("uuid")
        if isinstance(name, str):
            if name in self._results:
                return
            self._results.add(name)
        turn, self._turn = self._turn or self._begun(""), None
        if turn is not None:
            turn.tell(message, self._model)
        self._earlier = {key: message.get(key) for key in TELLING}

    def _begun(self, line: str) -> _Turn | None:
        watch = current_watch()
        if watch is None:
            return None
        request = Request("POST", _PROGRAM, "/query", line.encode())
        asked = Asked(request=request, provider="anthropic", model=self._model)
        listener = Listener(Turn(asked, self._earlier), operation="invoke_agent")
        attempt = watch.open(request, listener)
        attempt.mark.transport, attempt.mark.wire = self._transport, self.live
        return _Turn(attempt, listener, self._earlier)


class _Turn:
    """A turn that has begun."""

    __slots__ = ("_attempt", "_earlier", "_listener")

    def __init__(self, attempt: Attempt, listener: Listener, earlier: Mapping[str, Any]) -> None:
        self._attempt = attempt
        self._listener = listener
        self._earlier = earlier

    def leave(self) -> None:
        """Let it go to the program, and so to the network; may be refused."""
        mark = self._attempt.mark
        mark.wire = False
        outer = current_mark.get()
        current_mark.set(mark)
        try:
            wired()
        except BaseException as error:
            self._attempt.fail(error)
            raise
        finally:
            current_mark.set(outer)

    def tell(self, message: Mapping[str, Any], model: str | None) -> None:
        """Book what the result *message* says."""
        attempt = self._attempt
        attempt.mark.open = False
        try:
            document = {key: message[key] for key in TELLING if key in message} | {"model": model}
            self._listener.provider = provider_of(document)
            body = json.dumps(document).encode()
            attempt.whole(status_of(document, self._earlier), {}, body)
        except Exception as error:  # noqa: BLE001 # see `Shield`
            attempt.hearing.hold(error)
        attempt.finish("complete")

    def cut(self, error: BaseException | None) -> None:
        """Book that no result came."""
        self._attempt.mark.open = False
        self._attempt.finish("closed" if error is None else "error", error)
