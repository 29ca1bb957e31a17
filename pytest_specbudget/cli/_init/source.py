"""What one Python file says, by its syntax alone: nothing is imported or run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.cli._init.cases import Cases
from pytest_specbudget.cli._init.syntax import Function, last_names, statements, text_of
from pytest_specbudget.core.python_source import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pytest_specbudget.cli._init.cases import Case
    from pytest_specbudget.cli._init.pytest_files import PytestSettings

__all__ = ["BaseUrl", "Module", "read_source"]

_RECORDER_FIXTURES = (
    "vcr_config",
    "vcr_cassette_dir",
    "vcr_cassette_path",
    "default_cassette_name",
)
_DEEP = re.compile(r"use_cassette|base_url|api_base|endpoint|BASE_URL|API_BASE|ENDPOINT", re.ASCII)
"""What is looked for inside of expressions; few files have any of it."""

_URL_ARGUMENT = re.compile(r"(?:\w+_)?(?:base_url|api_base|endpoint_url|azure_endpoint)")
_URL_VARIABLE = re.compile(r"(?:\w+_)?(?:BASE_URL|API_BASE|ENDPOINT(?:_URL)?)")
_URL = re.compile(r"https?://[^\s\"'{}$<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseUrl:
    """An address that a client is told to call.

    Attributes:
        name: The argument or variable that it is given by.
        url: As written.
        where: The file and line.
    """

    name: str
    url: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """What a file says.

    Attributes:
        name: Its path below rootdir.
        tests: In the order in which they stand.
        markers: How many tests and test classes and modules have each marker.
        fixtures: Which of the fixtures that steer a recorder it defines.
        imports: The modules that it imports, with their dots, wherever that stands.
        cassettes: The names given to `use_cassette`.
        base_urls: Where clients are told to call.
        strange_specs: The lines with a marker `spec` that is not written as ours.
    """

    name: str
    tests: tuple[Case, ...] = ()
    markers: Mapping[str, int] = field(default_factory=dict)
    fixtures: tuple[str, ...] = ()
    imports: frozenset[str] = frozenset()
    cassettes: tuple[str, ...] = ()
    base_urls: tuple[BaseUrl, ...] = ()
    strange_specs: tuple[int, ...] = ()


def read_source(
    text: str, name: str, pytest_settings: PytestSettings | None, marker: str = "spec"
) -> Module:
    """Read the Python file *text*.

    Args:
        text: What stands in it.
        name: Its path below rootdir.
        pytest_settings: What is a test in it; None where the file holds none.
        marker: The name of our marker.

    Raises:
        SyntaxError: If Python would not take it.
        ValueError: Likewise.
        RecursionError: If it is nested deeper than Python's own reader goes.
        MemoryError: Likewise.
    """
    tree = tree_of(text)
    found = None if pytest_settings is None else Cases(pytest_settings, marker)
    if found is not None:
        found.take_tests(tree.body)
    deep = [*ast.walk(tree)] if _DEEP.search(text) else []
    return Module(
        name=name,
        tests=tuple(found.tests) if found else (),
        markers=found.markers if found else {},
        fixtures=tuple(one.name for one in _functions(tree.body) if _steers_recorder(one)),
        imports=frozenset(_imports(tree.body)),
        cassettes=tuple(dict.fromkeys(_cassettes(deep))),
        base_urls=tuple(_base_urls(deep, name)),
        strange_specs=tuple(found.strange) if found else (),
    )


def _steers_recorder(function: Function) -> bool:
    fixture = last_names(function.decorator_list) & {"fixture"}
    return bool(fixture) and function.name in _RECORDER_FIXTURES


def _functions(body: Iterable[ast.stmt]) -> Iterator[Function]:
    return (one for one in statements(body) if isinstance(one, Function))


def _imports(body: Iterable[ast.stmt]) -> Iterator[str]:
    for one in statements(body):
        if isinstance(one, ast.Import):
            yield from (alias.name for alias in one.names)
        elif isinstance(one, ast.ImportFrom) and one.module and not one.level:
            yield one.module
            yield from (f"{one.module}.{alias.name}" for alias in one.names)


def _cassettes(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call) and last_names([node]) == {"use_cassette"} and node.args:
            name = text_of(node.args[0])
            if name:
                yield name


def _base_urls(nodes: Iterable[ast.AST], file: str) -> Iterator[BaseUrl]:
    for node in nodes:
        for name, value in _given(node):
            text = text_of(value)
            match = _URL.match(text) if text else None
            if match is not None:
                yield BaseUrl(name=name, url=match[0], where=f"{file}:{value.lineno}")


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield what a node gives to a name that says that it is the address of an API."""
    if isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg and _URL_ARGUMENT.fullmatch(keyword.arg):
                client = "".join(last_names([node]))
                yield f"{client}({keyword.arg}=...)", keyword.value
        first = text_of(node.args[0]) if len(node.args) > 1 else None
        if first and _URL_VARIABLE.fullmatch(
            first
        ):  # os.getenv, os.environ.get, monkeypatch.setenv
            yield first, node.args[1]
    elif isinstance(node, ast.Assign):
        yield from ((name, node.value) for one in node.targets if (name := _variable(one)))


def _variable(target: ast.expr) -> str | None:
    name = target.id if isinstance(target, ast.Name) else None
    if isinstance(target, ast.Subscript):  # os.environ["OPENAI_BASE_URL"] = ...
        name = text_of(target.slice)
    return name if name and _URL_VARIABLE.fullmatch(name.upper()) else None
