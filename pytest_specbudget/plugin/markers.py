"""`@pytest.mark.spec`: read, validated, described.

All problems are collected, each with the place of the test, so that one run shows them all.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.attribution import UNASSIGNED
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.score import share
from pytest_specbudget.meters.scope import Owner
from pytest_specbudget.plugin.limits import Limits, strictest
from pytest_specbudget.plugin.marker_lines import line_of
from pytest_specbudget.settings.amounts import percent_of
from pytest_specbudget.settings.spec_paths import spec_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pytest

    from pytest_specbudget.settings.routing_limits import TableNames
    from pytest_specbudget.settings.settings import Settings

__all__ = ["MarkerReader", "is_ours"]

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
_ONE_ID = 'the marker takes one SPEC id, as in ("SPEC-KIT-070")'
_NOT_OURS = 'if it is somebody else\'s, give ours another name with the setting marker = "..."'


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
    """

    settings: Settings
    rootpath: PurePath
    strict: bool
    problems: list[str] = field(default_factory=list)
    _found: dict[tuple[str, int], Limits] = field(default_factory=dict, init=False)
    _names: TableNames | None = field(default=None, init=False)

    @property
    def limits(self) -> list[Limits]:
        """What the markers limit, by node."""
        return list(strictest(self._found.values()))

    @property
    def scored(self) -> bool:
        """Whether any marker asks for scores."""
        return any(one.scored for one in self._found.values())

    def read(self, items: Iterable[pytest.Item]) -> None:
        """Read the markers of all *items*.

        Where nothing was asked but a marker sets a limit, that asks for the gate: then no other
        marker may be one of ours that went wrong.  Where the gate is switched off none limits
        anything, and none is wrong.
        """
        if self.settings.disabled:
            return
        strangers = []
        if self.settings.model is not None and (problem := self._table().model_problem()):
            self._add(problem)
        for item in items:
            for node, mark in _closest_first(item, self.settings.marker):
                if is_ours(mark):
                    if self.strict:
                        self._check_words(item, node, mark)
                    if self.strict or "allow_tiers" in mark.kwargs:
                        self._check_tiers(item, node, mark)
                    self._limit(item, node, mark)
                else:
                    strangers.append((item, node, mark))
        if self.strict or self._found:
            for item, node, mark in strangers:
                self._complain(item, node, mark)
                self._check_words(item, node, mark)
                self._check_tiers(item, node, mark)
                self._limit(item, node, mark)

    def owner(self, node: pytest.Item | pytest.Collector, name: str | None = None) -> Owner:
        """Return who is charged for *node*: by its markers, the closest first, else by its path."""
        values: dict[str, Any] = {}
        for _, mark in _closest_first(node, self.settings.marker):
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
        key = (node.nodeid, id(mark))  # a mark lives as long as its node
        if key in self._found or not set(mark.kwargs) & set(_JUDGED):
            return
        where = _where(item, node, mark, line_of(node, mark) if node is not item else None)
        self._found[key] = Limits(
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
            from pytest_specbudget.settings.routing_limits import (  # noqa: PLC0415 - see above
                TableNames,
            )

            self._names = TableNames(self.settings)
        return self._names

    def _complain(self, item: pytest.Item, node: Any, mark: pytest.Mark) -> None:
        for problem in _misfits(mark):
            self._add(f"{_where(item, node, mark)}: {problem}")

    def _add(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


_OWNED = ("command", "stage", "phase", "tier")


def _closest_first(
    node: pytest.Item | pytest.Collector, name: str
) -> list[tuple[Any, pytest.Mark]]:
    """Return the markers called *name* that cover *node*, each with the node that carries it.

    A case of `parametrize` lies inside its function, so its marker is closer than the decorators;
    pytest lists both as the test's own, the decorators first.
    """
    found = list(node.iter_markers_with_node(name))
    if len(found) > 1 and (case := getattr(node, "callspec", None)) is not None:
        of_case = {id(mark) for mark in case.marks}
        found.sort(key=lambda pair: id(pair[1]) not in of_case)
    return found


def _is_id(arguments: tuple[object, ...]) -> bool:
    return len(arguments) == 1 and isinstance(arguments[0], str) and bool(arguments[0].strip())


def _misfits(mark: pytest.Mark) -> Iterator[str]:
    """Say what keeps *mark* from being one of ours: each slip by itself, all else in one."""
    unknown = [name for name in mark.kwargs if name not in _KNOWN]
    slips = {name: near[0] for name in unknown if (near := get_close_matches(name, _KNOWN, n=1))}
    for name, meant in slips.items():
        yield f"unknown argument {name!r}; did you mean {meant!r}?"
    told = [] if _is_id(mark.args) else [_ONE_ID]
    strange = [repr(name) for name in unknown if name not in slips]
    if strange:
        told.append(f"unknown argument {', '.join(strange)}; known are {', '.join(_KNOWN)}")
    if told:
        yield "; ".join(told if slips else [*told, _NOT_OURS])


def _where(item: pytest.Item, node: Any, mark: pytest.Mark, line: int | None = None) -> str:
    """Return where the marker stands, as exactly as is known: `test_a.py:12 @spec(...)`.

    For the marker of a class or module that is its *line*, or else the name of the node.
    """
    line = _line_of_test(item) if node is item else line
    place = f"{node.nodeid.partition('::')[0]}:{line}" if line else node.nodeid
    words = [repr(argument) for argument in mark.args]
    words += [f"{name}={value!r}" for name, value in mark.kwargs.items()]
    return f"{place} @pytest.mark.{mark.name}({', '.join(words)})"


def _line_of_test(item: pytest.Item) -> int | None:
    """Return the line, from 1, of *item* in its file.

    None where its function is written elsewhere: a step of pytest-bdd runs one of that plugin's,
    and its marker is a tag of a feature file.
    """
    file, above, _ = item.location
    here = file.replace(os.sep, "/") == item.nodeid.partition("::")[0]
    return above + 1 if here and above is not None else None


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
