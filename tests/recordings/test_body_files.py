"""Answers that WireMock keeps in files of their own are read, and no other files are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.answers import encoded

from pytest_specbudget.cassettes.sizes import MAX_BYTES
from pytest_specbudget.recordings.library import recording_of, recordings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.recordings.library import Recording

ANSWER = encoded({"model": "gpt-5", "usage": {"prompt_tokens": 7, "completion_tokens": 2}})
SENT = {"model": "gpt-5", "messages": []}


def stub(name: Any, **more: Any) -> dict[str, Any]:
    """Map a chat to an answer in the file *name*."""
    pattern = {"equalToJson": json.dumps(SENT)}
    request = {"method": "POST", "url": "/v1/chat/completions", "bodyPatterns": [pattern]}
    return {"request": request, "response": {"status": 200, "bodyFileName": name, **more}}


def laid(root: Path, told: Any, *, below: str = "mappings") -> Path:
    """Write a mapping, and an answer where WireMock keeps those."""
    mapping = root / below / "chat.json"
    files = root / "__files" / "chat"
    for folder in (mapping.parent, files):
        folder.mkdir(parents=True, exist_ok=True)
    mapping.write_text(json.dumps(told), encoding="utf-8")
    (files / "answer.json").write_bytes(ANSWER)
    return mapping


def read(path: Path) -> tuple[list[Recording], list[str]]:
    """Read what lies at *path*, and what could not be read."""
    unread: list[str] = []
    return [*recordings(path, unread.append)], unread


@pytest.mark.parametrize("below", ["mappings", "mappings/models/openai", "."])
@pytest.mark.parametrize(
    "told", [stub("chat/answer.json"), {"mappings": [stub("chat/answer.json")]}]
)
def test_an_answer_in_a_file_of_its_own_is_read(tmp_path: Path, told: Any, below: str) -> None:
    (found,), unread = read(laid(tmp_path, told, below=below))

    assert unread == []
    assert [reading and reading.usage.input_tokens for reading in found.readings] == [7]
    assert found.interactions[0].body == ANSWER


def test_a_folder_of_stubs_has_one_recording_for_each_mapping(tmp_path: Path) -> None:
    laid(tmp_path, stub("chat/answer.json"))

    found, unread = read(tmp_path)

    assert ([one.name for one in found], unread) == (["mappings/chat.json"], [])


@pytest.mark.parametrize(
    "name", ["chat/gone.json", "chat", "{{request.path.[1]}}.json", "", 7, None]
)
def test_a_file_that_is_not_there_leaves_the_counts_unknown(tmp_path: Path, name: Any) -> None:
    (found,), unread = read(laid(tmp_path, stub(name)))

    (reading,) = found.readings
    assert unread == []
    assert reading is not None
    assert (reading.usage_state, reading.usage.reported()) == ("none", {})


@pytest.mark.parametrize(
    "name", ["../secret.json", "chat/../../secret.json", "{root}/secret.json", "chat/link.json"]
)
def test_a_name_that_leads_out_of_the_folder_is_an_error_and_is_not_read(
    tmp_path: Path, name: str
) -> None:
    path = laid(tmp_path, stub(name.format(root=tmp_path)))
    (tmp_path / "secret.json").write_bytes(ANSWER)
    (tmp_path / "__files" / "chat" / "link.json").symlink_to(tmp_path / "secret.json")

    found, unread = read(path)

    assert found == []
    (words,) = unread
    assert "lies outside of" in words
    assert str(path) in words


def test_a_folder_of_bodies_that_is_a_link_elsewhere_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "stubs"
    path = laid(root, stub("chat/answer.json"))
    (root / "__files").rename(tmp_path / "elsewhere")
    (root / "__files").symlink_to(tmp_path / "elsewhere")

    (found,), _ = read(path)

    assert found.interactions[0].body == b""


def test_a_body_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    path = laid(tmp_path, stub("chat/long.json"))
    with (tmp_path / "__files" / "chat" / "long.json").open("wb") as file:
        file.truncate(MAX_BYTES + 1)

    found, (words,) = read(path)

    assert found == []
    assert 'body file "chat/long.json" has more than' in words


def test_a_mapping_of_another_revision_is_read_without_files_of_this_one(tmp_path: Path) -> None:
    path = laid(tmp_path, stub("chat/answer.json"))

    found = recording_of(path.read_bytes(), str(path))

    assert found is not None
    assert found.interactions[0].body == b""
