"""What each rule checks, why, and how to satisfy it: one page a rule, shipped with the package.

A page is `rules/<rule>.md`: a heading with the rule's name, one sentence, then the sections
`Why`, `How to satisfy it` and `Example`.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["book", "names", "page", "summary"]

_SUFFIX = ".md"
_FOREWORD = """\
# Rules

Every finding names its rule; `specbudget explain RULE` prints the same page.
This file is made from `pytest_specbudget/reports/rules/`.
"""


def names() -> list[str]:
    """Return every rule that has a page, sorted."""
    found = [entry.name for entry in _folder().iterdir() if entry.name.endswith(_SUFFIX)]
    return sorted(name.removesuffix(_SUFFIX) for name in found)


def page(rule: str) -> str:
    """Return the page of *rule*, ending in a newline.

    Raises:
        KeyError: If no page has that name.
    """
    if rule not in names():
        raise KeyError(rule)
    return _folder().joinpath(f"{rule}{_SUFFIX}").read_text("utf-8")


def summary(rule: str) -> str:
    """Return the one sentence that says what *rule* checks."""
    return page(rule).split("\n\n")[1].replace("\n", " ").strip()


def book() -> str:
    """Return all pages as one document, each a section."""
    pages = [page(rule).replace("\n## ", "\n### ") for rule in names()]
    return "\n".join([_FOREWORD, *(f"#{one}" for one in pages)])


def _folder() -> Traversable:
    return files("pytest_specbudget.reports").joinpath("rules")
