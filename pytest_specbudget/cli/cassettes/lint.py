"""`specbudget cassettes lint`: find what recordings give away, and those that are of no use.

A problem is a line on standard output, or a JSON line.  The status is 1 if one of them is an error,
or, with `--strict`, if there is any.  No secret is ever printed.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.damage import REMEDY
from pytest_specbudget.cassettes.scrub import scrubbed_text
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._shelf import configure_paths, is_left_out, now, shown_path, with_shelf
from pytest_specbudget.cli._table import say
from pytest_specbudget.cli._words import days, moment
from pytest_specbudget.cli.cassettes._runs import JOURNAL, read_run, run_folders
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError
from pytest_specbudget.prices.lifecycles import Lifecycles, load_lifecycles
from pytest_specbudget.recordings import lint
from pytest_specbudget.recordings.library import files_below, recordings
from pytest_specbudget.recordings.lint_tests import orphaned
from pytest_specbudget.recordings.secrets import secrets_in_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime, timedelta

    from pytest_specbudget.cli._shelf import Shelf
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.lint import Problem

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "find secrets, unused, orphaned and old recordings, and models past their end"
EXAMPLE = "specbudget cassettes lint tests --older-than 180 --strict"

_NO_RUN = f"there is no journal of a whole run in {JOURNAL.as_posix()}/"
_UNKNOWN = "; what is unused cannot be told"
_USED_NONE = "the newest run used no recording at all (--spec-record=off?)"
_LINE = re.compile(r"line (\d+): ")


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the action takes."""
    configure_paths(parser)
    parser.add_argument(
        "--older-than",
        type=days,
        metavar="DAYS",
        help="find recordings that are older in whole days, or have no date (default: not checked)",
    )
    parser.add_argument(
        "--journal",
        type=Path,
        metavar="PATH",
        help="the run whose calls say what is in use (default: the newest of the whole suite, and"
        f" those after it, in {JOURNAL}/)",
    )
    parser.add_argument(
        "--allow",
        action="append",
        default=[],
        choices=sorted(lint.RULES),
        metavar="RULE",
        help="say nothing of this rule; repeatable",
    )
    parser.add_argument(
        "--allow-secret",
        action="append",
        default=[],
        metavar="SHA256",
        help="say nothing of the secret whose hash begins so, such as a key of an example",
    )
    parser.add_argument("--strict", action="store_true", help="warnings fail, too")
    parser.add_argument(
        "--at",
        type=moment,
        metavar="TIME",
        help="judge as of this instant, RFC 3339 (default: now)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON line a problem")


@with_shelf
def run(arguments: argparse.Namespace, shelf: Shelf) -> int:
    """Print the problems; 1 if one of them fails the command."""
    roots = [*(arguments.paths or shelf.folders())]
    try:
        used = _used(arguments.journal, roots)
    except JournalError as problem:
        complain(problem)
        return 1
    checks = _Checks(
        at=arguments.at or now(),
        most=arguments.older_than,
        shelf=shelf,
        lifecycles=load_lifecycles(),
        used=used,
    )
    found = [one for root in roots for one in checks.below(root) if _counts(one, arguments)]
    _print(found, as_json=arguments.json)
    _sum_up(found, checks, used)
    fails = any(one.severity == "error" or arguments.strict for one in found)
    return 1 if fails else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Used:
    """What runs were answered by.

    Attributes:
        run: The name of the one that was of the whole suite.
        places: The interactions that were used, by the absolute path of their recording.
    """

    run: str
    places: Mapping[Path, AbstractSet[int]]


@dataclass(slots=True, kw_only=True)
class _Checks:
    """All that recordings are held to.

    Attributes:
        at: The instant that counts.
        most: How old a recording may be, or None.
        shelf: Where recordings are kept, as set.
        lifecycles: The ends of models.
        used: What runs were answered by, or why that is not known.
        files: How many were looked at.
    """

    at: datetime
    most: timedelta | None
    shelf: Shelf
    lifecycles: Lifecycles
    used: _Used | str
    files: int = 0

    def below(self, root: Path) -> Iterator[Problem]:
        """Yield the problems of all recordings that *root* is, or that lie below it."""
        for path in files_below(root):
            if is_left_out(path, root):
                continue
            unread: list[str] = []
            recording = next(recordings(path, unread.append, self.shelf.settings.hosts), None)
            if recording is not None:
                self.files += 1
                yield from self._of(recording)
            elif unread or path == root:
                self.files += 1
                yield from _unreadable(path, unread)

    def _of(self, recording: Recording) -> Iterator[Problem]:
        file = shown_path(recording.path)
        yield from lint.torn(recording, file)
        yield from lint.exposed(recording, file)
        gone = orphaned(recording.path, self.shelf.settings.cassette_dir, Path.cwd())
        if gone is not None:
            yield lint.problem("recording-orphaned", file, gone)
        elif isinstance(self.used, _Used):
            places = self.used.places.get(recording.path.resolve(), set())
            yield from lint.unused(recording, file, places, self.used.run)
        if self.most is not None:
            yield from lint.age(recording, file, self.at, self.most)
        yield from lint.retired(recording, file, self.lifecycles, self.at)


