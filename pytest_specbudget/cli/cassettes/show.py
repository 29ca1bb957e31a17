"""`specbudget cassettes show`: what each interaction asked and answered, or one of them whole.

Credentials are taken out of whatever is shown, also of recordings that others made.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.scrub import scrubbed_text
from pytest_specbudget.cassettes.secrets.hearsay import repeatable
from pytest_specbudget.cassettes.unopened import leads_nowhere
from pytest_specbudget.cli._options import configure_prices
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import with_shelf
from pytest_specbudget.cli._table import say
from pytest_specbudget.core.wording import calls_of, dollars
from pytest_specbudget.recordings.dating import date_of
from pytest_specbudget.recordings.showing import sketch, whole_text
from pytest_specbudget.recordings.valuation import charge_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.showing import Sketch

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "what each interaction of a recording asked and answered"
EXAMPLE = "specbudget cassettes show tests/cassettes/test_plan/test_two_drafts.yaml 0"

_WRONG_ARGUMENTS = 2
_MESSAGES = 6
_INDENT = "      "


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the action takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording")
    parser.add_argument(
        "index",
        nargs="?",
        type=int,
        metavar="INDEX",
        help="show this interaction whole, counted from 0",
    )
    configure_prices(parser)


@with_shelf
def run(arguments: argparse.Namespace, shelf: Shelf) -> int:
    """Print the recording; 1 if it cannot be read, 2 if there is no such file or interaction."""
    if not (arguments.file.is_file() or leads_nowhere(arguments.file)):
        complain(f'"{arguments.file}" is no file; name one recording')
        return _WRONG_ARGUMENTS
    found = next(shelf.recordings([arguments.file]), None)
    if found is None:
        if not shelf.damaged:
            complain(f"{arguments.file}: no recording")
        return 1
    name, recording = found
    if arguments.index is None:
        _print_all(name, recording, shelf)
        return 0
    return _print_one(recording, arguments.index)


def _print_one(recording: Recording, index: int) -> int:
    many = len(recording.interactions)
    if not 0 <= index < many:
        complain(f"there is no interaction {index}; it holds {many}, counted from 0")
        return _WRONG_ARGUMENTS
    for line in whole_text(recording.whole.interactions[index]):
        say(line)
    return 0


def _print_all(name: str, recording: Recording, shelf: Shelf) -> None:
    many = calls_of(len(recording.interactions), "interaction")
    say(f"{name}: {many}, form: {recording.whole.form}")
    for comment in recording.whole.comments:
        say(f"# {scrubbed_text(comment)}")
    elsewhere = recording.counted_elsewhere
    for place, interaction in enumerate(recording.whole.interactions):
        say()
        date = date_of(recording.interactions[place])
        charge = charge_of(recording, place, shelf.desk.quote)
        when = "no date" if date is None else f"{date:%Y-%m-%d %H:%M:%SZ}"
        shown = sketch(interaction)
        say(f"{place:>3}   {shown.target}   {shown.status}   {when}")
        for line in (*_asked(shown), *_charged(charge, elsewhere=place in elsewhere)):
            say(f"{_INDENT}{line}")


def _asked(shown: Sketch) -> Iterator[str]:
    for role, text in shown.messages[:_MESSAGES]:
        yield f"{role}: {text}"
    more = len(shown.messages) - _MESSAGES
    if more > 0:
        yield f"and {calls_of(more, 'more message')}"
    if shown.tools:
        yield f"tools: {', '.join(shown.tools)}"
    if shown.parameters:
        yield ", ".join(f"{name}={told}" for name, told in shown.parameters)
    if shown.answer:
        yield f"answer: {shown.answer}"


def _charged(charge: Charge | None, *, elsewhere: bool) -> Iterator[str]:
    if charge is None:
        yield "no model call"
        return
    reading = charge.reading
    asked = reading.request_model
    alias = f" (asked for as {asked})" if asked not in {None, reading.model} else ""
    streamed = ", streamed" if reading.streaming else ""
    yield f"model: {reading.provider}/{reading.model}{alias}, {reading.operation}{streamed}"
    counts = reading.usage.reported()
    told = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    yield f"usage: {told or 'not reported'} ({reading.usage_state})"
    for flag in reading.flags:
        yield f"odd: {repeatable(flag)}"
    for tool in reading.unpriced_tools:
        yield f"beside, without a price: {tool}"
    yield "cost: counted with another answer of this file" if elsewhere else _cost(charge)


def _cost(charge: Charge) -> str:
    if charge.outcome == "failed":
        return "cost: $0, a failed call"
    if charge.list_cost is None:
        return f"cost: unknown, {charge.reason or 'no counts were reported'}"
    return f"cost: {dollars(charge.list_cost)} list, {charge.price_id or 'nothing to price'}"
