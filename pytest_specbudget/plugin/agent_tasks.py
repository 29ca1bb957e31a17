"""Makes tasks of what a test asks: whom routing chooses, what is asked, who judges it."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from pytest_specbudget.agents.course import Task, Tools
from pytest_specbudget.agents.hands import Hands
from pytest_specbudget.agents.prompts import BUILT_IN, Prompt
from pytest_specbudget.core.value import value
from pytest_specbudget.errors import SettingError
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.meters.scope import attribute
from pytest_specbudget.plugin.agent_records import tell_of
from pytest_specbudget.plugin.agent_words import agents_in, model_in, share_in
from pytest_specbudget.quality.schemas import JsonSchema, Model
from pytest_specbudget.routing.deciding import decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from decimal import Decimal
    from fractions import Fraction

    from pytest_specbudget.agents.prompts import Prompts
    from pytest_specbudget.agents.values import Message
    from pytest_specbudget.plugin.agent_words import Validators
    from pytest_specbudget.plugin.workshop import Workshop
    from pytest_specbudget.quality.metric import Metric
    from pytest_specbudget.routing.values import Decision, Plan

__all__ = ["Asked", "Gathered", "Job", "Said", "decided", "gathered", "prepared"]

Said: TypeAlias = "str | Iterable[Message] | Prompt"
"""What may be asked: a text, a conversation, or a prompt with a variant for each tier."""

_SEVERAL = 2


class Asked(TypedDict, total=False):
    """What may be said of a task beside its command and its prompt.

    Attributes:
        stage: The stage within the command; the test's own if not given.
        tier: The tier that does it, whatever the table says; the test's own if not given.
        model: The model that does everything, by its name in the table.
        validators: What judges the answer, one or several: a validator of
            `pytest_specbudget.quality.validators`, a function, plain or async, or the name of one
            that a plugin adds.
        schema: The JSON schema that the answer shall fit, or a pydantic model.
        metric: How several answers are compared: a metric, a function, or the name of an added one.
        case: What its scores are called; the node id and a number if not given.
        ask: Who asks the models: a function, a pydantic-ai agent, litellm; our client if not given.
        reuse: Whether an answer to the same question in this run may be used again, at $0.
        prompts: What judges, aggregators and rejected models are told instead of our words.
        error_rate: The share of the command's runs that escalated so far, 0 to 1; text and floats
            are taken for the decimal that they show.
    """

    stage: str | None
    tier: str | None
    model: str | None
    validators: Validators
    schema: Any
    metric: str | Metric | Callable[[str, str], Any] | None
    case: str | None
    ask: Any
    reuse: bool
    prompts: Prompts | None
    error_rate: str | float | Decimal | Fraction | None


class Gathered(Asked, total=False):
    """What may be said of a task for several models.

    Attributes:
        agents: The models, two at least, by their names in the table; those of the plan if not
            given.
        aggregator: Who makes one answer of theirs; with `agents` nobody if not given.
        min_agents: How many must answer, 1 to all of them; with `agents` two if not given.
        retries: How often models are asked again that failed or were turned down, 0 or more.
    """

    agents: Sequence[str]
    aggregator: str | None
    min_agents: int
    retries: int


@value
class Job:
    """A task, ready to be carried out.

    Attributes:
        decision: Whom to ask as what.
        task: What is to be done.
        tools: With what.
        hands: Who does the work.
        case: What its scores are called, or None for the usual name.
        stage: The stage that its calls are charged to, or None for the test's own.
    """

    decision: Decision
    task: Task
    tools: Tools
    hands: Hands
    case: str | None = None
    stage: str | None = None


def decided(shop: Workshop, command: str, asked: Asked) -> Decision:
    """Decide how *command* is carried out in the test that runs.

    Raises:
        SettingError: If there is no such tier or model.
    """
    owner, tier = attribute()
    settings = shop.books.settings
    return decide(
        shop.table,
        command,
        stage=asked.get("stage") or owner.stage,
        tier=asked.get("tier") or tier,
        model=asked.get("model") or settings.model,
        premium=settings.route == "premium",
        error_rate=share_in("error_rate", asked.get("error_rate")),
        pressure=_pressure(shop, owner.spec),
        prices=shop.prices() if shop.table.select == "cheapest" else None,
    )


def gathered(shop: Workshop, decision: Decision, asked: Gathered) -> Decision:
    """Change the plan of *decision* to what was said of the models that are to agree.

    Raises:
        SettingError: If one model is all that would be asked, a model is not known, or a number
            makes no sense.
    """
    plan, agents = decision.plan, agents_in(shop.table, asked.get("agents") or ())
    named = asked.get("aggregator")
    aggregator = None if named is None else model_in(shop.table, named)
    if agents:
        plan = replace(plan, primaries=agents, aggregator=aggregator, min_agents=_SEVERAL)
    plan = replace(
        plan,
        native=False,
        aggregator=aggregator or plan.aggregator,
        min_agents=asked.get("min_agents", plan.min_agents),
        retries=asked.get("retries", plan.retries),
    )
    if len(plan.primaries) < _SEVERAL:
        who = f"agents names {agents[0]!r} alone" if agents else _alone(decision)
        problem = f"{who}, and a model agrees with itself; name several: agents=[...]"
        raise SettingError([problem])
    if problems := [*_senseless(plan)]:
        raise SettingError(problems)
    return replace(decision, plan=plan)


def _alone(decision: Decision) -> str:
    return f'tier {decision.plan.tier} of "{decision.command}" asks one model'


def _senseless(plan: Plan) -> Iterator[str]:
    """Yield what makes no sense of the numbers of a consensus."""
    whole = len(plan.primaries)
    if type(plan.min_agents) is not int or not 1 <= plan.min_agents <= whole:
        yield f"min_agents={plan.min_agents!r} must be from 1 to {whole}, as many as are asked"
    if type(plan.retries) is not int or plan.retries < 0:
        yield f"retries={plan.retries!r} must be a whole number, 0 or more"


def prepared(shop: Workshop, decision: Decision, prompt: Said, asked: Asked) -> Job:
    """Make a task of *prompt*.

    Raises:
        SettingError: If the command only runs others, or no plugin adds what is named.
    """
    if decision.pipeline:
        first, what = decision.pipeline[0], f'"{decision.command}" asks no model itself'
        each = f'run each of its commands: run("{decision.command}", prompt, stage="{first}")'
        raise SettingError([f"{what}; {each}"])
    schema = asked.get("schema")
    own = asked.get("prompts")
    return Job(
        decision=decision,
        task=Task(
            id=shop.books.new_id(),
            prompt=Prompt.said(prompt, _json_schema(schema)),
            validators=(*_of_schema(schema), *shop.validators(asked.get("validators"))),
            metric=shop.metric(asked.get("metric")),
        ),
        tools=Tools(
            table=shop.table,
            native=shop.native,
            prompts=BUILT_IN if own is None else BUILT_IN.with_(own),
            tell=partial(tell_of, shop.books),
        ),
        hands=Hands(
            shop.asking(asked.get("ask")),
            shop.memory if asked.get("reuse") else None,
            Clock.tick,
        ),
        case=asked.get("case"),
        stage=asked.get("stage"),
    )


def _pressure(shop: Workshop, spec: str) -> Fraction | None:
    """Return how much of its ceiling the SPEC has used in this process, or None without one."""
    limit = shop.books.settings.ceiling_of(spec)
    spent = shop.books.tally.by_spec.get(spec)
    return None if limit is None or spent is None else spent.share_of(limit.ceiling)


def _json_schema(schema: Any) -> Any:
    describe = getattr(schema, "model_json_schema", None) or getattr(schema, "json_schema", None)
    return describe() if callable(describe) else schema


def _of_schema(schema: Any) -> Iterator[Callable[[str], Any]]:
    """Yield what holds an answer to its schema, as far as that can be checked here."""
    if schema is None:
        return
    if _json_schema(schema) is not schema:
        yield Model(schema)
    elif importlib.util.find_spec("jsonschema") is not None:
        yield JsonSchema(schema)
    else:
        yield _is_json


def _is_json(text: str) -> bool:
    from pytest_specbudget.agents.structured import parsed  # noqa: PLC0415 - without jsonschema

    return parsed(text) is not None
