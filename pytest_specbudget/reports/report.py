"""The facts that every format shows, and that no format adds to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.audit.comparison import Comparison
    from pytest_specbudget.core.finding import Mode, Verdict
    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.routing.kpis import Kpi

__all__ = [
    "SCHEMA_VERSION",
    "Answered",
    "CatalogueFacts",
    "GateResult",
    "QualityResult",
    "Report",
    "Row",
]

SCHEMA_VERSION = "1.0"
_NONE = Money()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one SPEC, stage, model or test spent.

    Attributes:
        name: A SPEC id, a stage, `provider/model`... as `Report` says; a node id for a test.
        totals: Its charges, summed.
        ceiling: The ceiling that it is held to, or None.
        tests: How many tests its charges come from, fixtures and the like aside.
        spec: For a test, the SPECs it charged, joined by ", "; otherwise empty.
        models: The models that were charged, sorted.
        workers: For a shared fixture, how many workers ran it; otherwise 1.
        retries: Calls of earlier attempts that a rerun replaced; shown, and in no sum.
        stages: Known list cost by stage, for a SPEC row; a stage of which nothing is known is left
            out, as unknown is never zero.
        model_costs: Likewise by model.
        unknown_stages: How many calls of each stage may have cost more than is known, for a SPEC
            row; only stages that have such calls.
        unknown_models: Likewise by model.
        file: For a test, the file that it stands in, relative to the root of the git repository
            (without one, to pytest's rootdir); empty if unknown.
        line: The line there, from 1; 0 if unknown.
    """

    name: str
    totals: Totals
    ceiling: Money | None = None
    tests: int = 0
    spec: str = ""
    models: tuple[str, ...] = ()
    workers: int = 1
    retries: int = 0
    stages: Mapping[str, Money] = field(default_factory=dict)
    model_costs: Mapping[str, Money] = field(default_factory=dict)
    unknown_stages: Mapping[str, int] = field(default_factory=dict)
    unknown_models: Mapping[str, int] = field(default_factory=dict)
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What one ceiling said about one subject.

    Attributes:
        rule: Which finding it makes.
        scope: What the subject is: `spec`, `test`, `session`, ...
        subject: Its name.
        spent: What is known to have been spent.
        ceiling: The most that it may be, inclusive.
        origin: Where the ceiling was set.
        passed: Whether the ceiling held for certain: even the most that may have been spent is
            within it, and nothing is left open.  What leaves it open is a call of unknown cost,
            unless the user asked only to be warned of these, and whatever else keeps the sums from
            being trusted; it is not `broken` then.
        spread: How much more the bounded calls may have cost.
        estimated: Whether it rests on tokens that were estimated.
        unknown_calls: How many calls may have cost more than is known, with nothing to say how
            much; `spent` holds no more than is known of them.
    """

    rule: str
    scope: str
    subject: str
    spent: Money
    ceiling: Money
    origin: str
    passed: bool
    spread: Money = _NONE
    estimated: bool = False
    unknown_calls: int = 0

    @property
    def upper(self) -> Money:
        """The most that may have been spent, which is what the ceiling judges."""
        return self.spent + self.spread

    @property
    def broken(self) -> bool:
        """Whether more may have been spent than the ceiling allows, as far as that is known."""
        return self.upper > self.ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityResult:
    """What one threshold said of one subject.

    Attributes:
        kind: `quality`, `agreement` or `pass-rate`.
        subject: What is held: `whole run`, `command "plan", tier C`.
        value: What was measured, exact (`0.88`, `2/3`), or None without a case.
        n: Over how many cases.
        live: How many of these were live, and so samples.
        least: The threshold, exact.
        origin: Where it was set.
        said: `passed`, `failed` or `inconclusive`.
    """

    kind: str
    subject: str
    value: str | None
    n: int
    live: int
    least: str
    origin: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The calls that one kind of thing answered, or that nothing did.

    Attributes:
        calls: How many.
        list_cost: What they cost at published prices, as they were asked; a mocked one, and one
            without a recording, costs nothing.
        billed_cost: What is billed for them.
        recorded_list_cost: What their recordings cost, for those that were replayed.
        unknown_calls: How many of them may have cost more than the sums say.
    """

    calls: int = 0
    list_cost: Money = _NONE
    billed_cost: Money = _NONE
    recorded_list_cost: Money = _NONE
    unknown_calls: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFacts:
    """Which prices were used.

    Attributes:
        sha256: Digest of the shipped catalogue and everything laid over it.
        as_of: RFC 3339, the instant at which replayed calls are priced.
        source: What it was compiled from.
        overlays: Files laid over it, with how many prices each replaced.
    """

    sha256: str
    as_of: str
    source: str
    overlays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run, summed up and judged.  The sums of every list of rows equal `totals`.

    Attributes:
        run: The id of the run.
        verdict: Its result and findings.
        exitstatus: What the process exits with, as far as this report decides it.
        mode: How findings count.
        basis: What the ceilings judged, `list` or `billed`.
        partial: Why this was not the whole suite (`-x`, `--lf`, deselected), or empty.
        catalogue: The prices used, or None if nothing had to be priced.
        price_at: The instant whose prices count, as it was asked for.
        totals: All charges.
        specs: By SPEC; `(unassigned)` for the rest.
        commands: By command; `(none)` for the rest.
        stages: By stage; `(none)` for the rest.
        models: By model, named `provider/model`.
        tests: By node id, `<fixture SCOPE:NAME>`, `<collection>` or `<late>`.
        gates: What every ceiling said.
        notes: Whole sentences that a reader should know, none of them a finding.
        sources: Judged calls by who answered: `live`, `record`, `replay`.
        verdicts: Calls by what answered them: `hit`, `stale`, `miss`, `live`, `bypass`, `mocked`.
        quality: What every threshold said of the scores.
        kpis: How the run was routed; empty where nothing was.
        comparison: The run beside its baseline, or None where it was not compared.
        drift: How prices moved what a history cost, as `reports.drifted` writes it; or None.
        estimated: Whether any figure rests on an estimate.
        journal: Where the journal of the run lies, for people; empty if there is none.
        chosen: The files and folders that the run was of, from rootdir; empty for all.
        ran: Whether a run made these calls; otherwise they are as recorded, and nothing was run.
    """

    run: str
    verdict: Verdict
    exitstatus: int
    mode: Mode
    basis: str
    partial: tuple[str, ...]
    catalogue: CatalogueFacts | None
    price_at: str
    totals: Totals
    specs: tuple[Row, ...]
    commands: tuple[Row, ...]
    stages: tuple[Row, ...]
    models: tuple[Row, ...]
    tests: tuple[Row, ...]
    gates: tuple[GateResult, ...] = ()
    notes: tuple[str, ...] = ()
    sources: Mapping[str, int] = field(default_factory=dict)
    verdicts: Mapping[str, Answered] = field(default_factory=dict)
    quality: tuple[QualityResult, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    comparison: Comparison | None = None
    drift: Mapping[str, Any] | None = None
    estimated: bool = False
    journal: str = ""
    chosen: tuple[str, ...] = ()
    ran: bool = True
