from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import exp
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import bound, charge

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.audit.evened import evened
from pytest_specbudget.audit.limits import Limits
from pytest_specbudget.audit.live import live_claims
from pytest_specbudget.audit.live_gate import LiveGate
from pytest_specbudget.audit.sampled import Sampled, sampled
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.samples.claim import Claim

STRICT = Limits()
NOISY = ("0.90", "1.00", "1.12", "0.95", "1.04")


def _sampled(**runs: tuple[str, ...]) -> Sampled:
    return Sampled({test: tuple(map(Money.parse, costs)) for test, costs in runs.items()})


def _suite(count: int, times: str = "1", runs: int = 3) -> Sampled:
    """Make tests whose costs scatter alike, each *times* as dear."""
    tests = {}
    for number in range(count):
        turned = NOISY[number % 5 :] + NOISY[: number % 5]
        costs = [Fraction(cost) * Fraction(times) * (1 + number) for cost in turned[:runs]]
        tests[f"t{number:02}"] = tuple(map(Money.of_fraction, costs))
    return Sampled(tests)


def _with(suite: Sampled, **runs: tuple[str, ...]) -> Sampled:
    return Sampled({**suite.costs, **_sampled(**runs).costs}, suite.unknown)


def _of(claims: tuple[Claim, ...], question: str) -> Claim:
    (found,) = (claim for claim in claims if claim.question == question)
    return found


def _findings(base: Sampled, head: Sampled, limits: Limits = STRICT) -> list[Finding]:
    return list(LiveGate(live_claims(base, head, limits), limits).check(Ledger()))


# What is shown


def test_a_suite_that_got_dearer_fails() -> None:
    claims = live_claims(_suite(12), _suite(12, "1.4"), STRICT)

    suite = claims[0]
    assert (suite.question, suite.said, suite.n) == ("whole run", "fail", 12)
    assert suite.estimate is not None
    assert suite.interval is not None
    assert float(suite.interval[0]) <= 1.4 <= float(suite.interval[1])
    assert suite.p is not None
    assert suite.p < 0.005
    assert suite.needed is None


def test_a_suite_that_did_not_change_passes() -> None:
    claims = live_claims(_suite(40, runs=5), _suite(40, runs=5), STRICT)

    assert claims[0].said == "pass"
    assert claims[0].needed is None
    assert {claim.said for claim in claims[1:]} <= {"pass", "inconclusive"}


def test_what_may_be_is_told_with_how_many_tests_would_settle_it() -> None:
    suite = live_claims(_suite(7), _suite(7, "1.02", runs=2), STRICT)[0]

    assert suite.said == "inconclusive"
    assert suite.power == 0, "128 choices of signs cannot show anything at 0.5 %"
    assert suite.needed is not None
    assert suite.needed > 7


def test_one_test_that_got_dearer_fails_alone() -> None:
    base, head = _suite(12), _with(_suite(12), t03=("18.1", "22.5", "20.3"))

    claims = live_claims(base, head, STRICT)

    assert [claim.question for claim in claims if claim.said == "fail"] == ["test t03"]
    assert claims[0].said == "inconclusive", "the sum rose, and the tests do not lean"


@pytest.mark.parametrize(
    ("pct", "said"),
    [
        pytest.param(None, "fail", id="strict is 5 % for the suite"),
        pytest.param(Fraction(10), "fail", id="beyond 10 %"),
        pytest.param(Fraction(20), "inconclusive", id="exactly the limit is allowed"),
        pytest.param(Fraction(60), "pass", id="far below the limit"),
    ],
)
def test_a_suite_is_held_to_the_limit_that_was_given(pct: Fraction | None, said: str) -> None:
    assert live_claims(_suite(12), _suite(12, "1.2"), Limits(pct=pct))[0].said == said


@pytest.mark.parametrize(
    ("limits", "cost", "said"),
    [
        pytest.param(STRICT, ("0.009", "0.01", "0.011"), "pass", id="a few cents are nothing"),
        pytest.param(
            Limits(tests={"cheap": (Fraction(50), "t.py:3")}),
            ("0.009", "0.01", "0.011"),
            "fail",
            id="unless the test has a limit of its own",
        ),
        pytest.param(
            Limits(tests={"cheap": (Fraction(1000), "t.py:3")}),
            ("0.9", "1.0", "1.1"),
            "fail",
            id="a limit of its own is a limit",
        ),
        pytest.param(STRICT, ("0.09", "0.1", "0.11"), "fail", id="five cents a run are much"),
    ],
)
def test_a_test_is_held_to_its_own_limit_or_to_what_is_worth_it(
    limits: Limits, cost: tuple[str, ...], said: str
) -> None:
    base = _with(_suite(12), cheap=("0.0018", "0.002", "0.0022"))
    head = _with(_suite(12), cheap=cost)

    assert _of(live_claims(base, head, limits), "test cheap").said == said


