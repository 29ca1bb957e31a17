"""`specbudget conformance`: whether an engine re-prices usage as all the others do.

Synthetic records, the same ones everywhere, are brought to the engine and priced there; what comes
out is held against a digest that stands in the package.  On a server they are temporary tables, or,
where it has none, tables that are dropped at the end.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pytest_specbudget.analysis.engines.conforming import QUESTIONS, answers
from pytest_specbudget.analysis.engines.dialects import dialect_of
from pytest_specbudget.analysis.engines.fixture import RECORDS
from pytest_specbudget.analysis.engines.opening import opened
from pytest_specbudget.analysis.engines.wording import statements
from pytest_specbudget.cli._engines import add_engine, url_of
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._waiting import working
from pytest_specbudget.errors import JournalError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_specbudget.analysis.engines.conforming import Answer

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "prove that an engine re-prices usage to the attodollar"
EXAMPLE = "specbudget conformance --engine spark"

_DIFFERS, _WRONG_ARGUMENTS = 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    add_engine(parser, "duckdb", "which one (default: duckdb)")
    parser.add_argument(
        "--sql", action="store_true", help="print the statements in its words, and connect nowhere"
    )
    parser.add_argument("--json", action="store_true", help="one JSON line for each question")


def run(arguments: argparse.Namespace) -> int:
    """Ask, compare and return 0; 1 if an answer differs, 2 if there is no such engine here."""
    try:
        if arguments.sql:
            _print_statements(arguments.engine)
            return 0
        return _compared(arguments)
    except JournalError as problem:
        complain(problem)
        return _WRONG_ARGUMENTS


def _print_statements(engine: str) -> None:
    for question, sql in statements(dialect_of(engine)):
        print(f"-- {question}\n{sql};\n")


def _compared(arguments: argparse.Namespace) -> int:
    told: list[Answer] = []
    with opened(arguments.engine, url_of(arguments)) as engine:
        asked = answers(engine)
        while answer := _next(asked, arguments.engine):
            told.append(answer)
            print(_json(arguments.engine, answer) if arguments.json else _line(answer), flush=True)
    right = sum(answer.right for answer in told)
    complain(f"{arguments.engine}: {right} of {len(QUESTIONS)} answers are right to the attodollar")
    return 0 if right == len(QUESTIONS) else _DIFFERS


def _next(asked: Iterator[Answer], engine: str) -> Answer | None:
    with working(f"{engine} prices {RECORDS:,} records"):
        return next(asked, None)


def _line(answer: Answer) -> str:
    verdict = "equal" if answer.right else f"DIFFERS: {answer.digest[:12]}"
    asked = answer.question
    counted = f"{answer.records:,} records in {answer.groups:,} groups, {answer.seconds:.1f} s"
    return f"{asked.name:<28} {asked.digest[:12]}  {verdict}  ({counted})"


def _json(engine: str, answer: Answer) -> str:
    told: dict[str, Any] = asdict(answer)
    asked = told.pop("question")
    names = {"engine": engine, "question": asked["name"], "expected": asked["digest"]}
    return json.dumps({**names, **told, "right": answer.right})
