"""What recordings hold and cost, each read and priced once, however many sides hold it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from pytest_specbudget.cassettes.damage import REMEDY
from pytest_specbudget.cassettes.scrub import scrubbed_text
from pytest_specbudget.core.attribution import Attribution
from pytest_specbudget.core.ledger import Charge
from pytest_specbudget.core.reading import BEGIN, RETRIEVE, Reading
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.providers.hosts import declared_bound
from pytest_specbudget.recordings.library import recording_of
from pytest_specbudget.recordings.valuation import charges_of
from pytest_specbudget.recordings.whole import OURS

if TYPE_CHECKING:
    from pytest_specbudget.baselines.sources import File
    from pytest_specbudget.core.exchange import Exchange
    from pytest_specbudget.prices.pricing import Quote
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Desk", "Held", "Valued"]

_NO_MODEL_CALLS = (BEGIN, RETRIEVE)
_GZIP = b"\x1f\x8b"
_BEGINNING = 4096
_LIKE_A_RECORDING = re.compile(rb"^(?:http_)?interactions:", re.MULTILINE)


class Desk(Protocol):
    """Who prices, at the instant that counts."""

    def quote(self, reading: Reading, exchange: Exchange) -> Quote:
        """Price *reading*."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one file holds.

    Attributes:
        charges: Its model calls in file order, each as nobody's; `cassette_index` is its place.
        problem: Why not all of it could be read, or None.
        ours: Whether it is of the form that specbudget records, beside an index.
    """

    charges: tuple[Charge, ...] = ()
    problem: str | None = None
    ours: bool = False


class Valued:
    """The contents of recordings, by the ids of their files."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        """Begin with nothing.

        Args:
            settings: What the user says about hosts.
            desk: Who prices.
        """
        self._settings = settings
        self._desk = desk
        self._held: dict[str, Held] = {}

    def __contains__(self, blob: object) -> bool:
        """Tell whether the file of that id was read."""
        return blob in self._held

    def of(self, file: File, *, sure: bool = True) -> Held:
        """Return what *file* holds; it is read if none of its id was.

        A file that cannot be read holds one call of unknown cost, so that nothing that counts it
        is taken for known.

        Args:
            file: With its contents, unless its id is known.
            sure: Whether it is kept as a recording; of another, its first lines tell.
        """
        held = self._held.get(file.id)
        if held is None:
            held = self._read(file) if sure or _is_like_one(file.data or b"") else Held()
            self._held[file.id] = held
        return held

    def _read(self, file: File) -> Held:
        try:
            recording = recording_of(file.data or b"", file.name, self._settings.hosts)
        except RecordingError as problem:
            words = scrubbed_text(str(problem))
            return Held((_unreadable(words, 0),), words)
        if recording is None:
            return Held()
        charges = tuple(map(self._bounded, charges_of(recording, self._desk.quote)))
        if recording.whole.note is None:
            return Held(charges, ours=recording.whole.form == OURS)
        words = f"{file.name}: {recording.whole.note}; {REMEDY}"
        return Held((*charges, _unreadable(words, len(recording.interactions))), words)

    def _bounded(self, charge: Charge) -> Charge:
        """Complete *charge* as one that a run books: with its date, and what the user declared."""
        bound = None
        if self._settings.hosts and charge.reading.operation not in _NO_MODEL_CALLS:
            model = charge.reading.request_model
            bound = declared_bound(charge.host, model, self._settings.hosts)
        return replace(charge, bound=bound, answered_at=charge.at or None)


def _is_like_one(data: bytes) -> bool:
    return data.startswith(_GZIP) or _LIKE_A_RECORDING.search(data[:_BEGINNING]) is not None


def _unreadable(words: str, place: int) -> Charge:
    """Make the call of unknown cost that stands at *place* for what is damaged."""
    return Charge(
        id="",
        at="",
        host="",
        reading=Reading(provider="", operation="chat"),
        attribution=Attribution(),
        source="replay",
        outcome="unknown",
        reason=words,
        cassette_index=place,
    )
