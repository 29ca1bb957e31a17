"""`specbudget cassettes list`: one row a recording, with calls, models, tokens, cost and date."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._options import configure_prices
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import configure_paths, with_shelf
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.cli.cassettes._figures import costs, dates, known_cost, size
from pytest_specbudget.core.wording import calls_of, short_count
from pytest_specbudget.recordings.inventory import entry_of, total_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.recordings.inventory import Entry

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "one row a recording: calls, models, tokens, list cost, date, size"
EXAMPLE = "specbudget cassettes list tests/cassettes --json"

_HEADERS = ("cassette", "models", "recorded", "calls", "in", "out", "list USD", "size")
_MODELS = 2
_REASONS = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the action takes."""
    configure_paths(parser)
    configure_prices(parser)
    parser.add_argument("--json", action="store_true", help="one JSON line a file")


@with_shelf
def run(arguments: argparse.Namespace, shelf: Shelf) -> int:
    """Print the rows; 1 if a file could not be read."""
    found = shelf.recordings(arguments.paths)
    entries = (entry_of(recording, name, shelf.desk.quote) for name, recording in found)
    if arguments.json:
        for entry in entries:
            print(json.dumps(_line(entry)))
    else:
        _print(list(entries))
    return 0


def _print(entries: list[Entry]) -> None:
    if not entries:
        complain("no recording found; name a file, or a folder that holds some")
        return
    rows = [*entries, total_of(entries)] if len(entries) > 1 else entries
    print_table(_HEADERS, _rows(rows), names=3)
    say()
    for sentence in _remarks(rows[-1]):
        say(sentence)


def _rows(entries: list[Entry]) -> Iterator[tuple[str, ...]]:
    for entry, cost in zip(entries, costs([each.totals for each in entries]), strict=True):
        totals = entry.totals
        yield (
            entry.name if entry is not entries[-1] or len(entries) == 1 else "total",
            _models(entry),
            dates(entry.first, entry.last),
            f"{totals.calls:,}",
            short_count(totals.input_tokens),
            short_count(totals.output_tokens),
            cost,
            size(entry.size),
        )


def _models(entry: Entry) -> str:
    names = [model.partition("/")[2] for model in entry.models]
    more = len(names) - _MODELS
    shown = ", ".join(names[:_MODELS])
    return f"{shown} and {more} more" if more > 0 else shown or "-"


def _remarks(total: Entry) -> Iterator[str]:
    totals = total.totals
    others = total.interactions - totals.calls
    yield (
        f"{calls_of(totals.calls, 'model call')}, {totals.failed_calls:,} of them failed;"
        f" {calls_of(others, 'other exchange')}"
    )
    yield f"unpriced: {totals.unpriced_calls:,}; counts not reported: {totals.unreported_calls:,}"
    for reason in total.unpriced[:_REASONS]:
        yield f"    {reason}"
    more = len(total.unpriced) - _REASONS
    if more > 0:
        yield f"    and {calls_of(more, 'more reason')}; --json has them all"


def _line(entry: Entry) -> dict[str, Any]:
    totals, cost = entry.totals, known_cost(entry.totals)
    return {
        "file": entry.name,
        "form": entry.form,
        "interactions": entry.interactions,
        "calls": totals.calls,
        "failed_calls": totals.failed_calls,
        "models": entry.models,
        "input_tokens": totals.input_tokens,
        "output_tokens": totals.output_tokens,
        "cache_read_input_tokens": totals.cache_read_input_tokens,
        "cache_write_input_tokens": totals.cache_write_input_tokens,
        "reasoning_output_tokens": totals.reasoning_output_tokens,
        "list_cost_usd": None if cost is None else str(cost),
        "calls_unpriced": totals.unpriced_calls,
        "calls_unreported": totals.unreported_calls,
        "unpriced_reasons": entry.unpriced,
        "recorded_first": None if entry.first is None else entry.first.isoformat(),
        "recorded_last": None if entry.last is None else entry.last.isoformat(),
        "bytes": entry.size,
    }
