"""That nothing was seen is told of what was there to be seen, and of nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, event, journal

from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.schema import StartLine
from pytest_specbudget.settings.settings import Limit, Settings
from pytest_specbudget.verdicts.closing import RunFacts, close

if TYPE_CHECKING:
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.journal.schema import EventLine
    from pytest_specbudget.reports.report import Report

SEEN = call("0.10", spec="A", command="plan", stage="draft")
OF_A = event("chosen", paths=["tests/a"])


def ceiling(name: str | None, scope: Any = "spec", origin: str = "pyproject.toml") -> Limit:
    return Limit(scope=scope, subject=name, ceiling=Money.parse("1"), origin=origin)


def started(told: Journal, **owner: str) -> Journal:
    """Add the start of a call, number 1."""
    told.starts["1"] = StartLine.model_validate(
        {
            "kind": "start",
            "id": "1",
            "at": "2026-11-22T12:00:00Z",
            "host": "api.openai.com",
            "provider": "openai",
            "operation": "chat",
            "attribution": {"test": "t.py::test_b", "when": "call", "via": "context", **owner},
        }
    )
    return told


def closed(told: Journal, *limits: Limit, partial: tuple[str, ...] = ()) -> Report:
    return close([told], Settings(limits=limits), RunFacts(run="r", partial=partial))


def unused(report: Report) -> list[str]:
    found = report.verdict.findings
    return [one.subject for one in found if one.rule in {"ceiling-unused", "no-calls-seen"}]


@pytest.mark.parametrize("how", ["stopped", "refused", "missed"])
@pytest.mark.parametrize(
    ("scope", "name"),
    [
        pytest.param("spec", "B", id="a SPEC"),
        pytest.param("command", "build", id="a command"),
        pytest.param("stage", "code", id="a stage"),
    ],
)
def test_a_ceiling_whose_only_call_was_not_sent_did_hold_somebody(
    how: str, scope: str, name: str
) -> None:
    told = journal(
        SEEN, event(how, id="1", test="t", message="m", ceiling="B", origin="", remedy="")
    )

    report = closed(
        started(told, spec="B", command="build", stage="code"),
        ceiling(name, scope),
        ceiling("other", scope),
    )

    assert unused(report) == ["other"]


@pytest.mark.parametrize(
    ("events", "partial", "told", "notes"),
    [
        pytest.param([], (), ["B"], [], id="of the whole suite, a name nobody has is told"),
        pytest.param(
            [OF_A],
            (),
            [],
            ['no call of spec "B" was seen in tests/a, which is all that was asked for'],
            id="of a folder, it is noted",
        ),
        pytest.param([], ("3 tests deselected",), [], [], id="of a part, it may be elsewhere"),
        pytest.param([OF_A], ("-x",), [], [], id="of a part of a folder, likewise"),
    ],
)
def test_a_name_may_be_misspelt_where_all_tests_were_to_run(
    events: list[EventLine], partial: tuple[str, ...], told: list[str], notes: list[str]
) -> None:
    report = closed(journal(SEEN, *events), ceiling("A"), ceiling("B"), partial=partial)

    assert (unused(report), list(report.notes)) == (told, notes)


def test_what_was_typed_for_just_this_run_is_told_of_whatever_it_was_of() -> None:
    typed = ceiling(None, origin="--spec-budget=1")

    report = closed(journal(SEEN, OF_A), ceiling("A"), typed, partial=("-x",))

    assert unused(report) == ["every spec"]


@pytest.mark.parametrize(
    ("events", "partial", "where"),
    [
        pytest.param([], (), "", id="all of it"),
        pytest.param([OF_A], (), " in tests/a, which is all that was asked for", id="a folder"),
        pytest.param([], ("-x",), " in the part of the suite that was run", id="a part"),
    ],
)
def test_that_no_call_was_seen_is_said_of_what_was_run(
    events: list[EventLine], partial: tuple[str, ...], where: str
) -> None:
    report = closed(journal(*events), ceiling("A"), partial=partial)

    (found,) = (one for one in report.verdict.findings if one.rule == "no-calls-seen")
    assert found.message == f"a ceiling was set, and no model call was seen{where}"
    assert found.remedy.startswith("nothing, if these tests call none") is bool(where)
    assert not report.notes
