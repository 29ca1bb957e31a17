"""The part of `specbudget whatif` that is about a history: tiers, prices and discounts as well."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.supposing import Supposed, Suppositions, TierMapping
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.histories.spent import usage
from pytest_specbudget.prices.catalogue import Discount
from pytest_specbudget.prices.names import short_name
from pytest_specbudget.recordings.whatif import BASIS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.cli._shelf import Shelf

__all__ = ["basis_of", "configure_suppositions", "only_of_a_history", "supposed"]

_TOO_MUCH = 100


def configure_suppositions(
    parser: argparse.ArgumentParser, where: argparse._MutuallyExclusiveGroup
) -> None:
    """Say what concerns a history; *where* are the places that usage is read from."""
    where.add_argument(
        "--history",
        type=Path,
        metavar="PATH",
        help="all calls of a history, or of the journals in a folder, by SPEC",
    )
    told = parser.add_argument_group("with --history")
    told.add_argument(
        "--tier",
        dest="tiers",
        action="append",
        default=[],
        type=_tier,
        metavar="TIER=NEW",
        help="the calls of a tier on NEW, unless --map fits them; repeatable",
    )
    told.add_argument(
        "--price-at",
        type=_time,
        metavar="TIME",
        help="then at the prices of that time, announced ones too (default: of each call's own)",
    )
    told.add_argument(
        "--discount",
        dest="discounts",
        action="append",
        default=[],
        type=_discount,
        metavar="PROVIDER=PCT%",
        help="then with that much off the prices of a provider, as in openai=15%%; repeatable",
    )


def only_of_a_history(arguments: argparse.Namespace) -> str:
    """Return what was asked for that takes a history, where none was given; else nothing."""
    asked = {
        "--tier": arguments.tiers,
        "--price-at": arguments.price_at,
        "--discount": arguments.discounts,
    }
    given = [name for name, told in asked.items() if told]
    return given[0] if given and arguments.history is None else ""


def supposed(arguments: argparse.Namespace, shelf: Shelf) -> Supposed:
    """Work out both sides for every call of the history; what cannot be read of it is said.

    Raises:
        JournalError: If there is no history.
        Ambiguous: If it is not clear whose model is meant.
    """
    suppose = Suppositions(
        mappings=tuple(arguments.mappings),
        tiers=tuple(arguments.tiers),
        price_at=arguments.price_at,
        discounts=tuple(arguments.discounts),
    )
    comparison = Supposed(suppose=suppose, catalogue=shelf.desk.catalogue)
    with usage(arguments.history, today=now().date()) as found:
        for problem in found.problems:
            shelf.damaged += 1
            complain(problem)
        for told in found.records:
            comparison.add(told)
    return comparison


def basis_of(suppose: Suppositions) -> str:
    """Say what both sides rest on."""
    return "; ".join((*_prices(suppose), BASIS))


def _prices(suppose: Suppositions) -> Iterator[str]:
    yield "now: each call at the prices of its own time"
    yield (
        "then: likewise"
        if suppose.price_at is None
        else f"then: at the prices of {suppose.price_at.isoformat()}"
    )
    for one in suppose.discounts:
        off = (1 - one.pays) * _TOO_MUCH
        yield f"{float(off):g} % off for {one.provider}"


def _tier(words: str) -> TierMapping:
    tier, equals, new = words.partition("=")
    if not (tier and equals and new):
        raise argparse.ArgumentTypeError(f"{words!r}: write TIER=NEW, as in C=gpt-4o-mini")
    return TierMapping(tier=tier, new=new)


def _time(words: str) -> datetime:
    try:
        time = datetime.fromisoformat(words)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{words!r}: write 2027-01-01 or a time") from error
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _discount(words: str) -> Discount:
    provider, equals, percent = words.partition("=")
    try:
        off = Fraction(percent.removesuffix("%").strip())
    except (ValueError, ZeroDivisionError):
        off = Fraction(-1)
    if not (provider and equals and percent.endswith("%") and 0 <= off <= _TOO_MUCH):
        raise argparse.ArgumentTypeError(
            f"{words!r}: write PROVIDER=PERCENT%, what is taken off, as in openai=15%"
        )
    return Discount(provider=short_name(provider), match="*", pays=1 - off / _TOO_MUCH)
