"""Watch the HTTP clients that are installed; observe, never disturb.

`watch` patches what is imported now and what will be; nothing is imported for it.  What a client
sends and gets back is unchanged, byte for byte and in time, and no error of ours reaches the
caller.  The one exception is wanted: a sink may refuse a call (`CallRefused`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.meters.clients import PATCHES
from pytest_specbudget.meters.hooks import Hooks
from pytest_specbudget.meters.watching import Watch, trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.meters.hooks import Patch
    from pytest_specbudget.meters.sink import Sink
    from pytest_specbudget.meters.watching import Forbid

__all__ = ["Watch", "watch"]

_hooks = Hooks(trouble)


def _allow(_call: str) -> None:
    """Let every call leave."""


def watch(sink: Sink, extra: Mapping[str, Patch] | None = None, forbid: Forbid = _allow) -> Watch:
    """Report every model call to *sink* until `Watch.stop`.

    Watches stack: while an inner one lasts, the outer one sees nothing.

    Args:
        sink: What recognises, admits and books the calls.
        extra: Further patches by module name, each a function of the module that returns what
            undoes it; applied and undone with our own.
        forbid: Returns what refuses a call, as people name it, that could not be looked at; None if
            it may leave.
    """
    wants = (*PATCHES, *(extra or {}).items())
    watch = Watch(sink, release=lambda: _hooks.release(wants), forbid=forbid)
    watch.start()
    _hooks.want(wants)
    return watch
