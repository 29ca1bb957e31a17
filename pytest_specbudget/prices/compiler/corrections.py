"""Our corrections to the price source: the overlay format, and rules for whole families of prices.

A correction states where it stands published, and when that was checked or that it is
`unconfirmed`: known, but not read there again.  One without is an error.  Where not the source
itself was read, the `witness` that was is named.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.catalogue import ALWAYS, FOREVER
from pytest_specbudget.prices.compiler.sheets import ListedRule, SheetRule
from pytest_specbudget.prices.overlay import Overlay, read_overlays
from pytest_specbudget.prices.tables import Cited, Instant, Number, ProviderName, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pytest_specbudget.prices.layering import Entry

__all__ = [
    "AlsoRule",
    "Corrections",
    "DropRule",
    "FeeRule",
    "ListedRule",
    "Names",
    "OmitRule",
    "PassedOnRule",
    "PromiseRule",
    "RegionRule",
    "Seller",
    "SheetRule",
    "SnapshotRule",
    "TierRule",
    "UnusualRule",
    "count_told",
    "count_unconfirmed",
    "read_corrections",
]


_UNSOURCED = ("contract", "discount", "fx", "fallback")
"""Tables of an overlay that say nothing about published prices."""


class _Sourced(Cited):
    provider: ProviderName
    source: str = Field(min_length=1)


class Names(_Sourced):
    """Ids that a provider is known to sell.

    Attributes:
        ids: The ids.
        model: The model they follow; "" asks the price source's own matching.
        prefixes: What may stand before each id, `us.` for instance; the bare id counts too.
    """

    ids: list[str]
    model: str = ""
    prefixes: list[str] = Field(default_factory=list)


class TierRule(_Sourced):
    """That a service tier was sold since a date, at a known ratio to the default tier.

    Attributes:
        since: When it was first sold.
        until: When it was first sold no more.
        models: Which models, `*` and `?` allowed.
        factor: Its ratio to the default tier; None takes the ratio that the model's first known
            price in the tier has to its default price at that time, meter by meter.
        meters: What the factor is for; other meters cost the same as in the default tier.
    """

    service_tier: str
    since: Instant
    until: Instant = FOREVER
    models: list[str]
    factor: Number | None = None
    meters: list[str] = Field(default_factory=list)


class RegionRule(_Sourced):
    """That some models cost more where they are asked to stay in a region.

    Attributes:
        regions: What the provider calls the regions.
        label: What the rows call them; "" says that the price there is everyone's.
        factor: The ratio to the price elsewhere, for tokens of every kind.
        models: Which models, `*` and `?` allowed.
    """

    regions: list[str]
    label: str = ""
    factor: Number | None = None
    models: list[str] = Field(default_factory=list)


class SnapshotRule(_Sourced):
    """That no snapshot of some models is older than a date; `*` and `?` allowed in names."""

    names: list[str]
    since: date


class AlsoRule(_Sourced):
    """That a rate covers other meters too, where they have none of their own.

    Attributes:
        models: Which models, `*` and `?` allowed.
        rate: The meter whose rate it is.
        also: The other meters.
        factor: How many times that rate theirs is.
    """

    models: list[str]
    rate: str
    also: list[str]
    factor: Number = Fraction(1)


class FeeRule(_Sourced):
    """That a fee is the same for many models, where they have none of their own.

    So may be the seconds that audio is billed as at least.

    Attributes:
        models: Which models, `*` and `?` allowed.
        each: The fee for one, by meter.
        since: When it was first taken.
        until: When it was first taken no more.
    """

    models: list[str]
    each: dict[str, Number]
    since: Instant = ALWAYS
    until: Instant = FOREVER


class DropRule(_Sourced):
    """Models that the price source lists and the provider does not sell."""

    models: list[str]


class OmitRule(_Sourced):
    """Rates that the price source has as rounded quotients, so that nobody knows the exact one."""

    models: list[str]
    meters: list[str]


class UnusualRule(_Sourced):
    """Models whose rates are published outside of the usual order, and are right.

    Attributes:
        models: Which models, `*` and `?` allowed.
        meters: The rates that are unusual.
        reason: Why they are.
    """

    models: list[str]
    meters: list[str]
    reason: Reason


class PromiseRule(_Sourced):
    """Prices that are published with the day until which they hold at least.

    Attributes:
        models: Which models, `*` and `?` allowed.
        until: The first instant for which nothing is promised.
    """

    models: list[str]
    until: Instant


class Seller(_Sourced):
    """How a provider sells.

    Attributes:
        skip: It is left out of the catalogue.
        resells: Providers whose models it sells under their names and at their prices.
        paths: A model may be named by a path or an ARN that ends in its id.
    """

    skip: bool = False
    resells: list[str] = Field(default_factory=list)
    paths: bool = False


class PassedOnRule(_Sourced):
    """That a provider takes for a model what its maker takes; its ids are `maker/model`.

    Attributes:
        since: When the price source began to keep dates of what the provider takes.
    """

    since: Instant


class Corrections(Overlay):
    """One file of corrections: an overlay, and rules."""

    names: list[Names] = Field(default_factory=list)
    tier: list[TierRule] = Field(default_factory=list)
    region: list[RegionRule] = Field(default_factory=list)
    sheet: list[SheetRule] = Field(default_factory=list)
    listed: list[ListedRule] = Field(default_factory=list)
    snapshot: list[SnapshotRule] = Field(default_factory=list)
    also: list[AlsoRule] = Field(default_factory=list)
    fee: list[FeeRule] = Field(default_factory=list)
    drop: list[DropRule] = Field(default_factory=list)
    omit: list[OmitRule] = Field(default_factory=list)
    seller: list[Seller] = Field(default_factory=list)
    passed_on: list[PassedOnRule] = Field(default_factory=list)
    unusual: list[UnusualRule] = Field(default_factory=list)
    promise: list[PromiseRule] = Field(default_factory=list)

    def problems(self) -> Iterator[tuple[str, int, str]]:
        """Add to the problems of an overlay that an entry lacks its source."""
        yield from super().problems()
        yield from self._wrong_sheets()
        for table, index, one in self.sourced():
            if not one.source or (one.checked is None) is not one.unconfirmed:
                yield table, index, "it needs a source, and either checked or unconfirmed"
            elif one.witness and one.unconfirmed:
                yield table, index, "what a witness tells is checked; say when"

    def _wrong_sheets(self) -> Iterator[tuple[str, int, str]]:
        for index, one in enumerate(self.sheet):
            try:
                one.check()
            except CatalogueError as error:
                yield "sheet", index, str(error)

    def sheets(self, provider: str, file: str) -> list[Entry]:
        """Return the prices that a provider has in single regions."""
        return [
            entry
            for number, one in enumerate(self.sheet, 1)
            if one.provider == provider
            for entry in one.entries(f"{file} [[sheet]] {number}")
        ]

    def sourced(self) -> Iterator[tuple[str, int, Any]]:
        """Go through all entries: the table of each, its place there, and itself."""
        for table in type(self).model_fields:
            if table not in _UNSOURCED:
                yield from ((table, index, one) for index, one in enumerate(getattr(self, table)))


def count_unconfirmed(files: Iterable[Corrections]) -> int:
    """Count the corrections whose source was not read again."""
    return sum(one.unconfirmed for file in files for _, _, one in file.sourced())


def count_told(files: Iterable[Corrections]) -> int:
    """Count the corrections that were read at a witness and not at their source."""
    return sum(bool(one.witness) for file in files for _, _, one in file.sourced())


def read_corrections(folder: Path) -> list[tuple[str, Corrections]]:
    """Read all correction files of *folder*, sorted by name.

    Raises:
        CatalogueError: With every problem of every file.
    """
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise CatalogueError(f"{folder} has no correction files (*.toml)")
    return [(path.name, read) for path, read in read_overlays(paths, Corrections).items()]
