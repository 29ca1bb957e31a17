"""Tells the meters what vcrpy's own cassettes answer and store.

vcrpy has no hook for that, so some of its methods are wrapped, once somebody else has imported it;
this module never does.

By default vcrpy does not look at bodies, so a cassette of its own may answer a request that is not
the one it was recorded for.  It decides what answers; here the two requests are compared, and what
differs is told with the answer.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_specbudget.meters import origin
from pytest_specbudget.meters.watching import trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from pytest_specbudget.core.exchange import Mismatch
    from pytest_specbudget.core.json_paths import JsonPath

__all__ = ["PATCHES", "Foreign", "hold_to", "is_vcrpy_miss"]

_WATCHED = "is_watched_by_specbudget"
_MISS = "CannotOverwriteExistingCassetteException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """What cassettes of vcrpy's own are held to.

    Attributes:
        volatile: Places in a JSON body that do not count.
        refuse: Makes the exception for a call that a recording of another request would answer,
            from a message; None lets it answer.
    """

    volatile: tuple[JsonPath, ...] = ()
    refuse: Callable[[str], BaseException] | None = None


# vcrpy is patched for the whole process, so what holds for it is the process's too.
_held_to: list[Foreign] = [Foreign()]
_open: list[Any] = []


def hold_to(foreign: Foreign) -> Callable[[], None]:
    """Hold vcrpy's cassettes to *foreign* from now on; returns what undoes it."""
    _held_to.append(foreign)
    stop_telling = origin.tell_if_open(lambda: bool(_open))

    def undo() -> None:
        _held_to.remove(foreign)
        stop_telling()

    return undo


def is_vcrpy_miss(error: BaseException) -> bool:
    """Tell whether vcrpy refused a request because its cassette holds no answer to it."""
    return any(
        kind.__name__ == _MISS and kind.__module__.partition(".")[0] == "vcr"
        for kind in type(error).__mro__
    )


def _watch_cassettes(module: ModuleType) -> Callable[[], None]:
    """Wrap vcrpy's cassettes; a second time does nothing.  Returns what undoes it."""
    cassette_class = module.Cassette
    undos = (
        _wrap(cassette_class, "play_response", _playing),
        _wrap(cassette_class, "append", _appending),
        _wrap(module.CassetteContextDecorator, "_patch_generator", _opening),
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
        if origin.open_mark() is not None:
            place = _place_of(response, cassette.data)
            mismatch = None if place is None else _compared(cassette, request, place)
            origin.replayed(str(cassette._path), place, mismatch)  # noqa: SLF001 - `path` is newer than 8.2.1
        return response

    return play_response


def _compared(cassette: Any, request: Any, place: int) -> Mismatch | None:
    """Compare *request* with the recorded one whose answer it is given.

    Raises:
        BaseException: Made by `refuse`, if they differ and that is not allowed.
    """
    from pytest_specbudget.cassettes.unlike import mismatch_of  # noqa: PLC0415 - 20 ms, for vcrpy

    try:
        mismatch = mismatch_of(cassette, request, place, _held_to[-1].volatile)
    except Exception as error:  # noqa: BLE001 - observing must not break the user's call
        trouble("comparing a request with its recording", error)
        return None
    refuse = _held_to[-1].refuse
    if mismatch is not None and not mismatch.excused and refuse is not None:
        raise refuse(
            f"the recording that vcrpy answers with is of another request: "
            f"{', '.join(mismatch.places)}\n"
            f"    cassette  {cassette._path}, interaction {place}\n"  # noqa: SLF001 - as above
            "    record it again, or let it answer: --spec-stale=estimate"
        )
    return mismatch


def _opening(original: Callable[..., Any]) -> Callable[..., Any]:
    def _patch_generator(manager: Any, cassette: Any) -> Iterator[Any]:
        _open.append(cassette)
        try:
            yield from original(manager, cassette)
        finally:
            _open.remove(cassette)

    return _patch_generator


def _appending(original: Callable[..., Any]) -> Callable[..., Any]:
    def append(cassette: Any, request: Any, response: Any) -> None:
        place = len(cassette.data)
        original(cassette, request, response)
        if len(cassette.data) > place:
            origin.recorded(str(cassette._path), place)  # noqa: SLF001 - `path` is newer than 8.2.1

    return append


def _place_of(response: Any, data: list[tuple[Any, Any]]) -> int | None:
    return next((at for at, (_, stored) in enumerate(data) if stored is response), None)
