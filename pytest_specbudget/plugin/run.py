"""Which run this is, and what this process is in it."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_specbudget.errors import BaselineError
from pytest_specbudget.journal.running import this_host

if TYPE_CHECKING:
    import pytest

__all__ = ["Run", "is_controller", "is_worker"]

_COMMIT_VARIABLES = ("GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT", "BUILD_SOURCEVERSION")
_SHARD_VARIABLES = ("SPECBUDGET_SHARD", "CI_NODE_INDEX", "CIRCLE_NODE_INDEX")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of pytest, the same in all its processes.

    Attributes:
        id: Unique; sorts by time.
        folder: Where its journals lie.
        worker: This process: `main`, or the id that pytest-xdist gave it.
    """

    id: str
    folder: Path
    worker: str = "main"

    @classmethod
    def of(cls, config: pytest.Config) -> Run:
        """Return the run that the controller started, or start one."""
        given = getattr(config, "workerinput", None)
        if given is not None and "specbudget" in given:
            ours = given["specbudget"]
            return cls(id=ours["run"], folder=Path(ours["folder"]), worker=given["workerid"])
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        name = f"{started}-{secrets.token_hex(4)}"
        return cls(id=name, folder=config.rootpath / ".specbudget" / "journal" / name)

    def for_worker(self) -> dict[str, Any]:
        """Return what a worker needs to know, as xdist can carry it."""
        return {"run": self.id, "folder": str(self.folder)}

    @property
    def host(self) -> str:
        """The name of this machine, safe in a file name."""
        return this_host()

    @property
    def commit(self) -> str | None:
        """The commit under test, as git says, else the CI system; None where neither does."""
        return _checked_out(self.folder.parents[2]) or _first(_COMMIT_VARIABLES)

    @property
    def shard(self) -> str | None:
        """Which part of a sharded CI run this is, if the CI system tells."""
        return _first(_SHARD_VARIABLES)


def is_worker(config: pytest.Config) -> bool:
    """Whether this process runs tests for a controller."""
    return hasattr(config, "workerinput")


def is_controller(config: pytest.Config) -> bool:
    """Whether this process lets workers run the tests; pytest-xdist collects by itself alone."""
    distributed = config.getoption("dist", "no") != "no"
    alone = is_worker(config) or config.getoption("collectonly", default=False)
    return distributed and not alone


def _checked_out(folder: Path) -> str | None:
    from pytest_specbudget.baselines.git import Repository  # noqa: PLC0415 - of a metered run alone

    try:
        return Repository.at(folder).commit("HEAD")
    except BaselineError:
        return None


def _first(names: tuple[str, ...]) -> str | None:
    return next((os.environ[name] for name in names if os.environ.get(name)), None)
