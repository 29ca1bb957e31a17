"""What a unit of model use costs: dated rows, by provider and model.

Values only: nothing here opens a file, reads a clock or parses anything.  Where the rows come from
is `loading`'s business; what a reading costs at them is `pricing`'s.

* A row holds from `valid_from` (inclusive) until `valid_to` (exclusive), for requests whose whole
  input, cached or not, is more than `over` and at most `up_to` tokens.
* For one model, service tier and region no two rows hold at once; two that would are an error.
* A model is found by its exact id, by a declared name, or by a dated snapshot of a model that is
  declared to cover its snapshots.  Nothing is ever guessed from a prefix.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from itertools import combinations, product
from typing import TYPE_CHECKING

from pytest_specbudget.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

__all__ = [
    "ALWAYS",
    "ANY_LENGTH",
    "FOREVER",
    "LEAST_AUDIO",
    "METERS",
    "Catalogue",
    "Discount",
    "Fallback",
    "Free",
    "ModelPrices",
    "Offer",
    "ProviderPrices",
    "Row",
    "Schedule",
    "Snapshot",
    "check_overlaps",
]

ALWAYS = datetime.min.replace(tzinfo=UTC)
FOREVER = datetime.max.replace(tzinfo=UTC)
ANY_LENGTH = sys.maxsize
_NO_SCHEDULES: Mapping[str, Schedule] = {}

METERS = (
    "input",
    "output",
    "cache_read",
    "cache_read_audio",
    "cache_read_image",
    "cache_write_5m",
    "cache_write_1h",
    "reasoning",
    "output_thinking",
    "input_audio",
    "output_audio",
    "input_image",
    "output_image",
    "request",
    "web_search",
    "web_fetch",
    "search_unit",
    "tool_call",
    "page",
    "audio_hour",
)
"""What can have a rate.  `output` is what its finer kinds leave over.  `reasoning` is a rate for
reasoning tokens alone; `output_thinking` is one for all output of an answer that reasoned.  What
was read from a cache has the rate of `cache_read` also where it was audio or images, unless these
have one of their own."""

LEAST_AUDIO = "least_audio_seconds"
"""What stands among the rates and is none: as how many seconds audio is billed at least, for each
request.  It is kept there, in units of 10**-18 as rates are, because it goes wherever they go: into
tiers and regions, under contracts, and from one date to another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The rates of one model for a stretch of time and a range of input lengths.

    Attributes:
        rates: Attodollars a unit, by meter; a meter without a rate is unknown, not free.  There may
            be `LEAST_AUDIO` among them.
        source: Where the rates stand published.
        tier: Service tier: `default`, `batch`, `flex`, `priority`, `fast`.
        region: Label of a region with prices of its own; "" for everywhere else.
        valid_from: The first instant at which the row holds.
        valid_to: The first instant at which it holds no more.
        over: The row holds for requests of more input tokens than this.
        up_to: The row holds for requests of at most so many input tokens.
        schedule: Name of the schedule that the row follows, or "" if it holds around the clock.
        within: Whether the row holds inside the hours of its schedule, or outside of them.
        checked: The day on which the rates were last read at their source, or None.
        label: Its name among the rows of its model: `batch/over-200000/from-2025-10-14`.
    """

    rates: Mapping[str, int]
    source: str
    tier: str = "default"
    region: str = ""
    valid_from: datetime = ALWAYS
    valid_to: datetime = FOREVER
    over: int = -1
    up_to: int = ANY_LENGTH
    schedule: str = ""
    within: bool = True
    checked: date | None = field(default=None, compare=False)
    label: str = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self._labelled())

    def _labelled(self) -> str:
        words = [self.tier]
        if self.region:
            words.append(self.region)
        if self.over >= 0:
            words.append(f"over-{self.over}")
        if self.schedule:
            words.append(self.schedule if self.within else f"not-{self.schedule}")
        if self.valid_from != ALWAYS:
            words.append(f"from-{_short(self.valid_from)}")
        return "/".join(words)

    def holds_with(self, other: Row) -> bool:
        """Tell whether some request falls under both rows."""
        return (
            (self.tier, self.region) == (other.tier, other.region)
            and self.valid_from < other.valid_to
            and other.valid_from < self.valid_to
            and self.over < other.up_to
            and other.over < self.up_to
            and not (self.schedule == other.schedule and self.within is not other.within)
        )


def _short(moment: datetime) -> str:
    whole_day = moment.timetz() == time(tzinfo=UTC)
    return moment.date().isoformat() if whole_day else f"{moment:%Y-%m-%dT%H:%MZ}"


def check_overlaps(
    model: str, rows: Iterable[Row], schedules: Mapping[str, Schedule] = _NO_SCHEDULES
) -> None:
    """Make sure that at most one row holds for any request.

    Args:
        model: What to call the model.
        rows: All of its rows.
        schedules: Those that rows refer to; one that is not here may mean any hour.

    Raises:
        CatalogueError: Naming both rows and where each comes from.
    """
    for one, other in combinations(rows, 2):
        if one.holds_with(other) and not _at_other_hours(one, other, schedules):
            raise CatalogueError(
                f'two prices of "{model}" hold at once: '
                f"{one.label} ({one.source}) and {other.label} ({other.source})"
            )


def _at_other_hours(one: Row, other: Row, schedules: Mapping[str, Schedule]) -> bool:
    followed = schedules.get(one.schedule), schedules.get(other.schedule)
    if followed[0] is None or followed[1] is None or not (one.within and other.within):
        return False
    return not followed[0].meets(followed[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Hours of the week with a price of their own.

    Attributes:
        hours: Half-open stretches of the day, UTC; one that ends before it starts crosses midnight.
        weekdays: The days on which they count, 0 for Monday.
        except_on: Dates on which they do not count.
    """

    hours: tuple[tuple[time, time], ...]
    weekdays: frozenset[int] = frozenset(range(7))
    except_on: frozenset[date] = frozenset()

    def covers(self, moment: datetime) -> bool:
        """Tell whether *moment*, an aware time in UTC, is inside the hours."""
        today = moment.date()
        if today.weekday() not in self.weekdays or today in self.except_on:
            return False
        now = moment.time()
        return any(_inside(now, start, end) for start, end in self.hours)

    def meets(self, other: Schedule) -> bool:
        """Tell whether some hour of some weekday is inside both, whatever the dates excepted."""
        return not self.weekdays.isdisjoint(other.weekdays) and any(
            _inside(here[0], *there) or _inside(there[0], *here)
            for here, there in product(self.hours, other.hours)
        )


