"""`specbudget usage`: what recordings consumed, one JSON line for each interaction.

No network, no pytest, and nothing in a recording is executed.  A file that cannot be read is one
line on standard error, and the status is 1 after the others were read.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.names import INDEX_NAME
from pytest_specbudget.cassettes.secrets.hearsay import repeatable
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._words import instant
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.recordings.dating import date_of
from pytest_specbudget.recordings.library import files_below, recordings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from datetime import datetime

    from pytest_specbudget.cassettes.shapes import Interaction
    from pytest_specbudget.core.reading import Reading

    Quoter = Callable[[Reading, Interaction], dict[str, Any]]

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "read what recordings consumed, one JSON line for each interaction"
EXAMPLE = "specbudget usage tests/cassettes --price"

_UNREADABLE = "unreadable"
_NO_COST: dict[str, Any] = {"list_cost_usd": "0", "reason": None}
_NO_CALL: dict[str, Any] = {
    "is_llm_call": False,
    "counted": False,
    "usage_reported": False,
    "provider": None,
    "operation": None,
    "model": None,
    "request_model": None,
    "streaming": False,
    "usage": {},
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a recording, or a folder of them"
    )
    parser.add_argument("--price", action="store_true", help="add what each call cost, in USD")
    parser.add_argument(
        "--at",
        type=instant,
        metavar="TIME",
        help="price at this instant (RFC 3339) instead of each answer's own date",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the lines; return 1 if a file, or the price catalogue, could not be read."""
    try:
        quote = _quoter(arguments.at) if arguments.price else None
    except CatalogueError as problem:
        complain(problem)
        return 1
    readable = [_all_read(root, quote) for root in arguments.paths]
    return 0 if all(readable) else 1


def _all_read(root: Path, quote: Quoter | None) -> bool:
    """Print the lines of all recordings below *root*; tell whether all could be read."""
    files = [*files_below(root)]
    if not files:
        complain(f"{root}: holds no recording")
    readable = [_print(path, root, quote) for path in files]
    return all(readable)


def _print(path: Path, root: Path, quote: Quoter | None) -> bool:
    """Print the lines of one recording; tell whether it could be read."""
    unread: list[str] = []
    found = next(recordings(path, unread.append), None)
    if found is None and path.name == INDEX_NAME and path != root:
        return True  # we wrote it ourselves, beside the recordings
    if found is None:
        complain(" ".join(unread) or f"{path}: no recording, left out")
        # A folder may hold other files, but this one may have been asked for.
        return not unread and path != root
    name = path.relative_to(root).as_posix() if path != root else path.name
    counted_elsewhere = found.counted_elsewhere
    for index, reading in enumerate(found.readings):
        row = _NO_CALL if reading is None else _row(reading, elsewhere=index in counted_elsewhere)
        if reading is not None and quote is not None:
            of_it = quote(reading, found.interactions[index])
            row |= _NO_COST if index in counted_elsewhere else of_it
        print(json.dumps({"file": name, "index": index, **row}))
    return True


def _row(reading: Reading, *, elsewhere: bool) -> dict[str, Any]:
    """Return what *reading* says; its work may be counted *elsewhere*."""
    counts = reading.usage.reported()
    pages = counts.pop("pages", None)  # billed beside the counts that a row is about
    reported = bool(counts) and reading.usage_state != _UNREADABLE
    row: dict[str, Any] = {
        "is_llm_call": reading.certain and reading.called,
        "counted": reading.certain and reading.counted and reported and not elsewhere,
        "usage_reported": reported,
        "provider": reading.provider,
        "operation": reading.operation,
        "model": reading.response_model or reading.request_model,
        "request_model": reading.request_model,
        "streaming": reading.streaming,
        "usage": counts,
        "usage_state": reading.usage_state,
    }
    if elsewhere and reported:
        row["duplicate"] = True
    if pages is not None:
        row["pages"] = pages
    if reading.parts:
        row["parts"] = [
            {"model": part.model, "usage": part.usage.reported()} for part in reading.parts
        ]
    if reading.provider_cost is not None:
        row["provider_cost_usd"] = str(reading.provider_cost)
    if reading.flags:
        row["flags"] = [*map(repeatable, reading.flags)]
    if reading.unpriced_tools:
        row["unpriced_tools"] = reading.unpriced_tools
    return row


def _quoter(at: datetime | None) -> Quoter:
    """Make a pricer; only then are prices loaded."""
    from pytest_specbudget.prices.loading import load_catalogue  # noqa: PLC0415 - only if asked
    from pytest_specbudget.prices.pricing import price  # noqa: PLC0415 - likewise

    catalogue = load_catalogue()

    def quote(reading: Reading, interaction: Interaction) -> dict[str, Any]:
        if interaction.status >= HTTPStatus.MULTIPLE_CHOICES:
            return _NO_COST  # a failed attempt costs nothing, and nor does a redirect
        if reading.usage_state == _UNREADABLE and reading.free is None:
            return _unknown(_why_unreadable(reading))
        instant = at or date_of(interaction)
        if instant is None:
            return _unknown("the answer has no date; give one with --at")
        quoted = price(reading, catalogue, instant)
        cost = quoted.list_cost
        return {"list_cost_usd": None if cost is None else str(cost), "reason": quoted.reason}

    return quote


def _unknown(reason: str) -> dict[str, Any]:
    return {"list_cost_usd": None, "reason": reason}


def _why_unreadable(reading: Reading) -> str:
    """Say of what nobody can tell the cost, as a run that got it does not either."""
    if not reading.flags:
        return "the answer could not be read"
    return f"token counts that make no sense: {'; '.join(map(repeatable, reading.flags))}"
