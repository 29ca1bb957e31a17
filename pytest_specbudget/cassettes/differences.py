"""Where two requests differ, place by place.

Both are taken without credentials, and JSON with its numbers in one spelling, as matching takes
them: what does not keep a recording from answering is no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from pytest_specbudget.cassettes.matching import document_of, service_of
from pytest_specbudget.cassettes.scrub import scrubbed_body, scrubbed_uri
from pytest_specbudget.core.json_paths import drop, place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from urllib.parse import SplitResult

    from pytest_specbudget.cassettes.interaction import Asked
    from pytest_specbudget.core.json_paths import JsonPath

__all__ = ["ABSENT", "Difference", "differences", "places_of"]

_DEEPEST = 100
"""Deeper down, two documents are compared as wholes; no model takes such a request."""


class _Absent:
    """What stands where one side has nothing."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two requests differ.

    Attributes:
        steps: The way to it in the body; one word for what is not in the body: `host`, `path`.
        now: What is asked now, or `ABSENT`.
        then: What was recorded, or `ABSENT`.
        in_body: Whether it is a place in a JSON body.
    """

    steps: tuple[str | int, ...]
    now: Any
    then: Any
    in_body: bool = True

    @property
    def place(self) -> str:
        """Its name, the same for every position in a list: `$.messages[*].content`."""
        return place(self.steps) if self.in_body else str(self.steps[0])


def differences(now: Asked, then: Asked, volatile: Iterable[JsonPath] = ()) -> list[Difference]:
    """Return every place where *now* differs from *then*, those in the URL first.

    Args:
        now: What is asked.
        then: What was recorded.
        volatile: Places that do not count.
    """
    here, there = urlsplit(scrubbed_uri(now.uri)), urlsplit(scrubbed_uri(then.uri))
    in_url = [*_in_urls(here, there)]
    if now.method.upper() != then.method.upper():
        in_url.append(_outside("method", now.method, then.method))
    return [*in_url, *_in_bodies(now.body, then.body, volatile)]


def places_of(found: Iterable[Difference]) -> tuple[str, ...]:
    """Return the names of the places, each once, sorted."""
    return tuple(sorted({difference.place for difference in found}))


def _outside(name: str, now: object, then: object) -> Difference:
    return Difference((name,), now, then, in_body=False)


def _in_urls(now: SplitResult, then: SplitResult) -> Iterator[Difference]:
    if (here := service_of(now)) != (there := service_of(then)):
        yield _outside("host", here, there)
    if (now.path or "/") != (then.path or "/"):
        yield _outside("path", now.path, then.path)
    if now.query == then.query:
        return
    new, old = (dict(parse_qsl(url.query, keep_blank_values=True)) for url in (now, then))
    for name in sorted(new.keys() | old.keys()):
        if new.get(name) != old.get(name):
            yield _outside(f"query {name}", new.get(name, ABSENT), old.get(name, ABSENT))


def _in_bodies(
    now: bytes | None, then: bytes | None, volatile: Iterable[JsonPath]
) -> Iterator[Difference]:
    if now == then:
        return
    here, there = scrubbed_body(now), scrubbed_body(then)
    new, old = document_of(here), document_of(there)
    if new is None or old is None:
        if (here or b"") != (there or b""):
            yield _outside("body", here, there)
        return
    for document in (new, old):
        drop(document, volatile)
    yield from _in_values(new, old, ())


def _in_values(now: Any, then: Any, steps: tuple[str | int, ...]) -> Iterator[Difference]:
    """Walk two documents side by side and yield each place where they part."""
    deeper = len(steps) < _DEEPEST
    if deeper and isinstance(now, dict) and isinstance(then, dict):
        for key in sorted(now.keys() | then.keys()):
            yield from _in_values(now.get(key, ABSENT), then.get(key, ABSENT), (*steps, key))
    elif deeper and isinstance(now, list) and isinstance(then, list):
        for at in range(max(len(now), len(then))):
            new, old = (side[at] if at < len(side) else ABSENT for side in (now, then))
            yield from _in_values(new, old, (*steps, at))
    elif now != then or isinstance(now, bool) is not isinstance(then, bool):
        yield Difference(steps, now, then)
