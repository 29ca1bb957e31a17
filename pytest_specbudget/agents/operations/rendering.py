"""Fills templates: `$name` and `${name}` are replaced, `$$` is a dollar sign.

Nothing is guessed: a name without a value, or a dollar sign that begins no name, is an error that
says where it stands, and all of them are said at once.

Source: `string.Template`, https://docs.python.org/3/library/string.html (checked 2026-11-22).
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from pytest_specbudget.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["names_in", "render"]


def names_in(text: str) -> list[str]:
    """Return the names that the template *text* wants values for, in order."""
    return Template(text).get_identifiers()


def render(text: str, values: Mapping[str, object], source: str = "template") -> str:
    """Fill the template *text*.

    Args:
        text: The template.
        values: A value for each name; further ones do not matter.
        source: What the template is called in errors.

    Raises:
        SettingError: With each name that has no value, and each dollar sign that begins no name.
    """
    problems = [f"{source}:{line}: {what}" for line, what in _problems(text, values)]
    if problems:
        raise SettingError(problems)
    return Template(text).substitute(values)


def _problems(text: str, values: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    for found in Template.pattern.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        name = found["named"] or found["braced"]
        if found["invalid"] is not None:
            yield line, '"$" begins no name; write "$$" for a dollar sign'
        elif name is not None and name not in values:
            yield line, f'"${{{name}}}" has no value; there are {_list(values)}'


def _list(values: Mapping[str, object]) -> str:
    return ", ".join(sorted(values)) or "none at all"
