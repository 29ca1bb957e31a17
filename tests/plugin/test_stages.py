"""Every stage that ran shows up in the books, as a call or as a native step."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.suites import Suite

TESTS = """
import pytest
from calls import ask

@pytest.mark.spec("SPEC-1", stage="plan")
def test_plans():
    ask()

@pytest.mark.spec("SPEC-1", stage="number")
def test_numbers(spec_spend):
    with spec_spend.native("spec-id"):
        assert max(range(10)) + 1 == 10
    assert spec_spend.calls == 0

@pytest.mark.spec("SPEC-1", stage="audit")
def test_audits():
    pass
"""


def test_a_stage_without_a_trace_is_a_warning_and_a_native_step_is_a_trace(suite: Suite) -> None:
    suite.write("test_it.py", TESTS)

    outcome = suite.run("--spec-budget=2.00")

    assert outcome.status == 0
    assert outcome.rules() == ["stage-unrecorded"]
    (finding,) = outcome.facts["findings"]
    assert finding["subject"] == "SPEC-1 audit"
    (note,) = outcome.facts["notes"]
    assert note.startswith('native step "spec-id" ran 1 time for $0')
