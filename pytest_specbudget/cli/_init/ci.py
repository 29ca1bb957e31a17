"""The line of CI that is proposed, which can fail.

A ceiling must hold in it, and a mode in which a broken one fails the run: what a file of settings
lacks or says otherwise, the line says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_specbudget.cli._init.proposal import Proposal
    from pytest_specbudget.cli._init.survey import Survey

__all__ = ["ci_line", "lenient_mode"]

_ENFORCE = "--spec-mode=enforce"


def ci_line(found: Survey, proposal: Proposal, *, written: bool) -> str:
    """Return how CI runs pytest; *written* if the proposed settings hold already."""
    words = ["pytest"]
    if not (found.settings.limits or (written and proposal.known)):
        words.append(proposal.ceiling)
    if lenient_mode(found, proposal, written=written):
        words.append(_ENFORCE)
    return " ".join((*words, proposal.ci))


def lenient_mode(found: Survey, proposal: Proposal, *, written: bool) -> str:
    """Return where a mode is set that lets every run pass, as it stands there; or empty."""
    if found.settings.explicit_mode in {"observe", "warn"}:
        return found.settings.mode_origin
    return proposal.mode if written else ""
