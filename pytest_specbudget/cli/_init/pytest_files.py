"""What pytest is told in its own files: where its rootdir is, and which files hold tests.

Source: https://docs.pytest.org/en/stable/reference/customize.html#finding-the-rootdir and
`determine_setup` of pytest 9.2.0.
"""

from __future__ import annotations

import configparser
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._init.tree import small_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["CONFIGS", "PytestSettings", "find_rootdir", "has_settings"]

_TOML_TABLES = {
    "pytest.toml": ("pytest",),
    ".pytest.toml": ("pytest",),
    "pyproject.toml": ("tool", "pytest"),
}
_INI_SECTIONS = {
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    "tox.ini": "pytest",
    "setup.cfg": "tool:pytest",
}
CONFIGS = (
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
)
"""The files that may hold settings of pytest, in the order in which it asks them."""

_OF_PYTEST_ALONE = frozenset({"pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini"})
_PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PytestSettings:
    """Which files and names pytest takes for tests.

    Attributes:
        testpaths: Where tests lie, relative to rootdir; empty is everywhere.
        python_files: Globs on the name of a module, or on its path where they have a `/`.
        python_classes: Starts of names, or globs on them.
        python_functions: The same for functions and methods.
    """

    testpaths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    python_classes: tuple[str, ...] = ("Test",)
    python_functions: tuple[str, ...] = ("test",)

    @classmethod
    def read(cls, rootdir: Path) -> PytestSettings:
        """Read those of *rootdir*; what pytest would not understand is as if it were not set."""
        told = next(
            (table for name in CONFIGS if (table := _table(rootdir / name)) is not None), {}
        )
        names = ("testpaths", "python_files", "python_classes", "python_functions")
        return cls(**{name: words for name in names if (words := _words(told.get(name)))})

    def modules(self, names: Sequence[str]) -> list[str]:
        """Return which of the files *names* are test modules; where `testpaths` holds none, all."""
        modules = [name for name in names if name.endswith(".py") and self._is_module(name)]
        within = [name for name in modules if any(_is_below(name, at) for at in self.testpaths)]
        return within or modules

    def is_class(self, name: str) -> bool:
        """Tell whether a class of this name holds tests."""
        return _fits(name, self.python_classes)

    def is_function(self, name: str) -> bool:
        """Tell whether a function of this name is a test."""
        return _fits(name, self.python_functions)

    def _is_module(self, name: str) -> bool:
        last = name.rpartition("/")[2]
        return any(
            fnmatchcase(name, f"*{glob}") if "/" in glob else fnmatchcase(last, glob)
            for glob in self.python_files
        )


def find_rootdir(start: Path) -> Path:
    """Return the rootdir of a pytest that is started in *start* without arguments."""
    above = (start, *start.parents)
    configured = next((one for one in above if has_settings(one)), None)
    if configured is None:
        configured = next((one for one in above if (one / _PYPROJECT).is_file()), None)
    if configured is None:
        configured = next((one for one in above if (one / "setup.py").is_file()), None)
    return configured or start


def has_settings(folder: Path) -> bool:
    """Tell whether *folder* has settings of pytest, which make it a rootdir."""
    return any(_table(folder / name) is not None for name in CONFIGS)


def _table(path: Path) -> Mapping[str, Any] | None:
    """Return the settings of pytest in *path*; None if there are none."""
    text = small_text(path)
    if text is None:
        return None
    keys = _TOML_TABLES.get(path.name)
    told = _ini(text, _INI_SECTIONS[path.name]) if keys is None else _toml(text, keys)
    return {} if told is None and path.name in _OF_PYTEST_ALONE else told


def _toml(text: str, keys: tuple[str, ...]) -> Mapping[str, Any] | None:
    try:
        table: Any = tomllib.loads(text)
    except (ValueError, RecursionError):
        return None
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        return None
    old = table.get("ini_options")  # `[tool.pytest.ini_options]`, from before pytest 9
    return old if isinstance(old, dict) else table


def _ini(text: str, section: str) -> Mapping[str, Any] | None:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except configparser.Error:
        return None
    return dict(parser[section]) if parser.has_section(section) else None


def _words(told: object) -> tuple[str, ...]:
    if isinstance(told, str):
        return tuple(told.split())
    if isinstance(told, list):
        return tuple(word for word in told if isinstance(word, str))
    return ()


def _is_below(name: str, folder: str) -> bool:
    plain = folder.removeprefix("./").rstrip("/")
    return plain in ("", ".", name) or fnmatchcase(name, f"{plain}/*")


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(name.startswith(one) or fnmatchcase(name, one) for one in patterns)
