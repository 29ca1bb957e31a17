"""A stage that ran leaves a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.stages import unrecorded_stages
from pytest_specbudget.journal.schema import StartLine

if TYPE_CHECKING:
    from pytest_specbudget.journal.reader import Journal

RAN = event("stage", spec="A", stage="code")


def refused() -> Journal:
    """Make a journal with a call of the stage that was refused."""
    told = journal(RAN, event("stopped", id="1", test="t"))
    told.starts["1"] = StartLine.model_validate(
        {
            "kind": "start",
            "id": "1",
            "at": "2026-11-22T12:00:00Z",
            "host": "api.openai.com",
            "provider": "openai",
            "operation": "chat",
            "attribution": {
                "test": "t",
                "spec": "A",
                "stage": "code",
                "when": "call",
                "via": "context",
            },
        }
    )
    return told


@pytest.mark.parametrize(
    ("told", "found"),
    [
        pytest.param(journal(RAN), ["A code"], id="nothing was seen of it"),
        pytest.param(journal(RAN, call(spec="A", stage="code")), [], id="a call"),
        pytest.param(journal(RAN, event("native", spec="A", stage="code")), [], id="a native step"),
        pytest.param(refused(), [], id="a call that was refused"),
    ],
)
def test_a_stage_without_a_trace_is_told(told: Journal, found: list[str]) -> None:
    assert [one.subject for one in unrecorded_stages([told])] == found
