"""Real answers of real providers, sent again through plain clients under the gate.

They come from public source distributions: `python ci/fetch_recordings.py` brings them, and
every claim here can be checked by anyone.  What must be booked is what oracle.py says.
"""

from __future__ import annotations

import json
import pickle
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conformance import exchanges as recordings
from conformance.oracle import COUNTS, named, retrieved
from support.booked import charges
from support.gold import agree

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.exchanges import Exchange
    from support.suites import Suite

    from pytest_specbudget.core.ledger import Charge

HERE = Path(__file__).parent
EXPECTED = HERE / "expected.json"

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(
        bool(recordings.missing()),
        reason="recordings are not in the cache; run python ci/fetch_recordings.py",
    ),
]


@cache
def every() -> list[Exchange]:
    return recordings.exchanges()


def totals() -> dict[str, dict[str, int]]:
    """Return what the oracle finds in each distribution, for review."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in every():
        of_its = found[one.distribution]
        of_its["exchanges"] += 1
        if one.truth:
            of_its["calls"] += 1
            of_its["failed"] += one.truth.failed
            of_its["unreported"] += not one.truth.failed and not one.truth.counts
            of_its.update(one.truth.counts)
    return {name: dict(sorted(counts.items())) for name, counts in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class Books:
    """What a run of all exchanges under the gate came to.

    Attributes:
        totals: Of its report.
        calls: How often each exchange was counted as a call, in its report.
        charges: What was written down for each.
    """

    totals: Mapping[str, int]
    calls: Mapping[int, int]
    charges: Mapping[int, list[Charge]]


@pytest.fixture(scope="module", autouse=True)
def _read_first() -> None:
    """Read the recordings before a test gets a home folder of its own, which has no cache."""
    every()


@pytest.fixture
def books(suite: Suite) -> Books:
    shutil.copy(HERE / "replayed.py", suite.folder / "test_replayed.py")
    suite.write("pyproject.toml", f"[tool.pytest]\npythonpath = [{json.dumps(str(HERE.parent))}]\n")

    read = suite.folder / "exchanges.pickle"
    read.write_bytes(pickle.dumps(every()))

    outcome = suite.run("--spec-budget=1000", "-q", EXCHANGES=str(read))

    assert f"{len(every())} passed" in outcome.text, outcome.text[-3000:] + outcome.errors[-3000:]
    assert outcome.status == 1, "answers without counts must not be green"
    written: dict[int, list[Charge]] = defaultdict(list)
    for charge in charges(suite):
        written[number_of(str(charge.attribution.test))].append(charge)
    rows = outcome.facts["tests"]
    calls = {number_of(row["name"]): row["calls"] for row in rows}
    return Books(outcome.facts["totals"], defaultdict(int, calls), written)


def number_of(test: str) -> int:
    return int(test.partition("[")[2].removesuffix("]"))


def told(charge: Charge) -> dict[str, int]:
    reported = charge.reading.usage.reported()
    return {name: count for name in COUNTS if (count := reported.get(name))}


def difference(exchange: Exchange, calls: int, written: list[Charge]) -> str | None:
    """Say in what the books differ from the oracle, or None."""
    wanted = exchange.truth
    if calls != (wanted is not None):
        return f"{calls} calls, the oracle says {wanted and wanted.family}"
    if wanted is None:
        return None
    (charge,) = written
    if told(charge) != dict(wanted.counts):
        return f"{wanted.family}: booked {told(charge)}, the oracle says {wanted.counts}"
    if wanted.failed or wanted.counts:
        return None
    # what nobody reported is unknown: never a zero that looks like a count
    return "booked as complete" if charge.reading.usage_state == "complete" else None


def spent() -> Counter[str]:
    """Return what all exchanges consumed; work that was retrieved counts once.

    What was told by the call itself is only repeated.
    """
    total = Counter[str]()
    works: dict[str, Mapping[str, int]] = {}
    told: set[str | None] = set()
    for one in every():
        total.update(one.truth.counts if one.truth else {})
        told.add(named(one.answer) if one.truth and one.truth.counts else None)
        work = None if one.truth else retrieved(one.answer)
        works |= dict([work]) if work else {}
    for name, counts in works.items():
        total.update(counts if name not in told else {})
    return total


def test_the_oracle_finds_in_each_distribution_what_was_reviewed() -> None:
    agree(json.dumps(totals(), indent=1) + "\n", EXPECTED)


def test_every_recorded_call_is_booked_once_with_the_counts_of_its_provider(books: Books) -> None:
    wrong = [
        f"{one.distribution} {one.place}: {problem}"
        for number, one in enumerate(every())
        if (problem := difference(one, books.calls[number], books.charges[number]))
    ]
    wrong += [
        f"{name} in total: booked {books.totals[name]}, the oracle says {spent()[name]}"
        for name in ("input_tokens", "output_tokens")
        if books.totals[name] != spent()[name]
    ]

    assert not wrong, f"{len(wrong)} of {len(every())}:\n" + "\n".join(wrong[:30])
