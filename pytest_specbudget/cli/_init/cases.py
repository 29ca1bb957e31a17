"""The tests of a module and their markers, by its syntax alone."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.cli._init.syntax import Function, last_names, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_specbudget.cli._init.pytest_files import PytestSettings

__all__ = ["Case", "Cases"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A test function.

    Attributes:
        name: With its class: `TestRefunds.test_plan`.
        spec: The SPEC that the marker `spec` closest to it names, or None.
        parametrised: Whether pytest makes more than one test of it, or none.
    """

    name: str
    spec: str | None = None
    parametrised: bool = False


class Cases:
    """Finds tests and their markers.

    Attributes:
        tests: In the order in which they stand.
        markers: How many tests, test classes and modules have each marker.
        strange: The lines of markers that have our name and no SPEC.
    """

    def __init__(self, settings: PytestSettings, marker: str) -> None:
        """Find nothing yet.

        Args:
            settings: What is a test.
            marker: The name of our marker.
        """
        self._settings = settings
        self._marker = marker
        self.tests: list[Case] = []
        self.markers: dict[str, int] = {}
        self.strange: list[int] = []

    def take_tests(
        self, body: Iterable[ast.stmt], above: str = "", spec: str | None = None
    ) -> None:
        """Add the tests among *body*, which is that of a module or a class named *above*."""
        body = [*body]
        spec = self._spec(self._marks(_pytestmark(body))) or spec
        for one in body:
            if isinstance(one, Function) and self._is_test(one, above):
                self._take(one, above, spec)
            elif isinstance(one, ast.ClassDef) and self._holds_tests(one):
                inner = self._spec(self._marks(one.decorator_list)) or spec
                self.take_tests(one.body, f"{above}{one.name}.", inner)

    def _take(self, function: Function, above: str, spec: str | None) -> None:
        marks = self._marks(function.decorator_list)
        self.tests.append(
            Case(
                name=f"{above}{function.name}",
                spec=self._spec(marks) or spec,
                parametrised="parametrize" in dict(marks),
            )
        )

    def _is_test(self, function: Function, above: str) -> bool:
        return (
            self._settings.is_function(function.name)
            and not (above and last_names(function.decorator_list) & {"property"})
            and "fixture" not in last_names(function.decorator_list)
        )

    def _holds_tests(self, cls: ast.ClassDef) -> bool:
        """Tell whether pytest collects a class; it takes any that derives from `TestCase`."""
        derived = any(name.endswith("TestCase") for name in last_names(cls.bases))
        return derived or self._settings.is_class(cls.name)

    def _marks(self, written: Iterable[ast.expr]) -> list[tuple[str, ast.expr]]:
        """Return the markers that are *written*, with their calls, and count them."""
        marks = [(name, one) for one in written if (name := _marker(one)) is not None]
        for name, _ in marks:
            self.markers[name] = self.markers.get(name, 0) + 1
        return marks

    def _spec(self, marks: Iterable[tuple[str, ast.expr]]) -> str | None:
        """Return the SPEC that one of *marks* names; the last that is written is the closest."""
        named = None
        for mark in (mark for name, mark in marks if name == self._marker):
            first = next(iter(mark.args), None) if isinstance(mark, ast.Call) else None
            if first is None or (isinstance(first, ast.Constant) and not text_of(first)):
                self.strange.append(mark.lineno)
            else:
                named = text_of(first) or named
        return named


def _pytestmark(body: Iterable[ast.stmt]) -> list[ast.expr]:
    for one in body:
        if isinstance(one, ast.Assign) and _variables(one) == ["pytestmark"]:
            several = one.value
            return [*several.elts] if isinstance(several, ast.List | ast.Tuple) else [several]
    return []


def _variables(assignment: ast.Assign) -> list[str]:
    return [one.id for one in assignment.targets if isinstance(one, ast.Name)]


def _marker(written: ast.expr) -> str | None:
    """Return the name of a marker: `vcr` of `pytest.mark.vcr` and of `@pytest.mark.vcr()`."""
    told = written.func if isinstance(written, ast.Call) else written
    if not isinstance(told, ast.Attribute):
        return None
    above = told.value
    is_mark = isinstance(above, ast.Attribute) and above.attr == "mark"
    return told.attr if is_mark or (isinstance(above, ast.Name) and above.id == "mark") else None
