"""Lets a client of the user's own be asked in the place of ours: a function, pydantic-ai, litellm.

    asking(lambda prompt, model: my_client.complete(model, prompt))
    asking(pydantic_ai.Agent())
    asking(litellm.completion)

Nothing of pydantic-ai or litellm is imported before it is handed over.  Retries are that client's.
"""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_specbudget.agents.both_ways import awaited, finished
from pytest_specbudget.agents.conversation import as_dicts, as_prompt
from pytest_specbudget.agents.foreign import translating
from pytest_specbudget.agents.sdk_answers import reply_of
from pytest_specbudget.agents.structured import understood
from pytest_specbudget.agents.values import Reply
from pytest_specbudget.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_specbudget.agents.values import Asking, Question
    from pytest_specbudget.routing.values import ModelProfile

__all__ = ["Own", "asking"]

_HOMES = {
    "litellm": ("pytest_specbudget.agents.adapted_litellm", "LiteLLM"),
    "pydantic_ai": ("pytest_specbudget.agents.adapted_pydantic_ai", "PydanticAI"),
}

_RETURN = (
    "return the answer as text, the response of openai, anthropic, google-genai or litellm as it "
    "is, or, for an answer in JSON, a dict or a model of pydantic's"
)


def asking(client: Any) -> Asking:
    """Return *client* as something that asks models.

    Args:
        client: What asks already; a pydantic-ai agent or model; litellm or its `completion`; or a
            function, plain or async, as `Own` calls it.

    Raises:
        SettingError: If it is none of these.
    """
    if hasattr(client, "ask") and hasattr(client, "ask_async"):
        ready: Asking = client
        return ready
    home = _HOMES.get(_package_of(client))
    if home is not None:
        adapted: Asking = getattr(import_module(home[0]), home[1])(client)
        return adapted
    if not callable(client):
        raise SettingError([f"{client!r} asks no model; give a function, an agent or litellm"])
    return Own(client)


def _package_of(client: Any) -> str:
    if inspect.ismodule(client):
        return client.__name__.partition(".")[0]
    homes = [getattr(client, "__module__", None)]
    homes += [kind.__module__ for kind in type(client).__mro__]
    packages = [home.partition(".")[0] for home in homes if isinstance(home, str)]
    return next((package for package in packages if package in _HOMES), "")


@dataclass(frozen=True, slots=True)
class Own:
    """A function of the user's that asks a model, plain or async.

    It is given what it names among its parameters: `prompt` (all that is said, as one text),
    `messages` (as OpenAI takes them), `model` (the provider's id), `schema`, `max_tokens`,
    `temperature`, `stop`, `question`, `profile`; all of them if it takes nothing but `**names`.  A
    first parameter of any other name is given the prompt.  What a `functools.partial` has set
    already stays as it is.

    It returns a text, the response of an SDK (see `sdk_answers`), a `Reply`, or, for an answer in
    JSON, what that says: a mapping, a list, or a model of pydantic's.
    """

    function: Callable[..., Any]

    def ask(self, profile: ModelProfile, question: Question) -> Reply:
        """Call the function, and wait for the answer."""
        with translating():
            said = finished(self._prepared(profile, question)())
        return _reply(said, question)

    async def ask_async(self, profile: ModelProfile, question: Question) -> Reply:
        """Call the function, in a thread unless it is async."""
        with translating():
            said = await awaited(self._prepared(profile, question))
        return _reply(said, question)

    def _prepared(self, profile: ModelProfile, question: Question) -> Callable[[], Any]:
        offered = {
            "prompt": as_prompt(question),
            "messages": as_dicts(question),
            "model": profile.model,
            "schema": question.schema,
            "max_tokens": question.max_tokens,
            "temperature": question.temperature,
            "stop": question.stop,
            "question": question,
            "profile": profile,
        }
        takes = _free_parameters(self.function)
        if takes and all(each.kind is each.VAR_KEYWORD for each in takes):
            return partial(self.function, **offered)
        unnamed = [each for each in takes[:1] if _is_nameless(each) or each.name not in offered]
        unnamed = [each for each in unnamed if each.kind is not each.KEYWORD_ONLY]
        named = [each.name for each in takes[len(unnamed) :] if each.name in offered]
        first = [offered["prompt"] for _ in unnamed]
        return partial(self.function, *first, **{name: offered[name] for name in named})


def _free_parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters that nothing is set for yet; one, for the prompt, if nobody tells."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:  # some functions written in C
        return [inspect.Parameter("prompt", inspect.Parameter.POSITIONAL_ONLY)]
    bound = function.keywords if isinstance(function, partial) else {}
    return [each for each in parameters if each.name not in bound]


def _is_nameless(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL)


def _reply(said: Any, question: Question) -> Reply:
    """Make a reply of what a function returned.

    Raises:
        TypeError: If that is no answer.
    """
    if isinstance(said, str):
        said = Reply(text=said, finish="stop")
    reply = said if isinstance(said, Reply) else reply_of(said)
    if reply is not None:
        return understood(reply, question)
    document = _document(said)
    text = None if document is None else _written(document)
    if text is None:
        raise TypeError(f"ask= returned {_shown(said)}; {_RETURN}")
    return Reply(text=text, parsed=document, finish="stop")


def _document(said: Any) -> Any:
    """Return what an answer in JSON says, as a document; None for what is no such answer."""
    dump = getattr(said, "model_dump", None)  # what pydantic's models have
    if callable(dump) and not isinstance(said, type):
        return dump(mode="json")
    return said if isinstance(said, dict | list) else None


def _written(document: Any) -> str | None:
    try:
        return json.dumps(document, ensure_ascii=False)
    except (TypeError, ValueError):
        return None


def _shown(said: Any) -> str:
    kind = type(said)
    if said is None:
        return "None"
    return kind.__qualname__ if kind.__module__ == "builtins" else f"a {kind.__qualname__}"
