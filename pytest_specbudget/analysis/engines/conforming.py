"""Whether an engine reckons as the others do: the fixture priced there, and the digest of it.

Three questions, so that every statement is asked: each record at its own time's prices, all at one
day's, and records whose prices no 64 bits hold.  The digests were made by a plain loop over
`prices.pricing.price`; no engine had a say in them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import Table
from pytest_specbudget.analysis.engines.arrow import Files
from pytest_specbudget.analysis.engines.fixture import AT, giants, invented_prices, ordinary
from pytest_specbudget.analysis.engines.opening import Readable
from pytest_specbudget.analysis.pricing.repricing import reprice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from pytest_specbudget.analysis.engines.opening import Opened
    from pytest_specbudget.analysis.pricing.repricing import Repriced
    from pytest_specbudget.core.money import Money

__all__ = ["BY", "QUESTIONS", "Answer", "Question", "answers", "digest_of"]

BY = ("spec", "stage", "provider", "model")
"""What groups share."""

_INSTANT = re.compile(r" at \d{4}-[^ ]+Z$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of an engine.

    Attributes:
        name: What it is called.
        usage: The relation with the records; not `usage_t`, which may be there and be somebody's.
        at: As `reprice` takes it.
        digest: That of the right answer.
    """

    name: str
    usage: Literal["specbudget_ordinary_t", "specbudget_giants_t"]
    at: datetime | Literal["recorded"]
    digest: str


QUESTIONS = (
    Question(
        name="each record at its own time",
        usage="specbudget_ordinary_t",
        at="recorded",
        digest="f0173d0c1e33733ddaa269c69fc26f0e8aac4f5ae51eea8198cf3ee315fdbaf3",
    ),
    Question(
        name="all at one day's prices",
        usage="specbudget_ordinary_t",
        at=AT,
        digest="0f3ab14e9a81623711df600c95bf10cd77eb905e9e641886f7a92895b3fcb299",
    ),
    Question(
        name="more than 64 bits hold",
        usage="specbudget_giants_t",
        at="recorded",
        digest="c7667d619164991c0df711fb6981f5a9f4378d00eb361f8c26cc3f402957087d",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an engine said to a question.

    Attributes:
        question: The question.
        digest: Of what it said.
        records: How many it counted.
        groups: In how many groups.
        seconds: How long it took.
    """

    question: Question
    digest: str
    records: int
    groups: int
    seconds: float

    @property
    def right(self) -> bool:
        """Whether it is, to the attodollar."""
        return self.digest == self.question.digest


def answers(engine: Opened) -> Iterator[Answer]:
    """Bring the fixture to *engine*, and yield its answers."""
    catalogue = invented_prices()
    with closing(Files()) as files:
        for name, records in (("ordinary", ordinary()), ("giants", giants())):
            _bring(Table(f"specbudget_{name}_t", COLUMNS, list(records)), engine, files)
        for question in QUESTIONS:
            started = perf_counter()
            said = reprice(engine, catalogue, question.at, by=BY, usage=question.usage)
            yield Answer(
                question=question,
                digest=digest_of(said),
                records=said.records,
                groups=len(said.groups),
                seconds=perf_counter() - started,
            )


def _bring(table: Table, engine: Opened, files: Files) -> None:
    if isinstance(engine, Readable):
        engine.read(table.name, files.write(table))
    else:
        engine.load([table])


def digest_of(said: Repriced) -> str:
    """Return the sha256 of an answer, of all that is in it but the examples."""
    lines = [_line(group) for group in _groups(said)]
    lines += sorted(_line(problem) for problem in _problems(said))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _line(told: Iterable[object]) -> str:
    return json.dumps([*told], separators=(",", ":"))


def _groups(said: Repriced) -> Iterator[list[Any]]:
    for group in said.groups:
        costs = (group.recorded, group.repriced, group.contracted, group.lost, group.gained)
        counts = (group.records, group.calls, group.unrecorded_calls, group.unpriced_calls)
        tokens = (group.input_tokens, group.output_tokens)
        yield [*group.key, *map(_atto, costs), *counts, *tokens]


def _problems(said: Repriced) -> Iterator[list[Any]]:
    """Yield what has no price; an instant in a reason is that of an example."""
    sums: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in said.problems:
        held = sums[one.provider, one.model, _INSTANT.sub("", one.reason)]
        for place, count in enumerate((one.records, one.input_tokens, one.output_tokens)):
            held[place] += count
    yield from ([*told, *counts] for told, counts in sums.items())


def _atto(cost: Money | None) -> str | None:
    return None if cost is None else str(cost.atto)
