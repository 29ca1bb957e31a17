"""The settings that follow from what was found; a pure function of a survey.

* A ceiling is what the recordings cost, with some room (see `ceilings`).
* What is certain is a setting; what only the user can know is a comment to complete.
* What is set already stays, and is not proposed again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pytest_specbudget.cli._init.ceilings import RULE, ceiling_for
from pytest_specbudget.cli._init.host_lines import host_lines, price_file, price_file_line
from pytest_specbudget.cli._init.line import Line, quoted
from pytest_specbudget.cli._init.specs import specs_by_path
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import exact
from pytest_specbudget.settings.spec_paths import spec_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_specbudget.cli._init.survey import Survey
    from pytest_specbudget.core.ledger import Charge

__all__ = ["Proposal", "propose"]

_OTHER_MARKER = "cost_spec"
_OBSERVE = 'mode = "observe"'
_EXAMPLE = "--spec-budget=2.00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the user may add.

    Attributes:
        lines: The settings, in the order of the file.
        prices: The text of a price file, with what is missing as question marks; or empty.
        ceiling: The option that holds a run with nothing written at all; an example, where no
            recording tells what a run costs.
        ci: What CI is given beside a ceiling.
        specs: What each SPEC costs in the recordings; the name is empty for what belongs to none.
    """

    lines: tuple[Line, ...]
    prices: str
    ceiling: str
    ci: str
    specs: Mapping[str, Money]

    @property
    def known(self) -> bool:
        """Whether recordings tell what a run costs, so that ceilings are among the settings."""
        return any(self.specs.values())

    @property
    def command(self) -> str:
        """What shows a first verdict with nothing written at all."""
        return f"pytest {self.ceiling}{'' if self.known else ' --spec-mode=observe'}"

    @property
    def mode(self) -> str:
        """The mode that is among the settings, as it stands there; or empty."""
        return next((one.toml for one in self.lines if one.toml == _OBSERVE), "")


def propose(found: Survey) -> Proposal:
    """Return what *found* suggests.

    There is no line where nothing calls a model, nor beside settings that make no sense.
    """
    rules = _rules(found)
    costs = _costs(found, rules)
    total = Money.total(costs.values())
    ours: list[Line] = []
    if found.sound and _calls_models(found):
        ours += _marker_line(found)
        ours += _spec_lines(found, rules)
        ours += _ceiling_lines(found, costs, total)
        ours += _dated(found, total)
    return Proposal(
        lines=(*ours, *price_file_line(found), *host_lines(found)) if found.sound else (),
        prices=price_file(found) if found.sound else "",
        ceiling=f"--spec-budget={exact(_widest(costs, rules))}" if total else _EXAMPLE,
        ci=_ci(found),
        specs=costs,
    )


def _calls_models(found: Survey) -> bool:
    """Tell whether anything here calls a model, as far as can be seen."""
    return bool(found.recorded.ledger.charges or found.sdks or found.recorded.resembling)


def _rules(found: Survey) -> Mapping[str, str]:
    """Return which SPEC a path stands for: as set, else as the folders suggest."""
    if found.settings.spec_by_path:
        return dict(found.settings.spec_by_path)
    if any(test.spec for module in found.tests for test in module.tests):
        return {}
    return specs_by_path(_calling(found))


def _calling(found: Survey) -> list[str]:
    """Return the test modules that own recorded model calls."""
    recorded = {charge.attribution.test for charge in found.recorded.ledger}
    return sorted({owner.module for name, owner in found.owners.items() if name in recorded})


def _costs(found: Survey, rules: Mapping[str, str]) -> dict[str, Money]:
    """Return what each SPEC costs in the recordings; what belongs to none has an empty name."""
    pairs = tuple(rules.items())
    costs: dict[str, Money] = defaultdict(Money)
    for name, totals in found.recorded.ledger.by(_recording).items():
        owner = found.owners.get(name)
        path = PurePosixPath(owner.module if owner else name)
        spec = (owner.spec if owner else None) or spec_for(path, pairs) or ""
        costs[spec] += totals.list_cost
    return dict(sorted(costs.items()))


def _recording(charge: Charge) -> str:
    return charge.attribution.test


def _widest(costs: Mapping[str, Money], rules: Mapping[str, str]) -> Money:
    """Return a ceiling for `--spec-budget`, which holds each SPEC, where no file names any yet."""
    by_marker = {spec: cost for spec, cost in costs.items() if spec not in rules.values()}
    if len(by_marker) > 1:
        return ceiling_for(max(costs.values()))
    return ceiling_for(Money.total(costs.values()))


def _marker_line(found: Survey) -> Iterator[Line]:
    strange = [f"{one.name}:{line}" for one in found.tests for line in one.strange_specs]
    if strange and "marker" not in found.settings.origins:
        yield Line(
            toml=f'marker = "{_OTHER_MARKER}"',
            why=f"The marker `spec` means something else here ({strange[0]}), so that ours is "
            f"`@pytest.mark.{_OTHER_MARKER}(...)`.",
        )


def _spec_lines(found: Survey, rules: Mapping[str, str]) -> Iterator[Line]:
    if found.settings.spec_by_path:
        return
    why = "Which SPEC the tests of a folder belong to; rename them as you like, a marker wins."
    for glob, spec in rules.items():
        yield Line(toml=f"spec_by_path.{quoted(glob)} = {quoted(spec)}", why=why)
        why = ""


def _ceiling_lines(found: Survey, costs: Mapping[str, Money], total: Money) -> Iterator[Line]:
    if found.settings.limits:
        return
    if not total:
        yield from _without_ceiling(found)
        return
    if set(costs) == {""}:
        yield Line(
            toml=_ceiling("budget", total),
            why="What the whole run may cost, at list prices: what its recordings cost, and "
            f"{RULE}. Once you name SPECs, it holds for each of them.",
        )
        return
    why = f"What each SPEC may cost, at list prices: what its recordings cost, and {RULE}."
    for spec, cost in costs.items():
        if cost:
            key = f"budgets.{quoted(spec)}" if spec else "unassigned_budget"
            yield Line(toml=_ceiling(key, cost), why=why)
            why = ""
    yield Line(toml=_ceiling("session_budget", total), why="The same for the whole run.")


def _ceiling(key: str, cost: Money) -> str:
    return f"{key} = {exact(ceiling_for(cost))} # recorded: ${cost}"


def _without_ceiling(found: Survey) -> Iterator[Line]:
    if "mode" not in found.settings.origins:
        yield Line(
            toml=_OBSERVE,
            why="No recording tells what a run costs. Each run now shows it; then set a ceiling "
            "and take this line out.",
        )
    yield Line(toml="budget = 2.00", why="", active=False)


def _dated(found: Survey, total: Money) -> Iterator[Line]:
    if total and "prices_as_of" not in found.settings.origins:
        yield Line(
            toml=f'prices_as_of = "{found.recorded.priced_at}"',
            why="Replays are priced at this day, so that no verdict moves when prices do; "
            "raise it when you review the ceilings.",
        )


def _ci(found: Survey) -> str:
    replays = "--spec-forbid-live " if found.recorded.ledger.charges else ""
    return f"{replays}--spec-report=markdown:spec-budget.md"
