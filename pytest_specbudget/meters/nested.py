"""Tell an attempt's own request from another that is sent while it runs.

A lower client may carry an attempt: it is sent the same request, or the hop that a redirect leads
to.  A hook, an auth flow, a middleware or a transport may as well send something else: a token is
fetched, telemetry is posted, another model is asked.  What is no model call has nothing to do with
the attempt, and what is one is an attempt of its own.

Nothing here is asked for a request that is sent while no attempt runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pytest_specbudget.providers import candidate

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request

__all__ = ["is_aside", "is_carried", "is_handed_down"]


def is_carried(own: Request, sent: Request, *, moved: bool) -> bool:
    """Tell whether *sent* is *own* once more, in the hands of a lower client.

    A body that nobody could look at may be any body.

    Args:
        own: What the attempt was asked to send.
        sent: What is about to be sent while it runs.
        moved: Whether the attempt may lead elsewhere by now, so that the same body is enough; none
            at all is no sign.
    """
    if not _may_be_same(own, sent):
        return False
    if moved and own.body != b"":
        return True
    return _same_path(own, sent) and _host(own) == _host(sent)


def is_handed_down(own: Request, sent: Request) -> bool:
    """Tell whether *sent* is what an attempt waits for that an upper client has begun with *own*.

    An adapter may send it to another host or path than it was told, but not with another body.
    """
    same_body = bool(own.body) and own.body == sent.body
    return _may_be_same(own, sent) and (same_body or _same_path(own, sent))


def is_aside(request: Any) -> bool:
    """Tell whether *request*, of a connection pool of httpcore, cannot be a model call.

    None is the request of a client that shows none, and may be one.
    """
    if request is None:
        return False
    path, _, _ = request.url.target.decode("ascii", "replace").partition("?")
    return not candidate(request.method.decode("ascii", "replace"), path)


def _may_be_same(own: Request, sent: Request) -> bool:
    """Tell whether method and body may be the same, as far as the bodies could be seen."""
    unseen = own.body is None or sent.body is None
    return own.method == sent.method and (unseen or own.body == sent.body)


def _same_path(own: Request, sent: Request) -> bool:
    return unquote(own.path) == unquote(sent.path)


def _host(request: Request) -> str:
    return request.host.lower().strip("[]").rstrip(".")
