"""Which cassette a test or shared fixture uses, and in which mode.

A marker for attribution never changes what a test does: without `--spec-record` an existing
recording is replayed, and where there is none the call goes out (unless that is forbidden).
"""

from __future__ import annotations

from contextlib import nullcontext
from shlex import quote
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.names import cassette_path, folder_of, kept_path
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.plugin.asked_for import takes_all_beside
from pytest_specbudget.plugin.repeats import once_named

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pytest

    from pytest_specbudget.cassettes.tape import Tape
    from pytest_specbudget.core.json_paths import JsonPath
    from pytest_specbudget.plugin.collected import Collected
    from pytest_specbudget.plugin.instances import Instance
    from pytest_specbudget.plugin.renamed import Spare
    from pytest_specbudget.recordings.orphans import Orphans
    from pytest_specbudget.settings.settings import Settings

__all__ = ["NO_CASSETTE", "CassetteShelf"]


class CassetteShelf:
    """Finds and opens the cassettes of one session; the router is installed at the first."""

    def __init__(
        self,
        settings: Settings,
        rootpath: Path,
        refuse: Callable[[str], BaseException],
        volatile: tuple[JsonPath, ...] = (),
        collected: Collected | None = None,
    ) -> None:
        """Make a shelf; nothing is loaded or patched before a cassette is asked for.

        Args:
            settings: How cassettes record, and where they are kept.
            rootpath: What node ids are relative to.
            refuse: Makes the signal for a call that has no recording.
            volatile: Places in request bodies that do not count.
            collected: What tests there are, as far as anybody knows.
        """
        self._settings = settings
        self._rootpath = rootpath
        self._refuse = refuse
        self._collected = collected
        self._volatile = volatile
        self._orphans: Orphans | None = None
        self._routed: Any = None
        self._lasting: list[Tape] = []
        self._recorded: set[Path] = set()

    def of_test(self, item: pytest.Item) -> AbstractContextManager[Any]:
        """Open the cassette of *item*, if it uses one of ours; else open nothing.

        Raises:
            RecordingError: If it cannot be used, or a marker of another plugin stands there, too.
        """
        return self._open(item) if self.wants(item) else _NONE

    def of_fixture(self, item: pytest.Item, instance: Instance, *, apart: bool) -> Tape | None:
        """Open the cassette of a fixture that outlives tests, if there is one or one is made.

        Args:
            item: The test that asks for it, and wants a cassette itself.
            instance: Which instance of which fixture.
            apart: Whether other processes may make the same instance meanwhile.

        Raises:
            RecordingError: If it cannot be used.
        """
        module = instance.module
        path = cassette_path(self._folder(module), module.stem, instance.name)
        mode = self._mode_of_shared(path, module, item.config)
        if mode == "off":
            return None
        terms = self._terms(path, item.nodeid)
        if mode == "once" and not path.exists():
            terms["spare"] = self._spare(item, module, instance.name)
        tape: Tape = self._router().Tape(path, mode, apart=apart, **terms)
        self._lasting.append(tape)
        return tape

    def playing(self, tape: Tape | None) -> AbstractContextManager[Any]:
        """Let the tape of a fixture answer for a while; without one, do nothing."""
        return _NONE if tape is None else self._router().resumed(tape, shared=True)

    def end(self, tape: Tape) -> None:
        """End the tape of a fixture; doing it twice is harmless."""
        if tape in self._lasting:
            self._lasting.remove(tape)
        tape.close()
        if tape.recorded and not tape.went_wrong:
            self._recorded.add(tape.path)

    def asked_by(self, item: pytest.Item) -> bool:
        """Whether *item* itself asks for a cassette of ours; a marker alone does not."""
        return self._settings.record != "off" and (
            _has_fixture(item) or self._settings.cassettes == "all"
        )

    def wants(self, item: pytest.Item) -> bool:
        """Whether *item* uses a cassette of ours, and with it the fixtures that it is first to ask.

        Raises:
            RecordingError: If a marker of another plugin stands there, too.
        """
        if item.get_closest_marker("vcr") is not None:
            if _has_fixture(item) and self._settings.record != "off":
                raise RecordingError(_TWICE)
            return False
        if self._settings.record == "off":
            return _has_fixture(item)
        return self.asked_by(item) or item.get_closest_marker(self._settings.marker) is not None

    def advice(self, item: pytest.Item) -> str:
        """Say how a live call of *item* becomes a recorded one."""
        if item.get_closest_marker("vcr") is not None:
            return f"record it first, as a test of @pytest.mark.vcr: {_recorded_by(item.config)}"
        asks = self.asked_by(item) or _has_fixture(item)
        marked = item.get_closest_marker(self._settings.marker) is not None
        if not (asks or marked):
            return NO_CASSETTE
        if self._path(item).exists():
            return "record it first: --spec-record=new"
        from pytest_specbudget.plugin.renamed import advice  # noqa: PLC0415 - few are refused

        return advice(item.path, _name(item), self._lost, self._rootpath)

    def close(self) -> None:
        """Restore what the router patched, and end the tapes of fixtures that were interrupted."""
        for tape in [*self._lasting]:
            tape.keep_old()
            self.end(tape)
        if self._routed is not None:
            self._routed.__exit__(None, None, None)
            self._routed = None

    def _folder(self, module: Path) -> Path:
        return folder_of(module, self._settings.cassette_dir, self._rootpath)

    def _path(self, item: pytest.Item) -> Path:
        return kept_path(self._folder(item.path), item.path.stem, _name(item))

    def _open(self, item: pytest.Item) -> AbstractContextManager[Any]:
        path = self._path(item)
        mode = self._mode(path)
        if mode == "off":
            return _NONE
        terms = self._terms(path, item.nodeid)
        if mode == "once" and not path.exists():
            terms["spare"] = self._spare(item, item.path, _name(item))
        opened: AbstractContextManager[Any] = self._router().use(path, mode, shared=True, **terms)
        return opened

    def _spare(self, item: pytest.Item, module: Path, name: str) -> Spare:
        """Return what looks, before anything is recorded, whether it only has another name now."""
        from pytest_specbudget.plugin.renamed import Spare  # noqa: PLC0415 - few are recorded

        return Spare(item.nodeid, name, module, self._lost, self._rootpath)

    @property
    def _lost(self) -> Orphans:
        """The recordings that no test uses any more."""
        from pytest_specbudget.recordings.orphans import orphans_of  # noqa: PLC0415 - few need it

        if self._orphans is None:
            tests = {} if self._collected is None else self._collected.tests
            self._orphans = orphans_of(self._settings, self._rootpath, tests)
        return self._orphans

    def _mode(self, path: Path) -> Any:
        # A link to nothing is a recording that is not here, and no leave to go live.
        there = path.exists() or path.is_symlink()
        return self._settings.record or ("none" if there else "off")

    def _mode_of_shared(self, path: Path, module: Path, config: pytest.Config) -> Any:
        """Return the mode for the recording of a fixture, which tests share."""
        mode = self._mode(path)
        if mode not in ("off", "none") and path in self._recorded:
            return "new"  # not recorded over: the instance was made a second time in this run
        if mode == "all" and path.exists() and not takes_all_beside(config, module):
            return "none"  # tests that were not asked for would be answered by another recording
        return mode

    def _terms(self, path: Path, test: str) -> dict[str, Any]:
        """Return what holds for every tape, whatever it records."""
        return {
            "refuse": self._refuse,
            "rules": self._router().Rules(
                lends=self._settings.stale != "fail", volatile=self._volatile
            ),
            "note": self._settings.cassette_note,
            "rerecord": f"pytest {quote(test)} --spec-record={'new' if path.exists() else 'once'}",
        }

    def _router(self) -> Any:
        """Return the router, installed."""
        from pytest_specbudget.cassettes import router  # noqa: PLC0415 - vcrpy takes 250 ms

        if self._routed is None:
            self._routed = router.routed()
            self._routed.__enter__()
        return router


NO_CASSETTE = "give the test `spec_cassette`, or the marker, and record it: --spec-record=once"
"""How a live call of a test without a cassette becomes a recorded one."""

_OTHERS = {"record_mode": "--record-mode=once", "vcr_record": "--vcr-record=once"}
"""How the plugins of that marker record, by the option that each of them adds."""

_TWICE = (
    "the test asks for spec_cassette and carries @pytest.mark.vcr: both would answer it, from one "
    "file; keep one of them"
)
_NONE: AbstractContextManager[Any] = nullcontext()


def _has_fixture(item: pytest.Item) -> bool:
    return "spec_cassette" in getattr(item, "fixturenames", ())


def _name(item: pytest.Item) -> str:
    """Return what the recording of *item* is named after."""
    owner = getattr(item, "cls", None)
    return once_named(item) if owner is None else f"{owner.__name__}.{once_named(item)}"


def _recorded_by(config: pytest.Config) -> str:
    """Say how the plugin that is installed for @pytest.mark.vcr records."""
    found = (way for option, way in _OTHERS.items() if hasattr(config.option, option))
    way = next(found, "with its plugin")
    return f"{way}, or new_episodes where it has a cassette" if way.startswith("--") else way
