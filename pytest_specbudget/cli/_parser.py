"""The parser of the command line: what nobody knows is told with what was probably meant."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, NoReturn

from pytest_specbudget.cli._statuses import statuses_told
from pytest_specbudget.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Parser", "parsed"]

_CHOICE = re.compile(r"invalid choice: '(?P<word>[^']*)' \(choose from (?P<known>.*)\)", re.DOTALL)
"""How argparse words it, with each choice in quotes or none of them (CPython 3.11 to 3.14)."""

_STRANGERS = "unrecognized arguments: "
_HELP = "--help"


class Parser(argparse.ArgumentParser):
    """An `ArgumentParser` that names what is nearest to a wrong word.

    `show` is for the end of its help.  The parsers of its commands and actions are such, too.
    """

    def show(self, example: str) -> None:
        """Let the help end with an *example* and with what each exit status says."""
        command = self.prog.partition(" ")[2]
        told = (f"example:\n  {example}", statuses_told(command))
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        self.epilog = "\n\n".join(filter(None, told))
        self.set_defaults(parser=self)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong on standard error, and leave with status 2."""
        meant = next(self._meant(message), None)
        hint = f'; did you mean "{meant}"?' if meant else ""
        super().error(f"{message}{hint}")

    def _meant(self, message: str) -> Iterator[str]:
        found = _CHOICE.search(message)
        if found:
            words = (word.strip(" '\"") for word in found["known"].split(","))
            near = _HELP if found["word"] == "help" else nearest(found["word"], words)
            yield from [near] if near else []
        if message.startswith(_STRANGERS):
            known = {one[2:]: one for one in self._option_string_actions if one.startswith("--")}
            for word in message.removeprefix(_STRANGERS).split():
                # The dashes are alike in all of them, and make any two short words likely.
                near = nearest(word[2:].partition("=")[0], known) if word[:2] == "--" else None
                yield from [known[near]] if near else []


def parsed(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    """Parse *words*; what is left over is told by the command that it was given to."""
    arguments, strangers = parser.parse_known_args(words)
    if strangers:
        of_command: argparse.ArgumentParser = getattr(arguments, "parser", parser)
        of_command.error(f"{_STRANGERS}{' '.join(strangers)}")
    return arguments
