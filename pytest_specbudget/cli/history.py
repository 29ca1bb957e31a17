"""`specbudget history`: keep months of usage in one folder, and say what lies there.

`add` folds journals, JSON lines, Parquet, cost summaries and telemetry into daily Parquet files,
each call once; `show` says what there is, and `cost` what it costs at other prices.  What cannot be
read, and what is set aside because it cannot be, is named, and leaves the history in doubt until it
is put right or `forget` dismisses it; the rest is kept.  A call of unknown cost is shown until
`settle` says what it counts as.  The history is the one that the project has set, so that what is
added is what budgets read.

Exit status: 0 ok; 1 something was damaged or set aside; 2 wrong arguments, or an extra is lacking;
3 no price is known.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.store.doubts import open_sentences
from pytest_specbudget.analysis.store.history import History
from pytest_specbudget.analysis.store.sources import left_out, sources_below
from pytest_specbudget.bookkeeping.merging import merge
from pytest_specbudget.cli import _costing, _forgetting, _settling
from pytest_specbudget.cli._history_shown import show, sized, warn_of_size
from pytest_specbudget.cli._kept import nothing_kept
from pytest_specbudget.cli._options import add_action, add_actions
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._unknown_calls import unknown_calls
from pytest_specbudget.cli._waiting import counting
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.errors import JournalError, SettingError
from pytest_specbudget.histories.settled_file import FILE_NAME
from pytest_specbudget.histories.spent import kept
from pytest_specbudget.histories.usage import is_store
from pytest_specbudget.settings.settings import read_settings

if TYPE_CHECKING:
    import argparse
    from argparse import _SubParsersAction
    from collections.abc import Iterable, Sequence

    from pytest_specbudget.analysis.store.history import Added
    from pytest_specbudget.cli._parser import Parser
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal
    from pytest_specbudget.settings.settings import Settings

    _Actions = _SubParsersAction[Parser]

__all__ = ["EXAMPLE", "HELP", "HISTORY", "configure", "counted", "run"]

HELP = "keep months of usage in one folder, and say what lies there"
EXAMPLE = "specbudget history add .specbudget/journal && specbudget history show"

HISTORY = Path(".specbudget/history")
"""Where the history of a project lies that has set no other place."""

_DAMAGED, _WRONG = 1, 2
_NAMED = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    actions = add_actions(parser)
    for configured in (_to_add, _to_show, _to_settle, _to_forget, _to_cost):
        configured(actions)


def _to_add(actions: _Actions) -> None:
    add = add_action(
        actions,
        "add",
        "add usage to the history, each call once",
        "specbudget history add .specbudget/journal",
    )
    add.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="journals, JSON lines, Parquet, cost summaries, telemetry, or folders of them",
    )
    _add_folder(add)
    add.set_defaults(action=_add)


def _to_show(actions: _Actions) -> None:
    shown = add_action(
        actions,
        "show",
        "say how much there is, of which days and models",
        "specbudget history show",
    )
    _add_folder(shown)
    shown.add_argument("--json", action="store_true", help="one JSON object on standard output")
    shown.set_defaults(action=_show)


def _to_settle(actions: _Actions) -> None:
    settle = add_action(
        actions,
        "settle",
        "say what calls count as whose cost nobody knows",
        'specbudget history settle CALL --usd 0.05 --reason "the bill of November"',
    )
    _settling.configure(settle)
    _add_folder(settle)
    settle.set_defaults(action=_settle)


def _to_forget(actions: _Actions) -> None:
    forget = add_action(
        actions,
        "forget",
        "dismiss what was set aside or could not be read",
        'specbudget history forget usage.jsonl --reason "the export was wrong"',
    )
    _forgetting.configure(forget)
    _add_folder(forget)
    forget.set_defaults(action=_forget)


def _to_cost(actions: _Actions) -> None:
    cost = add_action(
        actions,
        "cost",
        "say what it costs at other prices, by group",
        "specbudget history cost --by spec,month --price-at 2027-01-01",
    )
    _costing.configure(cost)
    cost.set_defaults(action=_costing.run)


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand and return the exit status."""
    try:
        status: int = arguments.action(arguments)
    except (JournalError, SettingError) as problem:
        complain(problem)
        return _WRONG
    except OSError as problem:
        if (
            arguments.action in (_show, _costing.run) and problem.filename is None
        ):  # it is about the output
            raise
        complain(_unusable(problem, arguments.history))
        return _DAMAGED
    return status


def _unusable(problem: OSError, history: Path | None) -> str:
    """Say where a file or folder could not be used, why, and what to do."""
    where = Path(problem.filename or history or "")
    why = reason_of(problem)
    if history in (where, *where.parents):
        return (
            f"{history}: the history cannot be written ({why}: {where}); what it had it still has: "
            "make it writable, or name another folder with --history"
        )
    return f"{where}: cannot be used ({why})"


