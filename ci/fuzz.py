"""Damage answers by chance and read them: `python ci/fuzz.py --seconds 600 [FOLDER ...]`.

The answers are those that the tests wrote, and the recorded ones below each FOLDER; without any,
those that ci/fetch_recordings.py fetched.  The first seed is printed, and each finding with its
own; `--seed N` begins there again.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import count, takewhile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from conformance.pinned import cache
from support.fuzzing import experiment, our_cases, recorded_cases


def main() -> int:
    """Run until the time is over; 1 if anything was found."""
    chosen = _arguments()
    cases = [
        *our_cases(),
        *(case for folder in chosen.folder or [cache()] for case in recorded_cases(folder)),
    ]
    end = time.monotonic() + chosen.seconds
    print(f"{len(cases)} answers, seeds from {chosen.seed}", flush=True)
    found, seed = 0, chosen.seed
    for seed in takewhile(lambda _: time.monotonic() < end, count(chosen.seed)):
        for problem in experiment(seed, cases):
            found += 1
            print(problem, flush=True)
    print(f"{found} findings up to seed {seed}")
    return 1 if found else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long (default 60)")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default 0)")
    parser.add_argument("folder", nargs="*", type=Path, help="recordings, searched recursively")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
