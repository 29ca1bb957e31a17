"""`specbudget route`: which models a command gets, why, and what that should cost.

With `--check` it holds the table against its lock, so that nobody changes routing unseen.

Exit status: 0 all is well; 1 the table is not the one that is locked, or the lock is damaged; 2 a
table, a tier or a model that makes no sense.
"""

from __future__ import annotations

import argparse
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._unreadable import why_unreadable
from pytest_specbudget.core.score import share
from pytest_specbudget.errors import CatalogueError, SettingError
from pytest_specbudget.routing.checking import infeasible
from pytest_specbudget.routing.deciding import decide
from pytest_specbudget.routing.loading import default_table, load
from pytest_specbudget.routing.mistyped import no_stage
from pytest_specbudget.routing.shares import undershared
from pytest_specbudget.routing.soundness import doubts
from pytest_specbudget.routing.values import CostLimits
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from pytest_specbudget.cli._route_lock import Checked
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.routing.deciding import Prices
    from pytest_specbudget.routing.values import Decision, ModelProfile, RoutingTable
    from pytest_specbudget.settings.settings import Settings

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "say which models a command gets, why, and what that should cost"
EXAMPLE = "specbudget route plan"

_LOCK = Path("routing.lock.json")
_FAILED, _WRONG_ARGUMENTS = 1, 2
_SIDE = 1_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("command", nargs="?", metavar="COMMAND", help="without it, all are listed")
    parser.add_argument("--stage", metavar="NAME", help="a stage within the command")
    parser.add_argument("--tier", metavar="NAME", help="as a marker asks for it: S, M, C, X, ...")
    parser.add_argument("--model", metavar="NAME", help="as `--spec-model` does")
    parser.add_argument(
        "--error-rate",
        type=_share,
        metavar="SHARE",
        help="the share of its runs that escalated, 0 to 1; above a limit it starts a tier higher",
    )
    parser.add_argument(
        "--pressure", type=_share, metavar="SHARE", help="the share of the budget that is used"
    )
    parser.add_argument(
        "--table",
        type=Path,
        metavar="PATH",
        help="a routing table (default: the setting `routing`, else the one that is shipped)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument(
        "--check", action="store_true", help="fail if the table is not the one that is locked"
    )
    parser.add_argument(
        "--lock", type=Path, default=_LOCK, metavar="PATH", help=f"the lock (default: {_LOCK})"
    )
    parser.add_argument(
        "--update", action="store_true", help="with --check: lock the table as it is now"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print a decision, the table, or what changed."""
    try:
        settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
        table = _table(arguments.table or settings.routing)
    except SettingError as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    locking = arguments.check or arguments.update
    try:
        if locking:
            return _check(arguments, table)
        if arguments.command is None:
            return _show_all(arguments, table, _limits(table.cost_limits, settings))
        return _show(arguments, table, settings)
    except (SettingError, CatalogueError) as problem:
        complain(problem)
        return _FAILED if locking else _WRONG_ARGUMENTS


def _table(path: Path | None) -> RoutingTable:
    if path is None:
        return default_table()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = why_unreadable(path, error)
        raise SettingError([f"{path} cannot be read as a routing table: {why}"]) from error
    return load(text, path.name)


def _limits(stated: CostLimits | None, settings: Settings) -> CostLimits:
    """Return the limits of the table, and from the settings what it does not say."""
    stated = stated or CostLimits()
    return replace(
        stated,
        per_spec_budget=_ceiling(stated.per_spec_budget, settings, "spec"),
        per_command_budget=_ceiling(stated.per_command_budget, settings, "command"),
    )


def _ceiling(stated: Money | None, settings: Settings, scope: str) -> Money | None:
    if stated is not None:
        return stated
    general = (limit for limit in settings.limits if limit.scope == scope and not limit.subject)
    return next((limit.ceiling for limit in general), None)


def _show_all(arguments: argparse.Namespace, table: RoutingTable, limits: CostLimits) -> int:
    from pytest_specbudget.cli._recorded_runs import recorded  # noqa: PLC0415 - not for --check
    from pytest_specbudget.cli._route_page import print_rows, table_document  # noqa: PLC0415

    shares = undershared(limits.stage_shares)
    doubtful = [*doubts(table), *([shares] if shares else ())]
    told = {"infeasible": infeasible(table, limits), "doubts": doubtful}
    for sentence in (*told["infeasible"], *told["doubts"]):
        complain(sentence)
    if arguments.json:
        print(json.dumps(table_document(table, recorded(table), told)))
    else:
        print_rows(table, recorded(table))
    return 0


def _show(arguments: argparse.Namespace, table: RoutingTable, settings: Settings) -> int:
    from pytest_specbudget.cli._recorded_runs import recorded  # noqa: PLC0415 - not for --check
    from pytest_specbudget.cli._route_page import (  # noqa: PLC0415 - likewise
        decision_document,
        print_decision,
    )

    decision = _decided(arguments, table, settings)
    seen = recorded(table).get(decision.command)
    for doubt in _doubts(table, decision):
        complain(doubt)
    if arguments.json:
        print(json.dumps(decision_document(table, decision, seen)))
    else:
        print_decision(table, decision, seen)
    return 0


def _doubts(table: RoutingTable, decision: Decision) -> Iterator[str]:
    """Yield what names the table does not have."""
    if not decision.classified:
        yield decision.reasons[0]
    elif decision.stage is not None:
        doubt = no_stage(table.commands[decision.command], decision.stage)
        yield from () if doubt is None else (doubt,)


def _decided(arguments: argparse.Namespace, table: RoutingTable, settings: Settings) -> Decision:
    return decide(
        table,
        arguments.command,
        stage=arguments.stage,
        tier=arguments.tier,
        model=arguments.model or settings.model,
        premium=settings.route == "premium",
        error_rate=arguments.error_rate,
        pressure=arguments.pressure,
        prices=_prices(settings) if table.select == "cheapest" else None,
    )


def _prices(settings: Settings) -> Prices:
    """Price a thousand tokens in and as many out: what differs is the model alone."""
    from pytest_specbudget.core.reading import Reading  # noqa: PLC0415 - seldom needed
    from pytest_specbudget.core.usage import Usage  # noqa: PLC0415 - likewise
    from pytest_specbudget.prices.loading import load_catalogue  # noqa: PLC0415 - likewise
    from pytest_specbudget.prices.pricing import price  # noqa: PLC0415 - likewise

    catalogue = load_catalogue(settings.prices)
    usage = Usage.of({"input_tokens": _SIDE, "output_tokens": _SIDE})

    def cost(profile: ModelProfile) -> Money | None:
        reading = Reading(
            provider=profile.provider,
            operation="chat",
            response_model=profile.model,
            usage=usage,
            usage_state="complete",
        )
        return price(reading, catalogue, settings.prices_as_of or catalogue.as_of).list_cost

    return cost


def _check(arguments: argparse.Namespace, table: RoutingTable) -> int:
    from pytest_specbudget.cli._route_lock import check  # noqa: PLC0415 - only if asked

    found = _updated(arguments, table) if arguments.update else check(table, arguments.lock)
    if arguments.json:
        document = {"locked": found.locked, "now": found.now, "differences": found.differences}
        print(json.dumps({"passed": found.passed, **document}))
    elif found.passed:
        print(f"{table.source}: as locked, sha256 {found.now}")
    if not found.passed:
        _tell(found, table, arguments.lock)
    return 0 if found.passed else _FAILED


def _updated(arguments: argparse.Namespace, table: RoutingTable) -> Checked:
    """Lock the table as it is; what changed since the last lock is said, if that can be read."""
    from pytest_specbudget.cli._route_lock import check, write  # noqa: PLC0415 - only if asked

    with suppress(SettingError):
        for difference in check(table, arguments.lock).differences:
            complain(difference)
    write(table, arguments.lock)
    return check(table, arguments.lock)


def _tell(found: Checked, table: RoutingTable, lock: Path) -> None:
    declare = "declare it with `specbudget route --check --update`"
    if found.locked is None:
        complain(f"{lock} is not there, so no routing table was agreed on; {declare}")
        return
    complain(f"{table.source} changed: sha256 {found.locked} is locked, {found.now} is read")
    for difference in found.differences:
        complain(difference)
    complain(f"if the change is meant, {declare}")


def _share(words: str) -> Fraction:
    try:
        return share(words)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
