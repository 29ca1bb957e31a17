"""`specbudget doctor`: say what can be metered here, and what cannot.

It looks and changes nothing.  To learn whether a client is made as its meter expects, the client is
imported and the meter's patches are put on and off again; `--call` calls through it as well.
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cli._clients import installed_version, list_clients, list_sdks
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._strangers import document_of, find_strangers, worded
from pytest_specbudget.cli._surroundings import (
    find_journals,
    find_prices,
    find_settings,
    list_needs,
    recorder_misfits,
)
from pytest_specbudget.errors import CatalogueError
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.cli._clients import Client, Sdk
    from pytest_specbudget.cli._surroundings import Journals, Need, Prices, SettingsFound
    from pytest_specbudget.verdicts.strangers import Stranger

__all__ = ["EXAMPLE", "HELP", "configure", "run"]

HELP = "say what can be metered here, and what cannot"
EXAMPLE = "specbudget doctor --json"

_SCHEMA = "1"
_NONE: list[tuple[str, ...]] = [("(none)",)]
_WRONG = 2
_CAN_BE_TOLD = "(their calls can be booked by hand, with `record_agent_call`)"
_NEVER_SEEN = (
    "what passes in WebSocket sessions (OpenAI Realtime, Gemini Live): a session is a finding",
    "other programs: servers and command line tools that the tests start",
    "other Python processes, unless pytest is run with `-p pytest_specbudget.plugin.children`",
    "Python with -I, -E or -S, or behind a shell or launcher that sets PYTHONPATH, even so",
    "HTTP that is written to a socket by hand, or by a client that is not listed above",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "rootdir",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="ROOTDIR",
        help="pytest's rootdir, where settings and journals are looked for (default: this folder)",
    )
    parser.add_argument(
        "--call",
        action="store_true",
        help="also call a server of our own, on the loopback interface, through each client",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a text")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; 1 if something is not as it must be, 2 if there is no such folder."""
    if not arguments.rootdir.is_dir():
        complain(_no_folder(arguments.rootdir))
        return _WRONG
    health = _examine(arguments.rootdir.resolve(), datetime.now(UTC), call=arguments.call)
    if arguments.json:
        print(json.dumps(health.document(), indent=1))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _text(health))
    return 1 if health.problems else 0


def _no_folder(path: Path) -> str:
    found = "is no folder" if path.exists() else "does not exist"
    return f'"{path}" {found}; name pytest\'s rootdir, or nothing for the folder you are in'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Health:
    """All that was found.

    Attributes:
        prices: None if they cannot be read, which is then one of the problems.
        strangers: Hosts that the newest run called and nobody knows; no problem, but a doubt.
        problems: What must be put right, one sentence each.
    """

    version: str
    python: str
    system: str
    packages: list[Need]
    clients: list[Client]
    sdks: list[Sdk]
    settings: SettingsFound
    prices: Prices | None
    journal: Journals
    strangers: tuple[Stranger, ...]
    problems: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it as `--json` prints it."""
        found = asdict(replace(self, strangers=()))
        settings, problems = found.pop("settings"), found.pop("problems")
        del found["strangers"]  # in other words
        return {
            "schemaVersion": _SCHEMA,
            "healthy": not problems,
            **found,
            "settings": settings["origins"],
            "unknown_hosts": [*map(document_of, self.strangers)],
            "never_seen": _NEVER_SEEN,
            "problems": problems,
        }


def _examine(rootdir: Path, now: datetime, *, call: bool) -> _Health:
    clients, needs = list_clients(call=call), list_needs()
    settings, journal = find_settings(rootdir), find_journals(rootdir)
    prices, unpriced = _prices(settings, now)
    return _Health(
        version=installed_version("pytest-specbudget") or "(from sources)",
        python=platform.python_version(),
        system=platform.platform(terse=True),
        packages=needs,
        clients=clients,
        sdks=list_sdks(clients),
        settings=settings,
        prices=prices,
        journal=journal,
        strangers=find_strangers(
            Path(journal.folder), Settings(hosts=settings.hosts, prices=settings.prices)
        ),
        problems=(
            *_of_needs(needs),
            *(f"{one.name} {one.version} is not metered: {one.why}" for one in _broken(clients)),
            *(f"replays may count as live calls: {problem}" for problem in recorder_misfits()),
            *settings.problems,
            *unpriced,
            *_of_journal(journal),
        ),
    )


def _prices(settings: SettingsFound, now: datetime) -> tuple[Prices | None, tuple[str, ...]]:
    try:
        return find_prices(settings.prices, now), ()
    except CatalogueError as error:
        return None, (str(error),)


def _of_needs(needs: Iterable[Need]) -> Iterator[str]:
    for need in needs:
        if not need.fits:
            told = need.version or "not installed"
            yield f"{need.name} is {told}; {need.name}{need.wanted} is needed"


def _broken(clients: Iterable[Client]) -> Iterator[Client]:
    return (client for client in clients if client.state == "broken")


def _of_journal(journal: Journals) -> Iterator[str]:
    if not journal.writable:
        yield f"{journal.folder} cannot be written; a run would fail to keep its journal"


def _text(health: _Health) -> Iterator[str]:
    """Yield the lines for people."""
    yield f"specbudget {health.version} on Python {health.python}, {health.system}"
    yield from _table(
        "packages",
        [(need.name, need.version or "(none)", f"needs {need.wanted}") for need in health.packages],
    )
    yield from _table("clients", [(one.name, one.version, _state(one)) for one in health.clients])
    yield from _table("called, to see whether it is heard", _calls(health.clients))
    yield from _table(
        "SDKs", [(one.name, one.version, f"through {_listed(one.through)}") for one in health.sdks]
    )
    yield from _table(
        "settings", [(origin,) for origin in health.settings.origins.values()] or _NONE
    )
    yield from _table("prices", [(_of_prices(health.prices),)])
    yield from _table("journal", [(f"{health.journal.folder}, {_runs(health.journal.runs)}",)])
    yield from _table("never seen", [(words,) for words in (*_NEVER_SEEN, _CAN_BE_TOLD)])
    yield from _table("hosts that nobody knows", [(worded(one),) for one in health.strangers])
    yield from _table("problems", [(problem,) for problem in health.problems] or _NONE)


def _table(title: str, rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield a title, and *rows* with their columns aligned."""
    if not rows:
        return
    yield ""
    yield title
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()


def _state(client: Client) -> str:
    return f"{client.state}: {client.why}" if client.why else client.state


def _calls(clients: list[Client]) -> list[tuple[str, ...]]:
    """Return a row for each client that could be called, or none where nothing was to be."""
    if not any(client.called for client in clients):
        return []
    return [(one.name, _call(one)) for one in clients if one.called or one.state == "metered"]


def _call(client: Client) -> str:
    if not client.called:
        return "not called: there is no trial for what it speaks"
    heard = "was heard whole" if client.state == "metered" else "failed, see problems"
    return f"{client.called} {heard}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing that is known here"


def _of_prices(prices: Prices | None) -> str:
    if prices is None:
        return "(see problems)"
    over = "".join(f", under {name}" for name in prices.overlays)
    return f"{prices.source}, as of {prices.as_of[:10]}, {_days(prices.age_days)} old{over}"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _runs(count: int) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"
