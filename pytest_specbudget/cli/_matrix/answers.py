"""What an answer of a matrix consumed, what that cost, and how long its text is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._matrix.till import judged
from pytest_specbudget.core.exchange import Exchange
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.providers import Asked, Fold, read_whole
from pytest_specbudget.providers.body import Body
from pytest_specbudget.providers.damage import DamageError
from pytest_specbudget.providers.estimate import METHODS, Estimate
from pytest_specbudget.recordings.whole import flat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.cassettes.interaction import Interaction
    from pytest_specbudget.cli._matrix.plan import Pair
    from pytest_specbudget.cli._matrix.rows import Row
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Bill", "Reader", "answered_at"]

_TRUSTED = ("complete", "estimated")
_ANY_METHOD = next(iter(METHODS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one answer came to.

    Attributes:
        reading: What it consumed.
        cost: What that costs, exactly, or None if nobody can know.
        price_id: The price, or None.
        why: Why nobody knows the cost; else empty.
        characters: How long the texts in the answer are together.
    """

    reading: Reading
    cost: Money | None
    price_id: str | None
    why: str
    characters: int

    def on(self, row: Row) -> Row:
        """Write it into *row*."""
        return replace(
            row,
            usage=self.reading.usage,
            cost=self.cost,
            price_id=self.price_id,
            why=self.why,
            characters=self.characters,
        )


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads and prices answers, as the books of a test run would."""

    settings: Settings
    desk: PriceDesk

    def bill(self, pair: Pair, kept: Interaction, sent_at: datetime, duration_s: float) -> Bill:
        """Read and price the answer that was *kept* for *pair*.

        Raises:
            CatalogueError: If the prices cannot be read.
        """
        answer = flat(kept)
        reading = read_whole(
            pair.request, answer.status, answer.headers, answer.body, self.settings.hosts
        ) or Reading(provider=pair.listener.provider, operation=pair.listener.operation)
        exchange = Exchange(
            request=pair.request,
            status=answer.status,
            source="record",
            outcome="answered",
            end="complete",
            sent_at=sent_at,
            duration_s=duration_s,
        )
        characters = _characters(pair, answer.headers, answer.body)
        return self._priced(reading, exchange, characters)

    def _priced(self, reading: Reading, exchange: Exchange, characters: int) -> Bill:
        if reading.usage_state not in _TRUSTED and reading.free is None:
            why = _UNTRUSTED[reading.usage_state]
            return Bill(reading=reading, cost=None, price_id=None, why=why, characters=characters)
        quote = self.desk.quote(reading, exchange)
        return Bill(
            reading=reading,
            cost=judged(quote, self.settings.judge),
            price_id=quote.price_id,
            why=quote.reason or "",
            characters=characters,
        )


_UNTRUSTED = {
    "none": "the answer tells no token counts",
    "partial": "the answer tells only a part of its token counts",
    "unreadable": "the answer cannot be read",
}


def answered_at(kept: Interaction) -> datetime | None:
    """Return when a recorded answer was made, by its `Date` header, aware UTC; None without one."""
    told = flat(kept).headers.get("date", "")
    try:
        date = parsedate_to_datetime(told)
    except ValueError:
        return None
    return date if date.tzinfo else None


class _Deaf(Fold):
    """Reads nothing: only the length of the texts is asked for."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event, and forget it."""


def _characters(pair: Pair, headers: Mapping[str, str], body: bytes) -> int:
    """Count the characters of the texts in an answer; 0 where none are found."""
    fold = _Deaf(Asked(request=pair.request, provider=pair.listener.provider, model=pair.model))
    counting = Estimate(fold, _ANY_METHOD)
    split = Body(headers, counting)
    try:
        split.feed(body)
        split.close()
    except DamageError:  # what was heard of it so far is what there is
        pass
    return counting.characters
