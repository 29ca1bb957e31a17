"""A journal of a run elsewhere, as if it had been booked by the settings that hold here.

What was consumed stays.  What it costs, what bounds a call of unknown cost, what is excused, and by
how much a marker lets a test get dearer is decided anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from pytest_specbudget.baselines.filenames import name_from
from pytest_specbudget.baselines.repricing import repriced
from pytest_specbudget.core.money import Money
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.journal.reader import Journal
from pytest_specbudget.journal.schema import EventLine, FooterLine, HeaderLine
from pytest_specbudget.providers.hosts import declared_bound

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.cassettes.known import Known
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Rules", "extended", "journal_of", "rebooked", "renamed"]

_SAID_HERE = ("settings", "catalogue")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What holds here.

    Attributes:
        desk: Who prices, by the settings that hold.
        known: What is known to be stale.
        excuses: Whether the places that did not count in the run do not count here, either.
    """

    desk: PriceDesk
    known: Known
    excuses: bool

    @property
    def settings(self) -> Settings:
        """The settings that hold."""
        return self.desk.settings


def rebooked(journal: Journal, rules: Rules) -> Journal:
    """Return *journal* as it would be by *rules*; what is wrong with it stays wrong.

    Raises:
        CatalogueError: If the prices cannot be read.
    """
    charges = [_charge(one, rules) for one in journal.charges]
    return replace(
        journal,
        starts={
            key: start.model_copy(update={"bound": None}) for key, start in journal.starts.items()
        },
        charges=charges,
        events=[*_events(journal, rules.settings), _catalogue(rules.desk)],
        footer=journal.footer if journal.incomplete else _footer(charges),
    )


def renamed(journal: Journal, rootdir: Path, names: Container[str]) -> Journal:
    """Return *journal* with its recordings named from *rootdir*, as far as they are among *names*.

    A run elsewhere names them by paths of its machine.
    """
    cassettes = {one.cassette for one in journal.charges if one.cassette is not None}
    found = {cassette: name_from(cassette, rootdir, names) for cassette in cassettes}
    here = {cassette: name for cassette, name in found.items() if name in names}
    charges = [
        replace(one, cassette=here.get(one.cassette, one.cassette)) if one.cassette else one
        for one in journal.charges
    ]
    return replace(journal, charges=charges)


def extended(journal: Journal, charges: Iterable[Charge]) -> Journal:
    """Return *journal* with further *charges*, of calls that its run did not make."""
    booked = [*journal.charges, *charges]
    footer = journal.footer if journal.incomplete else _footer(booked)
    return replace(journal, charges=booked, footer=footer)


def journal_of(charges: Iterable[Charge], name: str, desk: PriceDesk) -> Journal:
    """Make the journal of a run that would make just these calls."""
    booked = [*charges]
    header = HeaderLine.model_validate(
        {"kind": "header", "schema": SCHEMA, "run": name, "worker": "main"}
    )
    return Journal(
        name=name,
        header=header,
        charges=booked,
        events=[_catalogue(desk)],
        footer=_footer(booked),
    )


def _charge(charge: Charge, rules: Rules) -> Charge:
    model = charge.reading.request_model
    bound = declared_bound(charge.host, model, rules.settings.hosts) if charge.bound else None
    priced = charge if charge.mocked else repriced(charge, rules.desk.quote)
    return _judged_anew(replace(priced, bound=bound), rules)


def _judged_anew(charge: Charge, rules: Rules) -> Charge:
    """Ask again whether it matters that the recording was of another request."""
    stale = charge.staleness
    if stale is None:
        return charge
    listed = rules.known.lists(charge.cassette, charge.cassette_index, charge.fingerprint)
    excused = stale.excused and rules.excuses
    verdict = "stale" if stale.excused and not excused else charge.verdict
    return replace(
        charge, verdict=verdict, staleness=replace(stale, listed=listed, excused=excused)
    )


def _events(journal: Journal, settings: Settings) -> Iterator[EventLine]:
    """Yield what happened; not what the run was held to, nor what a marker allows beyond that."""
    for event in journal.events:
        if event.event in _SAID_HERE:
            continue
        if event.event == "limit" and _is_laxer(event, settings):
            kept = {key: one for key, one in event.values.items() if key != "max_regression"}
            yield event.model_copy(update={"values": kept})
        else:
            yield event


def _is_laxer(event: EventLine, settings: Settings) -> bool:
    asked = event.values.get("max_regression")
    if asked is None:
        return False
    return settings.max_regression is None or Fraction(asked) > settings.max_regression


def _catalogue(desk: PriceDesk) -> EventLine:
    return EventLine(kind="event", event="catalogue", values=desk.facts())


def _footer(charges: Iterable[Charge]) -> FooterLine:
    costs = [charge.list_cost or Money() for charge in charges]
    return FooterLine(kind="footer", count=len(costs), list_cost=Money.total(costs))
