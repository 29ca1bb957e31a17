"""Which request is a model call, and who reads its answer, as data.

A route is a path and the shape of a request body.  The host decides whom a call is charged to, the
path alone how it is read, because gateways keep the path and change the host.  What only resembles
a model call (counting tokens, files, moderation) has no route.

The tables differ by how far a path is to be trusted:

    own         only hosts of one provider mean this by it
    formats     it means this everywhere, also where the body fits in part
    everyday    others use it for other things: on a stranger's host the whole body must fit
    later       work for later: what begins it, and what asks about it

To add a provider, write its fold and add a line to one of them; `candidates` must let the path
through.
"""

from __future__ import annotations

from pytest_specbudget.providers.routes.everyday import EVERYDAY
from pytest_specbudget.providers.routes.formats import FORMATS
from pytest_specbudget.providers.routes.later import BEGINNINGS, RETRIEVALS
from pytest_specbudget.providers.routes.own import OWN

__all__ = ["RETRIEVALS", "ROUTES"]

ROUTES = (*OWN, *FORMATS, *BEGINNINGS, *EVERYDAY)
"""In order; the first whose path is found is taken."""
