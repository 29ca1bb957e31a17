"""What providers say about usage, read as it passes; pure.

    candidate(method, path)        could this be a model call at all?
    recognise(request, rules)      who listens to the answer, or None
    listener.head, feed, finish    hear the answer, and say what it consumed
    read_whole(...)                the same for an answer that is already there

Bytes go through a decoder (`decoding`) and a splitter (`splitting`) to a provider's fold, which
keeps counts and never text.  Folds are found by routes (`routes`), hosts are in `hosts`, both as
data.

A provider that is missing here is read by a `Route` with a `Fold` of one's own:

    Route                          at which path, and what the request looks like
    Fold                           takes the document or the events of one answer
    fold.asked                     `Asked`: the request, the provider, the model asked for
    fold.counts                    `Counts`: takes counts and notes what was nonsense
    fold.stated                    `Statement`: what is known so far; `settle` completes it
    Usage                          the counts, inclusive, by OpenTelemetry's names
    events_with(*words)            what an event of a stream says that is worth reading
"""

from __future__ import annotations

from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers.candidates import candidate, let_through
from pytest_specbudget.providers.counts import Counts
from pytest_specbudget.providers.fold import Asked, Fold, Statement, events_with
from pytest_specbudget.providers.hosts import HOSTS, HostRule
from pytest_specbudget.providers.listener import Listener
from pytest_specbudget.providers.recognition import read_whole, recognise
from pytest_specbudget.providers.route import Route

__all__ = [
    "HOSTS",
    "Asked",
    "Counts",
    "Fold",
    "HostRule",
    "Listener",
    "Route",
    "Statement",
    "Usage",
    "candidate",
    "events_with",
    "let_through",
    "read_whole",
    "recognise",
]
