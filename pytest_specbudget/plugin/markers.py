"""`@pytest.mark.spec`: read, validated, described.

All problems are collected, each with the place of the test, so that one run shows them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.score import share
from pytest_specbudget.meters.scope import Owner
from pytest_specbudget.plugin.marker_lines import line_of
from pytest_specbudget.settings.amounts import percent_of
from pytest_specbudget.settings.spec_paths import spec_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from fractions import Fraction

    import pytest

    from pytest_specbudget.plugin.routing_limits import TableNames
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Limits", "MarkerReader", "is_ours"]

_WORDS = ("command", "stage", "phase", "tier", "complexity", "importance", "justification")
_JUDGED = (
    "budget",
    "max_calls",
    "allow_tiers",
    "min_quality",
    "min_agreement",
    "max_regression",
)
_KNOWN = (*_WORDS, *_JUDGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one marker limits, for the journal.

    Attributes:
        node: The node that carries the marker.
        single: Whether that is a test, not a class or module.
        origin: Where the marker stands.
        budget: The ceiling, or None.
        max_calls: The most calls, or None.
        allow_tiers: The tiers whose models may be called, or None for all.
        min_quality: The least mean quality score, 0 to 1, or None.
        min_agreement: The least mean agreement, 0 to 1, or None.
        max_regression: By how many percent each test may be dearer than its baseline, or None.
    """

    node: str
    single: bool
    origin: str
    budget: Money | None = None
    max_calls: int | None = None
    allow_tiers: tuple[str, ...] | None = None
    min_quality: Fraction | None = None
    min_agreement: Fraction | None = None
    max_regression: Fraction | None = None

    @property
    def scored(self) -> bool:
        """Whether it asks for scores."""
        return self.min_quality is not None or self.min_agreement is not None


def is_ours(mark: pytest.Mark) -> bool:
    """Whether *mark* is written as ours: a SPEC id and nothing unknown."""
    return _is_id(mark.args) and set(mark.kwargs) <= set(_KNOWN)