def test_costs_that_never_vary_are_compared_all_the_same() -> None:
    base = Sampled({f"t{n}": (Money.parse("0.10"),) * 3 for n in range(8)})
    head = Sampled({f"t{n}": (Money.parse("0.20"),) * 2 for n in range(8)})

    claims = live_claims(base, head, STRICT)

    assert {claim.said for claim in claims} == {"fail"}
    assert claims[0].interval == ("2.0000", "2.0000")


# What cannot be told


@pytest.mark.parametrize("count", [0, 1, 5])
def test_with_fewer_than_six_tests_nothing_is_said(count: int) -> None:
    claims = live_claims(_suite(count), _suite(count, "9"), STRICT)
    findings = _findings(_suite(count), _suite(count, "9"))

    (claim,) = claims
    assert (claim.said, claim.n, claim.needed) == ("inconclusive", count, 6)
    assert claim.method.startswith("not enough data")
    assert [(one.rule, one.severity) for one in findings] == [("gate-unavailable", "warning")]


def test_tests_of_one_side_are_no_pairs() -> None:
    (claim,) = live_claims(_suite(5), _suite(9, "9"), STRICT)

    assert claim.n == 5


def test_without_repeats_only_the_suite_is_judged() -> None:
    claims = live_claims(_suite(12, runs=1), _suite(12, "1.5", runs=1), STRICT)

    assert [(claim.question, claim.said) for claim in claims] == [("whole run", "fail")]


def test_where_one_test_was_repeated_it_alone_is_judged_alone() -> None:
    once, twice = _suite(12, runs=1), ("1.0", "1.1")

    claims = live_claims(_with(once, t00=twice), _with(once, t00=twice), STRICT)

    assert [claim.question for claim in claims] == ["whole run", "test t00"]


def test_an_unknown_cost_is_left_out_and_keeps_the_suite_from_passing() -> None:
    base = _suite(40, runs=5)
    head = Sampled(base.costs, frozenset({"t07"}))

    claims = live_claims(base, head, STRICT)

    assert claims[0].said == "inconclusive"
    assert claims[0].n == 39
    assert _of(claims, "test t07").said == "inconclusive"
    assert _of(claims, "test t07").method == "not judged: its cost is unknown in some run"


def test_a_test_that_was_free_has_no_ratio() -> None:
    base = _with(_suite(12), free=("0", "0"), freed=("0.10", "0.10"))
    head = _with(_suite(12), free=("0", "0"), freed=("0", "0.10"))

    claims = live_claims(base, head, STRICT)

    assert _of(claims, "test freed").method == "not judged: it cost nothing in some run"
    assert "test free" not in {claim.question for claim in claims}


# The gate


def test_a_finding_says_how_sure_it_is() -> None:
    (finding, *_) = _findings(_suite(12), _suite(12, "1.4"), Limits(pct=Fraction(10), origin="-x"))

    assert finding.rule == "cost-regression"
    assert finding.subject == "whole run"
    assert finding.message == (
        "whole run costs 1.4000 times as much (1.4000 to 1.4000), the limit is a rise of 10 %"
    )
    assert finding.origin == "-x"
    assert finding.details[0].startswith("n = 12, p = 0.0")
    assert finding.severity == "error"


def test_a_test_with_a_limit_of_its_own_names_its_origin() -> None:
    limits = Limits(origin="-x", tests={"t03": (Fraction(50), "t.py:3")})
    findings = _findings(_suite(12), _with(_suite(12), t03=("18.1", "22.5", "20.3")), limits)

    assert [(one.subject, one.origin) for one in findings] == [("t03", "t.py:3")]
    assert findings[0].message.endswith("the limit is a rise of 50 %")


# From charges to runs


def _side(*charges: Any) -> Side:
    return Side(name="a run", charges=charges)


