"""`specbudget price`: price usage, one JSON line each.

Standard input has a line a request (`id`, `provider`, `model`, `at`, `service_tier`, `region`,
`usage`); standard output has the same line with `list_cost_usd` and `price_id`, or with
`list_cost_usd: null` and `reason`.  `billed_audio_seconds` says as how long audio is billed where
that is longer than it was.  Standard error names prices that two sources state differently, and
those that had not been checked for more than 92 days at the time they were asked for.

Exit status: 0 all priced; 3 a line has no price; 1 a line was no JSON object (said on standard
error, the others are still priced) while all others had a price; 2 a price catalogue or overlay
that makes no sense.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._options import configure_prices
from pytest_specbudget.cli._output import complain
from pytest_specbudget.core.documents import decode
from pytest_specbudget.core.moments import in_utc
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.usage import USAGE_FIELDS, Usage
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.prices.audio import audio_billed
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.prices.pricing import Quote, price
from pytest_specbudget.prices.staleness import stale_prices
from pytest_specbudget.providers.counts import HIGHEST

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "price usage, one JSON line each"
EXAMPLE = """echo '{"id": 1, "provider": "openai", "model": "gpt-4o-mini", \
"at": "2026-10-01T00:00:00Z", "usage": {"input_tokens": 1200, "output_tokens": 310}}' \
| specbudget price"""

_DAY = len("2026-01-31")
_ALL_PRICED, _DAMAGED, _WRONG_ARGUMENTS, _UNPRICED = 0, 1, 2, 3


class _LineError(ValueError):
    """A field of a line that makes no sense."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    configure_prices(parser)


def run(arguments: argparse.Namespace) -> int:
    """Price standard input and return the exit status."""
    try:
        catalogue = load_catalogue(arguments.prices)
        for told in (*catalogue.disagreements, *catalogue.unused):
            complain(told)
        return _price_all(sys.stdin or (), catalogue)  # None if whoever began us closed it
    except CatalogueError as error:
        complain(error)
        return _WRONG_ARGUMENTS


def _price_all(lines: Iterable[str], catalogue: Catalogue) -> int:
    statuses = {_ALL_PRICED}
    used: dict[str, datetime] = {}
    for number, line in enumerate(lines, 1):
        if line.strip():
            statuses.add(_price_line(number, line, catalogue, used))
    _warn_of_stale(used, catalogue)
    return max(statuses)


def _price_line(number: int, line: str, catalogue: Catalogue, used: dict[str, datetime]) -> int:
    """Price a line, and keep in *used* the last instant for which a price was used."""
    try:
        request = _object(line)
    except ValueError as error:
        complain(f"line {number} cannot be read: {_why(error)}")
        return _DAMAGED
    quote, at = _quote(request, catalogue)
    answer = dict(_answer(quote))
    if quote.list_cost is not None:
        answer |= dict(_least_billed(_reading(request), catalogue, at))
    print(json.dumps(request | answer))  # in ASCII, so that any id can be written anywhere
    if quote.price_id is not None:
        used[quote.price_id] = max(at, used.get(quote.price_id, at))
    return _UNPRICED if quote.list_cost is None else _ALL_PRICED


def _why(error: ValueError) -> str:
    """Say why a line cannot be read; it is one line, so its column is enough."""
    if isinstance(error, json.JSONDecodeError):
        return f"it is no JSON, at column {error.colno} ({error.msg})"
    return str(error)


def _warn_of_stale(used: Mapping[str, datetime], catalogue: Catalogue) -> None:
    for price_id, at in sorted(used.items()):
        for stale in stale_prices(catalogue, [price_id], at):
            complain(f"stale: {stale}")


def _object(line: str) -> dict[str, Any]:
    request = decode(line.encode("utf-8", "surrogatepass"))
    if not isinstance(request, dict):
        raise _LineError("it is no JSON object")
    return request


def _quote(request: Mapping[str, Any], catalogue: Catalogue) -> tuple[Quote, datetime]:
    try:
        at = _instant(request, catalogue)
        return price(_reading(request), catalogue, at), at
    except _LineError as error:
        return Quote(reason=str(error)), catalogue.as_of


def _answer(quote: Quote) -> Iterator[tuple[str, object]]:
    if quote.list_cost is None:
        yield from (("list_cost_usd", None), ("reason", quote.reason))
        return
    yield from (("list_cost_usd", str(quote.list_cost)), ("price_id", quote.price_id))
    if quote.contracted_cost != quote.list_cost:
        yield "contracted_cost_usd", str(quote.contracted_cost)


def _least_billed(
    reading: Reading, catalogue: Catalogue, at: datetime
) -> Iterator[tuple[str, object]]:
    heard = reading.usage.audio_seconds
    billed = audio_billed(reading, catalogue, at) if heard else heard
    if billed != heard:
        yield "billed_audio_seconds", billed


def _reading(request: Mapping[str, Any]) -> Reading:
    return Reading(
        provider=_text(request, "provider"),
        operation="chat",
        response_model=_text(request, "model"),
        service_tier=_text_if_any(request, "service_tier"),
        region=_text_if_any(request, "region"),
        usage=_usage(request.get("usage")),
        usage_state="complete",
    )


def _text(request: Mapping[str, Any], name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str) or not value:
        raise _LineError(f"{name} is {json.dumps(value)}; write a name")
    return value


def _text_if_any(request: Mapping[str, Any], name: str) -> str | None:
    return None if request.get(name) is None else _text(request, name)


def _instant(request: Mapping[str, Any], catalogue: Catalogue) -> datetime:
    """Read `at`; a request without one is priced at the catalogue's own date."""
    text = request.get("at")
    if text is None:
        return catalogue.as_of
    try:
        moment = datetime.fromisoformat(f"{text}T00:00Z" if len(text) == _DAY else text)
    except (TypeError, ValueError):
        raise _LineError(
            f"at is {json.dumps(text)}; write a time like 2026-10-01T12:00:00Z"
        ) from None
    if moment.tzinfo is None:
        raise _LineError(f"at is {json.dumps(text)} without a time zone; write {text}Z for UTC")
    try:
        return in_utc(moment)
    except ValueError as error:
        raise _LineError(f"at makes no sense: {error}") from None


def _usage(counts: object) -> Usage:
    if not isinstance(counts, dict):
        raise _LineError("usage is missing; write an object of counts")
    for name, count in counts.items():
        if name not in USAGE_FIELDS:
            raise _LineError(f"usage.{name} is not a count that has a price")
        if count is not None and (type(count) is not int or count < 0):
            raise _LineError(f"usage.{name} is {json.dumps(count)}; counts are 0 or more")
        if count is not None and count > HIGHEST:
            raise _LineError(f"usage.{name} is {count}; no answer has more than {HIGHEST}")
    return Usage.of(counts)
