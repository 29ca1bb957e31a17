"""What may be unpacked from a distribution, and where it may go."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest
from conformance import unpacking
from conformance.pinned import pins
from conformance.unpacking import Unsafe, unpack

if TYPE_CHECKING:
    from pathlib import Path


def archive(folder: Path, *members: tuple[str, bytes | None]) -> Path:
    """Make a source distribution of these files; no content makes a link instead."""
    path = folder / "some-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as made:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if content is None:
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            member.size = len(content or b"")
            made.addfile(member, io.BytesIO(content or b""))
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "cache" / "some"
    folder.mkdir(parents=True)
    return folder


def test_recordings_alone_are_unpacked_without_the_folder_of_the_distribution(
    tmp_path: Path, target: Path
) -> None:
    made = archive(
        tmp_path,
        ("some-1.0/tests/cassettes/test_a/b.yaml", b"a"),
        ("some-1.0/tests/_vcr/c.yaml.gz", b"b"),
        ("some-1.0/tests/cassettes/not_this_one/d.yaml", b"c"),
        ("some-1.0/tests/cassettes/conftest.py", b"raise SystemExit"),
        ("some-1.0/setup.py", b"raise SystemExit"),
        ("some-1.0/pyproject.yaml", b"d"),
    )

    count = unpack(made, target, without=["not_this_one"])

    files = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert files == {"tests/cassettes/test_a/b.yaml", "tests/_vcr/c.yaml.gz"}
    assert count == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("some-1.0/../../cassettes/a.yaml", b"x", id="a name that climbs"),
        pytest.param("/srv/cassettes/a.yaml", b"x", id="a name from the root"),
        pytest.param("some-1.0/cassettes/..\\..\\a.yaml", b"x", id="a name that climbs on Windows"),
        pytest.param("some-1.0/cassettes/C:/a.yaml", b"x", id="a name with a drive"),
        pytest.param("some-1.0/cassettes/a.yaml", None, id="a link to somewhere"),
    ],
)
def test_nothing_is_written_for_what_would_leave_the_cache(
    tmp_path: Path, target: Path, name: str, content: bytes | None
) -> None:
    made = archive(tmp_path, (name, content))

    with pytest.raises(Unsafe):
        unpack(made, target)

    assert list(target.rglob("*")) == []


@pytest.mark.parametrize(
    ("bound", "most"),
    [
        pytest.param("MAX_FILES", 2, id="too many files"),
        pytest.param("MAX_BYTES", 5, id="too many bytes"),
        pytest.param("MAX_MEMBERS", 2, id="too much else"),
    ],
)
def test_a_distribution_that_is_out_of_all_bounds_is_refused(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    made = archive(tmp_path, *((f"some-1.0/cassettes/{n}.yaml", b"xx") for n in range(3)))
    monkeypatch.setattr(unpacking, bound, most)

    with pytest.raises(Unsafe, match="more than"):
        unpack(made, target)


def test_pins_are_exact_and_each_names_its_licence() -> None:
    listed = pins()

    assert len({pin.name for pin in listed}) == len(listed) > 30
    assert all(len(pin.sha256) == 64 and pin.version and pin.licence for pin in listed)


def test_the_cache_is_where_the_user_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPECBUDGET_CACHE", str(tmp_path))

    assert all(pin.folder.is_relative_to(tmp_path) for pin in pins())
