"""What each rule checks, why, and how to satisfy it: one page a rule, shipped with the package.

A page is `rules/<rule>.md`: a heading with the rule's name, one sentence, a line `Severity: ...`,
then the sections `Why`, `How to satisfy it` and `Example`.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["book", "names", "page", "severity", "summary"]

_SUFFIX = ".md"
_FOREWORD = """\
# Rules

Every finding names its rule; `specbudget explain RULE` prints the same page.
This file is made from `pytest_specbudget/reports/rules/`.

In the mode `enforce`, which any ceiling implies, an **error** makes the run end with status 1; a
**warning** never does.
In the modes `observe` and `warn` every error is shown as a warning.
An error that is **inconclusive** says that nobody can tell whether a limit holds, not that it is
broken; it fails the run as well, unless `--spec-on-inconclusive` chooses otherwise.
Gates of other plugins name rules of their own.

| rule | severity | what it says |
|---|---|---|
"""
_SEVERITY = "Severity: "


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
    return _paragraph(rule, 1)


def severity(rule: str) -> str:
    """Return what *rule* does to a run: `error` or `warning`, and what else holds."""
    return _paragraph(rule, 2).removeprefix(_SEVERITY).removesuffix(".")


def book() -> str:
    """Return all pages as one document, each a section."""
    pages = [page(rule).replace("\n## ", "\n### ") for rule in names()]
    table = "".join(map(_row, names()))
    return "\n".join([_FOREWORD + table, *(f"#{one}" for one in pages)])


def _row(rule: str) -> str:
    return f"| [{rule}](#{rule}) | {severity(rule)} | {summary(rule)} |\n"


def _paragraph(rule: str, number: int) -> str:
    return page(rule).split("\n\n")[number].replace("\n", " ").strip()


def _folder() -> Traversable:
    return files("pytest_specbudget.reports").joinpath("rules")
