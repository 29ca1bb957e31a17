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
from pytest_specbudget.agents.structured import understood
from pytest_specbudget.agents.values import BadReply, Reply
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
    `temperature`, `stop`, `question`, `profile`.  A first parameter of any other name is given the
    prompt.  It returns a text, a `Reply`, or what an answer in JSON says.
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
        parameters = [*inspect.signature(self.function).parameters.values()]
        unnamed = [each for each in parameters[:1] if each.name not in offered or _nameless(each)]
        named = [each.name for each in parameters[len(unnamed) :] if each.name in offered]
        first = [offered["prompt"] for _ in unnamed]
        return partial(self.function, *first, **{name: offered[name] for name in named})


def _nameless(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL)


def _reply(said: Any, question: Question) -> Reply:
    """Make a reply of what a function returned."""
    if isinstance(said, Reply):
        return understood(said, question)
    if isinstance(said, str):
        return understood(Reply(text=said, finish="stop"), question)
    dump = getattr(said, "model_dump", None)  # what pydantic's models have
    try:
        document = dump(mode="json") if callable(dump) else said
        text = json.dumps(document, ensure_ascii=False)
    except (TypeError, ValueError):
        document = None
    if document is None:
        raise BadReply(f"the function returned {type(said).__name__}, and no answer")
    return Reply(text=text, parsed=document, finish="stop")