def _unreadable(path: Path, unread: list[str]) -> Iterator[Problem]:
    file = shown_path(path)
    told = unread[0] if unread else "it is no recording"
    reason = told.removeprefix(str(path)).lstrip(":, ")
    reason = reason.removesuffix(REMEDY).removesuffix(", or ").removesuffix("; ")
    line = _LINE.match(reason)
    yield lint.problem(
        "recording-unreadable", file, scrubbed_text(reason), int(line[1]) if line else 1
    )
    try:
        yield from lint.told_secrets(secrets_in_file(path), file)
    except OSError:
        return


def _used(path: Path | None, roots: Sequence[Path]) -> _Used | str:
    """Read what runs were answered by; or say why that cannot tell what is unused below *roots*.

    Without a run that was asked for, it is the newest of the whole suite, and all that came after.

    Raises:
        JournalError: If the journal that was asked for cannot be read or is not whole.
    """
    if path is not None:
        return _used_by([path], roots)
    try:
        return _used_by(run_folders(), roots)
    except JournalError as problem:
        return str(problem).removesuffix(_UNKNOWN)


def _used_by(folders: Iterable[Path], roots: Sequence[Path]) -> _Used | str:
    """Gather what runs, the newest first, were answered by, up to one of the whole suite.

    One that no recording had a part in tells nothing: it went without them (`--spec-record=off`).

    Raises:
        JournalError: If one of them cannot be read or is not whole.
    """
    why, places = _NO_RUN, dict[Path, set[int]]()
    for number, run in enumerate(map(read_run, folders)):
        for journal in run.journals:
            _gather(journal, places)
        reasons = run.left_out(roots)
        if not reasons and run.uses_recordings:
            return _Used(run=run.name, places=places)
        if number == 0:
            why = f"the newest run was partial: {', '.join(reasons)}" if reasons else _USED_NONE
    return why


def _gather(journal: Journal, places: dict[Path, set[int]]) -> None:
    problem = journal.incomplete or next(iter(journal.damage), None)
    if problem:
        raise JournalError(f"{problem}{_UNKNOWN}")
    for charge in journal.charges:
        if charge.cassette is not None and charge.cassette_index is not None:
            held = places.setdefault(Path(charge.cassette).resolve(), set())
            held.add(charge.cassette_index)


def _counts(one: Problem, arguments: argparse.Namespace) -> bool:
    allowed = any(f"(sha256 {digest[:8]}" in one.message for digest in arguments.allow_secret)
    return one.rule not in arguments.allow and not allowed


def _print(found: list[Problem], *, as_json: bool) -> None:
    for one in found:
        if as_json:
            print(json.dumps(_row(one)))
        else:
            file = scrubbed_text(one.file)
            say(f"{file}:{one.line}: {one.severity}: {one.rule}: {one.message}")
    if not as_json:
        for rule in dict.fromkeys(one.rule for one in found):
            say(f"try ({rule}): {lint.RULES[rule].remedy}")


def _row(one: Problem) -> dict[str, Any]:
    return {**asdict(one), "file": scrubbed_text(one.file)}


def _sum_up(found: list[Problem], checks: _Checks, used: _Used | str) -> None:
    errors = sum(one.severity == "error" for one in found)
    told = f"{calls_of(errors, 'error')}, {calls_of(len(found) - errors, 'warning')}"
    complain(f"{calls_of(checks.files, 'recording')}: {told}")
    if isinstance(used, str):
        complain(f"not checked: what is unused; {used}; {_way_out(used)}")


def _way_out(why: str) -> str:
    """Say what to do; journals lie in pytest's rootdir, which may be further below."""
    if why != _NO_RUN:
        return "run all tests, to their end and with their recordings"
    below = (one.as_posix() for depth in ("*", "*/*") for one in Path().glob(f"{depth}/{JOURNAL}"))
    found = next(below, "PATH")
    return f"run all tests from here, with an option of ours, or name a run: --journal {found}"
