"""Tells the meters what vcrpy's own cassettes answer and store.

vcrpy has no hook for that, so two methods of its `Cassette` are wrapped, once somebody else has
imported it; this module never does.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters import origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

__all__ = ["PATCHES", "is_vcrpy_miss"]

_WATCHED = "is_watched_by_specbudget"
_MISS = "CannotOverwriteExistingCassetteException"


def is_vcrpy_miss(error: BaseException) -> bool:
    """Tell whether vcrpy refused a request because its cassette holds no answer to it."""
    return any(
        kind.__name__ == _MISS and kind.__module__.partition(".")[0] == "vcr"
        for kind in type(error).__mro__
    )


def _watch_cassettes(module: ModuleType) -> Callable[[], None]:
    """Wrap `vcr.cassette.Cassette`; a second time does nothing.  Returns what undoes it."""
    cassette_class = module.Cassette
    undos = (
        _wrap(cassette_class, "play_response", _playing),
        _wrap(cassette_class, "append", _appending),
    )

    def undo() -> None:
        for restore in undos:
            restore()

    return undo


PATCHES: Mapping[str, Callable[[ModuleType], Callable[[], None]]] = {
    "vcr.cassette": _watch_cassettes
}
"""What to call with a module once it is imported, by the module's name."""


def _wrap(owner: Any, name: str, wrapper: Callable[[Any], Any]) -> Callable[[], None]:
    original = getattr(owner, name)
    if hasattr(original, _WATCHED):
        return lambda: None
    watched = functools.wraps(original)(wrapper(original))
    setattr(watched, _WATCHED, True)
    setattr(owner, name, watched)
    return lambda: setattr(owner, name, original)


def _playing(original: Callable[..., Any]) -> Callable[..., Any]:
    def play_response(cassette: Any, request: Any) -> Any:
        response = original(cassette, request)
        origin.replayed(str(cassette._path), _place_of(response, cassette.data))  # noqa: SLF001 - `path` is newer than 8.2.1
        return response

    return play_response


def _appending(original: Callable[..., Any]) -> Callable[..., Any]:
    def append(cassette: Any, request: Any, response: Any) -> None:
        place = len(cassette.data)
        original(cassette, request, response)
        if len(cassette.data) > place:
            origin.recorded(str(cassette._path), place)  # noqa: SLF001 - `path` is newer than 8.2.1

    return append


def _place_of(response: Any, data: list[tuple[Any, Any]]) -> int | None:
    return next((at for at, (_, stored) in enumerate(data) if stored is response), None)