def _inside(now: time, start: time, end: time) -> bool:
    return start <= now < end if start < end else now >= start or now < end


@dataclass(frozen=True, slots=True)
class ModelPrices:
    """All rows of one model.

    Attributes:
        name: The id that its rows are kept under.
        rows: In no particular order, without overlaps.
        homes: Labels of the regions where it costs what it costs when no region is known; in any
            other one it has the price of that region or none.  Empty if it is sold at one price
            wherever it has no other.
    """

    name: str
    rows: tuple[Row, ...]
    homes: frozenset[str] = frozenset()
    _by_place: dict[tuple[str, str], tuple[Row, ...]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        for row in self.rows:
            place = (row.tier, row.region)
            self._by_place[place] = (*self._by_place.get(place, ()), row)

    def rows_for(self, tier: str, region: str) -> tuple[Row, ...]:
        """Return the rows of a service tier in a region, else everywhere; none if it has none."""
        here = self._by_place.get((tier, region))
        if here is None and self.sold_in(region):
            here = self._by_place.get((tier, ""))
        return here or ()

    def sold_in(self, region: str) -> bool:
        """Tell whether it is sold in a region, by its label; "" is one that nobody knows."""
        known = not region or not self.homes or region in self.homes
        return known or any(place == region for _, place in self._by_place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one model is sold for at one service tier in one region.

    Attributes:
        name: Who sets the price, and the id that the rows are kept under: `openai/o3`.
        rows: Those among which the time and the length of a request decide; none if there are none.
        schedules: The schedules that the rows refer to, by name.
        homes: As `ModelPrices` has it.
    """

    name: str
    rows: tuple[Row, ...]
    schedules: Mapping[str, Schedule]
    homes: frozenset[str]

    def row_for(self, length: int, at: datetime, clock: datetime) -> Row | None:
        """Return the row that holds for a request of *length* input tokens at an instant.

        Args:
            length: All of its input, cached or not.
            at: The instant whose prices count; aware, UTC.
            clock: The instant whose hour and weekday count; aware, UTC.
        """
        for row in self.rows:
            if (
                row.over < length <= row.up_to
                and row.valid_from <= at < row.valid_to
                and (not row.schedule or self.schedules[row.schedule].covers(clock) is row.within)
            ):
                return row
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """That a model covers its dated snapshots.

    Attributes:
        model: The model whose prices they have.
        form: How the date is written after the id: `-YYYY-MM-DD`, `-YYYYMMDD` or `@YYYYMMDD`.
        since: The earliest date that a snapshot can have.
    """

    model: str
    form: str
    since: date = date.min


_DATED = re.compile(
    r"(?P<base>.+)(?P<mark>[-@])(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPrices:
    """What one provider sells.

    Attributes:
        name: The provider's short name.
        models: Prices by the id that they are kept under.
        names: The id for every name that a model may be called by, its own included.
        snapshots: By base name, the models that cover their dated snapshots.
        schedules: The schedules that rows refer to, by name.
        regions: The label in the rows for every region that the provider names; if there is none,
            its prices do not depend on where a model ran.
        resells: Providers whose models it sells under their names and at their prices.
        paths: Whether a model may be named by a path or an ARN that ends in its id.
    """

    name: str
    models: Mapping[str, ModelPrices]
    names: Mapping[str, str]
    snapshots: Mapping[str, tuple[Snapshot, ...]] = field(default_factory=dict)
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    resells: tuple[str, ...] = ()
    paths: bool = False

    def bare(self, name: str) -> str:
        """Return the id in a name as this provider writes names."""
        return name.rpartition("/")[2] if self.paths else name

    def find(self, name: str, as_of: date) -> ModelPrices | None:
        """Find the model of a bare *name*; snapshots dated after *as_of* are unknown."""
        found = self.names.get(name) or self._tuned(name) or self._snapshot(name, as_of)
        return self.models[found] if found else None

    def offer(self, model: ModelPrices, tier: str, region: str) -> Offer:
        """Return what it sells *model* for at a tier in a region, as a reading names them."""
        return Offer(
            name=f"{self.name}/{model.name}",
            rows=model.rows_for(tier, self.regions.get(region, "")),
            schedules=self.schedules,
            homes=model.homes,
        )

    def _tuned(self, name: str) -> str | None:
        # A fine-tuned model is called ft:BASE:ORGANISATION:NAME:ID and priced by its base.
        # Source: https://platform.openai.com/docs/guides/fine-tuning, checked 2026-11-21.
        return self.names.get(":".join(name.split(":")[:2])) if name.startswith("ft:") else None

    def _snapshot(self, name: str, as_of: date) -> str | None:
        match = _DATED.fullmatch(name)
        covering = self.snapshots.get(match["base"], ()) if match else ()
        if match is None or not covering:
            return None
        try:
            day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            return None
        form = f"{match['mark']}YYYY{match['dash']}MM{match['dash']}DD"
        fitting = (one.model for one in covering if one.form == form and one.since <= day <= as_of)
        return next(fitting, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """What the user pays of the list cost.

    Attributes:
        provider: Whose models.
        match: Which models, `*` and `?` allowed.
        pays: The part of the list cost that is paid: 17/20 for a discount of 15 percent.
        valid_from: The first instant at which it holds.
        valid_to: The first instant at which it holds no more.
    """

    provider: str
    match: str
    pays: Fraction
    valid_from: datetime = ALWAYS
    valid_to: datetime = FOREVER

    def covers(self, provider: str, model: str, at: datetime) -> bool:
        """Tell whether it holds for a model of a provider at an instant."""
        return (
            self.provider == provider
            and self.valid_from <= at < self.valid_to
            and fnmatchcase(model, self.match)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fallback:
    """What a model is taken to cost that has no price; never used unless the user declares it.

    Attributes:
        provider: Whose models, `*` and `?` allowed.
        model: The rows, under the pattern of the models that they are for.
    """

    provider: str
    model: ModelPrices


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """Models that cost nothing, and why."""

    provider: str
    match: str
    reason: str


_FALLBACK = ProviderPrices(name="fallback", models={}, names={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything that is needed to price a reading.

    Attributes:
        sha256: Digest of all price data, the user's overlays included.
        as_of: The instant up to which the data is known to be right; aware, UTC.
        source: Name and version of what the data was compiled from.
        overlays: One line for each overlay and for each thing that it changes.
        exponent: Shipped rates are whole multiples of 10**-exponent USD a unit.
        providers: Prices by the provider's short name.
        discounts: The user's discounts; of those that hold, the last counts.
        free: What the user declared to cost nothing.
        contracts: The user's own rates, by the provider's short name; what they do not name is
            paid at the published price.
        fallbacks: What the user declared models without a price to cost.
        disagreements: One line for each price that two sources state differently, naming both.
        meant: The same for prices that say why they are others, with the reason.
        unused: One line for each entry of an overlay that probably changes no price.
    """

    sha256: str
    as_of: datetime
    source: str
    exponent: int
    providers: Mapping[str, ProviderPrices]
    overlays: tuple[str, ...] = ()
    discounts: tuple[Discount, ...] = ()
    free: tuple[Free, ...] = ()
    contracts: Mapping[str, ProviderPrices] = field(default_factory=dict)
    fallbacks: tuple[Fallback, ...] = ()
    disagreements: tuple[str, ...] = ()
    meant: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    _found: dict[tuple[str, str], tuple[ProviderPrices, ModelPrices] | None] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )
    _offers: dict[tuple[str, str, str, str], Offer | None] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def offer(self, provider: str, model: str, tier: str, region: str) -> Offer | None:
        """Find what a model is sold for at a tier in a region; "" is a region that nobody knows.

        Returns:
            The offer, whose rows may be none; None if the model or its region is unknown.
        """
        asked = (provider, model, tier, region)
        try:
            return self._offers[asked]
        except KeyError:  # a run asks for the same few again and again
            self._offers[asked] = self._offered(provider, model, tier, region)
            return self._offers[asked]

    def _offered(self, provider: str, model: str, tier: str, region: str) -> Offer | None:
        found = self.find(provider, model)
        if found is None:
            return None
        seller, its = found
        unsold = region and seller.regions and region not in seller.regions
        return None if unsold else seller.offer(its, tier, region)

    def find(self, provider: str, model: str) -> tuple[ProviderPrices, ModelPrices] | None:
        """Find a model and who sets its price: the provider, or one whose models it resells."""
        name = (provider, model)
        if name not in self._found:  # a run asks for the same few again and again
            self._found[name] = self._look_for(provider, model)
        return self._found[name]

    def _look_for(self, provider: str, model: str) -> tuple[ProviderPrices, ModelPrices] | None:
        seller = self.providers.get(provider)
        found = self._sold(seller, model) if seller is not None else None
        return found or (self._fallback(provider, model) if self.fallbacks else None)

    def _sold(
        self, seller: ProviderPrices, model: str
    ) -> tuple[ProviderPrices, ModelPrices] | None:
        model, day = seller.bare(model), self.as_of.date()
        found = seller.find(model, day)
        if found is not None:
            return seller, found
        resold = (self.providers[name] for name in seller.resells)
        return next(((one, its) for one in resold if (its := one.find(model, day))), None)

    def _fallback(self, provider: str, model: str) -> tuple[ProviderPrices, ModelPrices] | None:
        for one in reversed(self.fallbacks):
            if fnmatchcase(provider, one.provider) and fnmatchcase(model, one.model.name):
                return _FALLBACK, one.model
        return None
