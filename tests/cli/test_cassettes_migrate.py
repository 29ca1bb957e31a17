"""The action `cassettes migrate`: where new files go, and what becomes of the old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.recorded import SECRET, chat, write

from pytest_specbudget.cassettes.store import read
from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def secretive() -> dict[str, object]:
    return chat(sent={"authorization": [f"Bearer {SECRET}"]})


def test_it_must_be_said_where_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.yaml", chat())

    status = main(["cassettes", "migrate", str(path)])

    assert status == 2
    assert "--in-place" in capsys.readouterr().err


def test_in_place_the_new_file_takes_the_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.yaml", secretive())

    status = main(["cassettes", "migrate", "--in-place", str(path)])

    assert status == 0
    assert SECRET not in path.read_text("utf-8")
    assert read(path).ours


def test_a_file_of_json_becomes_one_of_yaml(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", chat())

    main(["cassettes", "migrate", "--in-place", str(path)])

    assert [each.name for each in tmp_path.iterdir()] == ["a.yaml"]


def test_a_new_name_that_is_taken_leaves_both_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, taken = write(tmp_path / "a.json", chat()), write(tmp_path / "a.yaml", chat("other"))
    before = path.read_bytes(), taken.read_bytes()

    status = main(["cassettes", "migrate", "--in-place", str(path)])

    assert status == 1
    assert (path.read_bytes(), taken.read_bytes()) == before
    assert "is there already" in capsys.readouterr().err


def test_elsewhere_files_keep_their_places_and_the_old_ones_stay(tmp_path: Path) -> None:
    old = write(tmp_path / "old/deep/a.json", chat())
    before = old.read_bytes()

    status = main(["cassettes", "migrate", str(tmp_path / "old"), "--out", str(tmp_path / "new")])

    assert status == 0
    assert old.read_bytes() == before
    assert read(tmp_path / "new/deep/a.yaml").ours


def test_a_dry_run_says_what_would_go_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.yaml", secretive())
    before = path.read_bytes()

    status = main(["cassettes", "migrate", "--in-place", "--dry-run", str(path)])

    out = capsys.readouterr().out
    assert status == 0
    assert path.read_bytes() == before
    assert 'request header "authorization"' in out
    assert SECRET not in out
    assert "1 recording would be migrated" in out


def test_what_cannot_be_read_is_told_and_the_others_are_migrated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.yaml").write_text("interactions: [", "utf-8")
    good = write(tmp_path / "good.yaml", chat())

    status = main(["cassettes", "migrate", "--in-place", str(tmp_path)])

    captured = capsys.readouterr()
    assert status == 1
    assert "bad.yaml" in captured.err
    assert (tmp_path / "bad.yaml").read_text("utf-8") == "interactions: ["
    assert read(good).ours
    assert captured.out.endswith("1 recording migrated, 1 not migrated\n")
