"""Which test has another name now.

Names are sorted before they are matched, so that the order of the charges never matters, and every
step is linear in the number of calls.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from pytest_specbudget.core.ledger import Charge

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["renames"]

_Tests = Mapping[str, Sequence[Charge]]

_RECORDING = "<recording "

_SAME = Fraction(1, 2)
"""The share of a test's calls that must ask the same for it to be the same test."""

_TELLING = 20
"""A request that more tests than this make tells none of them apart."""

_LOOKED_AT = 5
"""How many tests with the most requests in common are looked at closely."""


class _Key(NamedTuple):
    """What two tests must have in common."""

    kind: str
    requests: tuple[str, ...] = ()
    function: str = ""


class _Likeness(NamedTuple):
    """How likely a test has another name now; the likeliest sorts first."""

    differs: bool
    unlike: Fraction
    old: str
    new: str


def renames(base: _Tests, head: _Tests) -> dict[str, str]:
    """Find tests that have another name now.

    A test is found by its requests if at least half of its calls ask the same, and otherwise by
    its function and parameters where just one test has them on each side: it moved elsewhere.

    Args:
        base: The tests that only the base has, and their calls.
        head: The tests that only the head has.

    Returns:
        The new name of each renamed test, by its old one, sorted.
    """
    found: dict[str, str] = {}
    for step in (_moved, _asking_the_same, _asking_half_of_it, _sole_of_its_function):
        old = {name: calls for name, calls in base.items() if _nameable(name) and name not in found}
        taken = set(found.values())
        new = {name: calls for name, calls in head.items() if _nameable(name) and name not in taken}
        found |= step(old, new) if old and new else {}
    return dict(sorted(found.items()))


def _nameable(name: str) -> bool:
    """Tell whether it stands for one thing that may have another name: `<late>` never does.

    A recording whose test nobody told goes by its file, until somebody tells.
    """
    return not name.startswith("<") or name.startswith(("<fixture ", _RECORDING))


def _moved(base: _Tests, head: _Tests) -> dict[str, str]:
    """Match tests of one function of which all calls ask the same."""
    then, now = _grouped(base, _by_both), _grouped(head, _by_both)
    return _in_order(then, now)


def _asking_the_same(base: _Tests, head: _Tests) -> dict[str, str]:
    """Match tests of which all calls ask the same, however many tests ask that."""
    return _in_order(_grouped(base, _by_requests), _grouped(head, _by_requests))


def _asking_half_of_it(base: _Tests, head: _Tests) -> dict[str, str]:
    """Match tests of which half the calls ask the same, among them one that few tests make."""
    holders = _holders(head)
    found: dict[str, str] = {}
    taken: set[str] = set()
    for one in sorted(like for old in base for like in _likenesses(old, base, head, holders)):
        if one.old not in found and one.new not in taken:
            found[one.old] = one.new
            taken.add(one.new)
    return found


def _sole_of_its_function(base: _Tests, head: _Tests) -> dict[str, str]:
    """Match tests whose function and parameters just one test has on each side."""
    then, now = _grouped(base, _by_function), _grouped(head, _by_function)
    sole = {key: names for key, names in then.items() if len(names) == len(now.get(key, ())) == 1}
    return _in_order(sole, now)


def _by_both(name: str, calls: Sequence[Charge]) -> _Key | None:
    requests, function = _requests(calls), _function(name)
    return _Key(_kind(name), requests, function) if requests and function else None


def _by_requests(name: str, calls: Sequence[Charge]) -> _Key | None:
    requests = _requests(calls)
    return _Key(_kind(name), requests) if requests else None


def _by_function(name: str, _: Sequence[Charge]) -> _Key | None:
    function = _function(name)
    return _Key(_kind(name), function=function) if function else None


def _grouped(
    tests: _Tests, key: Callable[[str, Sequence[Charge]], _Key | None]
) -> dict[_Key, list[str]]:
    """Return the names of the tests of each *key*, sorted; those of none are left out."""
    groups: dict[_Key, list[str]] = defaultdict(list)
    for name in sorted(tests):
        found = key(name, tests[name])
        if found is not None:
            groups[found].append(name)
    return groups


def _in_order(then: Mapping[_Key, list[str]], now: Mapping[_Key, list[str]]) -> dict[str, str]:
    return {
        old: new
        for key, names in then.items()
        for old, new in zip(names, now.get(key, ()), strict=False)
    }


def _holders(tests: _Tests) -> dict[str, list[str]]:
    """Return the tests that make each request, of requests that few tests make."""
    holders: dict[str, list[str]] = defaultdict(list)
    for name, calls in sorted(tests.items()):
        for request in _asked(calls):
            holders[request].append(name)
    return {request: names for request, names in holders.items() if len(names) <= _TELLING}


def _likenesses(
    old: str, base: _Tests, head: _Tests, holders: Mapping[str, list[str]]
) -> Iterator[_Likeness]:
    """Yield what *old* may be called now."""
    shared = Counter(new for request in _asked(base[old]) for new in holders.get(request, ()))
    alike = [new for new in shared if _kind(new) == _kind(old)]
    differs = {new: not _function(new) or _function(new) != _function(old) for new in alike}
    closest = sorted(alike, key=lambda new: (differs[new], -shared[new], new))
    for new in closest[:_LOOKED_AT]:
        share = _share(base[old], head[new])
        if share >= _SAME:
            yield _Likeness(differs[new], -share, old, new)


def _share(base: Sequence[Charge], head: Sequence[Charge]) -> Fraction:
    """Return which share of the calls, of the side that has more, ask the same."""
    return Fraction((_asked(base) & _asked(head)).total(), max(len(base), len(head)))


def _asked(calls: Sequence[Charge]) -> Counter[str]:
    return Counter(call.fingerprint for call in calls if call.fingerprint)


def _requests(calls: Sequence[Charge]) -> tuple[str, ...]:
    """Return what all *calls* ask, sorted; nothing where one of them could not be seen."""
    asked = sorted(call.fingerprint for call in calls if call.fingerprint)
    return tuple(asked) if len(asked) == len(calls) else ()


def _kind(name: str) -> str:
    return "fixture" if name.startswith("<fixture ") else "test"


def _function(test: str) -> str:
    """Return the function and parameters of a node id, `test_b[x]`; nothing of a fixture's name."""
    if test.startswith("<"):
        return ""
    name, bracket, parameters = test.partition("::")[2].partition("[")
    return name.rpartition("::")[2] + bracket + parameters
