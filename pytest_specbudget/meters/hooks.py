"""Patch modules that are imported already, and others right after they are imported.

A patch takes the module and returns what undoes it.  Wanting the same patch twice, or one module
under two names (`httpx2.alias_httpx()` makes httpx2 answer to `httpx`), applies it once; it is
undone when nobody wants it any more.  A patch, or its undoing, that fails is reported
and leaves the others alone.

Nothing is imported here: a module that nobody imports is never patched.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from functools import wraps
from importlib.abc import Loader, MetaPathFinder
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    Undo = Callable[[], None]
    Patch = Callable[[ModuleType], Undo]
    Want = tuple[str, Patch]
    Trouble = Callable[[str, Exception], None]

__all__ = ["Hooks", "Patch", "Undo", "replace_method"]


def replace_method(owner: type, name: str, around: Callable[[Any], Any]) -> Undo:
    """Replace a method by what *around* makes of it; return what puts the original back.

    If somebody replaced it again meanwhile, it is left alone: putting ours back under theirs
    would end their patch, not ours.

    Raises:
        AttributeError: If *owner* itself defines no such method.
    """
    original = vars(owner).get(name)
    if original is None:
        raise AttributeError(f"{owner.__module__}.{owner.__qualname__} has no method {name!r}")
    ours = wraps(original)(around(original))
    setattr(owner, name, ours)

    def undo() -> None:
        if vars(owner).get(name) is ours:
            setattr(owner, name, original)

    return undo


@dataclass(frozen=True, slots=True)
class _Applied:
    module: ModuleType
    patch: Patch
    undo: Undo


class Hooks:
    """The patches that are wanted, and those that are in place.

    Attributes:
        names: The modules that somebody wants patched.
    """

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self._wanted: Counter[Want] = Counter()
        self.names: frozenset[str] = frozenset()
        self._applied: list[_Applied] = []
        self._finder = _Finder(self)
        self._lock = RLock()

    def want(self, wants: Iterable[Want]) -> None:
        """Apply patches now, or when their modules are imported."""
        with self._lock:
            self._wanted.update(wants)
            self._look_out()
            for name in self.names:
                module = sys.modules.get(name)
                if module is not None:
                    self.apply(name, module)

    def release(self, wants: Iterable[Want]) -> None:
        """Undo the patches that nobody else wants, the last one first."""
        with self._lock:
            self._wanted.subtract(wants)
            self._wanted = +self._wanted
            still = {patch for _, patch in self._wanted}
            for applied in reversed(self._applied):
                if applied.patch not in still:
                    self._undo(applied)
            self._applied = [applied for applied in self._applied if applied.patch in still]
            self._look_out()

    def apply(self, name: str, module: ModuleType) -> None:
        """Apply what is wanted for *name* and not yet in place."""
        with self._lock:
            for wanted, patch in tuple(self._wanted):
                if wanted == name and not self._in_place(module, patch):
                    self._apply(module, patch)

    def _look_out(self) -> None:
        """Stand first among the finders as long as anything is wanted."""
        self.names = frozenset(name for name, _ in self._wanted)
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        if self.names:
            sys.meta_path.insert(0, self._finder)

    def _apply(self, module: ModuleType, patch: Patch) -> None:
        try:
            self._applied.append(_Applied(module, patch, patch(module)))
        except Exception as error:  # noqa: BLE001 # a library that changed must not break imports
            self._trouble(f"patching {module.__name__}", error)

    def _undo(self, applied: _Applied) -> None:
        try:
            applied.undo()
        except Exception as error:  # noqa: BLE001 # the others must still be undone
            self._trouble(f"unpatching {applied.module.__name__}", error)

    def _in_place(self, module: ModuleType, patch: Patch) -> bool:
        return any(done.module is module and done.patch == patch for done in self._applied)


class _Finder(MetaPathFinder):
    """Finds nothing itself: wraps the loader that another finder names."""

    def __init__(self, hooks: Hooks) -> None:
        self._hooks = hooks

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._hooks.names:
            return None
        spec = self._found_later(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self._hooks)
        return spec

    def _found_later(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        """Ask the finders behind this one, as the import system would; those before declined."""
        finders = tuple(sys.meta_path)
        for finder in finders[finders.index(self) + 1 :]:
            spec = finder.find_spec(fullname, path, target)
            if spec is not None:
                return spec
        return None


class _Loader(Loader):
    """Loads as the inner loader does, gives the module back its own loader, then patches."""

    def __init__(self, inner: Loader, hooks: Hooks) -> None:
        self._inner = inner
        self._hooks = hooks

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._inner.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None and module.__spec__.loader is self:
            module.__spec__.loader = self._inner
        if module.__loader__ is self:
            module.__loader__ = self._inner
        self._inner.exec_module(module)
        self._hooks.apply(module.__name__, module)

    def __getattr__(self, name: str) -> Any:
        if name == "_inner":
            raise AttributeError(name)
        return getattr(self._inner, name)