@dataclass(slots=True)
class MarkerReader:
    """Reads the markers of nodes.

    Attributes:
        settings: The name of the marker, and which SPEC a path stands for.
        rootpath: What paths are relative to.
        strict: Whether a marker that makes no sense is a problem, or somebody else's.
        problems: One sentence for each marker that makes no sense.
        limits: What the markers limit, by node.
    """

    settings: Settings
    rootpath: PurePath
    strict: bool
    problems: list[str] = field(default_factory=list)
    limits: dict[str, Limits] = field(default_factory=dict)
    _names: TableNames | None = field(default=None, init=False)

    def read(self, items: Iterable[pytest.Item]) -> None:
        """Read the markers of all *items*.

        Where nothing was asked but a marker sets a limit, that asks for the gate: then no other
        marker may be one of ours that went wrong.
        """
        strangers = []
        if self.settings.model is not None and (problem := self._table().model_problem()):
            self._add(problem)
        for item in items:
            for node, mark in item.iter_markers_with_node(self.settings.marker):
                if is_ours(mark):
                    if self.strict:
                        self._check_words(item, node, mark)
                    if self.strict or "allow_tiers" in mark.kwargs:
                        self._check_tiers(item, node, mark)
                    self._limit(item, node, mark)
                else:
                    strangers.append((item, node, mark))
        if self.strict or self.limits:
            for stranger in strangers:
                self._complain(*stranger)

    def owner(self, node: pytest.Item | pytest.Collector, name: str | None = None) -> Owner:
        """Return who is charged for *node*: by its markers, the closest first, else by its path."""
        values: dict[str, Any] = {}
        for mark in node.iter_markers(self.settings.marker):
            if is_ours(mark):
                values = {"spec": mark.args[0], **mark.kwargs, **values}
        words = {word: values[word] for word in _OWNED if word in values}
        spec = str(values.get("spec") or self._spec_by_path(node) or UNASSIGNED)
        return Owner(test=name or node.nodeid, spec=spec, **words)

    def _spec_by_path(self, node: pytest.Item | pytest.Collector) -> str | None:
        relative = node.nodeid.partition("::")[0]
        rules = self.settings.spec_by_path
        return spec_for(PurePosixPath(relative), rules) if relative and rules else None

    def _limit(self, item: pytest.Item, node: Any, mark: pytest.Mark) -> None:
        if node.nodeid in self.limits or not set(mark.kwargs) & set(_JUDGED):
            return
        where = _where(item, node, mark, line_of(node, mark) if node is not item else None)
        self.limits[node.nodeid] = Limits(
            node=node.nodeid,
            single=node is item,
            origin=where,
            budget=self._checked(_amount, mark, "budget", where),
            max_calls=self._checked(_count, mark, "max_calls", where),
            allow_tiers=self._checked(_tiers, mark, "allow_tiers", where),
            min_quality=self._checked(share, mark, "min_quality", where),
            min_agreement=self._checked(share, mark, "min_agreement", where),
            max_regression=self._checked(percent_of, mark, "max_regression", where),
        )

    def _checked(
        self, check: Callable[[Any], Any], mark: pytest.Mark, name: str, where: str
    ) -> Any:
        value = mark.kwargs.get(name)
        if value is None:
            return None
        try:
            return check(value)
        except ValueError as error:
            self._add(f"{where}: {name}={value!r}: {error}")
            return None

    def _check_words(self, item: pytest.Item, node: Any, mark: pytest.Mark) -> None:
        for name in _WORDS:
            value = mark.kwargs.get(name)
            if value is not None and not isinstance(value, str):
                where = _where(item, node, mark)
                self._add(f"{where}: {name}={value!r} is not text; write it in quotes")

    def _check_tiers(self, item: pytest.Item, node: Any, mark: pytest.Mark) -> None:
        """Complain of tiers that the routing table does not have."""
        for name in ("tier", "allow_tiers"):
            given = mark.kwargs.get(name)
            several = given if isinstance(given, list | tuple | set | frozenset) else (given,)
            names = {one for one in several if isinstance(one, str)}
            for problem in self._table().tier_problems(sorted(names)) if names else ():
                self._add(f"{_where(item, node, mark)}: {name}={given!r}: {problem}")

    def _table(self) -> TableNames:
        """Return the names of the routing table; only a suite that speaks of tiers reads it."""
        if self._names is None:
            from pytest_specbudget.plugin.routing_limits import (  # noqa: PLC0415 - see above
                TableNames,
            )

            self._names = TableNames(self.settings)
        return self._names

    def _complain(self, item: pytest.Item, node: Any, mark: pytest.Mark) -> None:
        where = _where(item, node, mark)
        if not _is_id(mark.args):
            self._add(f'{where}: the marker takes one SPEC id, as in ("SPEC-KIT-070")')
        for name in _unknown(mark):
            near = get_close_matches(name, _KNOWN, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(_KNOWN)}"
            self._add(f"{where}: unknown argument {name!r}; {hint}")

    def _add(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


_OWNED = ("command", "stage", "phase", "tier")


def _is_id(arguments: tuple[object, ...]) -> bool:
    return len(arguments) == 1 and isinstance(arguments[0], str) and bool(arguments[0].strip())


def _unknown(mark: pytest.Mark) -> Iterator[str]:
    return (name for name in mark.kwargs if name not in _KNOWN)


def _where(item: pytest.Item, node: Any, mark: pytest.Mark, line: int | None = None) -> str:
    """Return where the marker stands, as exactly as is known: `test_a.py:12 @spec(...)`.

    For the marker of a class or module that is its *line*, or else the name of the node.
    """
    if node is item:
        file, above, _ = item.location
        place = f"{file}:{(above or 0) + 1}"
    else:
        place = f"{node.nodeid.partition('::')[0]}:{line}" if line else node.nodeid
    words = [repr(argument) for argument in mark.args]
    words += [f"{name}={value!r}" for name, value in mark.kwargs.items()]
    return f"{place} @pytest.mark.{mark.name}({', '.join(words)})"


def _amount(value: Any) -> Money:
    return Money.parse(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a number of calls is a whole number of 0 or more")
    return value


def _tiers(value: Any) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple | set | frozenset) or not names:
        raise ValueError('tiers are written as ["S", "M"]')
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise ValueError('tiers are written as ["S", "M"]')
    return tuple(sorted(name.strip() for name in names))
