"""Sessions with a model over a WebSocket: that there was one is known, what it consumed is not.

Counts pass in frames, in other words with each provider, and nobody here reads them.  So a session
is a call without counts, which is a finding under a budget.

Source: the URLs that openai 3.54.0 (`/v1/realtime`, `/v1/responses`) and google-genai 3.4.0
(`BidiGenerateContent`) connect to (checked 2026-11-22).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from pytest_specbudget.providers.fold import Asked
from pytest_specbudget.providers.hosts import provider_of
from pytest_specbudget.providers.listener import Listener
from pytest_specbudget.providers.untold import Untold

if TYPE_CHECKING:
    from pytest_specbudget.core.exchange import Request

__all__ = ["listener_to"]

_PATHS = (
    (re.compile(r"/(?:realtime|responses)(?:/\w+)?/?$"), "openai"),
    (re.compile(r"\.GenerativeService\.BidiGenerate\w+$|/BidiGenerateContent$"), "google"),
)
"""How the path of a session ends, also behind a gateway, and whose it is then."""


def listener_to(request: Request) -> Listener | None:
    """Return who listens to a session, or None if the socket leads to no model.

    Any socket to a host that belongs to a provider does.  To another host, one that names no model
    only resembles a session, and the listener is not `certain`.
    """
    known = provider_of(request.host, request.path)
    spoken = next((owner for path, owner in _PATHS if path.search(request.path)), None)
    provider = known or spoken
    if provider is None:
        return None
    model = next(iter(parse_qs(request.query).get("model", ())), None)
    asked = Asked(request=request, provider=provider, model=model)
    listener = Listener(Untold(asked), operation="realtime")
    listener.certain = known is not None or model is not None
    return listener
