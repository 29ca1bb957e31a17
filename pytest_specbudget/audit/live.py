"""What repeated live runs say about cost: of all tests together, and of each.

Live answers vary, so that two runs never cost the same.  Two questions are asked of the logarithms
of what tests cost, so that a doubling counts alike for a cheap test and for a dear one: did the
suite get dearer (`suite_claim`), and did one test, be the others as they may (`single_claims`)?

Their levels are such that both together raise a false alarm in fewer than 1 % of comparisons where
nothing changed; a simulation in the tests of this project shows that, and what they find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.audit.sampled import Paired, Sampled, paired
from pytest_specbudget.audit.single_claims import named, single_claims
from pytest_specbudget.audit.suite_claim import WHOLE_RUN, suite_claim
from pytest_specbudget.samples.claim import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.audit.limits import Limits

__all__ = ["FEWEST_TESTS", "live_claims"]

FEWEST_TESTS = 6
"""With fewer tests on both sides nothing is said: 95 % bounds need as many."""


def live_claims(base: Sampled, head: Sampled, limits: Limits) -> tuple[Claim, ...]:
    """Say what the runs of *base* and *head* show.

    Args:
        base: What each test cost then.
        head: What it costs now.
        limits: By how much anything may rise, tests by their names without the run.  Strict means
            5 % for the suite and 25 % and $0.05 a run for one test: live answers vary, and less
            than that cannot be told from chance by a few runs.

    Returns:
        The claim about the whole run first, then one for each test that is on both sides, sorted;
        the first alone where there are too few tests, or where nothing was repeated.
    """
    pairs = paired(base, head)
    measured = sum(pair.shift is not None for pair in pairs)
    if measured < FEWEST_TESTS:
        return (_not_enough(measured),)
    common = base.costs.keys() & head.costs.keys()
    unknown = (base.unknown | head.unknown) & common
    suite = suite_claim(pairs, limits, complete=not unknown)
    single = single_claims(pairs, limits)
    if single:
        single += _untold(unknown, "its cost is unknown in some run")
        single += _untold(_free(pairs), "it cost nothing in some run")
    return (suite, *sorted(single, key=lambda claim: claim.question))


def _not_enough(n: int) -> Claim:
    return Claim(
        question=WHOLE_RUN,
        said="inconclusive",
        n=n,
        needed=FEWEST_TESTS,
        method=f"not enough data: {n} of at least {FEWEST_TESTS} tests with a cost on both sides",
    )


def _free(pairs: Iterable[Paired]) -> set[str]:
    """Return the tests that have no ratio, except those that never cost anything."""
    return {pair.test for pair in pairs if pair.shift is None and (pair.base or pair.head)}


def _untold(tests: Iterable[str], why: str) -> list[Claim]:
    return [
        Claim(question=named(test), said="inconclusive", n=0, method=f"not judged: {why}")
        for test in tests
    ]
