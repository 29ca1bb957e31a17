"""Which engine a command asks, and where the usage lies: the options of all that price usage.

An engine in this process reads files, a history or anything that one can be made of; a server has
the usage in a table.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.engine import USAGE, relation
from pytest_specbudget.analysis.engines.opening import ENGINES, LOCAL
from pytest_specbudget.cli._kept import nothing_kept
from pytest_specbudget.cli._output import complain
from pytest_specbudget.cli._typed import settings_with
from pytest_specbudget.errors import SettingError
from pytest_specbudget.histories.places import Kept, Place, kept_in
from pytest_specbudget.prices.loading import load_catalogue

if TYPE_CHECKING:
    import argparse

    from pytest_specbudget.settings.settings import Settings

__all__ = [
    "add_engine",
    "add_history",
    "add_prices",
    "add_table",
    "files_of",
    "place_of",
    "place_on",
    "settings_of",
    "url_of",
]

_URL = "ENGINE_URL"
_WITH_TABLES = "spark"
"""The one engine in this process that may know tables without being told where they are."""


def add_engine(parser: argparse.ArgumentParser, default: str | None, told: str) -> None:
    """Say which engine, and where it is.

    Args:
        parser: Whose options these are.
        default: The one that is asked if none is named; None for none.
        told: What it is for, and what happens without one.
    """
    parser.add_argument("--engine", choices=ENGINES, default=default, help=told)
    parser.add_argument(
        "--url",
        help=f"where a server is, as Ibis connects to it (default: the variable {_URL}, which keeps"
        " a password out of the list of processes)",
    )


def add_history(parser: argparse.ArgumentParser) -> None:
    """Say in which files the usage lies."""
    parser.add_argument(
        "--history",
        metavar="PATH",
        help="a history, a journal, or a folder of journals (default: the setting, else "
        ".specbudget/history and the journals in .specbudget/journal, each call once)",
    )


def add_table(parser: argparse.ArgumentParser) -> None:
    """Say in which table of an engine the usage lies instead."""
    parser.add_argument(
        "--table",
        metavar="NAME",
        help="with --engine: the table or view of the usage there, as schema.table if need be "
        f"(default: {USAGE}; an engine in this process reads --history)",
    )


def add_prices(parser: argparse.ArgumentParser) -> None:
    """Say which prices are laid over those that are shipped."""
    parser.add_argument(
        "--prices",
        metavar="PATH",
        action="append",
        default=[],
        help="overlay TOML, or the name of a shipped one; repeatable, the later on top",
    )


def settings_of(arguments: argparse.Namespace, **typed: object) -> Settings:
    """Read what is set here; what is *typed* comes first, and prices lie on top.

    Prices that name nothing that is sold are told.

    Raises:
        SettingError: If something makes no sense, in the words of the command.
        CatalogueError: If the prices make none.
    """
    settings = settings_with(Path.cwd(), **typed)
    settings = replace(settings, prices=(*settings.prices, *map(Path, arguments.prices)))
    for sentence in load_catalogue(settings.prices).unused:
        complain(sentence)
    return settings


def url_of(arguments: argparse.Namespace) -> str | None:
    """Return where the server is: as typed, else as the environment says."""
    return arguments.url or os.environ.get(_URL)


def files_of(settings: Settings) -> Path | Kept:
    """Return where usage is kept in files: as set, else the history and the journals here.

    Raises:
        SettingError: If there is nothing.
    """
    path = settings.history
    if path is None:
        kept = kept_in(Path())
        if kept is not None:
            return kept
        raise SettingError([nothing_kept()])
    if not path.exists():
        raise SettingError([f'"{path}" does not exist; name a history, or journals'])
    return path


def place_on(engine: str, settings: Settings) -> Place:
    """Return where usage is kept in files, for *engine* to read.

    Raises:
        SettingError: If there is nothing.
    """
    files = files_of(settings)
    return files.on(engine) if isinstance(files, Kept) else Place(engine=engine, files=files)


def place_of(arguments: argparse.Namespace, settings: Settings) -> Place | None:
    """Return where the usage lies and which engine has it; None if no engine was asked for.

    Raises:
        SettingError: If the arguments contradict each other, or there is no such place.
    """
    if arguments.engine is None:
        given = [name for name in ("url", "table") if getattr(arguments, name) is not None]
        if given:
            raise SettingError([f"--{given[0]} is about an engine: name it with --engine"])
        return None
    if arguments.history is not None:
        return _files(arguments, settings)
    url = url_of(arguments)
    if url is None and arguments.engine in LOCAL and arguments.table is None:
        return place_on(arguments.engine, settings)
    return _table(arguments, url)


def _files(arguments: argparse.Namespace, settings: Settings) -> Place:
    name = arguments.engine
    beside = [other for other in ("url", "table") if getattr(arguments, other) is not None]
    if beside:
        raise SettingError([f"--history and --{beside[0]} name two places: give one of them"])
    if name not in LOCAL:
        raise SettingError(
            [f"{name} is a server and reads no files here: name its --table, without --history"]
        )
    return place_on(name, settings)


def _table(arguments: argparse.Namespace, url: str | None) -> Place:
    name, table = arguments.engine, arguments.table or USAGE
    if url is None and name not in LOCAL:
        raise SettingError(
            [f"{name} is a server: say where it is, as in --url {name}://HOST/DATABASE"]
        )
    if url is None and name != _WITH_TABLES:
        raise SettingError(
            [f"{name} starts empty in this process: name --history, or its database with --url"]
        )
    try:
        relation(table)
    except ValueError as problem:
        raise SettingError([f"--table: {problem}"]) from None
    return Place(engine=name, table=table, url=url)
