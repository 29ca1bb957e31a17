"""The commands that a Markdown page shows, and the output that it shows for them.

Each line of a block that is fenced as `sh` is a command to paste, and must end with status 0.  A
block that is fenced as `text` shows output where a comment before it says whose.  Comments stand
on lines of their own before the block:

* `<!-- output: COMMAND -->`: what COMMAND prints; COMMAND runs;
* `<!-- output: above -->`: what the last command above prints;
* `<!-- exits: 1 -->`: the status of that command, or of the last one in an `sh` block;
* `<!-- not run: REASON -->`: the commands of the block are only listed, with the reason.

In shown output a line `...` stands for any lines, and durations may differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Command", "Shown", "agrees", "commands_of", "with_outputs"]

_FENCE = "```"
_REST = "..."
_ABOVE = "above"
_NOTE = re.compile(r"<!-- (output|exits|not run): (.+?) -->")
_UNSTABLE = (
    (re.compile(r"\b\d+(\.\d+)?s\b"), "0s"),
    (re.compile(r"={4,}"), "===="),
    (re.compile(r"-{4,}"), "----"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Output as a page shows it.

    Attributes:
        line: The number of its first line, from 1.
        lines: The lines.
    """

    line: int
    lines: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return not any(line.strip() == _REST for line in self.lines)


@dataclass(slots=True, kw_only=True)
class Command:
    """A command as a page shows it.

    Attributes:
        page: The file that shows it.
        line: Where it stands there, from 1.
        text: What to type.
        shown: What it is said to print, if anything.
        exits: The status that it is said to end with.
        not_run: Why it is only listed; empty if it runs.
        pasted: Whether it stands in a block to paste, and not only above its output.
    """

    page: Path
    line: int
    text: str
    shown: Shown | None = None
    exits: int = 0
    not_run: str = ""
    pasted: bool = True

    @property
    def place(self) -> str:
        """Where it stands: `README.md:12`."""
        return f"{self.page.as_posix()}:{self.line}"


@dataclass(frozen=True, slots=True)
class _Block:
    language: str
    line: int
    lines: tuple[str, ...]
    notes: Mapping[str, str]


def commands_of(page: Path, text: str) -> list[Command]:
    """Read the commands of *page*, in order."""
    found: list[Command] = []
    for block in _blocks(text):
        if block.language == "sh":
            found += _typed(page, block)
        elif block.language == "text" and "output" in block.notes:
            _attach(page, block, found)
    return found


def agrees(shown: Sequence[str], printed: Sequence[str]) -> bool:
    """Tell whether a program *printed* what is *shown*."""
    wanted = (
        r"(?:.*\n)*?" if line.strip() == _REST else re.escape(_stable(line)) + r"\n"
        for line in shown
    )
    text = "".join(f"{_stable(line)}\n" for line in printed)
    return re.fullmatch("".join(wanted), text) is not None


def with_outputs(text: str, printed: Sequence[tuple[Shown, Sequence[str]]]) -> str:
    """Return *text* with each shown output replaced by what was printed."""
    lines = text.splitlines()
    for shown, output in sorted(printed, key=lambda pair: pair[0].line, reverse=True):
        first = shown.line - 1
        lines[first : first + len(shown.lines)] = output
    return "\n".join(lines) + "\n"


def _blocks(text: str) -> Iterator[_Block]:
    notes: dict[str, str] = {}
    opened: tuple[str, int] | None = None
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith(_FENCE) and opened is None:
            opened = (line.removeprefix(_FENCE).strip(), number + 1)
        elif line.startswith(_FENCE) and opened is not None:
            language, first = opened
            yield _Block(language, first, tuple(lines[first - 1 : number - 1]), notes)
            opened, notes = None, {}
        elif note := _NOTE.fullmatch(line.strip()):
            notes[note[1]] = note[2]


def _typed(page: Path, block: _Block) -> list[Command]:
    commands = [
        Command(page=page, line=number, text=line, not_run=block.notes.get("not run", ""))
        for number, line in enumerate(block.lines, start=block.line)
        if line.strip() and not line.startswith("#")
    ]
    if commands:
        commands[-1].exits = int(block.notes.get("exits", "0"))
    return commands


def _attach(page: Path, block: _Block, found: list[Command]) -> None:
    """Give the output of *block* to the command that it names, which is added if it is new."""
    named = block.notes["output"]
    if named != _ABOVE:
        command = Command(page=page, line=block.line, text=named, pasted=False)
        command.exits = int(block.notes.get("exits", "0"))
        command.not_run = block.notes.get("not run", "")
        found.append(command)
    found[-1].shown = Shown(line=block.line, lines=block.lines)


def _stable(line: str) -> str:
    for pattern, replacement in _UNSTABLE:
        line = pattern.sub(replacement, line)
    return line.rstrip()
