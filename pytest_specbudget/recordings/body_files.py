"""Bodies that lie in files of their own, as WireMock keeps long ones (`bodyFileName`).

    stubs/mappings/chat.json      "response": {"status": 200, "bodyFileName": "chat/answer.json"}
    stubs/__files/chat/answer.json

A recording comes from anywhere, so a name that leads out of `__files`, by dots, as a whole path or
through a link, is an error and nothing is read.  A file that is not there, or whose name WireMock
makes up from the request, leaves an answer without a body: what it consumed is unknown.

Source: https://wiremock.org/docs/stubbing/ (`bodyFileName`) and
https://wiremock.org/docs/configuration/ (`mappings` and `__files` below the root), not read again
for this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.sizes import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["fill"]

_NAME = "bodyFileName"
_FILES, _MAPPINGS = "__files", "mappings"


def fill(document: Any, recording: Path) -> None:
    """Put the bodies into the answers of *document* that keep them in files beside *recording*.

    Args:
        document: A list of interactions, as `regrouped` makes it, or anything else.
        recording: Where it was read.

    Raises:
        ValueError: If a name leads elsewhere, or to a file that is too long.
        OSError: If a file is there and cannot be read.
    """
    for response in _answers(document):
        name = response.get(_NAME)
        if isinstance(name, str) and name:
            response["body"] = _body(name, recording)


def _answers(document: Any) -> Iterator[dict[str, Any]]:
    listed = document.get("interactions") if isinstance(document, dict) else None
    for interaction in listed if isinstance(listed, list) else ():
        response = interaction.get("response") if isinstance(interaction, dict) else None
        if isinstance(response, dict):
            yield response


def _body(name: str, recording: Path) -> bytes:
    """Return what the file of that *name* holds; nothing if there is none."""
    for files in _folders(recording):
        place = (files / name).resolve()
        if not place.is_relative_to(files):
            raise ValueError(f'body file "{name}" lies outside of {files}; it is not read')
        if place.is_file():
            return _read(place, name)
    return b""


def _folders(recording: Path) -> Iterator[Path]:
    """Yield where files of bodies may lie: beside the recording, or beside its `mappings`."""
    parent = recording.absolute().parent
    beside = (folder.parent for folder in (parent, *parent.parents) if folder.name == _MAPPINGS)
    for root in (parent, *beside):
        files = (root / _FILES).resolve()
        if files.is_dir() and files.is_relative_to(root.resolve()):
            yield files


def _read(place: Path, name: str) -> bytes:
    with place.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(f'body file "{name}" has more than {MAX_BYTES >> 20} MiB')
    return data
