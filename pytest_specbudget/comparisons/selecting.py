"""What selects the tests of a run, found in the text of files that are not run.

A change that leaves its dearer tests out of its run costs less there, and no less afterwards.  The
settings of pytest that select, its options in scripts, and what a `conftest.py` leaves out are
found; what a script computes is not.  A script is searched, not understood: a command that stands
in a comment is found as well.
"""

from __future__ import annotations

import ast
import hashlib
import posixpath
import re
import shlex
import tomllib
from configparser import ConfigParser
from configparser import Error as IniError
from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.python_source import NO_PYTHON, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    _Found = tuple[str, str, str]

__all__ = ["digest_of", "is_settings", "selection_in", "tells"]

_KINDS = (
    *(".yml", ".yaml", ".toml", ".cfg", ".ini", ".sh", ".bash", ".py", ".mk", ".env", ".json"),
    *(".nix", ".just", ".groovy", ".ps1", ".bat", ".cmd"),
)
_RECORDINGS = "cassettes"

_WHOLE = (
    *("testpaths", "norecursedirs", "python_files", "python_classes", "python_functions"),
    *("collect_imported_tests",),
)
_ADDOPTS, _OPTION_KEY, _CONFTEST = "addopts", "selection", "collection"
_TOML = {
    "pyproject.toml": ("tool", "pytest"),
    "pytest.toml": ("pytest",),
    ".pytest.toml": ("pytest",),
}
_INI = {
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    "tox.ini": "pytest",
    "setup.cfg": "tool:pytest",
}
_OPTION = re.compile(r"(?<![\w-])--(?:deselect|ignore-glob|ignore)[= ]+[\"']?([^\s\"']+)")
_COMMAND = re.compile(
    r"(?:(?<![\w./-])(?:py\.test|pytest)(?![\w./-])|\bPYTEST_ADDOPTS[\"']?\s*[:=])([^\n#;&|]*)"
)
_LONGEST = 1 << 20
_WITH_VALUE = frozenset(
    (
        *("-k", "-m", "--deselect", "--ignore", "--ignore-glob", "--maxfail"),
        *("-c", "--config-file", "-o", "--override-ini", "--rootdir", "--confcutdir"),
    )
)
_ALONE = frozenset(
    (
        *("-x", "--exitfirst", "--lf", "--last-failed", "--sw", "--stepwise"),
        *("--co", "--collect-only", "--noconftest", "--pyargs"),
    )
)
_HARMLESS = (
    *("--spec-", "--cov", "--tb", "--color", "--code-highlight", "--durations", "--junit"),
    *("--import-mode", "--strict", "--numprocesses", "--dist", "--max-worker-restart", "--show"),
    *("--capture", "--verbose", "--quiet", "--no-header", "--no-summary", "--basetemp", "--cache"),
    *("--disable-warnings", "--pythonwarnings", "--log-", "--timeout", "--reruns", "--benchmark"),
    *("--html", "--self-contained-html", "--doctest", "--record-mode", "--asyncio-mode", "--tx"),
    *("--block-network", "--allowed-hosts", "--disable-recording", "--ff", "--failed-first"),
    *("--nf", "--new-first", "--random-order", "--force-", "--debug", "--assert", "--full-trace"),
)
"""Options that leave no test out; of any other, such as `--runslow`, nobody can tell here."""
_HOOKS = frozenset(
    (
        *("collect_ignore", "collect_ignore_glob", "pytest_ignore_collect", "pytest_collect_file"),
        *("pytest_collection_modifyitems", "pytest_itemcollected", "pytest_pycollect_makeitem"),
        *("pytest_runtest_protocol", "pytest_runtestloop", "pytest_collection"),
        *("pytest_runtest_setup", "pytest_runtest_call", "pytest_pyfunc_call"),
        *("pytest_generate_tests", "pytest_load_initial_conftests", "pytest_cmdline_main"),
    )
)
# Source: pytest 8, reference, "Configuration Options", "Command-line Flags" and "Hooks"; from
# memory, and tried 2026-11-22.


def tells(name: str) -> bool:
    """Tell whether a file of that *name* may say how tests are run or limited."""
    folders, base = posixpath.split(name)
    if _RECORDINGS in folders.split("/"):
        return False
    return base.endswith(_KINDS) or "." not in base.lstrip(".")


def is_settings(base: str) -> bool:
    """Tell whether a file of that name holds settings of pytest, for where it lies."""
    return base in _TOML or base in _INI


def selection_in(name: str, text: str) -> Iterator[_Found]:
    """Yield what selects tests in a file: the place, what it is called, its value."""
    base = posixpath.basename(name)
    place = f"{name}::selection"
    if base in _TOML:
        yield from _settings(place, _toml(text, *_TOML[base]))
    elif base in _INI:
        yield from _settings(place, _ini(text, _INI[base]))
    elif base.endswith(".py"):
        yield from ((place, _CONFTEST, told) for told in _left_out(text))
    else:
        yield from ((place, _OPTION_KEY, told) for told in _typed(text[:_LONGEST]))


def digest_of(node: ast.AST) -> str:
    """Return what tells two pieces of source apart, as long as git shows a commit."""
    return hashlib.sha256(ast.unparse(node).encode("utf-8", "replace")).hexdigest()[:7]


def _typed(text: str) -> Iterator[str]:
    """Yield what the commands of a script select, and what is ignored wherever it stands."""
    for command in _COMMAND.finditer(text):
        yield from _choosing(_words(command[1]))
    for line in text.splitlines():
        if _COMMAND.search(line) is None:
            yield from (found[1] for found in _OPTION.finditer(line))


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
        elif word.startswith("-pno:") or _may_select(name):
            yield word


def _may_select(option: str) -> bool:
    return option.startswith("--") and len(option) > 2 and not option.startswith(_HARMLESS)  # noqa: PLR2004 - `--` alone


def _is_path(word: str) -> bool:
    return not word.startswith("-") and ("/" in word or word.endswith(".py") or "::" in word)


def _toml(text: str, *way: str) -> Mapping[str, Any]:
    try:
        found: Any = tomllib.loads(text)
        for part in way:
            found = found.get(part, {})
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
    """Yield what in a file of Python may leave tests out, each with a digest of what it does."""
    if not any(hook in text for hook in _HOOKS):
        return
    try:
        for node in tree_of(text[:_LONGEST]).body:
            for name in sorted(_names(node) & _HOOKS):
                yield f"{name} ({digest_of(node)})"
    except NO_PYTHON:
        return  # a file that is no Python leaves nothing out


def _names(node: ast.stmt) -> set[str]:
    """Return what a statement defines; of a function, not what is within."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return {node.name}
    defined = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = {one.name for one in ast.walk(node) if isinstance(one, defined)}
    inner = (one for one in ast.walk(node) if isinstance(one, ast.Name))
    return names | {one.id for one in inner if isinstance(one.ctx, ast.Store)}
