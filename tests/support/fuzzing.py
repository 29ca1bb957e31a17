"""Answers damaged by chance, and what must hold whatever is in them.

Each seed is one experiment, so a seed that found something finds it again as long as the answers
are the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from support.mutations import NONSENSE, damaged, swapped
from support.wire import ANSWERS

from pytest_specbudget.cassettes.shapes import read_recording
from pytest_specbudget.core.exchange import Request
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.counts import HIGHEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_specbudget.cassettes.shapes import Interaction
    from pytest_specbudget.core.reading import Reading

__all__ = ["Case", "experiment", "our_cases", "recorded_cases"]

_ABSURD = 1000 * HIGHEST  # more than all parts of one answer may add up to
_MEANT = ("DamageError:", "CutError:", "TooLongError:", "UnknownEncodingError:", "ZstdError:")
_STUMBLE = re.compile(r"[A-Z]\w+Error:")


@dataclass(frozen=True, slots=True)
class Case:
    """An answer as it was, to be damaged.

    Attributes:
        name: Where it stands.
        request: What it answers.
        headers: Of the answer.
        body: Of the answer.
    """

    name: str
    request: Request
    headers: Mapping[str, str]
    body: bytes

    def read(self, body: bytes) -> Reading:
        """Let a listener hear *body* in the place of the answer's own."""
        listener = recognise(self.request)
        assert listener is not None
        listener.head(200, self.headers)
        listener.feed(body)
        return listener.finish("complete")


def our_cases() -> list[Case]:
    """Return the answers that the tests wrote themselves."""
    return [Case(name, request, {}, body) for name, (request, body) in ANSWERS.items()]


def recorded_cases(folder: Path) -> list[Case]:
    """Return every recorded answer below *folder* that is a model's."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [case for path in files for case in _cases_in(path)]


def experiment(seed: int, cases: Sequence[Case]) -> list[str]:
    """Damage one answer and read it; say what must not be, with the seed and the answer."""
    random = Random(seed)  # noqa: S311 - a test that can be repeated
    case = random.choice(cases)
    kind = random.choice(("bytes", "values", "nonsense"))
    if kind == "bytes":
        body: bytes | None = damaged(random, case.body)
    else:
        body = swapped(random, case.body, *((NONSENSE,) if kind == "nonsense" else ()))
    if body is None:
        return []
    found = _problems(case, body, silent=kind != "nonsense")
    return [f"seed {seed}: {case.name}: {problem}" for problem in found]


def _cases_in(path: Path) -> Iterator[Case]:
    try:
        interactions = read_recording(path) or []
    except RecordingError:
        return
    for number, each in enumerate(interactions):
        request = _request(each)
        if each.body and each.status == 200 and recognise(request):
            yield Case(f"{path.name}[{number}]", request, each.headers, each.body)


def _request(interaction: Interaction) -> Request:
    host, _, path = interaction.url.partition("//")[2].partition("/")
    bare = re.split(r"[?#]", path, maxsplit=1)[0]
    return Request(interaction.method, host.partition(":")[0], f"/{bare}", interaction.request_body)


def _problems(case: Case, body: bytes, *, silent: bool) -> Iterator[str]:
    try:
        reading = case.read(body)
    except Exception as problem:  # noqa: BLE001 - that nothing is raised is what is tested
        yield f"raised {problem!r:.100}"
        return
    yield from (f"stumbled: {flag:.100}" for flag in reading.flags if _is_stumble(flag))
    yield from _absurd(reading)
    if not silent:
        yield from _silent(case.read(case.body), reading)


def _is_stumble(flag: str) -> bool:
    return _STUMBLE.match(flag) is not None and not flag.startswith(_MEANT)


def _absurd(reading: Reading) -> Iterator[str]:
    for usage in (reading.usage, *(part.usage for part in reading.parts)):
        for name, count in usage.reported().items():
            if type(count) is not int or not 0 <= count <= _ABSURD:
                yield f"{name} is {count!r:.40}"
    if reading.usage_state == "complete" and not reading.usage.reported():
        yield "complete, and nothing is reported"
    if reading.provider_cost is not None and reading.provider_cost.atto < 0:
        yield f"a price of {reading.provider_cost}"


def _silent(before: Reading, after: Reading) -> Iterator[str]:
    """Tell whether counts changed, after nonsense was put in, without a word about it."""
    both_complete = before.usage_state == after.usage_state == "complete"
    if both_complete and after.usage != before.usage and not after.flags:
        yield f"{before.usage.reported()} became {after.usage.reported()} without a word"
