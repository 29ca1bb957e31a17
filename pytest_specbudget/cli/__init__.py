"""The command `specbudget`: parse, dispatch, exit.

Each command is a module of this package with `HELP` (one line), `EXAMPLE` (one command line),
`configure(parser)` and `run(arguments) -> int`.  Only the module that is asked for is loaded.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._parser import Parser, parsed
from pytest_specbudget.core.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["COMMANDS", "main"]

_PACKAGE = "pytest-specbudget"
_DAMAGED, _INTERRUPTED = 1, 130
COMMANDS = {
    "ack": "accept a regression on purpose, for a time and with a reason",
    "baseline": "show a stored baseline, or store one from a journal",
    "cassettes": "list, show, check and refresh recordings",
    "classify": "say how large a SPEC is, from its document, and who should work on it",
    "combine": "merge the journals of several machines, each charge once",
    "comment": "judge a change by its base, and write the comment to post on it",
    "conformance": "prove that an engine re-prices usage to the attodollar",
    "daily": "sum up a day and its month, as daily_summary.json",
    "diff": "compare what two revisions, runs, baselines or reports cost",
    "doctor": "say what can be metered here, and what cannot",
    "drift": "price recorded usage again, and say which prices moved what it cost",
    "evidence-stats": "count the files of evidence, by SPEC",
    "explain": "say what a rule checks, why, and how to satisfy it",
    "gate": "judge a stored report again, without running a test",
    "history": "keep months of usage in one folder, and say what lies there",
    "init": "look at a repository, and propose the settings that fit it",
    "kpi": "what automating SPECs costs, beside the targets",
    "new-spec-id": "name the next SPEC of a folder, and reserve it",
    "price": "price usage, one JSON line each",
    "prices": "build, check and diff price catalogues, and look ahead",
    "record": "ask recorded questions of other models, under a spend cap",
    "report": "render a stored report or journal in any format",
    "route": "say which models a command gets, why, and what that should cost",
    "schema": "print the JSON Schema of a file that we write",
    "status": "list the SPECs: how far they are, and what they have cost",
    "usage": "read what recordings consumed, one JSON line for each interaction",
    "whatif": "re-price recorded usage on other models; their quality is not verified",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    That is 0, 1, 2, 3 or 4, as each command says of itself; 130 if somebody interrupts it.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    with _open_streams():
        chosen = parsed(_parser(words[0] if words else ""), words)
        try:
            status: int = chosen.run(chosen)
            sys.stdout.flush()
        except BrokenPipeError:  # the reader has seen enough, as `head` does
            _drop_output()
            return 0
        except OSError as problem:
            complain(_unusable(problem))
            _drop_output()
            return _DAMAGED
        except KeyboardInterrupt:
            complain("interrupted")
            return _INTERRUPTED
    return status


@contextmanager
def _open_streams() -> Iterator[None]:
    """Let a command write where its caller closed standard output or error (`>&-`): to nobody."""
    with ExitStack() as opened:
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:
                nobody = opened.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
                setattr(sys, name, nobody)
                opened.callback(setattr, sys, name, None)
        yield


def _drop_output() -> None:
    """Send what standard output still holds nowhere, so that Python's end cannot fail at it."""
    with suppress(OSError, ValueError):  # what has no descriptor cannot fail there
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unusable(problem: OSError) -> str:
    """Say which file or folder could not be used, and why; without a name it is the output."""
    if problem.filename is None and _has_no_folder():
        return "the folder that this is run in is not there any more; go to another one"
    where = problem.filename or "what is to be written"
    return f"{where}: cannot be used: {reason_of(problem)}"


def _has_no_folder() -> bool:
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def _parser(command: str) -> Parser:
    parser = Parser(prog="specbudget", description="Budgets for LLM calls.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version(_PACKAGE)}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        one = commands.add_parser(name, help=summary, description=summary)
        if name == command:
            _load(name, one)
    return parser


def _load(name: str, parser: Parser) -> None:
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    parser.show(module.EXAMPLE)
    module.configure(parser)
    parser.set_defaults(run=module.run)
