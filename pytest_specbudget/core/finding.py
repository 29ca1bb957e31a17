"""Why a run should not pass.

A `Gate` looks at a ledger and yields findings; `judge` makes a verdict of them.  Nothing here
prints, exits or raises on a breach: the shell decides how a finding looks and what the process
exits with.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Ledger

__all__ = [
    "Doubt",
    "Finding",
    "Found",
    "Gate",
    "Mode",
    "Result",
    "Severity",
    "Verdict",
    "judge",
    "result_of",
]

Severity = Literal["error", "warning"]
Result = Literal["pass", "fail", "inconclusive"]
Mode = Literal["observe", "warn", "enforce"]
Doubt = Literal["fail", "warn", "pass"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason why a run should not pass, or a warning, in the four parts that people need.

    Attributes:
        rule: In kebab-case; `specbudget explain RULE` tells more.
        subject: What it is about: a SPEC, a test, a model, a file.
        message: What was measured against what, with units.
        origin: Where the limit was set, as the user wrote it; empty if nobody set one.
        details: Where the money went, one line each.
        remedy: What to do about it.
        severity: Whether it fails the run or only warns.
        inconclusive: Whether it says that the sums cannot be trusted, not that they are too high.
    """

    rule: str
    subject: str
    message: str
    origin: str = ""
    details: tuple[str, ...] = ()
    remedy: str = ""
    severity: Severity = "error"
    inconclusive: bool = False


class Gate(Protocol):
    """A limit: a pure function of a ledger."""

    def check(self, ledger: Ledger) -> Iterator[Finding]:
        """Yield a finding for each way in which *ledger* breaks the limit."""


@dataclass(frozen=True, slots=True)
class Found:
    """Findings that were made already, as a gate."""

    findings: tuple[Finding, ...]

    def check(self, ledger: Ledger) -> Iterator[Finding]:  # noqa: ARG002 - the shape of a gate
        """Yield them, whatever was spent."""
        yield from self.findings


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all gates say together.

    Attributes:
        result: `fail` if a limit is broken; else `inconclusive` if the sums cannot be trusted; else
            `pass`.
        findings: Errors first, otherwise in the order they were found.
    """

    result: Result
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether the run may end with status 0."""
        return self.result == "pass"


def judge(
    ledger: Ledger,
    gates: Iterable[Gate],
    mode: Mode = "enforce",
    on_inconclusive: Doubt = "fail",
) -> Verdict:
    """Ask every gate.

    Args:
        ledger: What was spent.
        gates: The limits.
        mode: In `observe` and `warn` every error is only a warning.
        on_inconclusive: What sums that cannot be trusted do: `fail`, or only `warn` (the verdict
            says so), or `pass`.
    """
    found = [finding for gate in gates for finding in gate.check(ledger)]
    if mode != "enforce":
        found = [replace(finding, severity="warning") for finding in found]
    elif on_inconclusive != "fail":
        found = [_milder(finding) for finding in found]
    findings = tuple(sorted(found, key=lambda finding: finding.severity != "error"))
    doubted = on_inconclusive == "warn" and any(finding.inconclusive for finding in findings)
    return Verdict(result_of(findings, doubted=doubted and mode == "enforce"), findings)


def result_of(findings: Iterable[Finding], *, doubted: bool = False) -> Result:
    """Say what *findings* come to; *doubted* if the sums cannot be trusted all the same."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if any(not finding.inconclusive for finding in errors):
        return "fail"
    return "inconclusive" if errors or doubted else "pass"


def _milder(finding: Finding) -> Finding:
    return replace(finding, severity="warning") if finding.inconclusive else finding
