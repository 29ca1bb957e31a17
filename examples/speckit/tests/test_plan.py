from __future__ import annotations

import pytest
from speckit import specs, stages

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("spec_cassette")]


@pytest.mark.spec("SPEC-KIT-070", stage="plan", command="/speckit.plan")
async def test_two_drafts_become_one_plan() -> None:
    plan = await stages.plan(specs.load("SPEC-KIT-070"))

    assert [step.title for step in plan.steps] == [
        "Keep books on every run",
        "Classify the commands",
        "Route by table",
        "Escalate once",
        "Enforce the budget",
    ]
    assert all(step.success for step in plan.steps)


@pytest.mark.spec("SPEC-KIT-071", stage="plan", command="/speckit.plan")
async def test_what_the_drafts_disagree_on_is_kept() -> None:
    plan = await stages.plan(specs.load("SPEC-KIT-071"))

    assert len(plan.steps) == 4
    assert [conflict.partition(":")[0] for conflict in plan.conflicts] == [
        "Where the run's id goes"
    ]


@pytest.mark.spec("SPEC-KIT-072", stage="plan", command="/speckit.plan")
async def test_a_plan_names_its_risks() -> None:
    plan = await stages.plan(specs.load("SPEC-KIT-072"))

    assert len(plan.risks) >= 2
    assert not plan.conflicts
