"""Sums that processes share: none waits, none is lost, none is counted twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.bookkeeping.shared import FULL, SharedSums, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = key_of("session", "whole run")

PUBLISH = """
import sys
from pathlib import Path
from pytest_specbudget.bookkeeping.shared import SharedSums, key_of
sums = SharedSums(Path(sys.argv[1]))
sums.publish(sums.own(key_of("session", "whole run")), 5, 2)
print("published", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], SharedSums]]:
    made: list[SharedSums] = []

    def open_sums() -> SharedSums:
        made.append(SharedSums(tmp_path / "run" / "sums"))
        return made[-1]

    yield open_sums
    for sums in made:
        sums.close()


def total(sums: SharedSums, key: bytes = KEY) -> int:
    sums.own(key)
    sums.look()
    return sums.committed(sums.all(key))


def test_what_one_publishes_all_see(opened: Callable[[], SharedSums]) -> None:
    one, other = opened(), opened()
    one.publish(one.own(KEY), 7, 3)
    other.publish(other.own(KEY), 5, 0)

    assert (total(one), total(other)) == (12, 12)
    assert other.in_flight(other.all(KEY)) == 3

    one.publish(one.own(KEY), 6, 0)

    assert (total(one), total(other), other.in_flight(other.all(KEY))) == (11, 11, 0)


def test_accounts_do_not_mix(opened: Callable[[], SharedSums]) -> None:
    sums = opened()
    for number in range(300):  # more than a page of cells
        sums.publish(sums.own(key_of("test", str(number))), number, 0)

    assert [total(sums, key_of("test", str(number))) for number in range(300)] == [*range(300)]
    assert key_of("ab", "c") != key_of("a", "bc")


def test_more_than_a_cell_holds_is_written_as_that_much(opened: Callable[[], SharedSums]) -> None:
    sums = opened()
    sums.publish(sums.own(KEY), 10**30, 10**25)

    assert total(sums) == FULL


def test_a_killed_process_takes_nothing_with_it(
    opened: Callable[[], SharedSums], tmp_path: Path
) -> None:
    sums = opened()
    path = tmp_path / "run" / "sums"
    with subprocess.Popen(
        [sys.executable, "-c", PUBLISH, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

    assert process.returncode == -signal.SIGKILL
    assert (total(sums), sums.in_flight(sums.all(KEY))) == (5, 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here")
def test_a_forked_child_adds_to_its_parent_s(opened: Callable[[], SharedSums]) -> None:
    sums = opened()
    sums.publish(sums.own(KEY), 5, 0)
    child = os.fork()
    if child == 0:
        sums.adopt()
        sums.publish(sums.own(KEY), 3, 0)
        os._exit(0 if total(sums) == 8 else 1)

    _, status = os.waitpid(child, 0)

    assert status == 0
    sums.publish(sums.own(KEY), 6, 0)
    assert total(sums) == 9


def test_many_threads_that_look_and_claim_at_once_count_each_cell_once(
    opened: Callable[[], SharedSums],
) -> None:
    sums, other = opened(), opened()

    def claim(part: int) -> None:
        for number in range(part, 400, 4):
            sums.own(key_of("test", str(number)))
            sums.look()

    threads = [threading.Thread(target=claim, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for number in range(400):
        other.own(key_of("test", str(number)))
    for thread in threads:
        thread.join()
    sums.look()

    assert {len(set(sums.all(key_of("test", str(one))))) for one in range(400)} == {2}
    assert {len(sums.all(key_of("test", str(one)))) for one in range(400)} == {2}


def test_a_file_that_cannot_grow_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sums").write_bytes(b"torn")
    sums = SharedSums(tmp_path / "sums")

    with pytest.raises(OSError, match="no room"):
        sums.own(KEY)
    sums.close()
