"""`specbudget history settle`: say what calls count as whose cost nobody will ever know.

A call that was cut off leaves its day and its month undecided.  What it cost the provider's bill
tells, or a person decides; the decision is written down with its reason, beside the settings, and
is told wherever it counts.

Exit status: 0 ok; 2 no such call is of unknown cost, it is settled already, or what was given makes
no sense.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._unknown_calls import unknown_calls
from pytest_specbudget.core.wording import calls_of, exact, first_of
from pytest_specbudget.errors import SettingError
from pytest_specbudget.histories.settled import Settlement
from pytest_specbudget.histories.settled_file import FILE_NAME, add_settlement
from pytest_specbudget.settings.amounts import amount_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_specbudget.cli._unknown_calls import UnknownCall, UnknownCalls
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.settings.settings import Settings

__all__ = ["configure", "run"]

_SHOWN = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes, but for the history."""
    parser.add_argument(
        "calls",
        nargs="+",
        type=_text,
        metavar="CALL",
        help="the id of a call, as `show` names it, or of a run: all that are open of it",
    )
    amount = parser.add_mutually_exclusive_group(required=True)
    amount.add_argument(
        "--usd", type=_amount, metavar="USD", help="what each of them counts as, as by the bill"
    )
    amount.add_argument(
        "--bound",
        action="store_true",
        help="what each costs at most, as declared: hosts.NAME.bound_usd",
    )
    parser.add_argument(
        "--reason", required=True, type=_text, metavar="TEXT", help="how anybody knows"
    )
    parser.add_argument(
        "--by", type=_text, metavar="NAME", help="who decided it (default: who is logged in)"
    )


def run(arguments: argparse.Namespace, places: Sequence[Path], settings: Settings) -> int:
    """Write the decision down, and say what counts as what.

    Raises:
        JournalError: If what is kept cannot be read.
        SettingError: If there is no such call, or the decision makes no sense.
        OSError: If the file cannot be written.
    """
    file = Path(FILE_NAME)
    found = unknown_calls(places, settings, file, arguments.calls)
    meant = _meant(arguments.calls, found)
    amounts = _declared(meant) if arguments.bound else {_at_least(arguments.usd, meant): meant}
    by = arguments.by or _logged_in()
    for usd, several in amounts.items():
        calls = tuple(one.call.id for one in several)
        on = now().date()
        decided = Settlement(calls=calls, usd=usd, reason=arguments.reason, by=by, on=on)
        add_settlement(file, decided)
        each = " each" if len(calls) > 1 else ""
        verb = "count" if len(calls) > 1 else "counts"
        told = f"{calls_of(len(calls))} {verb} as ${exact(usd)}{each}: {file}"
        print(told, file=sys.stderr)
    return 0


def _meant(names: Sequence[str], found: UnknownCalls) -> list[UnknownCall]:
    """Return the calls that *names* mean, each once.

    Raises:
        SettingError: If one of them means none.
    """
    strange = [name for name in names if not any(_is_of(one, name) for one in found.open)]
    if strange:
        raise SettingError(_stranger(name, found) for name in strange)
    return [one for one in found.open if any(_is_of(one, name) for name in names)]


def _is_of(one: UnknownCall, name: str) -> bool:
    """Tell whether *name* is the id of a call, or that of its run."""
    return name in (one.call.id, one.call.run)


def _stranger(name: str, found: UnknownCalls) -> str:
    for one in found.settled:
        if one.settled is not None and _is_of(one, name):
            usd = exact(one.settled.usd)
            return (
                f"{one.call.id} counts as ${usd} already, settled {one.settled}; to change that, "
                f"take the entry out of {FILE_NAME}"
            )
    known = [one.call.id for one in found.open]
    return f"{name}: no such call is of unknown cost; there is {first_of(known, _SHOWN) or 'none'}"


def _at_least(usd: Money, meant: Sequence[UnknownCall]) -> Money:
    """Return *usd*, which is no less than what is known of any call.

    Raises:
        SettingError: If it is.
    """
    dearer = [
        f"{one.call.id} is known to have cost ${exact(one.call.known)}, more than ${exact(usd)}"
        for one in meant
        if one.call.known > usd
    ]
    if dearer:
        raise SettingError(dearer)
    return usd


def _declared(meant: Sequence[UnknownCall]) -> Mapping[Money, list[UnknownCall]]:
    """Return the calls by what they cost at most.

    Raises:
        SettingError: If that was declared of one of them in no place, or does not hold.
    """
    problems = [*_without_bound(meant)]
    if problems:
        raise SettingError(problems)
    calls: defaultdict[Money, list[UnknownCall]] = defaultdict(list)
    for one in meant:
        if one.trace.bound is not None:
            calls[_at_least(one.trace.bound.usd, [one])].append(one)
    return calls


def _without_bound(meant: Sequence[UnknownCall]) -> Iterator[str]:
    for one in meant:
        if one.trace.bound is None:
            host = one.trace.host
            where = f'declare hosts."{host}" = {{ bound_usd = "0.05" }}, or ' if host else ""
            yield f"{one.call.id}: nobody declared what it costs at most; {where}give --usd"


def _logged_in() -> str:
    """Return who works here.

    Raises:
        SettingError: If nobody can tell.
    """
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise SettingError(["nobody can tell who decides this: give --by NAME"]) from None


def _amount(text: str) -> Money:
    try:
        return amount_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; say it in a few words")
    if not text.isprintable():  # a line break, or half a character that is not UTF-8
        raise argparse.ArgumentTypeError("write it in one line, in the terminal's own encoding")
    return text.strip()
