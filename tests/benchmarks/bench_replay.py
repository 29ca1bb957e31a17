"""What a replayed call takes, beside stock vcrpy and, where it is installed, cassetter.

"Bare" is the other's time and "added" is ours, so a ratio of 0.01 says that we take a hundredth.
Recorded calls have a prompt of 1 KB and an answer of 2 KB.  We always match bodies, because a
recording that answers whatever was asked hides what a longer prompt costs.  Times are the
processor's, since nothing waits.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import httpx2
from replayers import MODEL, OURS, PEERS, RECORDING, URL, asked, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from replayers import Replayer

__all__ = ["FEW", "MANY", "MOST", "Bench"]

MANY = 1_000
FEW, MOST = 100, 10_000
_ROUNDS = 3


class Bench:
    """Recordings in a folder, and how long they take to replay."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client = httpx2.Client(trust_env=False)

    def load_s(self, replayer: Replayer, size: int) -> float:
        """Return the seconds of processor time that opening *size* calls takes, at best."""
        return min(self._opened(replayer, size, 0)[0] for _ in range(_ROUNDS))

    def call_us(self, replayer: Replayer, size: int) -> float:
        """Return the microseconds of a call that a recording of *size* calls answers."""
        return self._opened(replayer, size, replayer.sample or size)[1]

    def single_us(self, replayer: Replayer, count: int = FEW) -> float:
        """Return the microseconds of opening, asking and closing a recording of one call."""
        form = replayer.form
        for number in range(count):
            self._file(f"{form}-single-{number}", (number,), form)
        with replayer.around():
            return min(self._singles_us(replayer, count) for _ in range(_ROUNDS))

    def _singles_us(self, replayer: Replayer, count: int) -> float:
        started = process_time()
        for number in range(count):
            with replayer.opened(self._folder / f"{replayer.form}-single-{number}.yaml"):
                self._ask(number)
        return (process_time() - started) / count * 1e6

    def _opened(self, replayer: Replayer, size: int, sample: int) -> tuple[float, float]:
        path = self._file(f"{replayer.form}-{size}", range(size), replayer.form)
        started = process_time()
        with replayer.opened(path):
            opened = process_time()
            for number in _spread(size, sample):
                self._ask(number)
            ended = process_time()
        return opened - started, (ended - opened) / max(sample, 1) * 1e6

    def _file(self, name: str, numbers: Iterable[int], form: str) -> Path:
        path = self._folder / f"{name}.yaml"
        return path if path.exists() else write(path, numbers, form)

    def _ask(self, number: int) -> None:
        answer = self._client.post(URL, json=asked(number))
        if answer.json()["model"] != MODEL:
            sys.exit(f"call {number} was answered by nobody known, so nothing was measured")


def _spread(size: int, sample: int) -> range:
    """Return *sample* numbers below *size*, with the same distance between them."""
    step = size // sample if sample else 1
    return range(step // 2, size, step)[:sample]


def held(bench: Bench) -> dict[str, dict[str, float]]:
    """Measure what ratios.json holds."""
    ours = bench.call_us(OURS, MANY)
    beside = {
        f"a call of {MANY}, {peer.name}": _compared(bench.call_us(peer, MANY), ours)
        for peer in PEERS
        if peer.is_installed
    }
    vcrpy, single = PEERS[0], bench.single_us(OURS)
    return beside | {
        f"a call of {MOST}, {FEW}": _compared(bench.call_us(OURS, FEW), bench.call_us(OURS, MOST)),
        f"loading {MANY}, vcrpy": _compared(
            bench.load_s(vcrpy, MANY) * 1e6, bench.load_s(OURS, MANY) * 1e6
        ),
        **{
            f"one call and its file, {peer.name}": _compared(bench.single_us(peer), single)
            for peer in (vcrpy, RECORDING)
            if peer.is_installed
        },
    }


def _compared(bare_us: float, ours_us: float) -> dict[str, float]:
    ratio = ours_us / bare_us
    return {"bare_us": round(bare_us, 1), "added_us": round(ours_us, 1), "ratio": round(ratio, 5)}


def main() -> None:
    """Measure and print what came out."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = {"replay": held(Bench(Path(folder)))}
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
