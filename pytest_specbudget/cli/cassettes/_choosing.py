"""Which recordings are to be made anew, whose they are, and by which commands that is done.

A command may record more than was chosen: what it records along is chosen with it, since it costs
as much.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.prices.pricing import price
from pytest_specbudget.recordings.inventory import entry_of
from pytest_specbudget.recordings.rerecording import covers, node_of, recorder_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from pytest_specbudget.cli._journaled import Used
    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.cli.cassettes._sending import Command
    from pytest_specbudget.recordings.inventory import Entry
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.valuation import Quoter

    Wanted = Callable[["Chosen"], bool]

__all__ = ["BY_ITSELF", "Chosen", "choose", "ways", "why_not"]

_RECORD = "--spec-record=all"
_OF_THE_MARKER = {"pytest_recording": "--record-mode=rewrite", "pytest_vcr": "--vcr-record=all"}
"""How the plugins that have the marker `vcr` record anew, by their modules.

Source: a suite that pytest-recording 0.14.1 recorded so, and the description of pytest-vcr's option
`--vcr-record`, which takes a mode of vcrpy's (both 2026-11-22)."""

BY_ITSELF = "its test opens it with vcrpy's use_cassette; set record_mode there, or delete the file"
"""Why no option of pytest records a recording anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A recording that may be made anew.

    Attributes:
        path: The file.
        entry: What it holds, at today's prices.
        nodes: The node ids that pytest records it by; none if nobody knows.
        changed: Whether the newest run asked for something else than it holds.
        option: What makes pytest record it; None if no option does.
        along: Whether nobody chose it, but a command that records another records it, too.
    """

    path: Path
    entry: Entry
    nodes: tuple[str, ...]
    changed: bool
    option: str | None = _RECORD
    along: bool = False


def choose(
    arguments: argparse.Namespace, shelf: Shelf, used: Used, moment: datetime
) -> list[Chosen]:
    """Choose, and add what the commands for the chosen ones would record beside them.

    Args:
        arguments: What was asked for: `paths`, and what narrows the choice.
        shelf: Where recordings are.
        used: Which tests used which recording, as journals tell it.
        moment: This instant, at whose prices the estimate is; aware, UTC.
    """
    quote = _today(shelf, moment)
    wishes = [*_wishes(arguments, moment)]

    def seen(paths: list[Path]) -> list[Chosen]:
        found = shelf.recordings(paths)
        return [_one(name, recording, shelf, used, quote) for name, recording in found]

    asked = seen(arguments.paths)
    chosen = [one for one in asked if all(wish(one) for wish in wishes)]
    folders = _beside(chosen, shelf)
    beside = asked + (seen(folders) if folders else [])
    return [*chosen, *_along(chosen, beside)]


def _beside(chosen: list[Chosen], shelf: Shelf) -> list[Path]:
    """Return where recordings may lie that the commands for the chosen ones record, too."""
    whole_folders = any(Path(node).is_dir() for node in _nodes(chosen))
    return [
        *sorted({one.path.parent for one in chosen}),
        *(shelf.folders() if whole_folders else ()),
    ]


def _along(chosen: list[Chosen], beside: list[Chosen]) -> Iterator[Chosen]:
    """Yield what no wish fits, and the commands for the chosen ones record all the same."""
    nodes, paths = set(_nodes(chosen)), {one.path for one in chosen}
    for one in beside:
        if one.path not in paths and any(covers(node, its) for node in nodes for its in one.nodes):
            yield replace(one, along=True)


def _today(shelf: Shelf, moment: datetime) -> Quoter:
    """Price as a live call is priced at *moment*."""
    catalogue = shelf.desk.catalogue
    return lambda reading, _exchange: price(reading, catalogue, moment)


def _one(name: str, recording: Recording, shelf: Shelf, used: Used, quote: Quoter) -> Chosen:
    path = recording.path.resolve()
    tests = [test for test in used.tests.get(path, ()) if not test.startswith("<")]
    if not tests:
        found = node_of(path, Path.cwd(), shelf.settings.cassette_dir)
        tests = [found] if found is not None else []
    return Chosen(
        path=path,
        entry=entry_of(recording, name, quote),
        nodes=tuple(tests),
        changed=path in used.changed or not used.missed.isdisjoint(tests),
        option=_option(tests),
    )


def _option(tests: list[str]) -> str | None:
    """Return the option by which *tests* record; None where a test records by itself."""
    recorders = {recorder_of(test, Path.cwd()) for test in tests}
    if "vcrpy" in recorders:
        return None
    return _marker_option() if "vcr marker" in recorders else _RECORD


def _marker_option() -> str:
    installed = (option for name, option in _OF_THE_MARKER.items() if find_spec(name) is not None)
    return next(installed, _OF_THE_MARKER["pytest_recording"])


def _wishes(arguments: argparse.Namespace, moment: datetime) -> Iterator[Wanted]:
    if arguments.changed:
        yield lambda one: one.changed
    if arguments.older_than is not None:
        before = moment - arguments.older_than
        yield lambda one: one.entry.first is not None and one.entry.first < before
    if arguments.model:
        pattern: str = arguments.model
        yield lambda one: any(
            _is_named(model, pattern) for model in (*one.entry.models, *one.entry.asked)
        )


def _is_named(model: str, pattern: str) -> bool:
    return fnmatchcase(model, pattern) or fnmatchcase(model.partition("/")[2], pattern)


def _nodes(chosen: Iterable[Chosen]) -> list[str]:
    return list(dict.fromkeys(node for one in chosen for node in one.nodes))


def why_not(one: Chosen) -> str:
    """Say why no command records *one*; empty if one does."""
    if not one.nodes:
        return "no test is known for it"
    if one.option is None:
        return BY_ITSELF
    if one.option != _RECORD and not any(map(find_spec, _OF_THE_MARKER)):
        return "its test has the marker vcr, and pytest-recording is not installed here"
    return ""


def ways(one: Chosen) -> list[Command]:
    """Return what records *one*: a test and its option each; nothing where no option does."""
    return [] if one.option is None else [(node, one.option) for node in one.nodes]
