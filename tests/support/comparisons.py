"""Reports of runs that were compared with a baseline; the figures are invented, and agree."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from support.reports import hostile, money, passing, row, sums

from pytest_specbudget.audit.comparison import (
    Change,
    Comparison,
    Effects,
    Listed,
    RequestChange,
    Waste,
)
from pytest_specbudget.core.finding import Finding, Verdict
from pytest_specbudget.core.money import Money
from pytest_specbudget.samples.claim import Claim

if TYPE_CHECKING:
    from pytest_specbudget.audit.comparison import Said, Scope
    from pytest_specbudget.reports.report import Report, Row

__all__ = [
    "HOSTILE",
    "accepted",
    "change",
    "doubted",
    "enormous",
    "hostile_compared",
    "outside",
    "regressed",
    "risen",
    "same",
]

HOSTILE = (
    "a|b\\|c`d``e`<b>&amp;\"'\n@org #12 ]]> \x1b[31m\x00\r ü\u202e\u2028<!-- x --></details>"
    " [x](https://evil.example) ![i](//evil.example/p) www.evil.example me@evil.example ~~~ $(id)"
    " ::set-output name=a::b ##[set-output name=a]b %0A %25 =cmd|'/C calc'!A0 {0} *_ \\"
    "\udc80"
)
"""A name that tries to break out of every format at once."""

_BASE = "git:origin/main (merge base 3f2c1a9)"
_ORIGIN = "--spec-max-regression=10"
_DIVE = "tests/research/test_dive.py::test_deep_dive[eu]"
_PLAN = "tests/billing/test_refunds.py::test_plan"


def change(  # noqa: PLR0913, PLR0917 -- a row of a table, in its order
    scope: Scope, subject: str, base: str, head: str, said: Said, calls: int = 1, **others: Any
) -> Change:
    """Make what both sides of a subject cost; *others* are of the change."""
    return Change(
        scope=scope,
        subject=subject,
        base=sums(base, calls),
        head=sums(head, calls),
        said=said,
        **{"limit": "10 %", "origin": _ORIGIN, **others},
    )


def risen() -> Finding:
    """Make the finding that RESEARCH is dearer than its limit allows."""
    return Finding(
        rule="cost-regression",
        subject="RESEARCH",
        message="RESEARCH rose from $0.952 to $1.102 (+15.8 %), the limit is 10 %",
        origin=_ORIGIN,
        details=("12 calls more", f"{_DIVE}   $0.952 to $1.102   512 calls, gpt-5-mini"),
        remedy='shorten the prompts, or accept it: specbudget ack "RESEARCH" --limit 15.76% '
        "--until DATE --reason ...",
    )


def regressed() -> Report:
    """RESEARCH is 15.8 % dearer, BILLING cheaper, SUPPORT the same, and AUDIT new."""
    return replace(
        _placed(passing()),
        verdict=Verdict("fail", (risen(),)),
        exitstatus=1,
        specs=(row("AUDIT", "0.0120", 3, tests=1), *_held()),
        comparison=Comparison(
            base=_BASE,
            head="this run",
            limit="10 %",
            origin=_ORIGIN,
            changes=_changes(),
            new=(Listed(test="tests/test_audit.py::test_new", totals=sums("0.0120", 3)),),
            vanished=(Listed(test="tests/test_old.py::test_old", totals=sums("0.0004", 1)),),
            unrun=("tests/test_slow.py::test_slow",),
            renamed=(("tests/test_a.py::test_was", "tests/test_a.py::test_is"),),
            effects=_effects(),
            requests=_requests(),
            waste=_waste(),
            notes=("2 live calls have no base.",),
        ),
    )


def same() -> Report:
    """Nothing changed at all."""
    changes = (
        change("run", "whole run", "1.8312", "1.8312", "same", limit="strict"),
        *(
            change("spec", spec.name, cost, cost, "same", limit="strict")
            for spec in passing().specs
            for cost in [str(spec.totals.list_cost)]
        ),
    )
    compared = Comparison(base="baseline.json", head="this run", limit="strict", changes=changes)
    return replace(passing(), comparison=compared)


def accepted() -> Report:
    """The same rise, accepted on purpose; and what repeated live runs say."""
    found = regressed()
    compared = found.comparison
    assert compared is not None
    acknowledged = replace(
        compared.changes[2],
        said="acknowledged",
        limit="16 % (acknowledged)",
        origin="specbudget-ack.toml:3",
    )
    claim = Claim(
        question="whole run",
        said="inconclusive",
        n=12,
        estimate="1.08",
        interval=("0.97", "1.21"),
        confidence="0.95",
        p=0.0312,
        power=0.41,
        needed=31,
        method="wilcoxon signed-rank",
    )
    changes = (*compared.changes[:2], acknowledged, *compared.changes[3:])
    return replace(
        found,
        verdict=Verdict("pass", ()),
        exitstatus=0,
        comparison=replace(compared, changes=changes, claims=(claim,)),
    )


def doubted() -> Report:
    """A call of unknown cost: nobody can tell."""
    unknown = sums("1.102", 2, unpriced_calls=1)
    whole = replace(change("run", "whole run", "1", "1", "inconclusive"), head=unknown)
    found = Finding(
        rule="gate-unavailable",
        subject="RESEARCH",
        message="RESEARCH cannot be compared: 1 call has no price",
        inconclusive=True,
    )
    changes = (
        whole,
        change("spec", "BILLING", "0.5204", "0.5204", "same"),
        replace(whole, scope="spec", subject="RESEARCH"),
        change("spec", "SUPPORT", "0.2088", "0.2088", "same"),
    )
    return replace(
        passing(),
        verdict=Verdict("inconclusive", (found,)),
        exitstatus=1,
        comparison=Comparison(base="a.json", head="b.json", limit="10 %", changes=changes),
    )


def hostile_compared(name: str = HOSTILE) -> Report:
    """Make a report in which every text that can come from outside is *name*."""
    stored = hostile()
    found = Finding(
        rule="cost-regression",
        subject=name,
        message=name,
        origin=name,
        details=(name,),
        remedy=name,
    )
    named = row(name, "3", ceiling="2", spec=name, file=name, models=(name,), line=7)
    return replace(
        stored,
        verdict=Verdict("fail", (found, replace(found, severity="warning"))),
        partial=(name,),
        specs=(named,),
        models=(named, replace(named, name=f"{name}2")),
        tests=(named, replace(named, name=f"{name}2")),
        gates=tuple(replace(one, subject=name, origin=name) for one in stored.gates),
        notes=(name,),
        comparison=outside(name),
    )


def outside(name: str) -> Comparison:
    """Make a comparison of nothing but *name*."""
    scopes: tuple[Scope, ...] = ("run", "spec", "stage", "model", "test")
    limits: dict[str, Any] = {"limit": name, "origin": name, "why": (name,), "spec": name}
    listed = (Listed(test=name, totals=sums("1"), spec=name),)
    tokens = Effects(
        subject=name, base=money("1"), head=money("2"), tokens=money("1"), kinds={name: money("1")}
    )
    request = RequestChange(test=name, places=(name,), lines=(name,), cassette=name)
    claim = Claim(question=name, said="fail", n=1, estimate=name, interval=(name, name))
    return Comparison(
        base=name,
        head=name,
        limit=name,
        origin=name,
        changes=tuple(change(scope, name, "1", "2", "acknowledged", **limits) for scope in scopes),
        new=listed,
        vanished=listed,
        unrun=(name,),
        renamed=((name, name),),
        effects=(tokens,),
        requests=(request,),
        waste=(Waste(kind="retry", test=name, calls=1, list_cost=money("1")),),
        claims=(replace(claim, confidence=name),),
        notes=(name,),
    )


def enormous(specs: int, tests: int) -> Report:
    """A suite where everything became dearer, each request with a long diff."""
    of_specs = tuple(change("spec", f"SPEC-{n}", "1", "2", "regressed") for n in range(specs))
    of_tests = tuple(change("test", _test(n), "1", "2", "regressed") for n in range(tests))
    spec_rows = tuple(row(f"SPEC-{n}", "2", ceiling="3") for n in range(specs))
    effects = tuple(
        Effects(subject=f"SPEC-{n}", base=Money(), head=money("1"), calls=money("1"))
        for n in range(specs)
    )
    lines = tuple(f"+{number} {'a long line of a prompt ' * 40}" for number in range(200))
    requests = tuple(
        RequestChange(test=_test(n), places=("$.messages[0].content",), lines=(f"+{n}", *lines))
        for n in range(500)
    )
    waste = tuple(
        Waste(kind="retry", test=_test(n), calls=2, list_cost=money("1")) for n in range(tests)
    )
    found = tuple(replace(risen(), subject=f"SPEC-{n}") for n in range(specs))
    new = tuple(Listed(test=_test(n), totals=sums("1")) for n in range(tests))
    return replace(
        passing(),
        verdict=Verdict("fail", found),
        specs=spec_rows,
        tests=tuple(row(_test(n), "2", spec=f"SPEC-{n % specs}") for n in range(tests)),
        comparison=Comparison(
            base=_BASE,
            head="this run",
            limit="10 %",
            changes=(change("run", "whole run", "1", "2", "regressed"), *of_specs, *of_tests),
            new=new,
            vanished=new,
            unrun=tuple(_test(n) for n in range(tests)),
            effects=effects,
            requests=requests,
            waste=waste,
            notes=tuple(f"A note of some length, number {n}." for n in range(1_000)),
        ),
    )


def _test(number: int) -> str:
    return f"tests/some/longer/path/test_module_{number % 97}.py::test_case[{number}]"


def _held() -> tuple[Row, ...]:
    ceilings = {"RESEARCH": "1.20", "BILLING": "0.60", "SUPPORT": "2.00"}
    return tuple(replace(spec, ceiling=money(ceilings[spec.name])) for spec in passing().specs)


def _placed(report: Report) -> Report:
    placed = (
        replace(test, file=test.name.partition("::")[0], line=10 * (number + 1) + 2)
        for number, test in enumerate(report.tests)
    )
    return replace(report, tests=tuple(placed))


def _changes() -> tuple[Change, ...]:
    why = ("12 calls more", "gpt-4o-mini -> gpt-5-mini")
    return (
        change("run", "whole run", "1.6912", "1.8312", "tolerated", 1_204),
        change("spec", "BILLING", "0.5304", "0.5204", "cheaper", 430),
        change("spec", "RESEARCH", "0.952", "1.102", "regressed", 512, why=why),
        change("spec", "SUPPORT", "0.2088", "0.2088", "same", 262),
        change("stage", "(none)", "1.6912", "1.8312", "tolerated", 1_204),
        change("model", "openai/gpt-5-mini", "0.6912", "0.8312", "tolerated", 1_004),
        change("test", _PLAN, "0.5304", "0.5204", "cheaper", 430, spec="BILLING"),
        change("test", _DIVE, "0.952", "1.102", "regressed", 512, spec="RESEARCH", why=why),
    )


def _effects() -> tuple[Effects, ...]:
    return (
        Effects(
            subject="whole run",
            base=money("1.6912"),
            head=money("1.8312"),
            calls=money("0.1"),
            tokens=money("0.04"),
            kinds={
                "input": money("0.05"),
                "cache read": Money() - money("0.02"),
                "output": money("0.01"),
            },
        ),
        Effects(
            subject="BILLING",
            base=money("0.5304"),
            head=money("0.5204"),
            tokens=Money() - money("0.01"),
            kinds={"output": Money() - money("0.01")},
        ),
        Effects(
            subject="RESEARCH",
            base=money("0.952"),
            head=money("1.102"),
            calls=money("0.1"),
            tokens=money("0.05"),
            kinds={"input": money("0.05"), "cache read": Money() - money("0.02"),
                   "output": money("0.02")},
        ),
    )  # fmt: skip


def _requests() -> tuple[RequestChange, ...]:
    return (
        RequestChange(
            test=_DIVE,
            places=("$.model", "$.messages[0].content"),
            lines=(
                "--- recorded",
                "+++ asked",
                "@@ -1,3 +1,4 @@",
                " You answer questions about refunds.",
                "-Be brief.",
                "+Be thorough.",
                "+Quote `every` policy that applies, word for word.",
            ),
            base=money("0.0018"),
            head=money("0.0021"),
            cassette="cassettes/test_dive/test_deep_dive-eu.yaml",
        ),
        RequestChange(test=_PLAN, places=("$.temperature",), head=money("0.0012")),
    )


def _waste() -> tuple[Waste, ...]:
    return (
        Waste(kind="retry", test=_DIVE, calls=12, list_cost=money("0.0252"), new=True),
        Waste(kind="duplicate", test=_PLAN, calls=3, list_cost=money("0.0036")),
    )
