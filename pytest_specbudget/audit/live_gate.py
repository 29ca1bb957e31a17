"""Claims about repeated live runs as a gate: what is shown fails, what nobody can tell warns."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.audit import single_claims, suite_claim
from pytest_specbudget.audit.limits import worded
from pytest_specbudget.audit.suite_claim import WHOLE_RUN
from pytest_specbudget.core.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from pytest_specbudget.audit.limits import Limits
    from pytest_specbudget.core.ledger import Ledger
    from pytest_specbudget.samples.claim import Claim

__all__ = ["LiveGate"]

_UNSETTLED = "run more tests, or repeat them more often on both sides: --spec-repeats"


@dataclass(frozen=True, slots=True)
class LiveGate:
    """Breached by each claim that a rise is shown; the first one is about the whole run."""

    claims: tuple[Claim, ...]
    limits: Limits
    ack_file: str = ""

    def check(self, ledger: Ledger) -> Iterator[Finding]:  # noqa: ARG002 - the claims were made of it
        """Yield a finding for each rise that is shown, and a warning where nothing can be told."""
        yield from (self._regression(claim) for claim in self.claims if claim.said == "fail")
        for claim in self.claims[:1]:
            if claim.interval is None:
                yield self._unsettled(claim)

    def _regression(self, claim: Claim) -> Finding:
        subject = _subject(claim)
        limit, origin = self._limit(claim)
        return Finding(
            rule="cost-regression",
            subject=subject,
            message=f"{subject} costs {_words(claim)}, the limit is a rise of {worded(limit)}",
            origin=origin,
            details=(_evidence(claim), claim.method),
            remedy="make it cheaper, or accept it on purpose: "
            f'specbudget ack "{subject}" --limit PCT --until DATE --reason ...{self._file()}',
        )

    def _file(self) -> str:
        return f" --file {shlex.quote(self.ack_file)}" if self.ack_file else ""

    def _limit(self, claim: Claim) -> tuple[Fraction, str]:
        own = self.limits.tests.get(_subject(claim))
        if own is not None:
            return own
        usual = suite_claim.MAY_RISE if claim.question == WHOLE_RUN else single_claims.MAY_RISE
        return usual if self.limits.pct is None else self.limits.pct, self.limits.origin

    def _unsettled(self, claim: Claim) -> Finding:
        return Finding(
            rule="gate-unavailable",
            subject=_subject(claim),
            message=f"repeated live runs tell nothing: {claim.method}",
            origin=self.limits.origin,
            remedy=_UNSETTLED,
            severity="warning",
        )


def _subject(claim: Claim) -> str:
    return claim.question.removeprefix("test ")


def _words(claim: Claim) -> str:
    bounds = "" if claim.interval is None else f" ({' to '.join(claim.interval)})"
    return f"{claim.estimate} times as much{bounds}"


def _evidence(claim: Claim) -> str:
    p = "" if claim.p is None else f", p = {claim.p:.2g}"
    return f"n = {claim.n}{p}"
