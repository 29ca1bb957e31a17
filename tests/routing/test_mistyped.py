"""Names of commands and stages that the table does not have."""

from __future__ import annotations

import pytest
from support.routing import model_call, table

from pytest_specbudget.core.routed import Routed
from pytest_specbudget.errors import SettingError
from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.mistyped import doubts_of_names

STAGED = table('[commands.plan.stages.technical]\naggregator = "none"\n')
ROUTED = Routed(task="t", role="primary", tier="C", slot="x")


@pytest.mark.parametrize(
    ("command", "stage", "routed", "told"),
    [
        pytest.param(
            *("clarfy", None, True),
            'no command is called "clarfy" (did you mean "clarify"?): it was routed as tier C',
            id="a command that was routed",
        ),
        pytest.param(
            *("triage", None, True),
            'no command is called "triage": it was routed as tier C',
            id="a command like none that was routed",
        ),
        pytest.param(
            *("/speckit.plann", None, False),
            'no command is called "plann" (did you mean "plan"?): the routing table says nothing of'
            " it",
            id="a command that is very much like one",
        ),
        pytest.param("triage", None, False, None, id="somebody's own command"),
        pytest.param("plan", "technical", True, None, id="a stage that is there"),
        pytest.param("plan", "plan", True, None, id="a stage called like its command"),
        pytest.param("plan", "monday", True, None, id="a stage of somebody's own"),
        pytest.param(
            *("plan", "tehcnical", True),
            'command "plan" has no plan for a stage "tehcnical" (did you mean "technical"?): it was'
            " routed as the command is",
            id="a misspelt stage",
        ),
        pytest.param("plan", "tehcnical", False, None, id="a stage that routing did not see"),
        pytest.param(None, "paln", True, None, id="no command"),
    ],
)
def test_names_of_a_run(
    command: str | None, stage: str | None, *, routed: bool, told: str | None
) -> None:
    call = model_call(
        "openai", "gpt-4o", command=command, stage=stage, routed=ROUTED if routed else None
    )

    assert list(doubts_of_names(STAGED, [call, call])) == ([] if told is None else [told])


def test_a_decision_says_what_was_probably_meant() -> None:
    unknown = decide(STAGED, "plann")
    stage = decide(STAGED, "plan", stage="tehcnical")

    assert unknown.reasons == ('no command is called "plann" (did you mean "plan"?): tier C',)
    assert stage.reasons[1].endswith('(did you mean "technical"?)')


def test_a_command_that_runs_others_names_the_stage_that_it_does_not_run() -> None:
    with pytest.raises(SettingError) as error:
        decide(table(), "auto", stage="paln")

    (told,) = error.value.problems
    assert told.startswith('command "auto" has no plan for a stage "paln" (did you mean "plan"?)')
    assert told.endswith("it runs plan, tasks, implement, validate, audit, unlock")
