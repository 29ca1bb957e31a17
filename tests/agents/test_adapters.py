"""Clients of the user's own; pydantic-ai and litellm themselves where they are installed."""

from __future__ import annotations

import asyncio
import contextvars
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel
from support.asking import SCHEMA, emulated, profile, question
from support.emulator import Emulator, rate_limited
from support.scripted_models import Models, carried_out, plan

from pytest_specbudget.agents.adapters import Own, asking
from pytest_specbudget.agents.client import Asker
from pytest_specbudget.agents.foreign import translated
from pytest_specbudget.agents.hands import Hands
from pytest_specbudget.agents.values import BadReply, NoReply, Rejected, Reply, Unavailable
from pytest_specbudget.errors import CallRefused, NotRecordedError, SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_specbudget.agents.values import Asking, Question
    from pytest_specbudget.routing.values import ModelProfile

    Ask = Callable[[Any, ModelProfile, Question], Reply]


def _async(client: Any, model: ModelProfile, asked: Question) -> Reply:
    return asyncio.run(asking(client).ask_async(model, asked))


def _sync(client: Any, model: ModelProfile, asked: Question) -> Reply:
    return asking(client).ask(model, asked)


def _sync_in_a_loop(client: Any, model: ModelProfile, asked: Question) -> Reply:
    async def work() -> Reply:
        return asking(client).ask(model, asked)

    return asyncio.run(work())


@pytest.fixture(params=[_sync, _async, _sync_in_a_loop], ids=["sync", "async", "sync in a loop"])
def ask(request: pytest.FixtureRequest) -> Ask:
    way: Ask = request.param
    return way


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


def plain(prompt: str) -> str:
    return f"plain {prompt}"


async def later(prompt: str) -> str:
    return f"later {prompt}"


def by_another_name(text: str) -> str:
    return f"other {text}"


def with_model(prompt: str, *, model: str) -> str:
    return f"{model} {prompt}"


def with_messages(messages: list[dict[str, str]]) -> str:
    return messages[-1]["content"]


def with_all(prompt: str, **_: Any) -> str:
    return prompt


class Called:
    def __call__(self, question: Question, profile: ModelProfile) -> Reply:
        return Reply(text=f"{profile.name} {len(question.messages)}", model="own")


def with_client(client: str, prompt: str, model: str) -> str:
    return f"{client} {model} {prompt}"


def with_anything(**names: Any) -> str:
    return f"{names['model']} {names['prompt']}"


def by_name_alone(*, messages: list[dict[str, str]], model: str) -> str:
    return f"{model} {messages[-1]['content']}"


@pytest.mark.parametrize(
    ("function", "text"),
    [
        pytest.param(partial(with_client, "c"), "c gpt-4o-mini a\n\nb", id="a partial one"),
        pytest.param(
            partial(with_client, client="c"), "c gpt-4o-mini a\n\nb", id="one with a name set"
        ),
        pytest.param(partial(with_client, "c", model="m"), "c m a\n\nb", id="what is set stays"),
        pytest.param(with_anything, "gpt-4o-mini a\n\nb", id="names alone"),
        pytest.param(by_name_alone, "gpt-4o-mini b", id="nothing by its place"),
        pytest.param(plain, "plain a\n\nb", id="a function"),
        pytest.param(later, "later a\n\nb", id="an async function"),
        pytest.param(by_another_name, "other a\n\nb", id="a parameter of any name"),
        pytest.param(lambda *said: said[0], "a\n\nb", id="parameters without names"),
        pytest.param(with_model, "gpt-4o-mini a\n\nb", id="what it names"),
        pytest.param(with_messages, "b", id="messages"),
        pytest.param(with_all, "a\n\nb", id="anything"),
        pytest.param(Called(), "gpt-4o-mini 2", id="an object"),
    ],
)
def test_a_function_of_ones_own_is_asked(ask: Ask, function: Callable[..., Any], text: str) -> None:
    assert ask(function, profile(), question("a", "b")).text == text


