"""Reports as a run leaves them; the figures are invented, and their sums agree."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.finding import Finding, Verdict
from pytest_specbudget.core.ledger import Totals
from pytest_specbudget.core.money import Money
from pytest_specbudget.reports.report import CatalogueFacts, GateResult, Report, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "HOSTILE",
    "bounded",
    "exceeded",
    "failing",
    "gate",
    "hostile",
    "money",
    "near",
    "passing",
    "row",
    "sums",
    "unpriced",
]

HOSTILE = "a|b`c`<b>&amp;\"'\n@org ]]> \x1b[31m\x00 ü\u202e<!-- x -->" + "\udc80"
_ORIGIN = "--spec-budget=2.00"


def money(text: str) -> Money:
    return Money.parse(text)


def sums(cost: str, calls: int = 1, **others: Any) -> Totals:
    """Sum up *calls* replayed calls that cost *cost* together."""
    spent = money(cost)
    values: dict[str, Any] = {"calls": calls, "replayed_calls": calls, "list_cost": spent} | others
    return Totals(**{"contracted_cost": spent, **values})


def row(name: str, cost: str, calls: int = 1, ceiling: str | None = None, **others: Any) -> Row:
    """Make a row; *others* are of the row or, failing that, of its totals."""
    own = {name: others.pop(name) for name in _ROW_FIELDS & others.keys()}
    limit = None if ceiling is None else money(ceiling)
    return Row(**{"name": name, "totals": sums(cost, calls, **others), "ceiling": limit, **own})


def gate(spec: str, spent: str, ceiling: str = "2.00", scope: str = "spec") -> GateResult:
    """Make what a ceiling of a SPEC says."""
    return GateResult(
        rule="budget-exceeded",
        scope=scope,
        subject=spec,
        spent=money(spent),
        ceiling=money(ceiling),
        origin=_ORIGIN,
        passed=money(spent) <= money(ceiling),
    )


def passing() -> Report:
    """Three SPECs below their ceiling."""
    specs = (
        row("BILLING", "0.5204", 430, "2.00", tests=139, input_tokens=1_020_000,
            output_tokens=51_700, models=("gpt-5-mini",), stages={"plan": money("0.5204")},
            model_costs={"gpt-5-mini": money("0.5204")}),
        row("RESEARCH", "1.102", 512, "2.00", tests=171, input_tokens=2_410_000,
            output_tokens=88_100, models=("claude-opus-4-5", "gpt-5-mini"),
            stages={"implement": money("0.602"), "plan": money("0.5")},
            model_costs={"claude-opus-4-5": money("1"), "gpt-5-mini": money("0.102")}),
        row("SUPPORT", "0.2088", 262, "2.00", tests=90, input_tokens=400_000,
            output_tokens=20_200, models=("gpt-5-mini",), stages={"(none)": money("0.2088")},
            model_costs={"gpt-5-mini": money("0.2088")}),
    )  # fmt: skip
    tests = (
        row("tests/billing/test_refunds.py::test_plan", "0.5204", 430, spec="BILLING",
            input_tokens=1_020_000, output_tokens=51_700, models=("gpt-5-mini",)),
        row("tests/research/test_dive.py::test_deep_dive[eu]", "1.102", 512, spec="RESEARCH",
            input_tokens=2_410_000, output_tokens=88_100,
            models=("claude-opus-4-5", "gpt-5-mini")),
        row("tests/support/test_chat.py::test_chat", "0.2088", 262, spec="SUPPORT",
            input_tokens=400_000, output_tokens=20_200, models=("gpt-5-mini",)),
    )  # fmt: skip
    models = (
        row("anthropic/claude-opus-4-5", "1.0", 200, input_tokens=2_000_000,
            output_tokens=80_000, models=("claude-opus-4-5",)),
        row("openai/gpt-5-mini", "0.8312", 1_004, input_tokens=1_830_000,
            output_tokens=80_000, models=("gpt-5-mini",)),
    )  # fmt: skip
    whole = sums("1.8312", 1_204, mocked_calls=310, input_tokens=3_830_000, output_tokens=160_000)
    return Report(
        run="20261121T100000-ab12",
        verdict=Verdict("pass", ()),
        exitstatus=0,
        mode="enforce",
        basis="list",
        partial=(),
        catalogue=CatalogueFacts(
            sha256="0" * 64, as_of="2026-11-21T00:00:00Z", source="genai-prices 0.2.3"
        ),
        price_at="catalogue",
        totals=whole,
        specs=specs,
        commands=(Row(name="(none)", totals=whole, tests=400),),
        stages=(Row(name="(none)", totals=whole, tests=400),),
        models=models,
        tests=tests,
        gates=(gate("BILLING", "0.5204"), gate("RESEARCH", "1.102"), gate("SUPPORT", "0.2088")),
        sources={"live": 0, "record": 0, "replay": 1_204},
    )


def exceeded(spent: str = "1.102", ceiling: str = "1.00") -> Finding:
    """Make the finding that RESEARCH is over its ceiling."""
    return Finding(
        rule="budget-exceeded",
        subject="RESEARCH",
        message=f"RESEARCH spent ${spent} of ${ceiling} (110.2 %)",
        origin=_ORIGIN,
        details=(
            "tests/research/test_dive.py::test_deep_dive[eu]   $1.102   512 calls, gpt-5-mini",
        ),
        remedy="send the dearest calls to a cheaper model, shorten their prompts, "
        "or raise the ceiling where it was set",
    )


def near() -> Finding:
    """Make the finding that BILLING is near its ceiling."""
    return Finding(
        rule="budget-warning",
        subject="BILLING",
        message="warning: BILLING spent $0.52 of $0.60 (86.7 %)",
        origin="budgets.BILLING in pyproject.toml",
        remedy="find out what grew before the ceiling is reached",
        severity="warning",
    )


def unpriced() -> Finding:
    """Make the finding that a gateway's model has no price."""
    return Finding(
        rule="usage-unpriced",
        subject="fast-1",
        message="24 calls to llm-gw.corp cannot be priced: no price for openai/fast-1",
        details=("tests/support/test_chat.py::test_chat",),
        remedy="declare the price in a TOML file given as --spec-prices=FILE:\n"
        '    [[price]]\n    provider = "openai"\n    model = "fast-1"\n'
        'or say whose model it is: hosts."llm-gw.corp" = { provider = "?" }',
    )


