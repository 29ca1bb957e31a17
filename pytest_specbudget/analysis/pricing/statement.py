"""The statements that re-price a history: one text for every engine.

They say in SQL what `prices.buckets` and `prices.costing` say in Python, and nothing that engines
say differently.  Inclusive counts are taken apart, each record meets the one cell of `catalogue_t`
that it lies in, and what it costs is a sum of products of whole numbers; null where something has
no rate.  A count that the history does not have is not in its statements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.columns import COUNTS
from pytest_specbudget.analysis.pricing.apart import taken_apart
from pytest_specbudget.analysis.pricing.asked import IS_CALL
from pytest_specbudget.analysis.pricing.tariff import ANSWER, LIST, PAID, REASONING, REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.analysis.pricing.hours import Hours
    from pytest_specbudget.analysis.pricing.tariff import Tariff

__all__ = ["NO_ANSWER", "NO_COUNTS", "NO_ROW", "NO_USAGE", "TOLD", "Statements"]

TOLD = (
    *("provider", "model", "service_tier", "region"),
    *("outcome", "usage_state", "free"),
    *COUNTS,
)
"""What a record has to tell to be priced by itself, beside its instants."""

_MONEY = "decimal(38,0)"
_UNANSWERED = "t.outcome <> 'answered'"
_UNTOLD = "t.usage_state in ('none', 'unreadable')"
_SILENT = f"{_UNANSWERED} and t.outcome <> 'failed' or not t.free and {_UNTOLD}"
_COUNTLESS = f"not c.free and coalesce({', '.join(f't.{name}' for name in COUNTS)}) is null"

NO_ANSWER, NO_COUNTS, NO_ROW, NO_USAGE = "answer", "counts", "row", "usage"
"""What a record lacks that lacks no rate: an answer; an answer that tells counts; a row that holds
for it; any count at all."""


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements for one history and the prices that it asks for.

    Attributes:
        usage: The relation with the records.
        tariff: The prices.
        by: The columns whose values a group shares.
        tokens: Whether tokens are summed up.
        moves: Whether it is summed up how far each record is from what was recorded.
    """

    usage: str
    tariff: Tariff
    by: tuple[str, ...]
    tokens: bool = True
    moves: bool = False

    def groups(self) -> str:
        """Write the sums of every group, without the records of `one_by_one`.

        One row for each: the columns of `by`, records, calls, records that should have a recorded
        cost, those that have one, that cost, records with a price, that price, what is paid of it
        (null without terms), input tokens, output tokens, and how far the prices of all records are
        from their recorded costs, without the sign of each (null if not asked for).
        """
        paid = _sum("x.paid") if self.tariff.terms else "null"
        sums = (
            *self._counted(),
            *("count(x.list_cost)", _sum("x.list_cost"), "count(x.cost)", _sum("x.cost"), paid),
            *(self._tokens() if self.tokens else ("null", "null")),
            self._moved() if self.moves else "null",
        )
        return _grouped(self.by, sums, self._at_once())

    def gained(self) -> str:
        """Write the price of those records of every group that have no recorded cost.

        One row for each: the columns of `by`, that price.
        """
        lacking = f"select s.* from ({self._at_once()}) s where s.list_cost is null and s.part = 0"  # noqa: S608 - our own names
        return _grouped(self.by, [_sum("x.cost")], lacking)

    def unpriced(self) -> str:
        """Write the records of every group that have no price, by what they lack.

        One row for each: the columns of `by`, the cell, what they lack (a meter, or one of
        `NO_ANSWER`, `NO_COUNTS`, `NO_USAGE`, `NO_ROW`), an id and an `at` of them, their recorded
        cost, how many there are, their input and their output tokens.
        """
        sums = (
            *("min(x.id)", "min(x.at)", _sum("x.list_cost"), "count(*)"),
            *self._tokens(),
        )
        lacking = f"select s.* from ({self._lacking()}) s where s.lacks is not null"  # noqa: S608 - our own names
        return _grouped((*self.by, "cell", "lacks"), sums, lacking)

    def one_by_one(self) -> str:
        """Write the records that no statement can price, alike ones together.

        One row for each: the columns of `by`, those of `TOLD`, the recorded cost of each, the cell,
        then an id, an `at` and a `clock` of them, how many records and calls they are, how many
        should have a recorded cost, and that cost of all of them.
        """
        alike = (*TOLD, "list_cost", "cell")
        sums = ("min(x.id)", "min(x.at)", "min(x.clock)", *self._counted(), _sum("x.list_cost"))
        slow = f"select s.* from ({self._priced()}) s where s.slow = 1"  # noqa: S608 - our own names
        return _grouped((*self.by, *alike), sums, slow)

    @property
    def has_slow(self) -> bool:
        """Whether `one_by_one` may return anything."""
        return self.tariff.odd or "audio_seconds" in self.tariff.counts

    def _counted(self) -> tuple[str, str, str]:
        """Write how many records there are, how many calls, and how many are the first of one."""
        if not self.tariff.beside:
            return ("count(*)",) * 3
        call = f"sum(case when {IS_CALL.replace('u.', 'x.')} then 1 else 0 end)"
        return "count(*)", call, "sum(case when x.part = 0 then 1 else 0 end)"

    def _tokens(self) -> tuple[str, str]:
        """Write the sums of input and output; 64 bits are enough for most, and quicker."""
        names = ("x.input_tokens", "x.output_tokens")
        given, made = (_sum(name) if self.tariff.many else f"sum({name})" for name in names)
        return given, made

    def _moved(self) -> str:
        repriced = f"cast(x.cost as {_MONEY}) * {self.tariff.unit}"
        return _sum(f"abs({repriced} - cast(x.list_cost as {_MONEY}))")

    def _lacking(self) -> str:
        """Write all records that may have no price; looking at these alone is quicker."""
        if self.tariff.untold:
            return self._at_once()
        doubtful = "(select k.* from catalogue_t k where k.doubtful)"
        silent = self._at_once(only=_SILENT)
        return f"{silent} union all {self._at_once(doubtful, only=f'not ({_SILENT})')}"

    def _at_once(self, cells: str = "catalogue_t", only: str = "") -> str:
        priced = self._priced(cells, only)
        if not self.has_slow:
            return priced
        return f"select s.* from ({priced}) s where s.slow = 0"  # noqa: S608 - our own names

    def _priced(self, cells: str = "catalogue_t", only: str = "") -> str:
        """Write every record with its cell, its price, and what it lacks where it has none.

        Args:
            cells: The cells that count.
            only: Which records `t` count; empty for all.
        """
        tariff = self.tariff
        told = [
            "t.*",
            "c.cell",
            f"{self._cost(LIST)} as cost",
            f"{self._lacks()} as lacks",
            f"{self._slow()} as slow",
        ]
        if tariff.terms:
            told.append(f"{self._cost(PAID)} as paid")
        return (
            f"select {', '.join(told)} from ({self._records()}) t "  # noqa: S608 - our own names
            f"join {cells} c on {self._same_cell()}" + (f" where {only}" if only else "")
        )

    def _same_cell(self) -> str:
        """Write when a record lies in a cell; what makes no difference here is not asked."""
        met = [
            *(f"{_told(name)} = c.{name}" for name in self.tariff.telling),
            "t.length > c.longer_than and t.length <= c.up_to",
        ]
        if self.tariff.timed:
            met.append("t.at >= c.valid_from and t.at < c.valid_to")
        if self.tariff.hours:
            met.append("t.slot = c.slot")
        return " and ".join(met)

    def _records(self) -> str:
        """Write every record with its counts taken apart, and the slot of its hour."""
        apart = taken_apart(self.usage, self.tariff.counts)
        if self.tariff.hours is None:
            return apart
        # Most records follow no hours, and a key that is null is not even looked up.
        seller = f"case when {self._clocked(self.tariff.hours)} then u.provider end"
        return (
            f"select u.*, coalesce(h.slot, 0) as slot from ({apart}) u left join hours_t h "  # noqa: S608 - our own names
            f"on {seller} = h.provider and u.model = h.model and cast(u.clock as date) = h.day "
            "and u.clock >= h.starts and u.clock < h.ends"
        )

    def _clocked(self, hours: Hours) -> str:
        """Write which records may have a price that depends on the hour."""
        names = ", ".join("'" + name.replace("'", "''") + "'" for name in hours.providers)
        start, end = (moment.replace(tzinfo=None) for moment in (hours.start, hours.end))
        when = f" and u.at >= timestamp '{start}' and u.at < timestamp '{end}'"
        return f"u.provider in ({names}){when if self.tariff.timed else ''}"

    def _cost(self, mark: str) -> str:
        """Write what a record costs in units of the tariff; null if that is unknown."""
        terms = ["c.base", *(self._term(meter, mark) for meter in self.tariff.meters)]
        if self.tariff.fees and self.tariff.meters:
            some = " + ".join(f"t.n_{meter}" for meter in self.tariff.meters)
            terms.append(f"case when {some} > 0 then c.{mark}{REQUEST} else 0 end")
        silent = f" when {_COUNTLESS} then null" if self.tariff.untold else ""
        return (
            f"case when t.outcome = 'failed' then 0 when {_UNANSWERED} then null "
            f"when t.free then 0 when {_UNTOLD} then null{silent} else {' + '.join(terms)} end"
        )

    def _term(self, meter: str, mark: str) -> str:
        units = f"t.n_{meter}"
        product = self._product(units, mark + meter)
        if meter == "output" and self.tariff.reasons:
            reasoning = "least(t.reasoned, t.n_output)"
            apart = self._product(reasoning, mark + REASONING)
            rest = self._product(f"({units} - {reasoning})", mark + ANSWER)
            product = f"case when t.reasoned > 0 then {apart} + {rest} else {product} end"
        if meter not in self.tariff.gaps:
            return product
        return f"case when {units} = 0 then 0 else {product} end"

    def _product(self, units: str, rate: str) -> str:
        return (
            f"cast({units} as {_MONEY}) * c.{rate}" if self.tariff.wide else f"{units} * c.{rate}"
        )

    def _lacks(self) -> str:
        """Write what a record without a price lacks, the first of it; null for the others."""
        gaps = [meter for meter in self.tariff.meters if meter in self.tariff.gaps]
        cases = [
            f"when t.outcome = 'failed' then null when {_UNANSWERED} then '{NO_ANSWER}'",
            f"when t.free then null when {_UNTOLD} then '{NO_COUNTS}'",
            f"when c.base is null then '{NO_ROW}' when {_COUNTLESS} then '{NO_USAGE}'",
            *(f"when t.n_{gap} > 0 and c.{LIST}{gap} is null then '{gap}'" for gap in gaps),
        ]
        return f"case {' '.join(cases)} end"

    def _slow(self) -> str:
        heard = "audio_seconds" in self.tariff.counts
        odd = "c.odd or coalesce(t.audio_seconds, 0) > 0" if heard else "c.odd"
        return f"case when c.base is not null and ({odd}) then 1 else 0 end"


def _told(name: str) -> str:
    return f"t.{name}" if name in ("provider", "model") else f"coalesce(t.{name}, '')"


def _sum(sql: str) -> str:
    return f"sum(cast({sql} as {_MONEY}))"


def _grouped(by: Iterable[str], sums: Iterable[str], records: str) -> str:
    keys = [f"x.{name}" for name in by]
    named = [f"{key} as k{place}" for place, key in enumerate(keys)]
    sql = f"select {', '.join([*named, *sums])} from ({records}) x"  # noqa: S608 - our own names
    return f"{sql} group by {', '.join(dict.fromkeys(keys))}" if keys else sql
