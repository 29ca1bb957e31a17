"""A report rendered as text; pure, one file a format.

A format's module is loaded when it is first used, so that a run which asks for none pays nothing.
"""

from __future__ import annotations

import importlib
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_specbudget.reports.report import Report

    Renderer = Callable[[Report], str]

__all__ = ["FORMATS"]


def _lazily(module: str) -> Renderer:
    def render(report: Report) -> str:
        rendered: str = importlib.import_module(f"{__name__}.{module}").render(report)
        return rendered

    return render


FORMATS: Mapping[str, Renderer] = MappingProxyType(
    {
        "json": _lazily("json_report"),
        "markdown": _lazily("markdown"),
        "comment": _lazily("comment"),
        "junit": _lazily("junit"),
        "sarif": _lazily("sarif"),
        "github": _lazily("github"),
        "gitlab": _lazily("gitlab"),
        "gitlab-metrics": _lazily("gitlab_metrics"),
    }
)
"""What `--spec-report=FORMAT:PATH` and `specbudget report --format` can write, by name."""
