"""A report is there whole or not at all; what is no file is written to and never replaced."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.reports.writing import write_report, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = "a report of some length\n" * 1000

posix = pytest.mark.skipif(os.name != "posix", reason="devices and limits of POSIX")


@contextmanager
def disk_with_room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond *size*: what does not fit is torn, as on a disk that is full."""
    resource = pytest.importorskip("resource", reason="only POSIX limits the size of files")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_report_is_written_with_the_folders_that_are_missing(tmp_path: Path) -> None:
    path = tmp_path / "a/b/report.json"

    write_report(path, "é\n")

    assert path.read_bytes() == "é\n".encode()
    assert [one.name for one in path.parent.iterdir()] == ["report.json"]


def test_a_name_that_is_no_utf_8_does_not_keep_a_report_from_being_written(tmp_path: Path) -> None:
    write_report(tmp_path / "report.json", '"test_\udc80.py"')

    assert (tmp_path / "report.json").read_text("utf-8") == '"test_\\udc80.py"'


@pytest.mark.parametrize("before", [None, "what an earlier run wrote"])
def test_on_a_full_disk_there_is_no_report(tmp_path: Path, before: str | None) -> None:
    path = tmp_path / "report.json"
    if before is not None:
        path.write_text(before)

    with disk_with_room_for(5000), pytest.raises(OSError, match="large") as raised:
        write_report(path, LONG)

    assert raised.value.filename == str(path)
    assert [*tmp_path.iterdir()] == []


def test_the_room_of_an_earlier_report_may_be_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text(LONG)
    path.chmod(0o640)
    whole = Path.write_bytes

    def full(target: Path, data: bytes) -> int:
        """Write on a disk that holds one such report, and not two."""
        there = sum(one.stat().st_size for one in tmp_path.iterdir())
        if there + len(data) > len(LONG):
            whole(target, data[:10])
            raise OSError(errno.ENOSPC, "No space left on device")
        return whole(target, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    write_report(path, LONG.upper())

    assert path.read_text() == LONG.upper()
    assert path.stat().st_mode & 0o777 == 0o640
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_no_report_stays_on_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "settled.toml"
    path.write_text("what was decided")

    with disk_with_room_for(5000), pytest.raises(OSError, match="large"):
        write_whole(path, LONG.encode())

    assert path.read_text() == "what was decided"
    assert [*tmp_path.iterdir()] == [path]


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666])
def test_a_file_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    path.chmod(mode)

    write_report(path, "new")

    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == mode


@posix
def test_a_new_file_has_the_permissions_of_any_other(tmp_path: Path) -> None:
    write_report(tmp_path / "report.json", "new")
    (tmp_path / "other").write_text("")

    assert (tmp_path / "report.json").stat().st_mode == (tmp_path / "other").stat().st_mode


@posix
@pytest.mark.parametrize("exists", [True, False])
def test_of_a_link_what_it_leads_to_is_written(tmp_path: Path, *, exists: bool) -> None:
    real = tmp_path / "real.json"
    link = tmp_path / "report.json"
    link.symlink_to(real)
    if exists:
        real.write_text("old")

    write_report(link, "new")

    assert link.is_symlink()
    assert real.read_text() == "new"


@posix
def test_a_device_stays_a_device_and_a_full_one_is_told() -> None:
    write_report(Path(os.devnull), "nothing")
    with pytest.raises(OSError, match="No space") as raised:
        write_report(Path("/dev/full"), "nothing")

    assert raised.value.errno == errno.ENOSPC
    assert Path(os.devnull).is_char_device()
    assert Path("/dev/full").is_char_device()


@posix
def test_a_named_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    with ThreadPoolExecutor() as reader:
        read = reader.submit(pipe.read_text)
        write_report(pipe, LONG)

    assert read.result() == LONG
    assert pipe.is_fifo()


@posix
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("to_a_file", [True, False])
def test_our_own_output_is_written_to_wherever_it_goes(
    tmp_path: Path, stream: str, *, to_a_file: bool
) -> None:
    code = (
        "import pathlib, sys\n"
        "from pytest_specbudget.reports.writing import write_report\n"
        f"print('before', file=sys.{stream})\n"
        f"write_report(pathlib.Path('/dev/{stream}'), 'the report\\n')\n"
        f"print('after', file=sys.{stream})\n"
    )
    caught = tmp_path / "caught.txt"
    caught.write_text("what the shell cuts\n" * 9)

    with caught.open("w") as out:
        targets = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        targets |= {stream: out.fileno()} if to_a_file else {}
        done = subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            stdout=targets["stdout"],
            stderr=targets["stderr"],
        )
    told = caught.read_text() if to_a_file else getattr(done, stream).decode()

    assert told == "before\nthe report\nafter\n"


@posix
def test_a_file_that_is_open_and_has_no_name_any_more_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with path.open("w+") as out:
        path.unlink()
        write_report(Path(f"/dev/fd/{out.fileno()}"), "new")
        out.seek(0)
        told = out.read()

    assert told == "new"
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EACCES])
def test_a_file_that_cannot_be_replaced_is_written_over(
    tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def mounted(*_: object) -> None:
        raise OSError(number, "a file that is mounted stays in its place")

    monkeypatch.setattr(Path, "replace", mounted)
    write_report(path, "new")

    assert path.read_text() == "new"
    assert [*tmp_path.iterdir()] == [path]


def test_a_report_that_can_neither_be_replaced_nor_written_over_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def mounted(*_: object, **__: object) -> None:
        raise OSError(errno.EBUSY, "it is mounted")

    monkeypatch.setattr(Path, "replace", mounted)
    monkeypatch.setattr(Path, "unlink", mounted)
    with disk_with_room_for(5000), pytest.raises(OSError, match="large"):
        write_report(path, LONG)

    assert path.read_bytes() == b""


def test_a_folder_in_the_place_of_a_report_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()

    with pytest.raises(IsADirectoryError):
        write_report(tmp_path / "report.json", "new")

    assert [*(tmp_path / "report.json").iterdir()] == []
