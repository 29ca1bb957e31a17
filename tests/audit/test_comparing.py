"""What a comparison says of each subject, and what has no say in it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.charges import bound
from support.sides import TEST, call, kinds, requote, side

from pytest_specbudget.audit.comparing import compare
from pytest_specbudget.audit.limits import Limits, pct_of, worded
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from random import Random

    from pytest_specbudget.audit.comparison import Comparison, Said, Side
    from pytest_specbudget.core.ledger import Charge

TEN = Limits(pct=Fraction(10), origin="--spec-max-regression=10")
STRICT = Limits()
OTHER = "tests/test_b.py::test_b"
CALLS = st.builds(
    call,
    st.sampled_from(["p", "q", "r"]),
    model=st.sampled_from(["small", "large"]),
    tokens=st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)),
    test=st.sampled_from([TEST, OTHER, "<fixture session:model>"]),
    spec=st.sampled_from(["A", "B", "(unassigned)"]),
    stage=st.sampled_from([None, "plan", "write"]),
)
SIDES = st.lists(CALLS, max_size=8).map(lambda calls: side(*calls))


def compared(base: Side, head: Side, limits: Limits = TEN) -> Comparison:
    return compare(base, head, limits, requote, kinds)


def verdicts(base: Side, head: Side, limits: Limits = TEN) -> dict[str, Said]:
    """Return what is said of each subject, by scope and name."""
    changes = compared(base, head, limits).changes
    return {f"{change.scope} {change.subject}": change.said for change in changes}


def whole(base: list[Charge], head: list[Charge], limits: Limits = STRICT) -> Said | None:
    """Return what is said of the whole run."""
    change = compared(side(*base), side(*head), limits).whole
    return change.said if change else None


def why(base: list[Charge], head: list[Charge], limits: Limits = TEN) -> tuple[str, ...]:
    change = compared(side(*base), side(*head), limits).whole
    return change.why if change else ()


def at_priority(one: Charge) -> Charge:
    return replace(one, reading=replace(one.reading, service_tier="priority"))


@given(SIDES, st.sampled_from([TEN, STRICT, Limits(pct=Fraction(0)), Limits(strict_baseline=True)]))
def test_a_side_beside_itself_is_the_same_everywhere(one: Side, limits: Limits) -> None:
    comparison = compared(one, one, limits)

    assert {change.said for change in comparison.changes} <= {"same"}
    assert not comparison.new
    assert not comparison.vanished
    assert {change.scope for change in comparison.changes} >= ({"run"} if one.charges else set())


@pytest.mark.parametrize(
    ("tokens", "pct", "said"),
    [
        pytest.param(1_110, "10", "regressed", id="11 % over fails at 10 %"),
        pytest.param(1_100, "10", "tolerated", id="10 % exactly does not"),
        pytest.param(1_101, "10", "regressed", id="a token over 10 % does"),
        pytest.param(1_000, "0", "same", id="no rise passes at 0 %"),
        pytest.param(1_001, "0", "regressed", id="a token fails at 0 %"),
        pytest.param(999, "0", "cheaper", id="less is cheaper"),
        pytest.param(1_125, "12.5", "tolerated", id="a limit may be broken, and is exact"),
        pytest.param(1_126, "12.5", "regressed", id="a token over a broken limit fails"),
    ],
)
def test_a_limit_in_percent_is_exact(tokens: int, pct: str, said: Said) -> None:
    base, head = side(call(tokens=(1_000, 0))), side(call(tokens=(tokens, 0)))

    found = verdicts(base, head, Limits(pct=Fraction(pct)))

    assert found == dict.fromkeys(
        ["run whole run", "spec (unassigned)", "model small", f"test {TEST}"], said
    )


@given(st.integers(1, 10**24), st.integers(0, 10**24), st.fractions(0, 300))
def test_percent_judges_to_the_last_attodollar(then: int, now: int, pct: Fraction) -> None:
    base, head = (call(cost=str(Money(atto))) for atto in (then, now))

    said = whole([base], [head], Limits(pct=pct))

    assert (said == "regressed") is (Fraction(now, then) > 1 + pct / 100)


@pytest.mark.parametrize(
    ("base", "head", "said"),
    [
        pytest.param("0", "0.000001", "regressed", id="a cost where there was none fails"),
        pytest.param("0", "0", "same", id="nothing beside nothing is the same"),
        pytest.param("1", "0", "cheaper", id="nothing where there was a cost is cheaper"),
    ],
)
def test_a_base_of_nothing_allows_nothing(base: str, head: str, said: Said) -> None:
    assert whole([call(cost=base)], [call(cost=head)], TEN) == said


def test_each_scope_is_judged_by_its_own_sums() -> None:
    base = side(
        call("a", spec="A", stage="plan"),
        call("b", spec="A", stage="write", test=OTHER),
        call("c", spec="B", stage="write", tokens=(50_000, 0), test=OTHER),
    )
    head = side(
        call("a", spec="A", stage="plan", tokens=(1_300, 100)),
        call("b", spec="A", stage="write", test=OTHER),
        call("c", spec="B", stage="write", tokens=(50_000, 0), test=OTHER),
    )

    assert verdicts(base, head) == {
        "run whole run": "tolerated",
        "spec A": "tolerated",
        "spec B": "same",
        "stage plan": "regressed",
        "stage write": "same",
        "model small": "tolerated",
        f"test {TEST}": "regressed",
        f"test {OTHER}": "same",
    }


def test_subjects_come_in_order() -> None:
    one = side(call(spec="B", stage="z"), call(spec="A", stage="y", model="large", test=OTHER))

    found = [*verdicts(one, one)]

    assert found == [
        "run whole run",
        "spec A",
        "spec B",
        "stage y",
        "stage z",
        "model large",
        "model small",
        f"test {TEST}",
        f"test {OTHER}",
    ]


def test_a_model_that_the_base_never_charged_is_shown_and_not_judged() -> None:
    found = verdicts(side(call(model="small")), side(call(model="large")))

    assert found["model large"] == "tolerated"
    assert found["model small"] == "cheaper"
    assert found["run whole run"] == "regressed"
    assert found[f"test {TEST}"] == "regressed"


def test_a_model_is_judged_in_percent_only() -> None:
    base, head = side(call(tokens=(1_000, 0))), side(call(tokens=(2_000, 0)))

    assert verdicts(base, head, TEN)["model small"] == "regressed"
    assert verdicts(base, head, STRICT)["model small"] == "tolerated"


def test_a_test_is_held_to_a_limit_of_its_own() -> None:
    limits = replace(
        TEN, tests={TEST: (Fraction(5), "max_regression=5"), OTHER: (Fraction(50), "")}
    )
    base = side(call(tokens=(1_000, 0)), call("b", tokens=(1_000, 0), test=OTHER))
    head = side(call(tokens=(1_060, 0)), call("b", tokens=(1_100, 0), test=OTHER))

    comparison = compared(base, head, limits)

    tests = {change.subject: change for change in comparison.changes if change.scope == "test"}
    assert (tests[TEST].said, tests[TEST].limit) == ("regressed", "5 %")
    assert tests[TEST].origin == "max_regression=5"
    assert (tests[OTHER].said, tests[OTHER].limit) == ("tolerated", "50 %")
    assert comparison.whole is not None
    assert comparison.whole.said == "tolerated"


def test_new_vanished_and_unrun_tests_are_listed_and_not_judged() -> None:
    base = side(
        call("a"), call("b", test="t.py::test_gone", spec="A"), call("c", test="t.py::test_idle")
    )
    head = side(
        call("a"), call("d", test="t.py::test_new", spec="B"), unrun=frozenset({"t.py::test_idle"})
    )

    comparison = compared(base, head)

    assert {change.said for change in comparison.changes} == {"same"}
    assert [(one.test, one.spec, one.totals.calls) for one in comparison.new] == [
        ("t.py::test_new", "B", 1)
    ]
    assert [(one.test, one.spec) for one in comparison.vanished] == [("t.py::test_gone", "A")]
    assert comparison.unrun == ("t.py::test_idle",)


def test_where_nobody_knows_what_ran_nothing_vanished_or_was_renamed() -> None:
    base = side(call("a"), call("b", test="t.py::test_gone"))
    head = side(call("a"), call("b", test="t.py::test_new"), unrun=None)

    comparison = compared(base, head)

    assert comparison.unrun == ("t.py::test_gone",)
    assert not comparison.vanished
    assert not comparison.renamed
    assert len(comparison.notes) == 1


def test_a_removed_test_does_not_pay_for_another() -> None:
    base = side(call("a", spec="A"), call("b", spec="A", test="t.py::test_gone", cost="5"))
    head = side(call("a", spec="A", tokens=(2_000, 100)))

    assert verdicts(base, head)["spec A"] == "regressed"


@given(SIDES, SIDES, st.sampled_from([TEN, STRICT]))
def test_tests_of_one_side_change_no_verdict(base: Side, head: Side, limits: Limits) -> None:
    gone = call("gone", test="t.py::test_gone", spec="A", cost="3")
    new = call("new", test="t.py::test_new", spec="A", cost="7")

    with_them = verdicts(
        replace(base, charges=(*base.charges, gone)),
        replace(head, charges=(*head.charges, new)),
        limits,
    )

    assert with_them == verdicts(base, head, limits)


@given(SIDES, SIDES, st.randoms(use_true_random=False), st.sampled_from([TEN, STRICT]))
def test_the_order_of_charges_does_not_matter(
    base: Side, head: Side, random: Random, limits: Limits
) -> None:
    def mixed(one: Side) -> Side:
        return replace(one, charges=tuple(random.sample(one.charges, len(one.charges))))

    assert compared(mixed(base), mixed(head), limits) == compared(base, head, limits)


@given(SIDES, SIDES, st.sampled_from([TEN, STRICT]))
def test_parts_add_up(base: Side, head: Side, limits: Limits) -> None:
    changes = compared(base, head, limits).changes
    rises = {
        scope: Money.total(change.rise for change in changes if change.scope == scope)
        for scope in ("run", "spec", "model", "test")
    }

    assert len(set(rises.values())) == 1


def test_with_a_strict_baseline_a_new_test_is_judged_against_nothing() -> None:
    base, head = side(call("a")), side(call("a"), call("b", test="t.py::test_new", spec="B"))

    found = verdicts(base, head, replace(TEN, strict_baseline=True))

    assert found["test t.py::test_new"] == "regressed"
    assert found["spec B"] == "regressed"
    assert found["run whole run"] == "regressed"
    assert found[f"test {TEST}"] == "same"


def test_a_renamed_test_is_judged_by_its_new_name() -> None:
    base, head = side(call(test="t.py::test_old")), side(call(test="t.py::test_new", cost="1"))

    comparison = compared(base, head)

    assert comparison.renamed == (("t.py::test_old", "t.py::test_new"),)
    assert not comparison.new
    assert not comparison.vanished
    assert [one.subject for one in comparison.changes if one.scope == "test"] == ["t.py::test_new"]
    assert {one.said for one in comparison.changes} == {"regressed"}


@pytest.mark.parametrize(
    "then",
    [
        pytest.param({}, id="that had no SPEC and no stage"),
        pytest.param({"spec": "B", "stage": "old"}, id="that was of another SPEC and stage"),
    ],
)
def test_to_give_a_test_another_label_makes_nothing_dearer(then: dict[str, Any]) -> None:
    base, head = side(call(**then)), side(call(spec="A", stage="plan"))

    found = verdicts(base, head, STRICT)

    assert {*found.values()} == {"same"}
    assert {"spec A", "stage plan"} <= found.keys()


def test_a_call_without_a_spec_has_that_of_the_call_it_became() -> None:
    base = side(call("a"), call("b"))
    head = side(call("a", spec="A"), call("b", spec="B"))

    assert {*verdicts(base, head, STRICT).values()} == {"same"}


def test_what_moves_between_the_specs_of_a_test_is_a_rise() -> None:
    base = side(call("a", spec="A"), call("b", spec="B"))
    head = side(call("a", spec="A"), call("b", spec="A"))

    assert verdicts(base, head)["spec A"] == "regressed"


def test_nothing_in_common_is_said() -> None:
    comparison = compared(side(call("a")), side(call("b", test=OTHER)))

    assert comparison.whole is None
    assert any("nothing could be compared" in note for note in comparison.notes)


@pytest.mark.parametrize(
    ("base", "head", "said"),
    [
        pytest.param(
            [call()], [call("other prompt")], "same", id="another prompt of the same figures"
        ),
        pytest.param([call()], [call(), call("b")], "regressed", id="a call more"),
        pytest.param([call()], [call(tokens=(1_001, 100))], "regressed", id="an input token more"),
        pytest.param([call()], [call(model="large")], "regressed", id="a dearer model"),
        pytest.param(
            [call(model="large")],
            [call(model="small", tokens=(2_000, 100))],
            "cheaper",
            id="more input tokens of a much cheaper model",
        ),
        pytest.param(
            [call(cached=900)], [call()], "regressed", id="the same input that no cache serves"
        ),
        pytest.param(
            [call(), call("b")],
            [call(tokens=(1_500, 100))],
            "cheaper",
            id="more input in fewer calls that cost less",
        ),
        pytest.param(
            [call()],
            [call(), call(outcome="failed", cost=None, tokens=(0, 0))],
            "regressed",
            id="a retry that costs nothing",
        ),
        pytest.param([call()], [call(tokens=(1_000, 90))], "cheaper", id="a shorter answer"),
        pytest.param(
            [call()],
            [call(tokens=(1_001, 10))],
            "regressed",
            id="a shorter answer does not pay for a longer prompt",
        ),
        pytest.param(
            [call(tokens=(0, 20_000))],
            [call(tokens=(0, 22_000))],
            "tolerated",
            id="an answer of $0.20 that is 10 % longer",
        ),
        pytest.param(
            [call(tokens=(0, 20_000))],
            [call(tokens=(0, 22_001))],
            "regressed",
            id="one that is longer than that",
        ),
        pytest.param(
            [call(tokens=(0, 10))],
            [call(tokens=(0, 1_010))],
            "tolerated",
            id="one that is many times as long, for $0.01",
        ),
        pytest.param(
            [call(tokens=(0, 10))], [call(tokens=(0, 1_011))], "regressed", id="for more than $0.01"
        ),
        pytest.param(
            [call(model="large", tokens=(0, 5_000))],
            [call(tokens=(0, 30_000))],
            "cheaper",
            id="a much longer answer of a model so cheap that the whole costs less",
        ),
    ],
)
def test_without_a_limit_what_the_change_controls_may_not_rise(
    base: list[Charge], head: list[Charge], said: Said
) -> None:
    assert whole(base, head) == said


def test_small_rises_of_many_answers_are_summed_up() -> None:
    base = [call(f"p{n}", tokens=(0, 1_000), test=f"t.py::test_{n}") for n in range(20)]
    head = [call(f"p{n}", tokens=(0, 1_200), test=f"t.py::test_{n}") for n in range(20)]

    found = verdicts(side(*base), side(*head), STRICT)

    assert found["test t.py::test_0"] == "tolerated"
    assert found["spec (unassigned)"] == "regressed"


def test_a_call_without_a_partner_is_held_at_its_own_cost() -> None:
    base = [call("chat", tokens=(10, 10))]
    embedding = call("embed", tokens=(1_000, 0))

    assert whole([embedding], [call("chat", tokens=(1_000, 1))]) == "regressed"
    assert whole(base, [*base, call("more", tokens=(0, 1))]) == "regressed"


@pytest.mark.parametrize("limits", [TEN, STRICT])
def test_an_unknown_cost_on_either_side_cannot_be_judged(limits: Limits) -> None:
    known, unknown = call("a"), call("b", cost=None)

    assert whole([known, unknown], [known, unknown], limits) == "inconclusive"
    assert whole([known, unknown], [known], limits) == "inconclusive"
    assert whole([known, call("b")], [known, unknown], limits) == "inconclusive"


@pytest.mark.parametrize("limits", [TEN, STRICT])
def test_a_regression_shows_in_what_is_known_of_the_head(limits: Limits) -> None:
    known, unknown = call("a", model="large"), call("b", cost=None)

    assert whole([call("a"), call("b")], [known, unknown], limits) == "regressed"
    assert whole([call("a"), unknown], [known, unknown], limits) == "inconclusive"


def test_what_nobody_can_tell_of_one_test_is_told_of_no_other() -> None:
    base = side(call("a"), call("b", cost=None, test=OTHER, spec="B"))

    found = verdicts(base, base)

    assert found[f"test {TEST}"] == "same"
    assert found["spec (unassigned)"] == "same"
    assert found[f"test {OTHER}"] == found["spec B"] == found["run whole run"] == "inconclusive"


@pytest.mark.parametrize("limits", [TEN, STRICT])
def test_a_bounded_call_counts_with_the_most_it_may_cost(limits: Limits) -> None:
    base = [call(cost=None, bound=bound("0.10"))]

    assert whole(base, base, limits) == "same"
    assert whole(base, [call(cost=None, bound=bound("0.12"))], limits) == "regressed"


def test_an_answer_that_was_cut_says_nothing_about_its_length() -> None:
    cut: dict[str, Any] = {"usage_state": "partial", "bound": bound("0.10")}
    base, head = call(tokens=(1_000, 10), **cut), call(tokens=(1_001, 5_000), **cut)

    assert whole([base], [head]) == "regressed"


@pytest.mark.parametrize(
    ("base", "head", "clauses"),
    [
        pytest.param(
            [call("a")],
            [call("a"), call("b"), call("c")],
            ("2 calls more", "2,000 input tokens more", "200 output tokens more"),
            id="calls",
        ),
        pytest.param([call("a")], [call("a", model="large")], ("small -> large",), id="a model"),
        pytest.param(
            [call("a"), call("b")],
            [call("a", model="large"), call("b", model="large")],
            ("small -> large (2 calls)",),
            id="a model of several calls",
        ),
        pytest.param(
            [call("a", cached=900)],
            [call("a")],
            ("900 input tokens fewer from a cache",),
            id="a cache",
        ),
        pytest.param(
            [call("a")],
            [at_priority(call("a", cost="1"))],
            ("small default -> priority",),
            id="a service tier",
        ),
        pytest.param(
            [call("a", model="large")], [call("a")], (), id="nothing, where it is cheaper"
        ),
        pytest.param(
            [call("a")],
            [call("a", cost=None)],
            ("1 call of unknown cost in the head",),
            id="what nobody knows",
        ),
    ],
)
def test_what_makes_it_dearer_is_told(
    base: list[Charge], head: list[Charge], clauses: tuple[str, ...]
) -> None:
    assert why(base, head) == clauses


def test_what_only_shorter_answers_make_up_for_is_told() -> None:
    told = why([call()], [call(tokens=(1_100, 10))], STRICT)

    assert told == (
        "100 input tokens more",
        "$0.0021 instead of $0.0020 with answers as long as they were",
    )


def test_a_prompt_that_a_shorter_answer_pays_for_exactly_is_told() -> None:
    told = why([call()], [call(tokens=(1_100, 90))], STRICT)

    assert told[-1] == "$0.0021 instead of $0.0020 with answers as long as they were"


def test_a_cheaper_model_is_not_what_makes_it_dearer() -> None:
    base = [call("a", model="large"), call("b", cost=None, bound=bound("0.10")), call("c")]
    head = [call("a"), call("b", model="large", cost="0.05"), call("c", cost="9")]

    assert why(base, head) == ()


def test_what_both_sides_note_is_kept() -> None:
    base, head = side(call(), notes=("One.", "Two.")), side(call(), notes=("Two.",), name="head")

    comparison = compared(base, head)

    assert comparison.notes == ("One.", "Two.")
    assert (comparison.base, comparison.head, comparison.limit) == ("base", "head", "10 %")


@pytest.mark.parametrize(
    ("pct", "words"),
    [
        (None, "strict"),
        (Fraction(10), "10 %"),
        (Fraction(100), "100 %"),
        (Fraction("12.5"), "12.5 %"),
        (Fraction(0), "0 %"),
        (Fraction(1, 3), "1/3 %"),
    ],
)
def test_a_limit_is_written_exactly_and_read_again(pct: Fraction | None, words: str) -> None:
    assert worded(pct) == words
    assert pct_of(words) == pct
