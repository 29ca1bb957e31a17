"""What histories were told to forget: gaps of journals, which leave nobody in doubt any more.

`specbudget history forget` marks them in the history, and the journals that they are of may still
lie in `.specbudget/journal`, where they are read as well.  A gap that a journal has beside those is
as open as ever.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_specbudget.analysis.store.doubts import doubts_of
from pytest_specbudget.analysis.store.sources import UNREAD
from pytest_specbudget.analysis.store.unread import identity_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["NOTHING", "Dismissed", "dismissed_in"]


@dataclass(frozen=True, slots=True)
class Dismissed:
    """What was dismissed.

    Attributes:
        gaps: How sentences about a journal begin, without its name, by what it is known by.
    """

    gaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def left_of(self, problems: Iterable[str], journal: Path) -> list[str]:
        """Return those of the *problems* of a *journal* that nobody dismissed."""
        gaps = self.gaps.get(identity_of(journal), ()) if self.gaps else ()
        return [one for one in problems if not one.removeprefix(str(journal)).startswith(gaps)]


NOTHING = Dismissed()


def dismissed_in(histories: Iterable[Path]) -> Dismissed:
    """Return what was dismissed in any of *histories*."""
    gaps: defaultdict[str, set[str]] = defaultdict(set)
    for doubt in (one for history in histories for one in doubts_of(history, UNREAD)):
        gap = str(doubt.told["reason"]).removeprefix(doubt.place)
        if gap and not doubt.open:
            gaps[doubt.file.stem].add(gap)
    return Dismissed({known_by: tuple(several) for known_by, several in gaps.items()})
