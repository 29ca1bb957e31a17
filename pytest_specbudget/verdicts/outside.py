"""What no ledger holds and what yet explains it: calls that were not sent, tests that were not run.

A call that was refused was made, so that its ceiling did hold somebody.  Of a SPEC whose tests were
not asked for nobody can say that its name is misspelt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_specbudget.budgets.unknowns import NoCallsGate
from pytest_specbudget.budgets.unused import UnusedCeilings
from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.core.wording import first_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.finding import Gate
    from pytest_specbudget.journal.reader import Journal

__all__ = ["Outside", "outside_of"]

_STOPPED = frozenset({"missed", "refused", "stopped"})
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is not in the ledger of a run.

    Attributes:
        stopped: Calls that tests made and that were not sent: refused, or without a recording.
        paths: The files and folders that the run was of, from rootdir; none for all of them.
        partial: Whether tests of these were left out.
    """

    stopped: Ledger
    paths: tuple[str, ...] = ()
    partial: bool = False

    def told(self, gates: Iterable[Gate]) -> Iterator[Gate]:
        """Yield *gates*; those that look for what was not seen are told why it may not be."""
        for gate in gates:
            match gate:
                case UnusedCeilings():
                    yield replace(gate, stopped=self.stopped, part=self._is_part)
                case NoCallsGate():
                    yield replace(gate, part=self._part)
                case _:
                    yield gate

    def notes(self, gates: Iterable[Gate], ledger: Ledger) -> Iterator[str]:
        """Say which ceilings held nothing in the files that were chosen, as far as *gates* know.

        Where tests of these were left out, too, nobody wants to know; nor where nothing was seen.
        """
        telling = self.paths and not self.partial and ledger.charges
        for gate in gates if telling else ():
            if isinstance(gate, UnusedCeilings) and (names := gate.unseen(ledger)):
                quoted = first_of([f'"{name}"' for name in names], _MOST)
                yield f"no call of {gate.gate.scope} {quoted} was seen{self._part}"

    @property
    def _is_part(self) -> bool:
        return self.partial or bool(self.paths)

    @property
    def _part(self) -> str:
        """Say of what, to be put at the end of a sentence; nothing for the whole suite."""
        if self.paths:
            return f" in {first_of(self.paths, _MOST)}, which is all that was asked for"
        return " in the part of the suite that was run" if self.partial else ""


def outside_of(journals: Iterable[Journal], *, partial: bool) -> Outside:
    """Gather what *journals* tell beside their charges; *partial* if tests were left out."""
    stopped, paths = Ledger(), dict[str, None]()
    for journal in journals:
        for event in journal.events:
            start = journal.starts.get(str(event.values.get("id")))
            if event.event in _STOPPED and start is not None:
                stopped.charges.append(start.unanswered())
            elif event.event == "chosen":
                paths |= dict.fromkeys(map(str, event.values.get("paths") or ()))
    return Outside(stopped=stopped, paths=tuple(paths), partial=partial)
