"""What selects the tests of a run, found in the text of files that are not run.

A change that leaves its dearer tests out of its run costs less there, and no less afterwards.  The
settings of pytest that select, its options in scripts, and what a `conftest.py` leaves out are
found; what a script computes is not.
"""

from __future__ import annotations

import ast
import posixpath
import re
import shlex
import tomllib
from configparser import ConfigParser
from configparser import Error as IniError
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.python_source import NO_PYTHON, tree_of
from pytest_specbudget.proposals.gate_words import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    _Found = tuple[str, str, str]

__all__ = ["SELECTING", "selection_in"]

_WHOLE = (
    *("testpaths", "norecursedirs", "python_files", "python_classes", "python_functions"),
    *("collect_imported_tests",),
)
_ADDOPTS, _OPTION_KEY, _CONFTEST = "addopts", "selection", "collection"
SELECTING = frozenset((*_WHOLE, _ADDOPTS, _OPTION_KEY, _CONFTEST))
"""The keys that `selection_in` yields."""

_INI = {
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    "tox.ini": "pytest",
    "setup.cfg": "tool:pytest",
}
_OPTION = re.compile(r"(?<![\w-])--(?:deselect|ignore-glob|ignore)[= ]+[\"']?([^\s\"']+)")
_WITH_VALUE = frozenset(("-k", "-m", "--deselect", "--ignore", "--ignore-glob", "--maxfail"))
_ALONE = frozenset(
    ("-x", "--exitfirst", "--lf", "--last-failed", "--sw", "--stepwise", "--co", "--collect-only")
)
_HOOKS = frozenset(
    (
        *("collect_ignore", "collect_ignore_glob", "pytest_ignore_collect", "pytest_collect_file"),
        *("pytest_collection_modifyitems", "pytest_itemcollected", "pytest_pycollect_makeitem"),
        *("pytest_runtest_protocol", "pytest_runtestloop", "pytest_collection"),
    )
)
# Source: pytest 8, reference, "Configuration Options", "Command-line Flags" and "Hooks"; from
# memory, and tried 2026-11-22.


def selection_in(name: str, text: str) -> Iterator[_Found]:
    """Yield what selects tests in a file: the place, what it is called, its value."""
    base = posixpath.basename(name)
    place = f"{name}::selection"
    if base == "pyproject.toml":
        yield from _settings(place, _toml(text))
    elif base in _INI:
        yield from _settings(place, _ini(text, _INI[base]))
    elif base == "conftest.py":
        yield from ((place, _CONFTEST, told) for told in _left_out(text))
    elif not base.endswith(".py"):
        yield from ((place, _OPTION_KEY, found[0]) for found in _OPTION.finditer(text))


def _settings(place: str, settings: Mapping[str, Any]) -> Iterator[_Found]:
    for key in _WHOLE:
        if key in settings:
            yield place, key, " ".join(_words(settings[key]))
    chosen = " ".join(_choosing(_words(settings.get(_ADDOPTS, ""))))
    if chosen:
        yield place, _ADDOPTS, chosen


def _words(value: object) -> list[str]:
    if isinstance(value, list):
        return [*map(str, value)]
    try:
        return shlex.split(str(value))
    except ValueError:
        return str(value).split()


def _choosing(words: list[str]) -> Iterator[str]:
    """Yield those options that decide which tests are run."""
    for at, word in enumerate(words):
        name, equals, _ = word.partition("=")
        following = words[at + 1 : at + 2]
        if name in _WITH_VALUE and not equals:
            yield " ".join((word, *following))
        elif name in _WITH_VALUE | _ALONE or word[:2] in {"-k", "-m"} or _is_path(word):
            yield word
        elif word == "-p" and following and following[0].startswith("no:"):
            yield f"-p {following[0]}"
        elif word.startswith("-pno:"):
            yield word


def _is_path(word: str) -> bool:
    return not word.startswith("-") and ("/" in word or word.endswith(".py") or "::" in word)


def _toml(text: str) -> Mapping[str, Any]:
    try:
        found = tomllib.loads(text).get("tool", {}).get("pytest", {})
        options = found.get("ini_options", found)
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError):
        return {}
    return options if isinstance(options, dict) else {}


def _ini(text: str, section: str) -> Mapping[str, Any]:
    parser = ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except IniError:
        return {}
    return dict(parser[section]) if parser.has_section(section) else {}


def _left_out(text: str) -> Iterator[str]:
    """Yield what in a `conftest.py` may leave tests out, each with a digest of what it does."""
    try:
        for node in tree_of(text).body:
            for name in sorted(_names(node) & _HOOKS):
                yield f"{name} ({digest_of(node)})"
    except NO_PYTHON:
        return  # a file that is no Python leaves nothing out


def _names(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return {node.name}
    inner = (one for one in ast.walk(node) if isinstance(one, ast.Name))
    return {one.id for one in inner if isinstance(one.ctx, ast.Store)}
