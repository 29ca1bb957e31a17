"""Which tests a change touches: their code, and what decides whether they run.

A test that such a change leaves out of its run is one whose cost nobody knows.  Nothing is run:
what is said comes from the text of both sides, so it is told too often rather than too seldom.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from pytest_specbudget.audit.repeats import base_name
from pytest_specbudget.comparisons.selecting import is_settings, selection_in
from pytest_specbudget.comparisons.sources import Outline, outline_of
from pytest_specbudget.core.python_source import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.comparisons.both_texts import BothTexts

    Outlines = tuple[Outline | None, Outline | None]

__all__ = ["OWN_CODE", "Touched"]

OWN_CODE = "edits its code"
"""What a change does to a test that it edits itself."""

_SEPARATOR = "::"
_CONFTEST = "conftest.py"
_FIXTURE = "<fixture "
_SOURCE = ".py"
_OVERRULING = frozenset(("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"))
"""Files that take the place of any other with settings of pytest, even if they are empty.

Source: pytest 9.2, reference, "Initialization: determining rootdir and configfile"; from memory.
"""
_TOOLS = ("pytest", "unittest")


@dataclass
class Touched:
    """Tells of tests whether a change touches them.

    Attributes:
        texts: What it edits.
    """

    texts: BothTexts
    _outlines: dict[str, Outlines] = field(default_factory=dict, init=False)

    def why(self, test: str, *, selected: bool = True) -> str:
        """Say what a change does to *test*, such as `edits its code`; empty if nothing.

        Args:
            test: A node id, from where pytest runs; or what else calls are booked on.
            selected: Whether the run was to run it, as far as the suite itself decides that.
        """
        if not selected:
            return next(self._selecting(test), "")
        if test.startswith(_FIXTURE):
            return next(chain(self._selecting(test), self._stopping_anywhere()), "")
        return next(self._reasons(test), "")

    def is_gone(self, test: str) -> bool:
        """Tell whether the change takes *test* away, with its file or out of it."""
        if test.startswith("<") or _SEPARATOR not in test:
            return False
        file, name = self._place(test)
        then, now = self.texts.of(file)
        if then is not None and now is None:
            return True
        was, is_now = self._outline(file)
        return was is not None and is_now is not None and was.has(name) and not is_now.has(name)

    def is_there(self, test: str) -> bool:
        """Tell whether the sources of the change show *test*."""
        file, name = self._place(test)
        now = self._outline(file)[1]
        return now is not None and now.has(name)

    def _reasons(self, test: str) -> Iterator[str]:
        yield from self._own(test)
        yield from self._selecting(test)
        yield from self._around(test)

    def _own(self, test: str) -> Iterator[str]:
        """Say that the code of *test* is another; of one that no source shows, its file's."""
        file, name = self._place(test)
        above = [*self._conftests(test)]
        if _SEPARATOR not in test or not {file, *above} & self.texts.edited.keys():
            return
        outlines = self._outline(file)
        if not any(one is not None and one.has(name) for one in outlines):
            if file in self.texts.edited:
                yield f"edits {file}"
            return
        codes = [
            None if one is None else one.code(name, [held for held in side if held is not None])
            for one, side in zip(outlines, self._sides(above), strict=True)
        ]
        if codes[0] != codes[1]:
            yield OWN_CODE
        stops = [None if one is None else (one.stops(name), one.hooks) for one in outlines]
        if stops[0] != stops[1]:
            yield f"edits what may skip tests in {file}"

    def _sides(self, names: list[str]) -> tuple[list[Outline | None], list[Outline | None]]:
        both = [self._outline(name) for name in names]
        return [one[0] for one in both], [one[1] for one in both]

    def _selecting(self, test: str) -> Iterator[str]:
        """Say what decides which tests are collected, of those that *test* is among."""
        for file in self._select:
            folder, base = posixpath.split(file)
            if base != _CONFTEST or test.startswith("<") or self._is_below(test, folder):
                yield f"edits what selects tests in {file}"

    def _around(self, test: str) -> Iterator[str]:
        """Say what may skip *test* from outside of its module."""
        file, _ = self._place(test)
        for name in self._stop:
            folder, base = posixpath.split(name)
            if name == file or _is_test_module(base):
                continue
            if base != _CONFTEST or self._is_below(test, folder):
                yield f"edits what may skip tests in {name}"

    def _stopping_anywhere(self) -> Iterator[str]:
        for name in self._stop:
            yield f"edits what may skip tests in {name}"

    @cached_property
    def _select(self) -> list[str]:
        """The files in which what selects tests is another."""
        return [name for name in self.texts.edited if self._selects(name)]

    def _selects(self, name: str) -> bool:
        folder, base = posixpath.split(name)
        if base.endswith(_SOURCE):
            both = self._outline(name)
            was, now = (_EMPTY.hooks if one is None else one.hooks for one in both)
            return was != now and not _is_test_module(base)
        if is_settings(base) and folder and not self.texts.prefix.startswith(f"{folder}/"):
            return False  # of another package
        was_said, said = (_selection(name, text) for text in self.texts.edited[name])
        return was_said != said

    @cached_property
    def _stop(self) -> list[str]:
        """The files of Python in which what may skip tests is another."""
        found = []
        for name, both in self.texts.edited.items():
            told = any(tool in text for text in both if text for tool in _TOOLS)
            if name.endswith(_SOURCE) and told:
                both_ways = self._outline(name)
                was, now = (_EMPTY.all_stops if one is None else one.all_stops for one in both_ways)
                found += [name] if was != now else []
        return found

    def _place(self, test: str) -> tuple[str, str]:
        """Return the file of *test*, from the top, and its name there, without parameters."""
        file, _, name = base_name(test)[0].partition(_SEPARATOR)
        return posixpath.normpath(f"{self.texts.prefix}{file}"), name.partition("[")[0]

    def _conftests(self, test: str) -> Iterator[str]:
        """Yield the names that files of fixtures of *test* would have, the nearest first."""
        folder = posixpath.dirname(self._place(test)[0])
        while folder:
            yield posixpath.join(folder, _CONFTEST)
            folder = posixpath.dirname(folder)
        yield _CONFTEST

    def _is_below(self, test: str, folder: str) -> bool:
        return not folder or self._place(test)[0].startswith(f"{folder}/")

    def _outline(self, name: str) -> Outlines:
        if name not in self._outlines:
            then, now = self.texts.of(name)
            was = outline_of(then)
            self._outlines[name] = was, was if now == then else outline_of(now)
        return self._outlines[name]


def _selection(name: str, text: str | None) -> tuple[object, ...]:
    """Return what a file selects; one of pytest's own counts by being there, too."""
    there = text is not None and posixpath.basename(name) in _OVERRULING
    return (there, *(() if text is None else selection_in(name, text)))


def _is_test_module(base: str) -> bool:
    """Tell whether a file has tests of its own, and skips no others."""
    return base.startswith("test_") or base.endswith("_test.py")


_EMPTY = Outline(tree_of(""))
