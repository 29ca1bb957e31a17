"""The next SPEC-ID: what counts as one, and who gets it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.agents.operations.spec_ids import (
    folder_name,
    next_number,
    next_spec_id,
    reserve,
    slug_of,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("names", "number"),
    [
        pytest.param([], 1, id="an empty folder begins with 1"),
        pytest.param(["SPEC-KIT-070-model-cost"], 71, id="one above the only one"),
        pytest.param(["SPEC-KIT-001", "SPEC-KIT-070", "SPEC-KIT-009"], 71, id="the highest counts"),
        pytest.param(["SPEC-KIT-002", "SPEC-KIT-005"], 6, id="gaps are not filled"),
        pytest.param(["SPEC-KIT-9", "SPEC-KIT-010"], 11, id="numbers, not texts, are compared"),
        pytest.param(["spec-kit-070"], 71, id="case does not matter"),
        pytest.param(["SPEC-KIT-070.md", "SPEC-KIT-071_draft"], 72, id="files count"),
        pytest.param(["SPEC-OPS-099", "README.md", "SPEC-KIT-", "XSPEC-KIT-8"], 1, id="others not"),
        pytest.param(["SPEC-KIT-20251026T2330Z"], 1, id="a date is no number"),
        pytest.param(["SPEC-KIT-\u0667"], 1, id="other digits are none"),
        pytest.param(["SPEC-KIT-999"], 1000, id="beyond three digits"),
    ],
)
def test_the_next_number_is_one_above_the_highest(names: list[str], number: int) -> None:
    assert next_number(names) == number


def test_an_id_has_three_digits(tmp_path: Path) -> None:
    assert next_spec_id(tmp_path / "not there yet") == "SPEC-KIT-001"
    (tmp_path / "SPEC-KIT-999").mkdir()
    assert next_spec_id(tmp_path) == "SPEC-KIT-1000"
    assert next_spec_id(tmp_path, "RFC-") == "RFC-001"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Model cost!", "model-cost"),
        ("  Größe & Über/..\\Weg ", "groe-uber-weg"),
        ("", ""),
        ("\u4e2d\u6587", ""),
        ("a" * 60, "a" * 40),
        ("four score and seven years ago our fathers", "four-score-and-seven-years-ago-our"),
    ],
)
def test_a_slug_is_plain_and_short(title: str, slug: str) -> None:
    assert slug_of(title) == slug
    assert folder_name("S-001", title) == (f"S-001-{slug}" if slug else "S-001")


def test_reserving_makes_the_folder(tmp_path: Path) -> None:
    first = reserve(tmp_path / "docs", "Model cost")
    second = reserve(tmp_path / "docs")

    assert (first.name, second.name) == ("SPEC-KIT-001-model-cost", "SPEC-KIT-002")
    assert first.is_dir()
    assert second.is_dir()


def test_all_who_reserve_at_once_get_numbers_of_their_own(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda who: reserve(tmp_path, f"by {who}"), range(40)))

    assert len({folder.name[:12] for folder in made}) == 40
    assert sorted(folder.name for folder in tmp_path.iterdir()) == sorted(one.name for one in made)


def test_a_number_that_was_taken_meanwhile_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process finishes between our look and our folder."""
    from pathlib import Path as AnyPath  # noqa: PLC0415 - the class, not the type

    made: list[Path] = []
    own_mkdir = AnyPath.mkdir

    def late(path: Path, *args: object, **options: object) -> None:
        if not made and path.name == "SPEC-KIT-001":
            made.append(tmp_path / "SPEC-KIT-001-theirs")
            own_mkdir(made[0])
        own_mkdir(path, *args, **options)  # type: ignore[arg-type] # as they came

    monkeypatch.setattr(AnyPath, "mkdir", late)

    ours = reserve(tmp_path, "ours")

    assert sorted(one.name for one in tmp_path.iterdir()) == ["SPEC-KIT-001-theirs", ours.name]
    assert ours.name == "SPEC-KIT-002-ours"
