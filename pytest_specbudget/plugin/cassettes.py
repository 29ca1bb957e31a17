"""Which cassette a test or shared fixture uses, and in which mode.

A marker for attribution never changes what a test does: without `--spec-record` an existing
recording is replayed, and where there is none the call goes out (unless that is forbidden).
"""

from __future__ import annotations

from contextlib import nullcontext
from os.path import normpath
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from pytest_specbudget.cassettes.names import kept_path
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.plugin.repeats import once_named

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    import pytest

    from pytest_specbudget.core.json_paths import JsonPath
    from pytest_specbudget.settings.settings import Settings

__all__ = ["CassetteShelf"]


class CassetteShelf:
    """Finds and opens the cassettes of one session; the router is installed at the first."""

    def __init__(
        self,
        settings: Settings,
        rootpath: Path,
        refuse: Callable[[str], BaseException],
        volatile: tuple[JsonPath, ...] = (),
    ) -> None:
        """Make a shelf; nothing is loaded or patched before a cassette is asked for.

        Args:
            settings: How cassettes record, and where they are kept.
            rootpath: What node ids are relative to.
            refuse: Makes the signal for a call that has no recording.
            volatile: Places in request bodies that do not count.
        """
        self._settings = settings
        self._rootpath = rootpath
        self._refuse = refuse
        self._volatile = volatile
        self._routed: Any = None

    def of_test(self, item: pytest.Item) -> AbstractContextManager[Any]:
        """Open the cassette of *item*, if it uses one of ours; else open nothing.

        Raises:
            RecordingError: If it cannot be used, or a marker of another plugin stands there, too.
        """
        name = once_named(item)
        owner = getattr(item, "cls", None)
        if owner is not None:
            name = f"{owner.__name__}.{name}"
        return (
            self._open(self._folder(item.path), item.path.stem, name, item.nodeid)
            if self._wanted(item)
            else _NONE
        )

    def of_fixture(
        self, item: pytest.Item, scope: str, name: str, where: Path
    ) -> AbstractContextManager[Any]:
        """Open the cassette of a fixture that outlives tests, if *item*, which asks, uses ours."""
        module = where.stem if where.is_file() else f"{where.name}-fixtures"
        folder = self._folder(where if where.is_file() else where / "conftest.py")
        return (
            self._open(folder, module, f"fixture-{scope}-{name}", item.nodeid)
            if self._wanted(item)
            else _NONE
        )

    def asked_by(self, item: pytest.Item) -> bool:
        """Whether *item* itself asks for a cassette of ours; a marker alone does not."""
        fixture = "spec_cassette" in getattr(item, "fixturenames", ())
        return self._settings.record != "off" and (fixture or self._settings.cassettes == "all")

    def close(self) -> None:
        """Restore what the router patched."""
        if self._routed is not None:
            self._routed.__exit__(None, None, None)
            self._routed = None

    def _wanted(self, item: pytest.Item) -> bool:
        by_fixture = "spec_cassette" in getattr(item, "fixturenames", ())
        if item.get_closest_marker("vcr") is not None:
            if by_fixture and self._settings.record != "off":
                raise RecordingError(_TWICE)
            return False
        if self._settings.record == "off":
            return by_fixture
        return self.asked_by(item) or item.get_closest_marker(self._settings.marker) is not None

    def _folder(self, module: Path) -> Path:
        shelf = self._settings.cassette_dir
        if shelf is None:
            return module.parent / "cassettes"
        try:
            return Path(normpath(shelf)) / module.parent.relative_to(self._rootpath)
        except ValueError:
            return Path(normpath(shelf)) / module.parent.name

    def _open(self, folder: Path, module: str, name: str, test: str) -> AbstractContextManager[Any]:
        path = kept_path(folder, module, name)
        mode = self._settings.record or ("none" if path.exists() else "off")
        if mode == "off":
            return _NONE
        from pytest_specbudget.cassettes import router  # noqa: PLC0415 - vcrpy takes 250 ms

        if self._routed is None:
            self._routed = router.routed()
            self._routed.__enter__()
        return router.use(
            path,
            mode,
            refuse=self._refuse,
            rules=router.Rules(lends=self._settings.stale != "fail", volatile=self._volatile),
            shared=True,
            note=self._settings.cassette_note,
            rerecord=f"pytest {quote(test)} --spec-record={'new' if path.exists() else 'once'}",
        )


_TWICE = (
    "the test asks for spec_cassette and carries @pytest.mark.vcr: both would answer it, from one "
    "file; keep one of them"
)
_NONE: AbstractContextManager[Any] = nullcontext()
