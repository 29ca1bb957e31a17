"""Whether all parts of a sharded run are there, each once and of one commit.

A shard is known by the name in the header of its journals: what `SPECBUDGET_SHARD` or the CI system
told, such as `3` or `3/8`.  Journals that have none are told apart by their runs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.journal.combining import names_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.journal.schema import HeaderLine

__all__ = ["Shards", "oddities"]

_OF_TOTAL = re.compile(r"\d{1,6}/(\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards that are there, and how many there should be.

    Attributes:
        names: Of those that are there.
        expected: How many were asked for; None if nobody said.
    """

    names: frozenset[str]
    expected: int | None = None

    @classmethod
    def of(cls, headers: Iterable[HeaderLine], expected: int | None = None) -> Shards:
        """Gather the shards that *headers* name."""
        names = (names_of(one.shard or "") or names_of(one.run) for one in headers)
        return cls(frozenset().union(*names), expected)

    @property
    def total(self) -> int | None:
        """How many there should be: as asked for, else as their names say (`3/8`)."""
        told = [int(match[1]) for name in self.names if (match := _OF_TOTAL.fullmatch(name))]
        return max(told, default=None) if self.expected is None else self.expected

    @property
    def too_many(self) -> str | None:
        """Why there cannot be as many as asked for, as a sentence, or None."""
        total = self.total
        if total is None or len(self.names) <= total:
            return None
        found = calls_of(len(self.names), "shard")
        return f"{found} are there ({self._listed}), and {total:,} expected"

    @property
    def missing(self) -> str | None:
        """Which are not there, as a sentence, or None if all are."""
        total = self.total
        if total is None or len(self.names) >= total:
            return None
        lost = total - len(self.names)
        missing = f"{lost} of {calls_of(total, 'shard')} {'is' if lost == 1 else 'are'} missing"
        return f"{missing} (there: {self._listed})" if self.names else missing

    @property
    def _listed(self) -> str:
        return ", ".join(sorted(self.names))


def oddities(headers: Iterable[HeaderLine]) -> Iterator[str]:
    """Yield a sentence for what is no mistake by itself, and may be one of whoever gathered them.

    Which run a shard of a combined journal was of is not known any more, so nothing is said of it.
    """
    runs, commits = defaultdict[str, set[str]](set), set[str]()
    for header in headers:
        commits |= names_of(header.commit or "")
        shards, of_runs = names_of(header.shard or ""), names_of(header.run)
        if len(shards) == len(of_runs) == 1:
            runs[shards.pop()] |= of_runs
    for shard, several in sorted(runs.items()):
        if len(several) > 1:
            yield (
                f"shard {shard} is there {len(several)} times, by the runs "
                f"{', '.join(sorted(several))}: all count; leave out those of jobs that ran again"
            )
    if len(commits) > 1:
        yield f"the journals are of {len(commits)} commits: {', '.join(sorted(commits))}"
