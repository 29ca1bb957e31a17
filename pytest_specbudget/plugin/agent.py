"""`spec_agent` and `spec_consensus`: a task, carried out as routing decides, and written down.

    outcome = spec_agent.run("plan", "Plan the move to Postgres.", validators=[has_rollback])
    assert outcome.accepted, outcome.reason

What is written to the journal: each step as an event `agent`, the whole as `routed`, the quality of
the answer and the agreement of several agents as `score`.  No prompt and no answer is among it.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

from pytest_specbudget.agents.batching import joined, split
from pytest_specbudget.agents.execution import run, run_async
from pytest_specbudget.agents.judges import ModelJudge
from pytest_specbudget.agents.prompts import Prompts
from pytest_specbudget.agents.validating import judge_of
from pytest_specbudget.meters.scope import commanded, staged
from pytest_specbudget.plugin.agent_records import Recorder
from pytest_specbudget.plugin.agent_tasks import (
    Asked,
    Gathered,
    Job,
    Said,
    decided,
    gathered,
    prepared,
)
from pytest_specbudget.plugin.agent_words import known_words, model_in, several
from pytest_specbudget.plugin.batches import Parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pytest_specbudget.agents.outcome import Outcome
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.plugin.workshop import Workshop
    from pytest_specbudget.routing.values import Decision, RoutingTable

__all__ = ["SpecAgent", "SpecConsensus"]

_SEVERAL = 2
_ELSEWHERE = dict.fromkeys(
    Gathered.__annotations__.keys() - Asked.__annotations__.keys(), "spec_consensus"
)
"""What one of the fixtures takes, and the other does not."""


class _Agents:
    """What both fixtures do alike."""

    _called: ClassVar[str]
    _known: ClassVar[Collection[str]]

    def __init__(self, shop: Workshop, test: str) -> None:
        self._shop = shop
        self._test = test
        self._numbers = itertools.count(1)
        self._recorder = Recorder(shop.books, shop.evidence)

    @property
    def table(self) -> RoutingTable:
        """The routing table."""
        return self._shop.table

    def prompts(self, told: Mapping[str, Any]) -> Prompts:
        """Understand `{name: {tier: {version, text}}}`; `.prompt(name, **values)` is asked.

        Raises:
            SettingError: If it is none of that.
        """
        return Prompts.of(told)

    def decide(self, command: str, **asked: Unpack[Asked]) -> Decision:
        """Say whom `run` would ask, and why, and ask nobody.

        Raises:
            SettingError: If there is no such tier or model.
            TypeError: If `Asked` names no such thing.
        """
        self._check("decide", asked)
        return decided(self._shop, command, asked)

    def judge(self, model: str, task: str, *, ask: Any = None) -> ModelJudge:
        """Make a validator that asks *model* how well an answer does *task*.

        For guardrails, and for judges that the plan does not name; its calls are charged.

        Args:
            model: By its name in the table, or its id at the provider.
            task: What the answers are answers to.
            ask: Who asks it, if not our client.

        Raises:
            SettingError: If the table has no such model.
        """
        table = self._shop.table
        profile = table.profiles[model_in(table, model)]
        return ModelJudge(self._shop.asking(ask), profile, task)

    def _check(self, method: str, asked: Mapping[str, Any]) -> None:
        """See that everything that was said of a task is something that may be said of it."""
        known_words(f"{self._called}.{method}", asked, self._known, _ELSEWHERE)

    def _do(self, job: Job) -> Outcome:
        with _staged(job), self._shop.heard.listening(job.task.id) as charges:
            outcome = run(job.decision, job.task, job.tools, job.hands)
            return self._concluded(job, outcome, charges)

    async def _do_async(self, job: Job) -> Outcome:
        with _staged(job), self._shop.heard.listening(job.task.id) as charges:
            outcome = await run_async(job.decision, job.task, job.tools, job.hands)
            return self._concluded(job, outcome, charges)

    def _concluded(self, job: Job, outcome: Outcome, charges: list[Charge]) -> Outcome:
        case = job.case or f"{self._test}#{next(self._numbers)}"
        self._recorder.conclude(outcome, charges, case)
        return outcome


class SpecAgent(_Agents):
    """Carries out tasks for the test that asked for it; `Asked` names what may be said of each."""

    _called = "spec_agent"
    _known = Asked.__annotations__

    def run(self, command: str, prompt: Said, **asked: Unpack[Asked]) -> Outcome:
        """Carry out a task, and wait for it.

        An answer that is not good enough raises nothing: look at `accepted`.

        Args:
            command: What is done: `plan`, `/speckit.plan`, ...
            prompt: What is asked: a text, a conversation, or a prompt with variants.
            asked: See `Asked`.

        Raises:
            SettingError: If a tier, model, validator or metric is not known.
            TypeError: If `Asked` names no such thing.
            CallRefused: If a call may not be made, or needs a key and there is none.
        """
        return self._do(self._job("run", command, prompt, asked))

    async def run_async(self, command: str, prompt: Said, **asked: Unpack[Asked]) -> Outcome:
        """Carry out a task while others work; see `run`."""
        return await self._do_async(self._job("run_async", command, prompt, asked))

    def run_many(self, command: str, tasks: Sequence[str], **asked: Unpack[Asked]) -> list[Outcome]:
        """Carry out several small tasks with one request, or one by one where that does not do.

        All are asked of the command's first plan at once.  If the answer does not say each of them
        exactly once, or a part is not good enough, each task is carried out by itself.  Tasks with
        a schema, and those that a native handler does, are always carried out so.

        Returns:
            An outcome for each task, in their order; those of one request share all but `text`.
        """
        self._check("run_many", asked)
        asked["validators"] = several(asked.get("validators"))  # asked of each task
        batch = self._batch(command, tasks, asked)
        whole = None if batch is None else self._do(batch)
        parts = None
        if whole is not None and whole.accepted:
            parts = split(whole.text, len(tasks))
        if whole is None or parts is None:
            return [self.run(command, task, **asked) for task in tasks]
        return [replace(whole, text=part, parsed=None) for part in parts]

    def _job(self, method: str, command: str, prompt: Said, asked: Asked) -> Job:
        self._check(method, asked)
        return prepared(self._shop, decided(self._shop, command, asked), prompt, asked)

    def _batch(self, command: str, tasks: Sequence[str], asked: Asked) -> Job | None:
        """Make one task of several, that is tried once; None where that makes no sense."""
        decision = decided(self._shop, command, asked)
        native = self._shop.native.of(decision.command) is not None
        if native or len(tasks) < _SEVERAL or asked.get("schema") is not None:
            return None
        once = replace(decision, plan=replace(decision.plan, retries=0), escalations=())
        given = self._shop.validators(asked.get("validators"))
        judges = [judge_of(one, once.plan) for one in given]
        without = asked.copy()
        without["validators"] = ()
        job = prepared(self._shop, once, joined(tasks), without)
        parts = Parts(len(tasks), judges, once.plan)
        return replace(job, task=replace(job.task, validators=(parts,)))


class SpecConsensus(_Agents):
    """Asks several models the same, and makes one answer of theirs."""

    _called = "spec_consensus"
    _known = Gathered.__annotations__

    def run(self, command: str, prompt: Said, **asked: Unpack[Gathered]) -> Outcome:
        """Carry out a task by several models side by side; `consensus` says how they agree.

        Args:
            command: What is done.
            prompt: What is asked.
            asked: See `Gathered` and `Asked`.

        Raises:
            SettingError: If one model is all that would be asked, or a model is not known.
            TypeError: If `Gathered` names no such thing.
            CallRefused: If a call may not be made, or needs a key and there is none.
        """
        return self._do(self._job("run", command, prompt, asked))

    async def run_async(self, command: str, prompt: Said, **asked: Unpack[Gathered]) -> Outcome:
        """Carry out a task by several models while others work; see `run`."""
        return await self._do_async(self._job("run_async", command, prompt, asked))

    def _job(self, method: str, command: str, prompt: Said, asked: Gathered) -> Job:
        self._check(method, asked)
        decision = decided(self._shop, command, asked)
        return prepared(self._shop, gathered(self._shop, decision, asked), prompt, asked)


@contextmanager
def _staged(job: Job) -> Iterator[None]:
    """Charge what a task calls to its command, and to its stage if it has one of its own."""
    stage = nullcontext() if job.stage is None else staged(job.stage)
    with commanded(job.decision.command), stage:
        yield
