"""`specbudget schema`: the JSON Schema of files that we write or read, for other programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "print the JSON Schema of a file that we write"
EXAMPLE = "specbudget schema report > report.schema.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "file",
        choices=tuple(_SCHEMAS),
        help="a line of a journal, the JSON report of a run, or a JSON line that a history takes",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the schema; always 0."""
    schema = _SCHEMAS[arguments.file]()
    print(json.dumps(schema, indent=1, sort_keys=True))
    return 0


def _journal() -> dict[str, Any]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - only for this command

    from pytest_specbudget.journal.schema import Line  # noqa: PLC0415 - likewise

    return TypeAdapter(Line).json_schema(by_alias=True)


def _report() -> dict[str, Any]:
    from pytest_specbudget.reports.stored import StoredReport  # noqa: PLC0415 - pydantic

    return StoredReport.model_json_schema()


def _history() -> dict[str, Any]:
    from pytest_specbudget.analysis.reference import line_schema  # noqa: PLC0415 - as the others

    return line_schema()


_SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "journal": _journal,
    "report": _report,
    "history": _history,
}
