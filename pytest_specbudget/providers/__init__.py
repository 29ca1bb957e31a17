"""What providers say about usage, read as it passes; pure.

    candidate(method, path)        could this be a model call at all?
    recognise(request, rules)      who listens to the answer, or None
    listener.head, feed, finish    hear the answer, and say what it consumed
    read_whole(...)                the same for an answer that is already there

Bytes go through a decoder (`decoding`) and a splitter (`splitting`) to a provider's fold, which
keeps counts and never text.  Folds and routes are in `routes`, hosts in `hosts`, both as data.
"""

from __future__ import annotations

from pytest_specbudget.providers.hosts import HOSTS, HostRule
from pytest_specbudget.providers.listener import Listener
from pytest_specbudget.providers.recognition import read_whole, recognise
from pytest_specbudget.providers.routes import candidate

__all__ = ["HOSTS", "HostRule", "Listener", "candidate", "read_whole", "recognise"]
