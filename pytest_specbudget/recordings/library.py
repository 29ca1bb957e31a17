"""The recordings below a folder, read: what was asked, what was answered, what that consumed.

For commands that look at recordings without replaying them.  Nothing in a recording is executed,
and one that cannot be read is told and passed over, so that the others are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.cassetter import is_toml
from pytest_specbudget.cassettes.unopened import leads_nowhere
from pytest_specbudget.core.exchange import Request
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.providers import read_whole
from pytest_specbudget.providers.deferred import settled
from pytest_specbudget.providers.whereabouts import Whereabouts
from pytest_specbudget.recordings.scrubbed import path_told_by
from pytest_specbudget.recordings.whole import flat, read_whole_recording, whole_recording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_specbudget.cassettes.shapes import Interaction
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.providers import HostRule
    from pytest_specbudget.recordings.whole import Whole

__all__ = [
    "Recording",
    "files_below",
    "may_be_recording",
    "reading_of",
    "recording_of",
    "recordings",
    "request_of",
]

_TOML = ".toml"
_KINDS = (".yaml", ".yml", ".json", ".har", ".httprr")
_SUFFIXES = (*_KINDS, *(f"{kind}.gz" for kind in _KINDS), _TOML)
_BEGINNING = 4096


@dataclass(frozen=True, slots=True)
class Recording:
    """One file of recorded exchanges.

    Attributes:
        path: Where it lies.
        name: Its path below the folder that was asked for, with `/` between the parts.
        interactions: In file order.
        readings: What each consumed; None for one that is no model call.
        whole: The same exchanges with everything that the file holds.
    """

    path: Path
    name: str
    interactions: Sequence[Interaction]
    readings: Sequence[Reading | None]
    whole: Whole

    @property
    def counted_elsewhere(self) -> set[int]:
        """The places of the answers whose work is counted at another place of the file."""
        works = settled(self.readings)
        return {place for work in works for place in (*work.begun, *work.repeats)}


def recordings(
    root: Path, unread: Callable[[str], None], rules: Sequence[HostRule] = ()
) -> Iterator[Recording]:
    """Yield the recordings that *root* is, or that lie below it, sorted by path.

    Args:
        root: A file, or a folder that is searched with all below it.
        unread: Told in one line of each recording that cannot be read.
        rules: What the user says about hosts.
    """
    for path in files_below(root):
        try:
            whole = read_whole_recording(path)
        except RecordingError as problem:
            unread(str(problem))
            continue
        if whole is not None:
            name = path.relative_to(root).as_posix() if path != root else path.name
            yield _read(path, name, whole, rules)


def recording_of(data: bytes, name: str, rules: Sequence[HostRule] = ()) -> Recording | None:
    """Read a recording that is at hand; None if it is well-formed and no recording.

    Args:
        data: What the file holds.
        name: Its path, from wherever people look at it, with `/` between the parts.
        rules: What the user says about hosts.

    Raises:
        RecordingError: If it makes no sense, with its name and the reason.
    """
    path = Path(name)
    whole = whole_recording(data, path)
    return None if whole is None else _read(path, name, whole, rules)


def _read(path: Path, name: str, whole: Whole, rules: Sequence[HostRule]) -> Recording:
    interactions = [*map(flat, whole.interactions, whole.recorded or repeat(None))]
    heard = [reading_of(each, rules) for each in interactions]
    known = Whereabouts(heard)
    readings = [None if each is None else known.located(each) for each in heard]
    return Recording(path, name, interactions, readings, whole)


def may_be_recording(name: str) -> bool:
    """Tell whether a file of that name can be a recording; of TOML, only its text tells."""
    return name.endswith(_SUFFIXES)


def files_below(root: Path) -> Iterator[Path]:
    """Yield *root* if it is a file, else what may be a recording below it, sorted by path.

    A link to nothing may be one, too, and so may what nobody may look at: who reads it says so.
    """
    if not root.is_dir():
        yield root
        return
    for path in sorted(root.rglob("*")):
        if may_be_recording(path.name) and _is_file(path) and not _is_other_toml(path):
            yield path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file() or leads_nowhere(path)
    except OSError:  # in a folder that may not be entered
        return True


def _is_other_toml(path: Path) -> bool:
    """Tell whether *path* is one of the many TOML files that are no recording."""
    if path.suffix != _TOML:
        return False
    try:
        with path.open("rb") as file:
            return not is_toml(file.read(_BEGINNING))
    except OSError:
        return True


def reading_of(interaction: Interaction, rules: Sequence[HostRule] = ()) -> Reading | None:
    """Read what *interaction* consumed; None if it is no model call."""
    answer = interaction.status, interaction.headers, interaction.body
    return read_whole(request_of(interaction), *answer, rules)


def request_of(interaction: Interaction) -> Request:
    """Return what was asked, as readers take it; of a scrubbed URL, what the answer tells."""
    host, path, query = _target(interaction.url)
    if path == "/" and interaction.method == "POST":
        coding = interaction.headers.get("content-encoding", "")
        path = path_told_by(interaction.body, coding) or path
    return Request(interaction.method, host, path, interaction.request_body, query)


def _target(url: str) -> tuple[str, str, str]:
    """Cut host, path and query out of a URL that may be scrubbed beyond what a URL may be."""
    _, slashes, rest = url.partition("//")
    host, slash, path = (rest if slashes else url).partition("/")
    host = host.rpartition("@")[2].partition(":")[0]
    path, _, query = path.partition("#")[0].partition("?")
    return host.lower(), slash + path or "/", query