def failing(*more: Finding) -> Report:
    """The same run with a ceiling of $1.00 for RESEARCH, broken, and one near its end."""
    stored = passing()
    ceilings = {"RESEARCH": "1.00", "BILLING": "0.60", "SUPPORT": "2.00"}
    return replace(
        stored,
        verdict=Verdict("fail", (exceeded(), *more, near())),
        exitstatus=1,
        specs=tuple(replace(spec, ceiling=money(ceilings[spec.name])) for spec in stored.specs),
        gates=(
            gate("BILLING", "0.5204", "0.60"),
            gate("RESEARCH", "1.102", "1.00"),
            gate("SUPPORT", "0.2088"),
        ),
    )


def bounded() -> Report:
    """One SPEC over its ceiling by the most that two calls of unknown cost may have cost."""
    doubts: dict[str, Any] = {
        "input_tokens": 700,
        "output_tokens": 90,
        "unpriced_calls": 2,
        "bounded_calls": 2,
        "list_spread": money("0.05"),
        "billed_spread": money("0.05"),
    }
    whole = sums("0.0120", 3, **doubts)
    spec = row("SPEC-1", "0.0120", 3, "0.05", tests=1, models=("fast-1", "gpt-5-mini"), **doubts)
    test = row("tests/test_a.py::test_a", "0.0120", 3, spec="SPEC-1", models=spec.models, **doubts)
    models = (
        row("openai/fast-1", "0", 2, models=("fast-1",), **doubts),
        row("openai/gpt-5-mini", "0.0120", models=("gpt-5-mini",)),
    )
    over = Finding(
        rule="budget-exceeded",
        subject="SPEC-1",
        message="SPEC-1 spent $0.0120 to $0.0620 of $0.0500 (24.0 % to 124.0 %)",
        origin=_ORIGIN,
        details=("2 calls of unknown cost, each at most $0.025 by hosts.gw",),
        remedy="declare a tighter bound",
    )
    doubt = Finding(
        rule="usage-bounded",
        subject="fast-1",
        message="2 calls to gw of unknown cost (2 unpriced) count as $0.0000 to $0.0500",
        origin="hosts.gw",
        severity="warning",
    )
    return replace(
        passing(),
        verdict=Verdict("fail", (over, doubt)),
        exitstatus=1,
        totals=whole,
        specs=(spec,),
        commands=(replace(spec, name="(none)", ceiling=None),),
        stages=(replace(spec, name="(none)", ceiling=None),),
        models=models,
        tests=(test,),
        gates=(replace(gate("SPEC-1", "0.0120", "0.05"), spread=money("0.05"), passed=False),),
        sources={"live": 3, "record": 0, "replay": 0},
    )


def hostile(rows: int = 1, findings: Iterable[Finding] = (), length: int = 1) -> Report:
    """A failing report whose names try to break out of every format."""
    names = [HOSTILE * length + str(number) for number in range(rows)]
    found = Finding(
        rule="budget-exceeded",
        subject=names[0],
        message=f'test "{names[0]}" spent $3.00 of $2.00',
        origin=HOSTILE,
        details=(HOSTILE,),
        remedy=HOSTILE,
    )
    return replace(
        passing(),
        verdict=Verdict("fail", (found, *findings)),
        exitstatus=1,
        partial=(HOSTILE,),
        specs=tuple(row(name, "3", ceiling="2") for name in names),
        models=tuple(row(name, "3") for name in names),
        tests=tuple(row(name, "3", spec=HOSTILE) for name in names),
        gates=tuple(gate(name, "3") for name in names),
        notes=(HOSTILE,),
    )


_ROW_FIELDS = {field.name for field in fields(Row)}