class Steps(BaseModel):
    steps: list[str]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param('{"steps": ["a"]}', id="a text"),
        pytest.param('```json\n{"steps": ["a"]}\n```', id="a text in a fence"),
        pytest.param({"steps": ["a"]}, id="a mapping"),
        pytest.param(Steps(steps=["a"]), id="a model of pydantic's"),
        pytest.param(Reply(text='{"steps": ["a"]}'), id="a reply"),
    ],
)
def test_what_a_function_says_is_understood(ask: Ask, said: Any) -> None:
    assert ask(lambda _: said, profile(), question(schema=SCHEMA)).parsed == {"steps": ["a"]}


@pytest.mark.parametrize(
    ("said", "named"),
    [
        pytest.param(None, "None", id="nothing"),
        pytest.param(object(), "object", id="an object"),
        pytest.param({1, 2}, "set", id="a set"),
        pytest.param([object()], "list", id="a list that is no JSON"),
        pytest.param(0.9, "float", id="a number"),
        pytest.param(b"the plan", "bytes", id="bytes"),
        pytest.param(Steps, "a ModelMetaclass", id="a model of pydantic's, and none made of it"),
    ],
)
def test_what_is_no_answer_is_a_mistake_that_says_what_to_return(
    ask: Ask, said: Any, named: str
) -> None:
    with pytest.raises(TypeError, match=f"ask= returned {named}; return the answer as text, the"):
        ask(lambda _: said, profile(), question())


def test_what_asks_already_is_taken_as_it_is() -> None:
    asker: Asking = Asker()

    assert asking(asker) is asker


def test_what_cannot_be_asked_is_a_setting_that_makes_no_sense() -> None:
    with pytest.raises(SettingError, match="'gpt-4o' asks no model"):
        asking("gpt-4o")


def test_the_callers_context_goes_along(ask: Ask) -> None:
    charged: contextvars.ContextVar[str] = contextvars.ContextVar("charged", default="nobody")
    charged.set("this test")

    assert ask(lambda _: charged.get(), profile(), question()).text == "this test"


class Refused(CallRefused):
    """What a cassette raises."""


@pytest.mark.parametrize("problem", [Refused(), ValueError("a bug"), NotRecordedError()])
def test_what_is_nobodys_refusal_passes_through(ask: Ask, problem: BaseException) -> None:
    def fail(_: str) -> str:
        raise problem

    with pytest.raises(type(problem)):
        ask(fail, profile(), question())


