"""The real clock, out of reach of tests that freeze time.

freezegun swaps the clock functions and `datetime` that it finds as attributes of modules.  A call
made inside a frozen test is still sent, and priced, at the real time; so the functions are kept
on a class.  time-machine replaces the wall clock below Python and is not withstood.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from time import perf_counter, time_ns

__all__ = ["Clock"]


class Clock:
    """What time it is, and how much of it passed."""

    utc = staticmethod(partial(datetime.now, UTC))
    since_1970 = staticmethod(time_ns)
    tick = staticmethod(perf_counter)
