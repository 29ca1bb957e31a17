"""The commands that need no model as they are shipped: `new` and `status`; plugins may add others.

SPECs lie in `docs/` below pytest's rootdir, as for the commands of the same purpose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.agents.native import NativeHandlers
from pytest_specbudget.agents.operations.spec_ids import next_spec_id
from pytest_specbudget.agents.operations.status import spec_folders

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["shipped"]


def shipped(rootpath: Path) -> NativeHandlers:
    """Return the handlers of the project at *rootpath*."""
    folder = rootpath / "docs"

    def new(_prompt: str) -> str:
        """Name the next SPEC; nothing is made or reserved."""
        return next_spec_id(folder)

    def status(_prompt: str) -> str:
        """List the SPECs, one a line, each with the stages whose documents are there."""
        specs = spec_folders(folder)
        told = (f"{one.spec}: {', '.join(one.stages) or 'nothing yet'}" for one in specs)
        return "\n".join(told) or "no SPEC yet"

    return NativeHandlers(by_command={"new": new, "status": status})
