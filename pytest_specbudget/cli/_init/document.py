"""What `specbudget init --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._init.ci import ci_line
from pytest_specbudget.cli._init.gateways import host_of

if TYPE_CHECKING:
    from pytest_specbudget.cli._init.proposal import Proposal
    from pytest_specbudget.cli._init.survey import Survey
    from pytest_specbudget.cli._init.writing import Draft
    from pytest_specbudget.core.ledger import Totals

__all__ = ["document"]

_SCHEMA = "1"


def document(found: Survey, proposal: Proposal, plan: Draft, *, written: bool) -> dict[str, Any]:
    """Return everything as one JSON object; amounts are exact decimal strings in US dollars."""
    return {
        "schemaVersion": _SCHEMA,
        "rootdir": str(found.rootdir),
        "files": found.files,
        "tests": {
            "functions": sum(len(module.tests) for module in found.tests),
            "parametrised": sum(one.parametrised for each in found.tests for one in each.tests),
            "modules": [module.name for module in found.tests],
            "markers": found.markers,
        },
        "plugins": found.plugins,
        "sdks": found.sdks,
        "clients": found.clients,
        "unmetered": found.unmetered,
        "addresses": [
            {"name": one.name, "host": host_of(one.url), "where": one.where}
            for one in found.addresses
        ],
        "ci": [{"where": step.where, "command": step.command} for step in found.steps],
        "recordings": _recordings(found),
        "specs": {name or "(unassigned)": str(cost) for name, cost in proposal.specs.items()},
        "proposal": {
            "file": plan.path.name,
            "exists": plan.exists,
            "written": written,
            "settings": [
                {"toml": line.toml, "why": line.why, "active": line.active} for line in plan.lines
            ],
            "waiting": [line.toml for line in plan.waiting],
            "text": plan.added,
            "diff": plan.diff,
            "prices": proposal.prices,
            "command": proposal.command,
            "ci": ci_line(found, proposal, written=written),
            "ignore": found.ignores,
        },
        "settings_not_read": None if found.elsewhere is None else str(found.elsewhere),
        "unread": found.unread,
        "damage": found.damage,
    }


def _recordings(found: Survey) -> dict[str, Any]:
    recorded = found.recorded
    totals = recorded.ledger.totals()
    by_model = recorded.ledger.by(
        lambda charge: f"{charge.host} {charge.reading.provider}/{charge.reading.model}"
    )
    return {
        "files": [
            {
                "name": file.name,
                "form": file.form,
                "interactions": file.interactions,
                "days": file.days,
                "secrets": [str(secret) for secret in file.secrets],
                "module": owner.module if (owner := found.owners.get(file.name)) else None,
            }
            for file in recorded.files
        ],
        "days": recorded.days,
        "prices_as_of": recorded.priced_at,
        "without_address": recorded.addressless,
        "resembling": recorded.resembling,
        **_figures(totals),
        "models": [{"name": name, **_figures(one)} for name, one in by_model.items()],
    }


def _figures(totals: Totals) -> dict[str, Any]:
    return {
        "calls": totals.calls,
        "failed_calls": totals.failed_calls,
        "calls_unpriced": totals.unpriced_calls,
        "calls_unreported": totals.unreported_calls,
        "input_tokens": totals.input_tokens,
        "output_tokens": totals.output_tokens,
        "list_cost_usd": str(totals.list_cost),
    }
