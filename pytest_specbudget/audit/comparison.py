"""What a comparison of two runs says: the facts that every format shows, and that none adds to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.ledger import Charge, Totals
    from pytest_specbudget.samples.claim import Claim

__all__ = [
    "Change",
    "Comparison",
    "Effects",
    "Listed",
    "RequestChange",
    "Said",
    "Scope",
    "Side",
    "Waste",
]

Scope = Literal["run", "spec", "stage", "model", "test"]
"""What is compared; of the run there is one, named `whole run`."""

Said = Literal["same", "cheaper", "tolerated", "regressed", "acknowledged", "inconclusive"]
"""No figure differs; it costs no more; it costs more within the limit; beyond it; beyond it and
accepted on purpose; nobody can tell."""

_NOTHING = Money()


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two runs, or what stands for one.

    Attributes:
        name: For people: `this run`, `baseline.json`, `git:origin/main (merge base 3f2c1a9)`.
        charges: Its model calls, without mocked ones, all priced by the catalogue and at the
            instant of the comparison.
        own_costs: What charges cost at the side's own prices, by id, where those are others; a
            charge that is not in it costs there what it costs here.
        unrun: Tests whose absence says nothing, because they were not run (deselected, skipped,
            another shard), or classes, files and folders of such; or None where nobody knows, which
            is taken for all that are absent.
        notes: Whole sentences that a reader should know.
        repeats: How often its tests ran (`--spec-repeats`); above 1 their names tell the run.
        untold: Tests of recordings whose SPEC nobody told; a run knows, and has none.
        indexed: Whether an index tells, or should tell, whose its recordings are, so that SPECs are
            to be expected even where none is known.
    """

    name: str
    charges: tuple[Charge, ...]
    own_costs: Mapping[str, Money] = field(default_factory=dict)
    unrun: frozenset[str] | None = frozenset()
    notes: tuple[str, ...] = ()
    repeats: int = 1
    untold: frozenset[str] = frozenset()
    indexed: bool = False

    def by_test(self) -> dict[str, list[Charge]]:
        """Return the calls by the test that made them, in the order of the first of each."""
        tests: dict[str, list[Charge]] = {}
        for charge in self.charges:
            tests.setdefault(charge.attribution.test, []).append(charge)
        return tests


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One subject on both sides, like for like: only tests that both sides ran are in the sums.

    Attributes:
        scope: What the subject is.
        subject: Its name; of a renamed test the new one.
        base: What it consumed then.
        head: What it consumes now.
        said: What that comes to.
        limit: What it was held to, for people: `10 %`, `strict`, `15 % (acknowledged)`.
        origin: Where the limit was set.
        why: What makes it dearer, a clause each: `2 calls more`, `gpt-4o-mini -> gpt-5`.
        spec: For a test, the SPECs it charged, joined by ", "; otherwise empty.
    """

    scope: Scope
    subject: str
    base: Totals
    head: Totals
    said: Said
    limit: str = ""
    origin: str = ""
    why: tuple[str, ...] = ()
    spec: str = ""

    @property
    def rise(self) -> Money:
        """How much dearer it is; negative if it is cheaper."""
        return self.head.list_cost - self.base.list_cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A test that only one side has.

    Attributes:
        test: Its name.
        totals: What it consumes there.
        spec: The SPECs it charged, joined by ", ".
    """

    test: str
    totals: Totals
    spec: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """One change of cost, split; the four effects add up to `head - base` exactly.

    Attributes:
        subject: `whole run`, or a SPEC.
        base: What it cost then, at the base's own prices; all tests of that side.
        head: What it costs now.
        price: Because the same calls have other prices.
        calls: Because there are more or fewer calls, at the base's average cost of one.
        mix: Because calls went to other models.
        tokens: Because calls of the same model consume more or less; the sum of `kinds`.
        kinds: The same by kind of token: `input`, `cache read`, `cache write`, `output`, ...
    """

    subject: str
    base: Money
    head: Money
    price: Money = _NOTHING
    calls: Money = _NOTHING
    mix: Money = _NOTHING
    tokens: Money = _NOTHING
    kinds: Mapping[str, Money] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestChange:
    """One request that is not asked as it was.

    Attributes:
        test: Who asks.
        places: Where the two differ: `$.model`, `$.messages[*].content`.
        lines: The difference as text, in the manner of `diff -u`, shortened; secrets are scrubbed.
        base: What the call cost, or None if that is unknown.
        head: What it costs.
        cassette: The recording, as people know it; empty if there is none.
    """

    test: str
    places: tuple[str, ...]
    lines: tuple[str, ...] = ()
    base: Money | None = None
    head: Money | None = None
    cassette: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """Calls of the head that one could do without.

    Attributes:
        kind: `retry`, `escalation` or `duplicate`.
        test: Who makes them.
        calls: How many.
        list_cost: What they cost together.
        new: Whether the base had fewer of them.
    """

    kind: Literal["retry", "escalation", "duplicate"]
    test: str
    calls: int
    list_cost: Money
    new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two runs side by side, judged.

    Attributes:
        base: The name of the base.
        head: The name of the head.
        limit: What every subject is held to unless it says otherwise: `10 %`, `strict`.
        origin: Where that was set.
        changes: Every subject that both sides have: run, then SPECs, stages, models, tests, each
            sorted by name.
        new: Tests that only the head has.
        vanished: Tests that only the base has, although they were not merely left out.
        unrun: Names of the tests of the base that were left out of the head.
        renamed: Old and new name of each test that was renamed.
        effects: Of the whole run first, then of each SPEC, sorted.
        requests: The requests that changed, the dearest rise first.
        waste: Retries, escalations and duplicates, the dearest first.
        claims: What repeated live runs say; empty where the comparison is exact.
        notes: Whole sentences that a reader should know.
    """

    base: str
    head: str
    limit: str
    origin: str = ""
    changes: tuple[Change, ...] = ()
    new: tuple[Listed, ...] = ()
    vanished: tuple[Listed, ...] = ()
    unrun: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    effects: tuple[Effects, ...] = ()
    requests: tuple[RequestChange, ...] = ()
    waste: tuple[Waste, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def without_specs(self) -> bool:
        """Whether no SPEC exists at all, so that all that belongs to none is the whole run."""
        return {one.subject for one in self.changes if one.scope == "spec"} == {UNASSIGNED}

    @property
    def whole(self) -> Change | None:
        """The change of the whole run; None where no test is on both sides."""
        return next((change for change in self.changes if change.scope == "run"), None)
