"""Where the base of a run comes from: a stored file, or the recordings of a git revision."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from os.path import relpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.comparisons.base import Base, Opened
from pytest_specbudget.comparisons.selection import Selection
from pytest_specbudget.errors import BaselineError, SettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pytest_specbudget.audit.comparison import Side
    from pytest_specbudget.comparisons.sides import OneInstant
    from pytest_specbudget.settings.settings import Settings

    Tests = Mapping[str, Collection[str]]

__all__ = ["base_of"]

_ACKS = "specbudget-ack.toml"


def base_of(  # noqa: PLR0913 - what is known of a run, each named
    settings: Settings,
    rootdir: Path,
    *,
    partial_run: bool,
    tests: Tests | None = None,
    chosen: tuple[str, ...] | None = None,
    unrun: Collection[str] = (),
) -> Base | None:
    """Return what *settings* compare a run in *rootdir* with; None where nobody asked.

    Args:
        settings: What was asked for.
        rootdir: pytest's, which test names are relative to.
        partial_run: Whether the run was not the whole suite.
        tests: The node ids of the tests of each module, as far as all are known.
        chosen: The files and folders that the run was of, from rootdir; None for all.
        unrun: The node ids of what was to run and did not: tests, and files and classes of them.

    Raises:
        SettingError: If the file of accepted regressions makes no sense, or a revision of git is
            named as if it were a file.
    """
    asked, today = settings.baseline, datetime.now(UTC).date()
    if asked is None:
        unused = settings.max_regression is not None or settings.strict_baseline
        return Base(today=today, notes=(_NOTHING_NAMED,)) if unused else None
    from pytest_specbudget.settings.acks_file import read_acks  # noqa: PLC0415 - few compare

    path = settings.acks or rootdir / _ACKS
    acks = read_acks(path) if settings.acks is not None or path.exists() else ()
    run = Selection(partial=partial_run, chosen=chosen or (), unrun=frozenset(unrun))
    if asked.revision is not None:
        opener = partial(_of_revision, settings, rootdir, asked.revision, tests or {}, run)
        return Base(open=opener, acks=acks, today=today, **_here(path))
    stored = Path(str(asked.path))
    if not stored.exists():
        _check_no_revision(stored, asked.origin, rootdir)
        return Base(today=today, notes=(_not_yet(stored),))
    opener = partial(_stored, stored, rootdir, run)
    return Base(open=opener, acks=acks, today=today, **_here(path))


def _here(path: Path) -> dict[str, Any]:
    """Say where regressions are accepted, if that is not where `specbudget ack` writes here."""
    here, path = Path.cwd() / _ACKS, path.resolve()
    if path == here.resolve():
        return {}
    try:
        file = Path(relpath(path)).as_posix()
    except ValueError:  # on another drive
        file = path.as_posix()
    unread = f"{_ACKS} here is not read: what this run accepts stands in {file}"
    return {"ack_file": file, "notes": (unread,) if here.exists() else ()}


_NOTHING_NAMED = (
    "a limit for regressions is set and nothing to compare with: name a baseline with "
    "--spec-baseline=git:origin/main, or a file that --spec-save-baseline wrote"
)


def _check_no_revision(path: Path, origin: str, rootdir: Path) -> None:
    """Refuse the name of a revision in place of a file: then nothing would ever be compared."""
    from pytest_specbudget.baselines.git import Repository  # noqa: PLC0415 - for a slip

    try:
        Repository.at(rootdir).commit(path.as_posix())
    except BaselineError:
        return
    raise SettingError([f'{origin}: there is no such file; did you mean "git:{path.as_posix()}"?'])


def _not_yet(path: Path) -> str:
    return (
        f"there is no baseline at {path} yet, so nothing was compared; a passing run with "
        f"--spec-save-baseline={path} stores one"
    )


def _stored(path: Path, rootdir: Path, run: Selection, prices: OneInstant, _head: Side) -> Opened:
    """Open a file, which says nothing of what a test that was skipped costs now."""
    from pytest_specbudget.baselines.packages import package_of  # noqa: PLC0415
    from pytest_specbudget.baselines.stored import read_baseline  # noqa: PLC0415

    side = read_baseline(path, prices.quote, package_of(rootdir))
    tests = {charge.attribution.test for charge in side.charges}
    outside = {test for test in tests if not run.is_of(test)}
    return Opened(
        side=side,
        unrun=None if run.partial else frozenset(run.unrun | outside),
        untold=frozenset(test for test in tests - outside if run.skipped(test)),
    )


def _of_revision(  # noqa: PLR0913, PLR0917 - as `opened_revision`, which few runs load
    settings: Settings,
    rootdir: Path,
    revision: str,
    tests: Tests,
    run: Selection,
    prices: OneInstant,
    head: Side,
) -> Opened:
    from pytest_specbudget.comparisons.of_revision import opened_revision  # noqa: PLC0415

    return opened_revision(settings, rootdir, revision, tests, run, prices, head)
