"""`specbudget schema`: the JSON Schema of the files that we write, for those who read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "print the JSON Schema of a file that we write"
EXAMPLE = "specbudget schema report > report.schema.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "file",
        choices=("journal", "report"),
        help="a line of a journal, or the JSON report of a run",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the schema; always 0."""
    schema = _journal() if arguments.file == "journal" else _report()
    print(json.dumps(schema, indent=1, sort_keys=True))
    return 0


def _journal() -> dict[str, Any]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - only for this command

    from pytest_specbudget.journal.schema import Line  # noqa: PLC0415 - likewise

    return TypeAdapter(Line).json_schema(by_alias=True)


def _report() -> dict[str, Any]:
    from pytest_specbudget.reports.stored import StoredReport  # noqa: PLC0415 - pydantic

    return StoredReport.model_json_schema()
