"""Which recorded calls are the cases of a matrix, and which models are asked."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_specbudget.cli._output import complain
from pytest_specbudget.core.names import nearest
from pytest_specbudget.errors import SettingError
from pytest_specbudget.recordings.library import recordings
from pytest_specbudget.recordings.matrix import cases_in
from pytest_specbudget.recordings.matrix_folder import is_of_a_matrix

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from pytest_specbudget.recordings.matrix import Case
    from pytest_specbudget.settings.settings import Settings

__all__ = ["cases_of", "home_of", "models_of"]


def home_of(paths: Sequence[Path]) -> Path:
    """Return the folder that all of *paths* lie in.

    Raises:
        SettingError: If one of them does not exist.
    """
    missing = [f"{path}: no such file or folder" for path in paths if not path.exists()]
    if missing:
        raise SettingError(missing)
    folders = [path.resolve() if path.is_dir() else path.resolve().parent for path in paths]
    return Path(os.path.commonpath(folders))


def cases_of(
    arguments: argparse.Namespace, settings: Settings, home: Path, matrix: Path
) -> tuple[list[Case], bool]:
    """Return the cases that were chosen, and whether a file could not be read.

    Args:
        arguments: `paths`, `case` and `model`.
        settings: What the user says about hosts.
        home: The folder below which cases are named.
        matrix: Where this one is recorded; what lies there, or in another one, is no case.

    Raises:
        SettingError: If there is no such case, or none at all.
    """
    unread: list[str] = []
    found = {
        case.name: case
        for path in arguments.paths
        for recording in recordings(path.resolve(), unread.append, settings.hosts)
        if not recording.path.is_relative_to(matrix) and not is_of_a_matrix(recording.path, home)
        for case in cases_in(recording, recording.path.relative_to(home).as_posix())
    }
    for problem in unread:
        complain(problem)
    cases = _chosen(arguments, found, home)
    if not cases:
        raise SettingError(["no recorded model call was chosen, so there is nothing to ask"])
    return cases, bool(unread)


def _chosen(arguments: argparse.Namespace, found: Mapping[str, Case], home: Path) -> list[Case]:
    """Choose by name if names are given, else what was answered; and by the recorded model."""
    chosen = [case for case in found.values() if case.answered]
    if arguments.case:
        names = {_name_of(text, home): text for text in arguments.case}
        strange = [text for name, text in names.items() if name not in found]
        if strange:
            raise SettingError([_no_case(text, found) for text in strange])
        chosen = [found[name] for name in names]
    glob = arguments.model
    return [case for case in chosen if glob is None or fnmatchcase(_recorded_model(case), glob)]


def _name_of(text: str, home: Path) -> str:
    """Return the name of a case that is given by it or by the path of its file."""
    file, _, index = text.rpartition(":")
    path = Path(file).resolve()
    if file and path.is_file() and path.is_relative_to(home):
        return f"{path.relative_to(home).as_posix()}:{index}"
    return text


def _no_case(text: str, found: Mapping[str, Case]) -> str:
    likely = nearest(text, [*found])
    hint = f'; did you mean "{likely}"?' if likely else "; write FILE:INDEX, counted from 0"
    return f"--case {text}: there is no such model call{hint}"


def _recorded_model(case: Case) -> str:
    return case.reading.request_model or case.reading.model


def models_of(lists: Sequence[str]) -> list[str]:
    """Return the models of comma-separated *lists*, each once.

    Raises:
        SettingError: If there are none.
    """
    names = [name.strip() for text in lists for name in text.split(",")]
    models = [*dict.fromkeys(name for name in names if name)]
    if not models:
        raise SettingError(["--models names no model"])
    return models
