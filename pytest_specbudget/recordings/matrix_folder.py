"""The folder of a matrix: one recording for each case and model, and what they cost.

    matrix/<case>/<model>.yaml      one interaction, written when its answer has come
    matrix/matrix.json              what each consumed and cost, sorted by case and model

A recording is looked at by its question: one whose case was recorded anew since, with another
body, is out of date and is not taken for the answer.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.encoding import decoded
from pytest_specbudget.cassettes.interaction import Interaction
from pytest_specbudget.cassettes.lines import Content
from pytest_specbudget.cassettes.matching import fingerprint
from pytest_specbudget.cassettes.names import cassette_path
from pytest_specbudget.cassettes.scrub import REDACTED, scrubbed, with_body
from pytest_specbudget.cassettes.store import Store, read
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.errors import RecordingError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pytest_specbudget.cassettes.interaction import Answer, Asked

__all__ = ["MatrixFolder", "is_of_a_matrix", "masked"]

_SCHEMA = "1"
_BOOKS = "matrix.json"
_SHORTEST_SECRET = 6
"""Shorter than this no key is, and a word of a text may be."""


class MatrixFolder:
    """Where the recordings of a matrix lie.

    Attributes:
        root: The folder itself; made with the first recording.
        rows: What `matrix.json` holds, by case and model; costs as decimal strings.
    """

    def __init__(self, root: Path) -> None:
        """Open the folder, whether it exists or not.

        Raises:
            RecordingError: If its `matrix.json` cannot be read.
        """
        self.root = root
        self.rows = _read_books(root / _BOOKS)

    def place(self, case: str, model: str) -> Path:
        """Return the file for the answer of *model* to *case*."""
        return cassette_path(self.root, case, model)

    def recorded(self, case: str, model: str, asked: Asked) -> Interaction | None:
        """Return the answer of *model* that is recorded for the question *asked*, if there is one.

        Raises:
            RecordingError: If the file cannot be read.
        """
        wanted = fingerprint(asked).body
        found = read(self.place(case, model)).interactions
        return next((one for one in found if fingerprint(one.asked).body == wanted), None)

    def check(self, case: str, model: str) -> None:
        """Make sure that an answer could be written, before it is paid for.

        Raises:
            RecordingError: If it could not.
        """
        self._store(case, model).check()

    def keep(self, case: str, model: str, asked: Asked, answer: Answer) -> Interaction:
        """Write an answer, in place of one that is there, without credentials; return what is kept.

        Raises:
            RecordingError: If it cannot be written.
        """
        kept = scrubbed(Interaction(asked, decoded(answer)))
        store = self._store(case, model)
        store.append(kept)
        store.finish(keep=True)
        return kept

    def book(self, row: Mapping[str, Any]) -> None:
        """Enter what a call consumed and cost; keys `case` and `model` say which.

        Raises:
            RecordingError: If it cannot be written.
        """
        self.rows[row["case"], row["model"]] = dict(row)
        rows = [self.rows[key] for key in sorted(self.rows)]
        text = json.dumps({"schemaVersion": _SCHEMA, "rows": rows}, indent=1, ensure_ascii=False)
        path = self.root / _BOOKS
        beside = path.with_name(f"{_BOOKS}.{os.getpid()}.new")
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            beside.write_text(f"{text}\n", encoding="utf-8", newline="\n")
            beside.replace(path)
        except OSError as problem:
            raise RecordingError(f"{path} cannot be written: {reason_of(problem)}") from problem

    def _store(self, case: str, model: str) -> Store:
        note = f"recorded by specbudget record --matrix: {case} asked of {model}"
        note = note.encode("ascii", "replace").decode()
        return Store(self.place(case, model), Content(), anew=True, note=note)


def is_of_a_matrix(path: Path, home: Path) -> bool:
    """Tell whether *path* lies in a folder of a matrix that is somewhere below *home*."""
    folders = (one for one in path.parents if one != home and one.is_relative_to(home))
    return any((folder / _BOOKS).is_file() for folder in folders)


def masked(answer: Answer, secrets: Iterable[str]) -> Answer:
    """Take *secrets* out of an answer that repeats them."""
    answer = decoded(answer)
    headers, body = answer.headers, answer.body
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            body = body.replace(secret.encode(), REDACTED.encode())
            headers = {
                name: [one.replace(secret, REDACTED) for one in values]
                for name, values in headers.items()
            }
    return with_body(replace(answer, headers=headers), body)


def _read_books(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    try:
        rows = json.loads(path.read_bytes())["rows"]
        return {(row["case"], row["model"]): row for row in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as problem:
        told = f"{path} cannot be read: {reason_of(problem)}; mend or remove it"
        raise RecordingError(told) from problem
    except (LookupError, TypeError) as problem:
        told = f"{path} cannot be read: it has no rows of cases and models; mend or remove it"
        raise RecordingError(told) from problem
