"""From settings and markers to gates: what each ceiling covers, and who wins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.gates import gates, marked, nodes_of, spend_gates
from pytest_specbudget.core.finding import judge
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.settings.settings import Limit, Settings

if TYPE_CHECKING:
    from pytest_specbudget.settings.values import Scope


def limit(scope: Scope, ceiling: str, subject: str | None = None) -> Limit:
    return Limit(scope=scope, subject=subject, ceiling=Money.parse(ceiling), origin=f"--{scope}")


def mark(node: str, *, single: bool = True, **limits: object) -> Any:
    return event("limit", node=node, single=single, origin=f"{node}:1 @spec", **limits)


def breaches(charges: list[Charge], *limits: Limit, marks: tuple[Any, ...] = ()) -> list[str]:
    """Return the subjects that spent more than their ceilings."""
    found = spend_gates(Settings(limits=limits), marked([journal(*marks)]), has_specs=True)
    verdict = judge(Ledger(charges), found)
    return [one.subject for one in verdict.findings if one.severity == "error"]


TWO = [
    call("0.10", test="t.py::A::test_1", spec="SPEC-1", command="/plan", stage="draft"),
    call("0.20", test="t.py::A::test_2[x::y]", spec="SPEC-2", command="/plan"),
    call("0.40", test="<fixture session:warm>"),
]


@pytest.mark.parametrize(
    ("limits", "breached"),
    [
        pytest.param([limit("session", "0.70")], [], id="the run, exactly"),
        pytest.param([limit("session", "0.69")], ["whole run"], id="the run, fixtures included"),
        pytest.param(
            [limit("spec", "0.15")], ["(unassigned)", "SPEC-2"], id="each SPEC, and what has none"
        ),
        pytest.param([limit("spec", "0.15", "SPEC-1")], [], id="one SPEC, others are free"),
        pytest.param(
            [limit("spec", "0.15"), limit("spec", "0.20", "SPEC-2")],
            ["(unassigned)"],
            id="a SPEC's own ceiling stands before the general one",
        ),
        pytest.param([limit("command", "0.29")], ["/plan"], id="a command, over its tests"),
        pytest.param([limit("stage", "0.05")], ["draft"], id="a stage"),
        pytest.param(
            [limit("test", "0.15")], ["t.py::A::test_2[x::y]"], id="each test, fixtures are none"
        ),
        pytest.param(
            [limit("test", "1"), limit("session", "0.5"), limit("stage", "0.01")],
            ["whole run", "draft"],
            id="a wide ceiling of a test lifts no other",
        ),
    ],
)
def test_what_a_ceiling_covers(limits: list[Limit], breached: list[str]) -> None:
    assert breaches(TWO, *limits) == breached


@pytest.mark.parametrize(
    ("node", "breached"),
    [
        pytest.param("t.py::A", True, id="the class"),
        pytest.param("t.py", True, id="the module"),
        pytest.param("t.py::B", False, id="another class"),
        pytest.param("t.p", False, id="only the start of its name"),
    ],
)
def test_a_marker_on_a_class_or_module_covers_its_tests_together(
    node: str, *, breached: bool
) -> None:
    found = breaches(TWO, marks=(mark(node, single=False, budget="0.29"),))

    assert found == ([node] if breached else [])


@pytest.mark.parametrize(
    ("fixture", "within", "breached"),
    [
        pytest.param("class:of_class", "t.py::A", ["t.py", "t.py::A"], id="of the class"),
        pytest.param("class:of_class", "t.py::B", ["t.py"], id="of the same name in another"),
        pytest.param("class:of_class", "t.py::A::C", ["t.py", "t.py::A"], id="of one within it"),
        pytest.param("module:of_module", "t.py", ["t.py"], id="of the module, in no class"),
        pytest.param("module:of_module", "u.py", [], id="of another module"),
        pytest.param("session:of_session", None, [], id="of the session"),
    ],
)
def test_a_marker_on_a_class_or_module_covers_its_fixtures_too(
    fixture: str, within: str | None, breached: list[str]
) -> None:
    made = call("0.10", test=f"<fixture {fixture}>", fixture=fixture)
    made = replace(made, attribution=replace(made.attribution, within=within))
    marks = tuple(mark(node, single=False, budget="0.05") for node in ("t.py", "t.py::A"))

    assert breaches([made], marks=marks) == breached
    assert [node for node in nodes_of(made) if node in {"t.py", "t.py::A"}] == breached


def test_the_ceiling_of_a_class_holds_in_a_folder_with_brackets() -> None:
    charges = [call("0.10", test="a[b]/t.py::A::test_1[x]")]

    assert breaches(charges, marks=(mark("a[b]/t.py::A", single=False, budget="0.05"),)) == [
        "a[b]/t.py::A"
    ]


def test_a_marker_on_a_test_is_that_test_s_ceiling() -> None:
    assert breaches(TWO, marks=(mark("t.py::A::test_1", budget="0.09"),)) == ["t.py::A::test_1"]


def test_what_several_workers_wrote_down_is_one_ceiling() -> None:
    marks = [
        journal(mark("t.py::test_a", budget="1", max_calls=2), worker=f"gw{n}") for n in (0, 1)
    ]

    found = marked(marks)

    assert {node: str(ceiling.amount) for node, ceiling in found.tests.items()} == {
        "t.py::test_a": "1"
    }
    assert found.calls == {"t.py::test_a": (2, "t.py::test_a:1 @spec")}
    assert found.origin == "t.py::test_a:1 @spec"


@pytest.mark.parametrize(
    ("settings", "marks", "says_so"),
    [
        pytest.param(Settings(limits=(limit("spec", "1"),)), [], True, id="a ceiling"),
        pytest.param(Settings(), [mark("t", budget="1")], True, id="a marker's ceiling"),
        pytest.param(Settings(), [mark("t", max_calls=1)], False, id="a number of calls"),
        pytest.param(Settings(), [], False, id="nothing"),
    ],
)
def test_a_ceiling_without_any_call_is_told(
    settings: Settings, marks: list[Any], *, says_so: bool
) -> None:
    verdict = judge(Ledger(), gates(settings, marked([journal(*marks)]), has_specs=False))

    assert [one.rule for one in verdict.findings] == (["no-calls-seen"] if says_so else [])


@pytest.mark.parametrize(
    ("settings", "severity"),
    [
        pytest.param(Settings(), "warning", id="observed"),
        pytest.param(Settings(limits=(limit("spec", "9"),)), "error", id="under a ceiling"),
        pytest.param(
            Settings(limits=(limit("spec", "9"),), explicit_unknown="warn"),
            "warning",
            id="under a ceiling, declared",
        ),
        pytest.param(Settings(explicit_unknown="error"), "error", id="asked for"),
    ],
)
def test_how_bad_a_call_without_a_price_is(settings: Settings, severity: str) -> None:
    found = gates(settings, marked([]), has_specs=False)

    verdict = judge(Ledger([call(None, test="t")]), found)

    assert [(one.rule, one.severity) for one in verdict.findings] == [("usage-unpriced", severity)]


def test_a_run_without_specs_is_called_the_whole_run() -> None:
    settings = Settings(limits=(limit("spec", "0.05"),))
    found = gates(settings, marked([]), has_specs=False)

    (finding,) = judge(Ledger([call("0.10")]), found).findings

    assert finding.message.startswith("whole run spent")
