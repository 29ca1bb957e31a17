"""`specbudget classify`: how large a SPEC is, and the least that should work on it.

Exit status: 0 it was classified; 1 the document cannot be read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._table import say
from pytest_specbudget.cli._unreadable import named_text
from pytest_specbudget.errors import JournalError
from pytest_specbudget.routing.canonical import plain
from pytest_specbudget.routing.classifying import classify
from pytest_specbudget.routing.spec_text import Risk

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_specbudget.routing.classifying import SpecClass

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "say how large a SPEC is, from its document, and who should work on it"
EXAMPLE = "specbudget classify docs/SPEC-KIT-070/spec.md"

_DAMAGED = 1


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("path", type=Path, metavar="PATH", help="the document: Markdown or text")
    parser.add_argument(
        "--risk", choices=get_args(Risk), help="how much can go wrong (default: read from the text)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Print the class, what was counted, and whom it asks for."""
    try:
        text = named_text(arguments.path, "a SPEC", "name its document, Markdown or text")
    except JournalError as problem:
        complain(problem)
        return _DAMAGED
    if not text.strip():
        complain(f"{arguments.path}: is empty, so that nobody can say how large the SPEC is")
        return _DAMAGED
    found = classify(text, risk=arguments.risk)
    for doubt in found.unread:
        complain(f"{arguments.path}: {doubt}")
    if arguments.json:
        print(json.dumps(_document(found)))
        return 0
    for label, shown in _lines(found):
        say(f"{label:<14}{shown}")
    return 0


def _document(found: SpecClass) -> dict[str, Any]:
    document: dict[str, Any] = plain(found)
    return document | {"agents_spared": found.spared}


def _lines(found: SpecClass) -> Iterator[tuple[str, str]]:
    yield found.size, "; ".join(found.reasons)
    yield "tasks", str(found.tasks) if found.tasks else "none found"
    yield "domains", ", ".join(found.domains) or "one, as far as can be seen"
    yield "needs", ", ".join(found.dependencies) or "nothing from outside, as far as is said"
    yield "risk", f"{found.risk} ({'as stated' if found.risk_given else 'inferred'})"
    spared = f", {found.spared} fewer than a full consensus" if found.spared else ""
    yield "agents", f"{', '.join(found.agents)}{spared}"
    yield "tier", f"{found.tier}, which asks as many"
