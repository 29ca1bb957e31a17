"""`specbudget record --matrix`: ask recorded questions of other models, under a spend cap.

A case is a model call that a recording holds.  Its request is sent again to every model of a list
that takes the same wire format, and each answer becomes a recording of its own, so that quality and
cost can be compared offline.  A call that could cross the cap is refused before it is sent.

Exit status: 0 everything is recorded; 1 a call was refused, failed, was not sent, or nobody knows
what it cost, or a file could not be read; 2 arguments that make no sense, or a missing key; 3 all
that is missing is a price.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_specbudget.bookkeeping.desk import PriceDesk
from pytest_specbudget.budgets.admission import Worst
from pytest_specbudget.budgets.gate import Ceiling
from pytest_specbudget.cli._matrix.answers import Reader
from pytest_specbudget.cli._matrix.choice import cases_of, home_of, models_of
from pytest_specbudget.cli._matrix.keys import KeyRing
from pytest_specbudget.cli._matrix.order import Order
from pytest_specbudget.cli._matrix.plan import Pair, Planner
from pytest_specbudget.cli._matrix.round import Call, Round
from pytest_specbudget.cli._matrix.rows import print_planned, print_recorded
from pytest_specbudget.cli._matrix.till import Till
from pytest_specbudget.cli._matrix.words import foretold, reckoned, status_of, told_beforehand
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._words import amount
from pytest_specbudget.errors import SettingError, SpecBudgetError
from pytest_specbudget.recordings.matrix_folder import MatrixFolder
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pytest_specbudget.cli._matrix.plan import Misfit
    from pytest_specbudget.cli._matrix.rows import Row
    from pytest_specbudget.recordings.matrix import Case
    from pytest_specbudget.settings.settings import Settings

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "ask recorded questions of other models, under a spend cap"
EXAMPLE = (
    "specbudget record --matrix tests/cassettes --models gpt-4o-mini,gpt-5-mini --max-cost 0.50"
)

_TROUBLE, _WRONG_ARGUMENTS = 1, 2
_NO_KEY = (
    "no key goes with some of these calls: nobody knows which, or its variable is not set;"
    " if the host needs one, name it with --header authorization=VARIABLE"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a recording, or a folder of them"
    )
    parser.add_argument(
        "--matrix", action="store_true", required=True, help="each case with each model"
    )
    _declare_choice(parser)
    _declare_money(parser)
    _declare_sending(parser)
    parser.add_argument(
        "--into",
        type=Path,
        metavar="DIR",
        help="where to record (default: matrix/ in their folder)",
    )
    parser.add_argument("--anew", action="store_true", help="send what is recorded already, too")
    parser.add_argument("--json", action="store_true", help="print one JSON line for each call")


def run(arguments: argparse.Namespace) -> int:
    """Record, or say what would be recorded, and return the exit status."""
    try:
        return _run(arguments)
    except SettingError as problem:
        complain(problem)
        return _WRONG_ARGUMENTS
    except SpecBudgetError as problem:
        complain(problem)
        return _TROUBLE


def _declare_choice(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--models", action="append", default=[], required=True, metavar="MODEL[,MODEL]",
        help="whom to ask; repeatable")  # fmt: skip
    add("--case", action="append", default=[], metavar="FILE:INDEX",
        help="this recorded call alone, counted from 0; repeatable")  # fmt: skip
    add("--model", metavar="GLOB", help="only calls that were recorded from such a model")


def _declare_money(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--max-cost", type=amount, metavar="USD",
        help="the most that this run may spend; needed unless --dry-run")  # fmt: skip
    add("--max-output-tokens", type=_positive, metavar="N",
        help="declare that no answer has more tokens, for requests that set no limit; it is "
        "reckoned with and never sent")  # fmt: skip
    add("--prices", action="append", default=[], type=Path, metavar="PATH",
        help="overlay TOML, or the name of a shipped one; repeatable, "
        "the later on top")  # fmt: skip
    add("--dry-run", action="store_true", help="say what it would cost; send nothing")


def _declare_sending(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--base-url", type=_address, metavar="URL",
        help="send there instead of where a case was recorded; the provider's key goes with it, "
        "unless --header is given")  # fmt: skip
    add("--header", action="append", default=[], type=_header, metavar="NAME=VARIABLE",
        help="send a header whose value an environment variable holds; repeatable")  # fmt: skip
    add("--concurrency", type=_positive, default=1, metavar="N",
        help="how many calls are on their way at once (default: 1)")  # fmt: skip
    add("--timeout", type=_positive, default=600, metavar="SECONDS",
        help="how long to wait for an answer (default: 600)")  # fmt: skip


def _run(arguments: argparse.Namespace) -> int:
    if arguments.max_cost is None and not arguments.dry_run:
        raise SettingError(["give --max-cost USD, the most that this may spend, or --dry-run"])
    settings = _settings(arguments)
    desk, home = PriceDesk(settings), home_of(arguments.paths)
    folder = MatrixFolder((arguments.into or home / "matrix").resolve())
    cases, damaged = cases_of(arguments, settings, home, folder.root)
    plan = _plan(arguments, cases, settings, desk)
    order = Order(folder=folder, reader=Reader(settings, desk), anew=arguments.anew)
    rows = [order.row(each) for each in plan]
    for line in told_beforehand(rows):
        _tell(line)
    if arguments.dry_run:
        _show(rows, arguments, print_planned, foretold(rows, arguments.max_cost))
    else:
        till = _record(arguments, plan, rows, order)
        _show(rows, arguments, print_recorded, reckoned(rows, till))
    return status_of(rows, plan, damaged=damaged)


def _plan(
    arguments: argparse.Namespace, cases: Iterable[Case], settings: Settings, desk: PriceDesk
) -> list[Pair | Misfit]:
    planner = Planner(
        settings=settings,
        desk=desk,
        base_url=arguments.base_url,
        most_output=arguments.max_output_tokens,
    )
    models = models_of(arguments.models)
    return [planner.pair(case, model) for case in cases for model in models]


def _record(
    arguments: argparse.Namespace,
    plan: Sequence[Pair | Misfit],
    rows: list[Row],
    order: Order,
) -> Till:
    """Send what is planned; *rows* change as calls come back."""
    from pytest_specbudget.cli._matrix.sender import Sender  # noqa: PLC0415 - imports httpx

    amount = arguments.max_cost
    till = Till(Ceiling(amount=amount, origin=f"--max-cost {amount}"))
    given = dict(arguments.header)
    rules = order.reader.settings.hosts
    keys = KeyRing(os.environ, given, elsewhere=arguments.base_url is not None, rules=rules)
    calls = [*_calls(plan, rows, keys)]
    if any(not call.credentials for call in calls):
        _tell(_NO_KEY)
    sender = Sender(arguments.timeout)
    try:
        Round(
            sender=sender,
            folder=order.folder,
            reader=order.reader,
            till=till,
            rows=rows,
            tell=_tell,
            at_once=arguments.concurrency,
        ).record(calls)
    finally:
        sender.close()
    return till


def _calls(plan: Sequence[Pair | Misfit], rows: Sequence[Row], keys: KeyRing) -> Iterator[Call]:
    for number, (pair, row) in enumerate(zip(plan, rows, strict=True)):
        if isinstance(pair, Pair) and isinstance(pair.worst, Worst) and row.state == "planned":
            yield Call(
                number=number,
                pair=pair,
                worst=pair.worst,
                credentials=keys.headers(pair.asked.uri, pair.recorded_at),
            )


def _settings(arguments: argparse.Namespace) -> Settings:
    """Read the settings of the project in the current folder, with the price files on top."""
    settings = read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
    return replace(settings, prices=(*settings.prices, *arguments.prices))


def _show(
    rows: Sequence[Row],
    arguments: argparse.Namespace,
    table: Callable[[Iterable[Row]], None],
    sentences: Iterable[str],
) -> None:
    """Print the rows, and *sentences* below them, or beside them for a program.

    What does not fit was told before, in a line for each reason; a program is told of each.
    """
    if arguments.json:
        for row in rows:
            print(json.dumps(row.document()))
    else:
        table([row for row in rows if row.state != "no fit"])
    print(*sentences, sep="\n", file=sys.stderr if arguments.json else sys.stdout)


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def _address(text: str) -> str:
    try:
        url = urlsplit(text)
        if url.scheme in ("http", "https") and url.hostname and not url.query:
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no address; write https://HOST/PATH")


def _header(text: str) -> tuple[str, str]:
    name, _, variable = text.partition("=")
    if not name.strip() or not variable.strip():
        raise argparse.ArgumentTypeError(
            f"{text!r} is no NAME=VARIABLE; name the variable that holds the value"
        )
    return name.strip().lower(), variable.strip()
