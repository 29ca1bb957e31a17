"""The figures as OpenMetrics text, which GitLab compares with those of the target branch.

Amounts are exact decimals.  The rise and its effects stand only where the run was compared.

Source: OpenMetrics 1.0 (RFC draft), section "Text format"; GitLab, lib/gitlab/ci/parsers/metrics:
it takes what follows a `#` for a comment, in a label too, and splits lines as a shell does, so that
no `#` and no single quote stand in a label here (checked 2026-11-22).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pytest_specbudget.reports.figures import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.audit.comparison import Comparison
    from pytest_specbudget.core.ledger import Totals
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.reports.report import Report

    _Samples = Iterable[tuple[dict[str, str], int | Money]]

__all__ = ["render"]

_MOST_NAME = 200
_TOTALS = {
    "list_cost": "Cost at published prices.",
    "billed_cost": "What the provider bills; nothing for what was replayed.",
    "calls": "Model calls.",
    "unbounded_calls": "Model calls of unknown cost.",
    "input_tokens": "Tokens in.",
    "output_tokens": "Tokens out.",
}
_EFFECTS = ("price", "calls", "mix", "tokens")
_SEVERITIES = ("error", "warning")


def render(report: Report) -> str:
    """Write *report* as OpenMetrics text, ending in `# EOF` and a newline."""
    return "".join(f"{line}\n" for line in [*_lines(report), "# EOF"])


def _lines(report: Report) -> Iterator[str]:
    rows = [({}, report.totals), *(({"spec": row.name}, row.totals) for row in report.specs)]
    for name, told in _TOTALS.items():
        known = [(labels, one) for labels, one in rows if _is_known(name, one)]
        yield from _metric(name, told, ((labels, _value(name, one)) for labels, one in known))
    held = [({"spec": row.name}, row.ceiling) for row in report.specs if row.ceiling is not None]
    yield from _metric("ceiling", "The most that the SPEC may cost.", held)
    yield from _metric("findings", "Reasons not to pass, and warnings.", _findings(report))
    if report.comparison is not None:
        yield from _compared(report.comparison)


def _compared(comparison: Comparison) -> Iterator[str]:
    changes = [one for one in comparison.changes if one.scope in {"run", "spec"}]
    known = [one for one in changes if not (one.base.unbounded_calls or one.head.unbounded_calls)]
    rises = [({} if one.scope == "run" else {"spec": one.subject}, one.rise) for one in known]
    yield from _metric("rise", "How much dearer it is than its baseline.", rises)
    whole = comparison.effects[:1]
    effects = [({"of": name}, getattr(one, name)) for one in whole for name in _EFFECTS]
    yield from _metric("rise_effect", "What the rise of the whole run comes from.", effects)


def _findings(report: Report) -> Iterator[tuple[dict[str, str], int]]:
    found = Counter(str(finding.severity) for finding in report.verdict.findings)
    yield from (({"severity": one}, found[one]) for one in _SEVERITIES)


def _is_known(name: str, totals: Totals) -> bool:
    """Tell whether there is a figure: a cost of which nothing is known has none, and is no zero."""
    value = _value(name, totals)
    return isinstance(value, int) or bool(value) or not totals.unbounded_calls


def _value(name: str, totals: Totals) -> int | Money:
    value: int | Money = getattr(totals, name)
    return value


def _metric(name: str, told: str, samples: _Samples) -> Iterator[str]:
    """Write one family; without a sample, nothing."""
    found = list(samples)
    if not found:
        return
    in_dollars = not isinstance(found[0][1], int)
    whole = f"specbudget_{name}{'_usd' if in_dollars else ''}"
    yield f"# TYPE {whole} gauge"
    if in_dollars:
        yield f"# UNIT {whole} usd"
    yield f"# HELP {whole} {told}"
    yield from (f"{whole}{_labels(labels)} {value}" for labels, value in found)


def _labels(labels: dict[str, str]) -> str:
    told = ",".join(f'{name}="{_label(text)}"' for name, text in labels.items())
    return f"{{{told}}}" if told else ""


def _label(text: str) -> str:
    """Escape *text* so that two names never become one, and no reader cuts a line."""
    shown = visible(text.replace("\\", "\\\\"))
    shown = shown.replace("#", "\\x23").replace("'", "\\x27").replace("`", "\\x60")
    return shown.replace("\\", "\\\\").replace('"', '\\"')