class Status(Exception):  # noqa: N818 - stands for those of other clients
    """An error as most clients raise it."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__("Try again in 1 day 1 hour 9 minutes")
        self.__dict__.update(attributes)


class ReadTimeout(Exception):  # noqa: N818 - likewise
    """An error of a name that tells."""


class APIConnectionError(Exception):
    """Likewise."""


@pytest.mark.parametrize(
    ("problem", "kind", "wait"),
    [
        pytest.param(Status(status_code=429), "rate_limit", 90_540, id="OpenAI's and Anthropic's"),
        pytest.param(Status(code=503), "server", 90_540, id="Google's"),
        pytest.param(
            Status(response=SimpleNamespace(status_code=429, headers={"Retry-After": "99999"})),
            "rate_limit",
            99_999,
            id="with an answer",
        ),
        pytest.param(
            Status(status_code=429, headers={"retry-after": "99999"}),
            "rate_limit",
            99_999,
            id="own",
        ),
        pytest.param(ReadTimeout(), "timeout", None, id="a timeout"),
        pytest.param(TimeoutError(), "timeout", None, id="Python's timeout"),
        pytest.param(APIConnectionError(), "connection", None, id="no connection"),
        pytest.param(ConnectionResetError(), "connection", None, id="Python's connection"),
    ],
)
def test_the_errors_of_other_clients_are_understood(
    problem: Exception, kind: str, wait: float | None
) -> None:
    told = translated(problem)

    assert isinstance(told, Unavailable)
    assert (told.kind, told.retry_after_s) == (kind, wait)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        pytest.param(
            APIConnectionError("Connection error.\n  see sk-proj-abcdefghijklmnopqrstuvwxyz0123"),
            "connection: cheap (cheap-2026): APIConnectionError: Connection error.",
            id="a connection: type and first line",
        ),
        pytest.param(
            Status(status_code=400),
            "rejected (400): cheap (cheap-2026): Status: Try again in 1 day 1 hour 9 minutes",
            id="a refusal",
        ),
        pytest.param(
            ReadTimeout("for api_key=sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"),
            "timeout: cheap (cheap-2026): ReadTimeout: for api_key=",
            id="no credential",
        ),
    ],
)
def test_an_outcome_says_what_ones_own_client_raised(problem: Exception, reason: str) -> None:
    def ask(_: str) -> str:
        raise problem

    told = str(carried_out(Models(), plan("S", "cheap"), hands=Hands(asking(ask))).reason)

    assert told.startswith(reason)
    assert "sk-proj" not in told


def test_what_another_clients_provider_refuses_is_rejected() -> None:
    assert isinstance(translated(Status(status_code=400)), Rejected)


@pytest.mark.parametrize("problem", [ValueError(), Status(code=7), Status(status_code="429")])
def test_other_errors_are_not_understood(problem: Exception) -> None:
    assert translated(problem) is None


@pytest.mark.parametrize("client", ["completion", "acompletion", "module"])
def test_litellm_is_asked(emulator: Emulator, client: str, monkeypatch: pytest.MonkeyPatch) -> None:
    litellm = pytest.importorskip("litellm", reason="litellm is not installed")
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    subject = litellm if client == "module" else getattr(litellm, client)

    for way in (_sync, _async):
        reply = way(subject, emulated(emulator), question("Be brief.", "hello"))
        assert reply.text.endswith("hello")
        assert (reply.finish, reply.usage_reported) == ("stop", True)


def test_litellms_rate_limit_is_understood(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    litellm = pytest.importorskip("litellm", reason="litellm is not installed")
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    monkeypatch.setattr(litellm, "num_retries", 0)
    emulator.always(rate_limited("90540"))

    with pytest.raises(Unavailable) as caught:
        asking(litellm.completion).ask(emulated(emulator), question())

    assert caught.value.kind == "rate_limit"


@pytest.mark.parametrize("way", [_sync, _async, _sync_in_a_loop])
def test_pydantic_ai_is_asked(way: Ask) -> None:
    function = pytest.importorskip("pydantic_ai.models.function", reason="it is not installed")
    messages = pytest.importorskip("pydantic_ai.messages")
    agents = pytest.importorskip("pydantic_ai")

    def echo(said: list[Any], info: Any) -> Any:
        texts = [part.content for each in said for part in each.parts]
        return messages.ModelResponse(parts=[messages.TextPart(f"{texts} {info.instructions}")])

    model = function.FunctionModel(echo)
    for client in (model, agents.Agent(model)):
        reply = way(client, profile(), question("Rules.", "Hello", "Hi", "What next?"))
        assert reply.text == "['Hello', 'Hi', 'What next?'] Rules."


def test_pydantic_ai_is_asked_for_what_fits_a_schema() -> None:
    function = pytest.importorskip("pydantic_ai.models.function", reason="it is not installed")
    messages = pytest.importorskip("pydantic_ai.messages")

    def answer(_: list[Any], info: Any) -> Any:
        call = messages.ToolCallPart(info.output_tools[0].name, {"steps": ["a"]})
        return messages.ModelResponse(parts=[call], finish_reason="tool_call")

    reply = _sync(function.FunctionModel(answer), profile(), question(schema=SCHEMA))

    assert (reply.text, reply.finish) == ('{"steps": ["a"]}', "stop")
    assert reply.parsed == {"steps": ["a"]}


def test_an_own_function_is_what_is_left() -> None:
    assert isinstance(asking(plain), Own)


def test_no_reply_is_a_no_reply_still() -> None:
    def fail(prompt: str) -> str:
        raise BadReply(prompt)

    with pytest.raises(NoReply, match="a"):
        asking(fail).ask(profile(), question("a", "b"))
