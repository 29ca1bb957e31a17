"""All 13 commands of the shipped table, walked against the emulator in three wire formats."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from support.emulator import Emulator

from pytest_specbudget.agents.client import Asker
from pytest_specbudget.agents.course import Task, Tools
from pytest_specbudget.agents.execution import run
from pytest_specbudget.agents.hands import Hands
from pytest_specbudget.agents.native import NativeHandlers
from pytest_specbudget.agents.prompts import Prompt
from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.loading import default_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.emulator import Prompt as Heard

    from pytest_specbudget.agents.outcome import Outcome

HAIKU, FLASH = "claude-3-5-haiku-20241022", "gemini-2.0-flash"
SONNET, PRO = "claude-sonnet-4-20250514", "gemini-1.5-pro"
CHECKED = [{("primary", HAIKU)}, {("validator", "gpt-4o-mini")}]
MIXED = [
    {("primary", HAIKU), ("primary", FLASH), ("primary", SONNET)},
    {("aggregator", "gpt-4o")},
]
PREMIUM = [
    {("primary", SONNET), ("primary", PRO), ("primary", "gpt-4o")},
    {("validator", "gpt-5")},
]
WALK: dict[str, list[set[tuple[str, str]]]] = {
    "status": [],
    "new": [],
    "clarify": CHECKED,
    "checklist": CHECKED,
    "tasks": [{("primary", HAIKU), ("primary", FLASH)}],
    "specify": MIXED,
    "plan": MIXED,
    "analyze": MIXED,
    "validate": MIXED,
    "implement": [{("primary", SONNET)}, {("validator", HAIKU)}],
    "audit": PREMIUM,
    "unlock": PREMIUM,
}


def said(prompt: Heard) -> str:
    judges = prompt.text.startswith("Judge how well")
    return json.dumps({"score": 0.85, "reason": ""}) if judges else "the answer"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(reply=said) as running:
        yield running


def walked(emulator: Emulator, command: str, stage: str | None = None) -> Outcome:
    """Carry out a command through our own client, which knows nobody but the emulator."""
    environment = {
        "OPENAI_BASE_URL": emulator.openai_url,
        "ANTHROPIC_BASE_URL": emulator.anthropic_url,
        "GOOGLE_GEMINI_BASE_URL": emulator.google_url,
    }
    table = default_table()
    native = NativeHandlers(by_command={name: lambda _prompt: "done" for name in ("status", "new")})
    task = Task(id="walk", prompt=Prompt.said("Do it."))
    with Asker(environment=environment) as asker:
        chosen = decide(table, command, stage=stage)
        return run(chosen, task, Tools(table=table, native=native), Hands(asker))


def stages(outcome: Outcome, emulator: Emulator) -> list[set[tuple[str, str]]]:
    """Return who was asked as what, one set for all that were asked side by side.

    The provider must have heard the same, one stage after the other.
    """
    by_role: dict[str, set[tuple[str, str]]] = {}
    for attempt in outcome.attempts:
        by_role.setdefault(attempt.routed.role, set()).add((attempt.routed.role, attempt.model))
    served = [undated(one.model) for one in emulator.served]
    for stage in by_role.values():
        heard, served = served[: len(stage)], served[len(stage) :]
        assert sorted(heard) == sorted(undated(model) for _, model in stage)
    assert served == []
    return [*by_role.values()]


def undated(model: str) -> str:
    """Return a model's name as it is asked for; OpenAI's answers name the dated one."""
    return re.sub(r"-20\d\d.*", "", model)


@pytest.mark.parametrize("command", WALK)
def test_a_command_asks_whom_the_table_names_in_its_order(command: str, emulator: Emulator) -> None:
    outcome = walked(emulator, command)

    assert stages(outcome, emulator) == WALK[command]
    assert outcome.accepted, outcome.reason
    assert not outcome.escalated
    assert outcome.native is (WALK[command] == [])
    assert len(outcome.attempts) == sum(map(len, WALK[command]))


@pytest.mark.parametrize("stage", ["plan", "tasks", "implement", "validate", "audit", "unlock"])
def test_the_thirteenth_command_runs_others(stage: str, emulator: Emulator) -> None:
    outcome = walked(emulator, "auto", stage)

    assert stages(outcome, emulator) == WALK[stage]
