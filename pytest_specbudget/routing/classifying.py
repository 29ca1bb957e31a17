"""How large a SPEC is, from its text: counted, never asked of a model.

Fewer than 10 tasks in one domain are simple; 10 to 30 tasks, or 2 or 3 domains, are medium; more,
or a high risk, are complex.  A document in which no task is found is not known to be simple.  What
is counted is told, so that a person can disagree.

Source: telemetry tasks of the seeds, task 4.2 (read 2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pytest_specbudget.core.value import value
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.routing.spec_text import (
    Outline,
    Risk,
    dependencies,
    domains,
    outline,
    risk_of,
    unread,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SpecClass", "SpecSize", "classify"]

SpecSize = Literal["simple", "medium", "complex"]

_AGENTS: dict[SpecSize, tuple[str, ...]] = {
    "simple": ("claude",),
    "medium": ("claude", "gpt"),
    "complex": ("gemini", "claude", "gpt"),
}
_TIERS: dict[SpecSize, str] = {"simple": "S", "medium": "M", "complex": "C"}
_ORDER: tuple[SpecSize, ...] = ("simple", "medium", "complex")
_MEDIUM_TASKS, _COMPLEX_TASKS = 10, 30
_MEDIUM_DOMAINS, _COMPLEX_DOMAINS = 2, 3


@value
class SpecClass:
    """How large a SPEC is, and who should work on it.

    Attributes:
        size: The class.
        tasks: How many tasks it lists; 0 if none was found.
        domains: The fields that it touches, sorted.
        dependencies: What it needs from outside, as it says.
        risk: How much can go wrong.
        risk_given: Whether somebody said so, in the text or beside it; otherwise it is inferred.
        agents: The least set of agents, by role.
        tier: The tier that asks as many models.
        reasons: What made it this class, the strongest first.
        unread: What the document states of its tasks and risk that makes no sense, a sentence each.
    """

    size: SpecSize
    tasks: int
    domains: tuple[str, ...]
    dependencies: tuple[str, ...]
    risk: Risk
    risk_given: bool
    agents: tuple[str, ...]
    tier: str
    reasons: tuple[str, ...]
    unread: tuple[str, ...] = ()

    @property
    def spared(self) -> int:
        """How many agents of the full consensus it does without."""
        return len(_AGENTS["complex"]) - len(self.agents)


def classify(text: str, *, risk: Risk | None = None) -> SpecClass:
    """Classify a SPEC document.

    Args:
        text: Markdown, or plain text.
        risk: What somebody knows; None is read from the text, or inferred from it.
    """
    read = outline(text)
    found = domains(read)
    needs = dependencies(read)
    told, stated = risk_of(read, needs)
    size, reasons = _sized(read, found, risk or told)
    return SpecClass(
        size=size,
        tasks=read.tasks,
        domains=found,
        dependencies=needs,
        risk=risk or told,
        risk_given=stated or risk is not None,
        agents=_AGENTS[size],
        tier=_TIERS[size],
        reasons=reasons,
        unread=unread(read),
    )


def _sized(read: Outline, found: tuple[str, ...], risk: Risk) -> tuple[SpecSize, tuple[str, ...]]:
    told = sorted(_votes(read.tasks, found, risk), key=lambda vote: -_ORDER.index(vote[0]))
    size = told[0][0]
    return size, tuple(why for voted, why in told if voted == size)


def _votes(tasks: int, found: tuple[str, ...], risk: Risk) -> Iterator[tuple[SpecSize, str]]:
    """Yield what each measure says by itself; the largest counts."""
    if tasks:
        yield _step(tasks >= _MEDIUM_TASKS, tasks > _COMPLEX_TASKS), calls_of(tasks, "task")
    else:
        yield "medium", "no task was found, so it is not known to be simple"
    counted = max(1, len(found))
    named = f" ({', '.join(found)})" if found else ""
    yield (
        _step(counted >= _MEDIUM_DOMAINS, counted > _COMPLEX_DOMAINS),
        f"{calls_of(counted, 'domain')}{named}",
    )
    if risk == "high":
        yield "complex", "high risk"


def _step(medium: bool, complex_: bool) -> SpecSize:  # noqa: FBT001 - two rungs of one ladder
    return "complex" if complex_ else "medium" if medium else "simple"
