"""Fails a pytest run that spends more on LLM calls than its SPEC may cost, and says why.

The names below are what tests and gates of your own need; each is loaded on first use, because
this module is imported by every pytest start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_specbudget.core.finding import Finding, Gate
    from pytest_specbudget.core.ledger import Charge, Ledger
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.errors import CallRefused
    from pytest_specbudget.plugin.alerts import Alert
    from pytest_specbudget.plugin.spending import SpecSpend
    from pytest_specbudget.reports.report import Report

__all__ = [
    "Alert",
    "CallRefused",
    "Charge",
    "Finding",
    "Gate",
    "Ledger",
    "Money",
    "Report",
    "SpecSpend",
]

_HOMES = {
    "Alert": "plugin.alerts",
    "CallRefused": "errors",
    "Charge": "core.ledger",
    "Finding": "core.finding",
    "Gate": "core.finding",
    "Ledger": "core.ledger",
    "Money": "core.money",
    "Report": "reports.report",
    "SpecSpend": "plugin.spending",
}


def __getattr__(name: str) -> Any:
    """Load a public name from where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - a bare start needs none of it

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