def counted(journals: list[Journal]) -> Iterable[Charge]:
    """Return the calls of one run that count: copies, repeats and replaced attempts left out."""
    return merge(journals).ledger


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--history",
        type=Path,
        metavar="DIR",
        help="the history (default: `history` in pyproject.toml or SPECBUDGET_HISTORY, else "
        f"{HISTORY})",
    )


def _history(arguments: argparse.Namespace) -> History:
    """Return the history that was typed, else the one that is set, which the arguments then name.

    Raises:
        JournalError: If what is set is usage of another shape, which nothing may be added to.
        SettingError: If the settings make no sense.
    """
    arguments.history = arguments.history or _as_set()
    return History(arguments.history)


def _as_set() -> Path:
    settings = _settings()
    folder = settings.history
    if folder is None:
        return HISTORY
    if folder.exists() and not (is_store(folder) or _is_vacant(folder)):
        raise JournalError(
            f"{folder}: is no folder that `specbudget history add` made, and set as the history by "
            f"{settings.origin_of('history')}; name a history with --history"
        )
    return folder


def _is_vacant(folder: Path) -> bool:
    """Tell whether *folder* is a folder with nothing in it that is seen."""
    return folder.is_dir() and all(one.name.startswith(".") for one in folder.iterdir())


def _add(arguments: argparse.Namespace) -> int:
    history = _history(arguments)
    sources = [one for path in arguments.paths for one in sources_below(path, history.folder)]
    with counting("reading", len(sources)) as done:
        added = history.add(
            dict.fromkeys(sources),
            settle=counted,
            today=datetime.now(UTC).date(),
            seen=lambda _source: done(),
        )
    doubted = open_sentences(history.folder)
    damage = [sentence for sentence in history.damage() if sentence not in doubted]
    _tell(added)
    empty = [f"{path}: is empty" for path in arguments.paths if _is_empty(path)]
    skipped = (left_out(path, history.folder) for path in arguments.paths)
    _tell_all(
        [*added.problems, *damage, *empty, *added.ignored, *added.odd, *filter(None, skipped)]
    )
    size = history.size()
    print(f"{history.folder}: {sized(size)}", file=sys.stderr)
    _tell_all([_IN_DOUBT] * bool(doubted))
    warn_of_size(size)
    wrong = (added.problems, added.refused, damage, doubted, empty)
    return _DAMAGED if any(wrong) else 0


def _is_empty(path: Path) -> bool:
    """Tell whether *path* is an empty file of a shape that nothing else complains of."""
    packed = path.suffix in (".parquet", ".json")
    return path.is_file() and not packed and path.stat().st_size == 0


_IN_DOUBT = (
    "what is set aside or could not be read leaves the history in doubt: `specbudget history show` "
    "tells it, `specbudget history forget` dismisses it"
)


def _tell(added: Added) -> None:
    old = [source for source in added.sources if not (source.new or source.quarantined)]
    several = len(old) > 1
    for source in added.sources:
        if several and source in old:
            continue
        parts = [calls_of(source.new, "new record")]
        parts += [f"{source.duplicate:,} known already"] if source.duplicate else []
        parts += [f"{source.quarantined:,} set aside"] if source.quarantined else []
        print(f"{source.name}: {', '.join(parts)}", file=sys.stderr)
    if several:
        known = sum(source.duplicate for source in old)
        told = f"{len(old):,} sources with nothing new: {calls_of(known, 'record')} known already"
        print(told, file=sys.stderr)
    _tell_all(added.refused)


def _tell_all(sentences: Sequence[str]) -> None:
    for sentence in sentences[:_NAMED]:
        complain(sentence)
    if len(sentences) > _NAMED:
        complain(f"and {len(sentences) - _NAMED:,} more")


def _forget(arguments: argparse.Namespace) -> int:
    _existing(arguments)
    return _forgetting.run(arguments)


def _existing(arguments: argparse.Namespace) -> History:
    history = _history(arguments)
    if not history.folder.is_dir():
        raise JournalError(
            f"{history.folder}: there is no history; make one with `specbudget history add PATH`"
        )
    return history


def _show(arguments: argparse.Namespace) -> int:
    settings, typed = _settings(), arguments.history
    history, places = _history(arguments), kept(Path(), typed or settings.history)
    if not history.folder.is_dir() and (typed is not None or not places):
        _existing(arguments)
    found = unknown_calls(places, settings, Path(FILE_NAME))
    stored = history if history.folder.is_dir() else None
    damage = show(stored, places, found, as_json=arguments.json)
    _tell_all(damage)
    return _DAMAGED if damage else 0


def _settle(arguments: argparse.Namespace) -> int:
    settings = _settings()
    places = kept(Path(), arguments.history or settings.history)
    if not places:
        raise JournalError(nothing_kept())
    return _settling.run(arguments, places, settings)


def _settings() -> Settings:
    return read_settings(options={}, environment=os.environ, rootdir=Path.cwd())
