"""`specbudget cassettes stats`: recordings by provider and model, repeats, the largest files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._options import configure_prices
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import configure_paths, with_shelf
from pytest_specbudget.cli._table import print_table, say
from pytest_specbudget.cli.cassettes._figures import costs, known_cost, size
from pytest_specbudget.core.wording import calls_of, dollars, percent, short_count, tight
from pytest_specbudget.recordings.statistics import Statistics, rank

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from fractions import Fraction

    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.recordings.statistics import Group, Repeats

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "recordings by provider and model, repeats, and the largest files"
EXAMPLE = "specbudget cassettes stats tests/cassettes"

_MEDIAN, _HIGH = 50, 90
_LARGEST = 5
_REPEATS = 5
_HEADERS = (
    *("model", "calls", "in", "cached", "cache write", "out", "reasoning"),
    *("out median", "out p90", "streamed", "failed", "list USD"),
)
_IN_COLUMNS = {
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_write_input_tokens",
    "reasoning_output_tokens",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the action takes."""
    configure_paths(parser)
    configure_prices(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a text")


@with_shelf
def run(arguments: argparse.Namespace, shelf: Shelf) -> int:
    """Print the statistics; 1 if a file could not be read."""
    statistics = Statistics()
    for name, recording in shelf.recordings(arguments.paths):
        statistics.add(recording, name, shelf.desk.quote)
    if arguments.json:
        print(json.dumps(_document(statistics)))
    elif statistics.sizes:
        _print(statistics)
    else:
        complain("no recording found; name a file, or a folder that holds some")
    return 0


def _print(statistics: Statistics) -> None:
    groups = _ranked(statistics)
    if groups:
        print_table(_HEADERS, _rows(groups))
        say()
    for line in (*_other_counts(groups), *_repeats(statistics), *_largest(statistics)):
        say(line)


def _ranked(statistics: Statistics) -> dict[str, Group]:
    """Put the dearest first."""
    found = statistics.groups.items()
    return dict(sorted(found, key=lambda each: (-each[1].totals.list_cost.atto, each[0])))


def _rows(groups: dict[str, Group]) -> Iterator[tuple[str, ...]]:
    shown = costs([group.totals for group in groups.values()])
    for (model, group), cost in zip(groups.items(), shown, strict=True):
        totals = group.totals
        yield (
            model,
            f"{totals.calls:,}",
            short_count(totals.input_tokens),
            _share(group.cached_share),
            short_count(totals.cache_write_input_tokens),
            short_count(totals.output_tokens),
            short_count(totals.reasoning_output_tokens),
            _count(rank(group.outputs, _MEDIAN)),
            _count(rank(group.outputs, _HIGH)),
            _share(group.streamed_share),
            _failures(group),
            cost,
        )


def _share(share: Fraction | None) -> str:
    return "-" if share is None else tight(percent(share))


def _count(count: int | None) -> str:
    return "-" if count is None else f"{count:,}"


def _failures(group: Group) -> str:
    told = (f"{status} x{many}" for status, many in sorted(group.failures.items()))
    return ", ".join(told) or "-"


def _other_counts(groups: dict[str, Group]) -> Iterator[str]:
    """Say what was counted beside what the columns hold: audio, images, searches."""
    for model, group in groups.items():
        counts = group.usage.reported().items()
        told = [f"{name} {count:,}" for name, count in counts if name not in _IN_COLUMNS and count]
        if told:
            yield f"{model}: {', '.join(told)}"
    unknown = sum(group.totals.unbounded_calls for group in groups.values())
    if unknown:
        yield f"{calls_of(unknown)} without a known cost; `specbudget cassettes list` says why"


def _repeats(statistics: Statistics) -> Iterator[str]:
    found = statistics.repeats()
    if not found:
        yield "no request was recorded twice"
        return
    times = sum(each.times - 1 for each in found)
    yield f"requests recorded more than once: {len(found):,} ({calls_of(times)} too many), such as"
    for each in found[:_REPEATS]:
        files = calls_of(len(each.files), "file")
        spent = f"the repeats {dollars(each.list_cost)} list"
        yield f"    {each.times} times  {each.target}  {each.model}  in {files}, {spent}"
    if len(found) > _REPEATS:
        yield f"    and {calls_of(len(found) - _REPEATS, 'more request')}"


def _largest(statistics: Statistics) -> Iterator[str]:
    yield f"{calls_of(len(statistics.sizes), 'file')}, the largest:"
    for name, count in statistics.largest(_LARGEST):
        yield f"    {size(count):>10}  {name}"


def _document(statistics: Statistics) -> dict[str, Any]:
    return {
        "models": [_model(name, group) for name, group in _ranked(statistics).items()],
        "repeats": [_repeat(each) for each in statistics.repeats()],
        "largest": [{"file": name, "bytes": count} for name, count in statistics.largest(_LARGEST)],
        "files": len(statistics.sizes),
    }


def _model(name: str, group: Group) -> dict[str, Any]:
    cost = known_cost(group.totals)
    return {
        "name": name,
        "calls": group.totals.calls,
        "usage": group.usage.reported(),
        "output_tokens_median": rank(group.outputs, _MEDIAN),
        "output_tokens_p90": rank(group.outputs, _HIGH),
        "cached_share": _decimal(group.cached_share),
        "streamed_share": _decimal(group.streamed_share),
        "failures": {str(status): many for status, many in sorted(group.failures.items())},
        "list_cost_usd": None if cost is None else str(cost),
        "calls_unpriced": group.totals.unpriced_calls,
        "calls_unreported": group.totals.unreported_calls,
    }


def _repeat(each: Repeats) -> dict[str, Any]:
    return {
        "target": each.target,
        "model": each.model,
        "times": each.times,
        "files": sorted(each.files),
        "repeats_list_cost_usd": str(each.list_cost),
    }


def _decimal(share: Fraction | None) -> float | None:
    return None if share is None else round(float(share), 6)
