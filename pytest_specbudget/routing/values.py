"""What a routing table is made of, and what a decision says."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.value import value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.money import Money

__all__ = [
    "CRITICAL",
    "PIPELINE",
    "STANDARD_TIERS",
    "Band",
    "CommandRule",
    "CostLimits",
    "Decision",
    "ModelProfile",
    "Plan",
    "RoutingTable",
    "Strictness",
    "Wire",
]

Wire = Literal["openai", "openai-responses", "anthropic", "gemini"]
"""The wire format in which a model is asked."""

Strictness = Literal["lenient", "normal", "strict"]

STANDARD_TIERS = ("S", "M", "C", "X")
"""Simple, medium, complex, critical: the cheapest first.  Others may be added (`custom`)."""

CRITICAL = "X"
"""The tier that asks premium models alone, and is never downgraded."""

PIPELINE = "pipeline"
"""What stands for the tier of a command that runs others and asks no model itself."""


@value
class ModelProfile:
    """A model, by the name that the table knows it by.

    Attributes:
        name: `claude-haiku-3.5`.
        provider: Whose it is, by its name in the price catalogue: `anthropic`.
        model: Its id at the provider: `claude-3-5-haiku-20241022`.
        wire: The format in which it is asked.
        premium: Whether it counts as premium.
        reasoning: `high`, `auto`, ..., sent where the format has a place for it; or None.
        base_url: Where it is asked, without the path of the operation; None is the provider's own.
        credentials: The environment variables that may hold its key, in the order of trying; empty
            is the provider's usual one.
        alternates: The profiles that take its place while it is unavailable, in order.
    """

    name: str
    provider: str
    model: str
    wire: Wire
    premium: bool = False
    reasoning: str | None = None
    base_url: str | None = None
    credentials: tuple[str, ...] = ()
    alternates: tuple[str, ...] = ()


@value
class Band:
    """What one run of a plan is expected to cost; an estimate, never a price.

    Attributes:
        low: The least.
        high: The most.
        expected: The figure to reckon with, or None where the table names none.
    """

    low: Money
    high: Money
    expected: Money | None = None


@value
class Plan:
    """How a task is executed: whom to ask as what, and when that is not good enough.

    Attributes:
        tier: Its tier.
        native: Whether a native handler is tried first, at $0.
        primaries: The models that answer, by profile name.  One, or several side by side.
        validator: The model that judges the answer, or None.
        aggregator: The model that makes one answer of several, or None.
        escalation: The tier that takes over where the answer is not good enough, or None: stop.
        min_agents: How many of the primaries must have answered, 1 or more.
        min_quality: The score below which an answer is not good enough; equal is enough.
        strictness: How strict validators are.
        retries: How often the primaries are asked again, told what was wrong, before escalating.
        max_tokens: The longest answer, in tokens, or None for the wire's usual limit.
        band: What it is expected to cost, or None.
        limit: The ceiling for one run of it, or None.
        alternates: The profiles that take the place of a primary while it is unavailable, in order,
            before those that its own profile names; `deciding.alternates_of` puts them together.
    """

    tier: str
    native: bool = False
    primaries: tuple[str, ...] = ()
    validator: str | None = None
    aggregator: str | None = None
    escalation: str | None = None
    min_agents: int = 1
    min_quality: Fraction = Fraction(85, 100)
    strictness: Strictness = "normal"
    retries: int = 0
    max_tokens: int | None = None
    band: Band | None = None
    limit: Money | None = None
    alternates: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that it names, primaries first."""
        rest = (self.validator, self.aggregator)
        return (*self.primaries, *(name for name in rest if name is not None))


@value
class CommandRule:
    """How one command is routed.

    Attributes:
        command: `plan`.
        plan: Its plan, whole: that of its tier with what the table says of the command.
        aliases: Other names of it: `spec-plan`, `/speckit.plan` is always one.
        stages: Plans for single stages within it, by stage.
        pipeline: The commands that it runs one after the other, for `auto`; it has no plan of its
            own then.
    """

    command: str
    plan: Plan
    aliases: tuple[str, ...] = ()
    stages: Mapping[str, Plan] = field(default_factory=dict)
    pipeline: tuple[str, ...] = ()


@value
class CostLimits:
    """What the seeds' table `[models.cost_limits]` says; None where it is silent.

    Attributes:
        per_spec_budget: The ceiling of each SPEC.
        per_command_budget: The ceiling of one run of a command whose plan has no other.
        monthly_budget: The ceiling of a calendar month.
        alert_threshold: The share of a ceiling at which there is a warning.
        stage_shares: What share of its SPEC's ceiling a stage may take; `*` stands for all other
            stages together.
    """

    per_spec_budget: Money | None = None
    per_command_budget: Money | None = None
    monthly_budget: Money | None = None
    alert_threshold: Fraction | None = None
    stage_shares: Mapping[str, Fraction] = field(default_factory=dict)


@value
class RoutingTable:
    """Everything that routing depends on.

    Attributes:
        tiers: The plan of each tier, the cheapest tier first; others than the standard ones stand
            where the table puts them, or last.
        commands: How each command is routed, by its name.
        default: The tier of a command that the table does not know.
        profiles: Every model, by name.
        source: Where it was read, for people.
        checksum: SHA-256, in hexadecimal, of its canonical JSON; the same for equal tables.
        error_limit: The share of a command's runs that may have escalated, inclusive, before it is
            promoted to the tier that it escalates to.
        on_budget_pressure: Whether the cheapest tier does the work when the budget runs short.
        pressure_at: The share of the budget that has to be used for that.
        select: Whether a plan's own models are asked, or the cheapest of those that may stand for
            each.
        max_escalations: How often a task may escalate.
        cost_limits: The ceilings that stand in the same file, or None.
        ceilings: The ceiling of a run of each command for which the same file states one, by its
            own name, its tier, or for all; those that are shipped are estimates and hold nobody.
    """

    tiers: Mapping[str, Plan]
    commands: Mapping[str, CommandRule]
    default: str
    profiles: Mapping[str, ModelProfile]
    source: str
    checksum: str
    error_limit: Fraction = Fraction(1, 2)
    on_budget_pressure: Literal["off", "downgrade"] = "off"
    pressure_at: Fraction = Fraction(90, 100)
    select: Literal["declared", "cheapest"] = "declared"
    max_escalations: int = 1
    cost_limits: CostLimits | None = None
    ceilings: Mapping[str, Money] = field(default_factory=dict)


@value
class Decision:
    """Which plan a command gets, and why.

    Attributes:
        command: As it was asked for, without a slash and a prefix.
        stage: Likewise, or None.
        plan: What to do first.
        escalations: What to do where that is not good enough, in order; each declared in the table.
        reasons: Why this plan, one short clause each: `command "plan" is tier C`.
        overridden: Whether the user set the table's plan aside: one model, chosen by hand, or
            premium models do everything.
        classified: Whether the table knows the command.
        table: The checksum of the table.
        downgraded: Whether budget pressure chose a cheaper plan than the table has for it.
        pipeline: The commands to decide one by one instead, where the command only runs others; its
            plan asks nobody then.
    """

    command: str
    plan: Plan
    reasons: tuple[str, ...]
    table: str
    stage: str | None = None
    escalations: tuple[Plan, ...] = ()
    overridden: bool = False
    classified: bool = True
    downgraded: bool = False
    pipeline: tuple[str, ...] = ()
