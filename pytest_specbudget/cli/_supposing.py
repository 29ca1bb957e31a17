"""The part of `specbudget whatif` that is about a history: tiers, prices and discounts as well."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.store.changing import steadily
from pytest_specbudget.analysis.supposing import Supposed, Suppositions, TierMapping
from pytest_specbudget.analysis.supposing_at_once import supposed_on
from pytest_specbudget.cli._engines import add_engine, add_table, files_of, place_of
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import now
from pytest_specbudget.cli._waiting import working
from pytest_specbudget.cli._words import moment
from pytest_specbudget.errors import SettingError
from pytest_specbudget.histories.places import Place, held
from pytest_specbudget.histories.spent import usage
from pytest_specbudget.histories.usage import needs_database
from pytest_specbudget.prices.catalogue import Discount
from pytest_specbudget.prices.names import short_name
from pytest_specbudget.recordings.whatif import BASIS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = [
    "basis_of",
    "configure_suppositions",
    "is_of_a_history",
    "only_of_a_history",
    "supposed",
]

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
    add_engine(parser, None, "which one prices the history (default: duckdb, none for journals)")
    add_table(parser)
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


def is_of_a_history(arguments: argparse.Namespace) -> bool:
    """Tell whether what was asked is about a history, in files or in a database."""
    elsewhere = arguments.paths or arguments.journal is not None
    return arguments.history is not None or (arguments.engine is not None and not elsewhere)


def only_of_a_history(arguments: argparse.Namespace) -> str:
    """Return what was asked for that takes a history, where none was given; else nothing."""
    asked = {
        "--tier": arguments.tiers,
        "--price-at": arguments.price_at,
        "--discount": arguments.discounts,
        "--engine": arguments.engine,
    }
    given = [name for name, told in asked.items() if told]
    return given[0] if given and not is_of_a_history(arguments) else ""


def supposed(arguments: argparse.Namespace, shelf: Shelf) -> Supposed:
    """Work out both sides for every call of the history; what cannot be read of it is said.

    Raises:
        JournalError: If there is no history, or it cannot be read.
        SettingError: If the places named contradict each other.
        Ambiguous: If it is not clear whose model is meant.
    """
    suppose = Suppositions(
        mappings=tuple(arguments.mappings),
        tiers=tuple(arguments.tiers),
        price_at=arguments.price_at,
        discounts=tuple(arguments.discounts),
    )
    _check(suppose.discounts, shelf.desk.catalogue)
    asked = replace(shelf.settings, history=arguments.history)
    place = place_of(arguments, asked)
    if place is None:
        files_of(asked)  # if it is not there, that is said
    if place is None and needs_database(arguments.history):
        place = Place(engine="duckdb", files=arguments.history)
    if place is None:
        return _one_by_one(arguments.history, suppose, shelf)
    with working(f"pricing {place} twice"):
        told, problems = steadily(lambda: _at_once(place, suppose, shelf.desk.catalogue))
    _complain_of(problems, shelf)
    return told


def _at_once(
    place: Place, suppose: Suppositions, catalogue: Catalogue
) -> tuple[Supposed, tuple[str, ...]]:
    """Let an engine sum up both sides; and say what could not be read."""
    with held(place, now().date()) as found:
        return supposed_on(found.engine, suppose, catalogue, found.usage), found.problems


def _check(discounts: tuple[Discount, ...], catalogue: Catalogue) -> None:
    """Refuse discounts that name nobody who sells, and two for one."""
    problems = []
    named = Counter(one.provider for one in discounts)
    for name, times in named.items():
        if name not in catalogue.providers:
            near = get_close_matches(name, catalogue.providers, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            problems.append(f'--discount {name}: the catalogue has no provider "{name}"{hint}')
        if times > 1:
            problems.append(f"--discount {name} is given {times} times; give the one that counts")
    if problems:
        raise SettingError(problems)


def _one_by_one(journals: Path, suppose: Suppositions, shelf: Shelf) -> Supposed:
    """Go through the calls of journals, which takes no database."""
    comparison = Supposed(suppose=suppose, catalogue=shelf.desk.catalogue)
    with usage(journals, today=now().date()) as found:
        _complain_of(found.problems, shelf)
        for told in found.records:
            comparison.add(told)
    return comparison


def _complain_of(problems: Iterable[str], shelf: Shelf) -> None:
    for problem in problems:
        shelf.damaged += 1
        complain(problem)


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
        yield (
            f"{float(off):g} % off for {one.provider}, in place of other discounts there, "
            "while contracts stay"
        )


def _tier(words: str) -> TierMapping:
    tier, equals, new = words.partition("=")
    if not (tier and equals and new):
        raise argparse.ArgumentTypeError(f"{words!r}: write TIER=NEW, as in C=gpt-4o-mini")
    return TierMapping(tier=tier, new=new)


def _time(words: str) -> datetime:
    return now() if words == "now" else moment(words)


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