def test_runs_of_repeats_and_of_several_journals_are_samples_alike() -> None:
    one = _side(
        charge("0.10", test="t.py::a[run1]"),
        charge("0.02", test="t.py::a[run1]"),
        charge("0.20", test="t.py::a[run2]"),
        charge("0.50", test="<fixture session:warm>"),
    )
    other = _side(charge("0.30", test="t.py::a[run1]"))

    found = sampled([one, other], repeated=True)

    assert found.costs["t.py::a"] == [Money.parse(cost) for cost in ("0.12", "0.20", "0.30")]
    assert found.costs["<fixture session:warm>"] == [Money.parse("0.50")]
    assert found.repeated


def test_without_repeats_a_name_is_a_name() -> None:
    found = sampled([_side(charge("0.10", test="t.py::a[run1]"))], repeated=False)

    assert set(found.costs) == {"t.py::a[run1]"}
    assert not found.repeated


def test_sides_are_evened_to_as_many_runs_of_each_test() -> None:
    base = [_side(charge("0.10", test="a"), charge("0.70", test="gone"))]
    base += [_side(charge("0.11", test="a")), _side(charge("0.12", test="a"))]
    head = _side(
        charge("0.20", test="a[run1]"),
        charge("0.21", test="a[run2]"),
        charge("0.50", test="b[run1]"),
        charge("0.51", test="b[run2]"),
    )

    then, now = evened(base, [head], repeated=(False, True))

    assert _costs(then) == [("a", "0.1"), ("a", "0.11"), ("gone", "0.7")]
    assert _costs(now) == [("a", "0.2"), ("a", "0.21"), ("b", "0.5")]


def test_what_was_not_run_is_known_of_evened_sides_if_it_was_of_each() -> None:
    known = Side(name="one", charges=(), unrun=frozenset({"a[run1]", "a[run2]"}))
    unsure = Side(name="other", charges=(), unrun=None)

    assert evened([known], [known], repeated=(True, True))[0].unrun == frozenset({"a"})
    assert evened([known], [known, unsure], repeated=(True, True))[1].unrun is None


def _costs(side: Side) -> list[tuple[str, str]]:
    return sorted((one.attribution.test, str(one.list_cost)) for one in side.charges)


def test_what_nobody_knows_is_unknown_unless_it_is_bounded() -> None:
    unpriced = charge(None, test="t.py::a")
    bounded = charge(None, test="t.py::b", bound=bound("0.40"))

    found = sampled([_side(unpriced, bounded)], repeated=False)

    assert found.unknown == {"t.py::a"}
    assert found.costs["t.py::b"] == [Money.parse("0.40")]


# How often it errs: 40 tests, 5 runs against 3, noise 0.25, 4 % of runs double by a retry


def _pull_requests(
    count: int, seed: int, *, all_times: float = 1, one_times: float = 1
) -> Iterator[tuple[Claim, ...]]:
    chance = Random(seed)  # noqa: S311 - no secret
    for _ in range(count):
        means = {f"t{number:02}": chance.lognormvariate(-1, 1) for number in range(40)}
        base = {test: _runs(chance, mean, 5) for test, mean in means.items()}
        means = {test: mean * all_times for test, mean in means.items()}
        means["t00"] *= one_times
        head = {test: _runs(chance, mean, 3) for test, mean in means.items()}
        yield live_claims(Sampled(base), Sampled(head), STRICT)


def _runs(chance: Random, mean: float, count: int) -> list[Money]:
    return [Money(int(mean * 1e18 * _noise(chance))) for _ in range(count)]


def _noise(chance: Random) -> float:
    return exp(chance.gauss(0, 0.25)) * (2 if chance.random() < 0.04 else 1)


def _failing(claims: tuple[Claim, ...]) -> set[str]:
    return {claim.question for claim in claims if claim.said == "fail"}


def test_false_alarms_are_at_most_one_in_a_hundred() -> None:
    alarms = [bool(_failing(claims)) for claims in _pull_requests(300, 20261122)]

    assert sum(alarms) <= 3


def test_a_quarter_more_is_found_four_times_in_five() -> None:
    found = [claims[0] for claims in _pull_requests(100, 20261122, all_times=1.25)]

    assert Counter(claim.said for claim in found)["fail"] >= 80
    assert all(claim.power is not None and claim.power >= 0.8 for claim in found)


def test_one_test_five_times_as_dear_is_found() -> None:
    found = [_failing(claims) for claims in _pull_requests(100, 20261122, one_times=5)]

    assert sum("test t00" in failing for failing in found) >= 80
    assert sum(len(failing - {"test t00"}) > 0 for failing in found) <= 3
