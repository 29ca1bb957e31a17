"""Whether an engine reckons as the others do: the fixture priced there, and the digest of it.

Five questions, so that every statement is asked: each record at its own time's prices, all at one
day's, records whose prices no 64 bits hold; and what the commands `drift` and `whatif` ask.
The digests were made by plain loops over `prices.pricing.price` (`looped`, `supposing`); no engine
had a say in them.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from pytest_specbudget.analysis.columns import COLUMNS
from pytest_specbudget.analysis.engine import Table
from pytest_specbudget.analysis.engines.arrow import Files
from pytest_specbudget.analysis.engines.digests import (
    atto,
    digest_of_drift,
    digest_of_whatif,
    line,
    sha_of,
    without_instant,
)
from pytest_specbudget.analysis.engines.fixture import AT, giants, invented_prices, ordinary
from pytest_specbudget.analysis.engines.opening import Readable
from pytest_specbudget.analysis.pricing.repricing import reprice
from pytest_specbudget.analysis.stored_drift import priced_on
from pytest_specbudget.analysis.supposing import Suppositions
from pytest_specbudget.analysis.supposing_at_once import supposed_on
from pytest_specbudget.recordings.whatif import Mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from pytest_specbudget.analysis.engine import Engine
    from pytest_specbudget.analysis.engines.opening import Opened
    from pytest_specbudget.analysis.pricing.repricing import Repriced
    from pytest_specbudget.prices.catalogue import Catalogue

__all__ = [
    "BY",
    "QUESTIONS",
    "REPRICING",
    "SUPPOSED",
    "Answer",
    "Asked",
    "Question",
    "answers",
    "digest_of",
]

BY = ("spec", "stage", "provider", "model")
"""What groups share."""

SUPPOSED = Suppositions(mappings=(Mapping(old="plain", new="reasoner"),))
"""What is supposed of the fixture: a model that has prices for a call, and none for its cache."""

Asked = Literal["reprice", "drift", "whatif"]
"""What asks: re-pricing by itself, or a command that is made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of an engine.

    Attributes:
        name: What it is called.
        usage: The relation with the records; not `usage_t`, which may be there and be somebody's.
        at: As `reprice` takes it.
        digest: That of the right answer.
        asked: What asks it.
    """

    name: str
    usage: Literal["specbudget_ordinary_t", "specbudget_giants_t"]
    at: datetime | Literal["recorded"]
    digest: str
    asked: Asked = "reprice"


REPRICING = (
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
"""The questions that re-pricing answers by itself."""

QUESTIONS = (
    *REPRICING,
    Question(
        name="whether prices moved",
        usage="specbudget_ordinary_t",
        at=AT,
        digest="8860cb17f45728d186b0a479d734c126091e51cc26f0b954ee95524655bd51ab",
        asked="drift",
    ),
    Question(
        name="under other terms",
        usage="specbudget_ordinary_t",
        at="recorded",
        digest="52c0540aba055ddb2ffa0a67b08152048c5ee4c9eb02dc4cb5aaf53deb7326fd",
        asked="whatif",
    ),
)
"""All of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an engine said to a question.

    Attributes:
        question: The question.
        digest: Of what it said.
        records: How many it counted; of the questions of commands, calls.
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
            digest, counted, groups = _ASKING[question.asked](engine, catalogue, question)
            yield Answer(
                question=question,
                digest=digest,
                records=counted,
                groups=groups,
                seconds=perf_counter() - started,
            )


_Said = tuple[str, int, int]
"""A digest, how many records or calls were counted, and in how many groups."""


def _repriced(engine: Engine, catalogue: Catalogue, question: Question) -> _Said:
    said = reprice(engine, catalogue, question.at, by=BY, usage=question.usage)
    return digest_of(said), said.records, len(said.groups)


def _drifted(engine: Engine, catalogue: Catalogue, question: Question) -> _Said:
    said = priced_on(engine, catalogue, AT, question.usage)
    calls = sum(one.calls + one.unknown for one in said.repriced)
    return digest_of_drift(said), calls, len(said.repriced)


def _supposed(engine: Engine, catalogue: Catalogue, question: Question) -> _Said:
    said = supposed_on(engine, SUPPOSED, catalogue, question.usage)
    return digest_of_whatif(said), said.total.calls, len(said.every_row)


_ASKING: dict[Asked, Callable[[Engine, Catalogue, Question], _Said]] = {
    "reprice": _repriced,
    "drift": _drifted,
    "whatif": _supposed,
}


def _bring(table: Table, engine: Opened, files: Files) -> None:
    if isinstance(engine, Readable):
        engine.read(table.name, files.write(table))
    else:
        engine.load([table])


def digest_of(said: Repriced) -> str:
    """Return the sha256 of an answer, of all that is in it but the examples."""
    lines = [line(group) for group in _groups(said)]
    return sha_of([*lines, *sorted(line(problem) for problem in _problems(said))])


def _groups(said: Repriced) -> Iterator[list[Any]]:
    for group in said.groups:
        costs = (group.recorded, group.repriced, group.contracted, group.lost, group.gained)
        counts = (group.records, group.calls, group.unrecorded_calls, group.unpriced_calls)
        tokens = (group.input_tokens, group.output_tokens)
        yield [*group.key, *map(atto, costs), *counts, *tokens]


def _problems(said: Repriced) -> Iterator[list[Any]]:
    """Yield what has no price; an instant in a reason is that of an example."""
    sums: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in said.problems:
        held = sums[one.provider, one.model, without_instant(one.reason)]
        for place, count in enumerate((one.records, one.input_tokens, one.output_tokens)):
            held[place] += count
    yield from ([*told, *counts] for told, counts in sums.items())
