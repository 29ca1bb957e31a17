"""What a change edits of the gate that it is held to: ceilings, limits, prices, what is accepted.

A gate that anybody may widen with the very change that it should stop is none.  So a change is
judged by what held before it, and what it edits is told: of the settings and of the files that they
name, of options in scripts and workflows, and of the limits in markers.

Two revisions are read out of git as text.  Nothing of them is imported, and nothing is run.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pytest_specbudget.comparisons.selecting import selection_in, tells
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import MoneyError
from pytest_specbudget.proposals.gate_files import ROUTING, UNNAMED, edited_files, names_file
from pytest_specbudget.proposals.gate_words import OWNER, hooks_in, limits_in_markers, options_in
from pytest_specbudget.proposals.table_words import LIMITS, settings_in
from pytest_specbudget.settings.table import OPTIONS, SETTINGS_ONLY
from pytest_specbudget.settings.toml_file import in_file

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from pytest_specbudget.baselines.git import Repository
    from pytest_specbudget.settings.given import Given

__all__ = ["Edit", "own_edits"]

_SETTINGS = ("pyproject.toml", "specbudget.toml")
_HARMLESS = frozenset(("report", "record", "cassette_note", "save_baseline"))
"""Settings that no verdict reads: they say what a run leaves behind."""

_CEILINGS = frozenset(
    ("budget", *LIMITS, *(one.key for one in (*OPTIONS, *SETTINGS_ONLY) if one.kind == "limit"))
)

_Facts = dict[tuple[str, str], str]
"""What a revision says of its gate: a value for each place and setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One thing that a change edits of its own gate.

    Attributes:
        place: Where: a file, or a test.
        key: The setting that is edited: `budget`, `hosts`, `acks`.
        words: What the change does: `raises its own ceiling (budget): 2.00 to 20.00`.
        raises: Whether a ceiling was raised or taken away.
    """

    place: str
    key: str
    words: str
    raises: bool = False


def own_edits(repository: Repository, base: str, head: str) -> tuple[Edit, ...]:
    """Return what *head* edits of the gate that held at *base*, raised ceilings first.

    Args:
        repository: Where both are; its `rootdir_prefix` is where pytest runs.
        base: A revision: where the change began.
        head: Another.

    Raises:
        BaselineError: If one of them cannot be read.
    """
    files = repository.files(base), repository.files(head)
    changed = {name for name, _ in files[0].items() ^ files[1].items()}
    told = [_Told.by(repository, one, changed) for one in files]
    values = _value_edits(told[0].facts, told[1].facts)
    edits = [one for one in values if one.place.partition("::")[0] in changed]
    named, prefix = told[0].files | told[1].files, repository.rootdir_prefix
    edits += (
        Edit(place=name, key=key, words=words)
        for key, name, words in edited_files(named, changed, prefix)
    )
    return tuple(sorted(edits, key=lambda one: (not one.raises, one.place, one.key)))


@dataclass(slots=True)
class _Told:
    """What one revision says of its gate.

    Attributes:
        prefix: Where pytest runs, from the top, with `/` at its end.
        facts: A value for each place and setting.
        files: The settings that name a file or folder of the repository, and what they name.
        tables: The texts of files that may be a routing table, by name.
    """

    prefix: str
    facts: _Facts = field(default_factory=dict)
    files: set[tuple[str, str]] = field(default_factory=set)
    tables: dict[str, str] = field(default_factory=dict)

    @classmethod
    def by(cls, repository: Repository, files: Mapping[str, str], changed: Container[str]) -> _Told:
        """Read what the *files* of a revision say, as far as they *changed*."""
        told = cls(repository.rootdir_prefix)
        ours = {f"{told.prefix}{name}" for name in _SETTINGS}
        wanted: dict[str, list[str]] = defaultdict(list)
        for name, blob in files.items():
            if name in ours or (name in changed and tells(name)):
                wanted[blob].append(name)
        for blob, data in repository.contents(wanted):
            text = data.decode("utf-8-sig", "replace")
            for name in wanted[blob]:
                told.hear(name, text, is_settings=name in ours)
        told.hear_tables()
        for key, name in UNNAMED:
            told.names(key, name)
        return told

    def hear(self, name: str, text: str, *, is_settings: bool) -> None:
        """Take in the *text* of a file."""
        if is_settings:
            self._hear_settings(name, text)
        if name.endswith(".toml"):
            self.tables[name] = text
        found = (options_in, limits_in_markers, hooks_in, selection_in)
        for place, key, value in (one for look in found for one in look(name, text)):
            if key not in _HARMLESS:
                known = self.facts.get((place, key))
                self.facts[place, key] = f"{known}, {value}" if known else value
                self.names(key, value)

    def hear_tables(self) -> None:
        """Take in what the routing tables that were named set beside routes."""
        for name in {name for key, name in self.files if key == ROUTING} & self.tables.keys():
            for place, key, value in settings_in(name, self.tables[name]):
                self.facts[place, key] = value

    def names(self, key: str, value: object) -> None:
        """Note the file or folder that a setting names."""
        if names_file(key):
            self.files.add((key, posixpath.normpath(f"{self.prefix}{value}")))

    def _hear_settings(self, name: str, text: str) -> None:
        """Read a file of settings as a run would, in a folder of its own."""
        problems: list[str] = []
        with TemporaryDirectory() as folder:
            Path(folder, posixpath.basename(name)).write_text(text, "utf-8", errors="replace")
            given = in_file(Path(folder), problems, [])
        for one in given:
            if one.key not in _HARMLESS:
                self.facts[name, _named(one)] = _shown(one)
                self.names(one.key, one.value)
        if problems:
            self.facts[name, "settings"] = "cannot be read"


def _named(given: Given) -> str:
    return given.key if given.entry is None else f'{given.key}."{given.entry}"'


def _shown(given: Given) -> str:
    """Return the value as it stands in the file, as far as its origin quotes it."""
    return given.origin.partition(" = ")[2].rpartition(" in ")[0].strip('"')


def _value_edits(base: _Facts, head: _Facts) -> Iterator[Edit]:
    for place, key in base.keys() | head.keys():
        was, now = base.get((place, key)), head.get((place, key))
        begun = key == OWNER and None in (was, now)  # a test that had no SPEC, or was not there
        if was != now and not begun:
            yield _edit(place, key, was, now)


def _edit(place: str, key: str, was: str | None, now: str | None) -> Edit:
    if key.partition(".")[0] not in _CEILINGS:
        return Edit(place=place, key=key, words=f"{_verb(was, now)} its own {key}{_to(was, now)}")
    if now is None:
        words = f"removes its own {_ceiling(key)} of {was}"
        return Edit(place=place, key=key, words=words, raises=True)
    if was is None:
        return Edit(place=place, key=key, words=f"sets a {_ceiling(key)} of its own: {now}")
    amounts = _amount(was), _amount(now)
    raised = amounts[0] is None or amounts[1] is None or amounts[1] > amounts[0]
    verb = "raises" if raised else "lowers"
    words = f"{verb} its own {_ceiling(key)}: {was} to {now}"
    return Edit(place=place, key=key, words=words, raises=raised)


def _ceiling(key: str) -> str:
    """Name a ceiling by its setting."""
    return f"ceiling ({key})"


def _verb(was: str | None, now: str | None) -> str:
    if was is None:
        return "sets"
    return "removes" if now is None else "changes"


def _to(was: str | None, now: str | None) -> str:
    told = [one for one in (was, now) if one is not None]
    return f": {' to '.join(told)}"


def _amount(text: str) -> Money | None:
    try:
        return Money.parse(text.strip("\"'$ "))
    except MoneyError:
        return None
