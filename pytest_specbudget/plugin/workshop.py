"""What all agents of a process share: the routing table, the client, answers, what plugins add."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from pytest_specbudget.agents.adapters import asking
from pytest_specbudget.agents.client import Asker
from pytest_specbudget.agents.locks import missing_key
from pytest_specbudget.agents.reuse import Memory
from pytest_specbudget.agents.validating import Registered
from pytest_specbudget.core.names import nearest
from pytest_specbudget.core.reading import Reading
from pytest_specbudget.core.reasons import reason_of
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import SettingError
from pytest_specbudget.plugin.agent_additions import added
from pytest_specbudget.plugin.agent_words import several
from pytest_specbudget.plugin.files import EVIDENCE
from pytest_specbudget.plugin.looping import starts_next_run
from pytest_specbudget.plugin.native_commands import shipped
from pytest_specbudget.plugin.observer import OBSERVER
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.quality.metric import Named
from pytest_specbudget.routing.loading import default_table, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_specbudget.agents.values import Asking
    from pytest_specbudget.bookkeeping.bookkeeper import Bookkeeper
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.plugin.agent_words import Validators
    from pytest_specbudget.quality.metric import Metric
    from pytest_specbudget.routing.deciding import Prices
    from pytest_specbudget.routing.values import ModelProfile, RoutingTable

    Forbid: TypeAlias = Callable[[str], BaseException | None]

__all__ = ["Heard", "Workshop", "model_id"]


class Heard:
    """A plugin that keeps the charges of tasks while they are carried out."""

    def __init__(self) -> None:
        self._open: dict[str, list[Charge]] = {}

    def pytest_specbudget_booked(self, charge: Charge) -> None:
        """Keep *charge* if it is part of a task that is being carried out."""
        if charge.routed is not None and charge.routed.task in self._open:
            self._open[charge.routed.task].append(charge)

    @contextmanager
    def listening(self, task: str) -> Iterator[list[Charge]]:
        """Keep the charges of *task* meanwhile, in the list that this gives."""
        charges: list[Charge] = []
        self._open[task] = charges
        try:
            yield charges
        finally:
            del self._open[task]


class Workshop:
    """What the agents of one process share.

    Attributes:
        books: Where everything is written down.
        evidence: Where the records of agents are kept, or None where none are.
        table: Whom to ask for what.
        memory: Answers that may be used again.
        native: Who does commands without a model.
        heard: The charges of the tasks that are being carried out.
    """

    def __init__(self, config: pytest.Config, books: Bookkeeper) -> None:
        """Set it up; nothing is asked yet."""
        self.books = books
        evidence = config.rootpath / EVIDENCE
        self.evidence = None if starts_next_run(config, evidence) else evidence
        self.table = _table(books.settings.routing)
        self.memory = Memory()
        self.native = shipped(config.rootpath).with_(added(config, "pytest_specbudget_native"))
        self.heard = Heard()
        self._validators = added(config, "pytest_specbudget_validators")
        self._metrics = added(config, "pytest_specbudget_metrics")
        self._client = Asker(guarded=True)
        books.forbid = _with_keys(books.forbid, config.stash[OBSERVER].refusals.make)
        config.pluginmanager.register(self.heard, "specbudget-tasks")
        config.add_cleanup(self._client.close)

    @classmethod
    def of(cls, config: pytest.Config, books: Bookkeeper) -> Workshop:
        """Return the workshop of this process."""
        if _WORKSHOP not in config.stash:
            config.stash[_WORKSHOP] = cls(config, books)
        return config.stash[_WORKSHOP]

    def prices(self) -> Prices:
        """Return what each model costs for a thousand tokens in and as many out."""
        catalogue, at = self.books.desk.catalogue, self.books.desk.as_of

        def cost(profile: ModelProfile) -> Money | None:
            reading = Reading(
                provider=profile.provider,
                operation="chat",
                response_model=profile.model,
                usage=_A_THOUSAND_EACH,
                usage_state="complete",
            )
            return price(reading, catalogue, at).list_cost

        return cost

    def asking(self, own: Any) -> Asking:
        """Return who asks models: the user's *own* client, or ours."""
        return self._client if own is None else asking(own)

    def validators(self, given: Validators | None) -> list[Callable[[str], Any]]:
        """Return the validators *given*, of which some may be the names of added ones.

        Raises:
            SettingError: If one is no validator, or nobody adds one of that name.
        """
        return [self._validator(one) for one in several(given)]

    def _validator(self, given: str | Callable[[str], Any]) -> Callable[[str], Any]:
        found: Callable[[str], Any] = _named(given, self._validators, "validator")
        if isinstance(given, str) and not hasattr(found, "name"):
            return Registered(given, found)
        return found

    def metric(self, given: str | Metric | Callable[[str, str], Any] | None) -> Metric | None:
        """Return the metric *given*, which may be the name of an added one, or a function."""
        if given is None:
            return None
        found: Any = _named(given, self._metrics, "metric")
        if hasattr(found, "name"):
            metric: Metric = found
            return metric
        own = f"function:{getattr(found, '__name__', type(found).__name__)}"
        return Named(given if isinstance(given, str) else own, found)


_WORKSHOP = pytest.StashKey[Workshop]()
_A_THOUSAND_EACH = Usage.of({"input_tokens": 1000, "output_tokens": 1000})


def model_id(path: Path | None, model: str) -> str:
    """Return the provider's id of what the routing table at *path* calls *model*.

    What is no name in the table, such as an id or a pattern, is returned as it is.
    """
    profile = _table(path).profiles.get(model)
    return model if profile is None else profile.model


def _table(path: Path | None) -> RoutingTable:
    if path is None:
        return default_table()
    try:
        return load(path.read_text(encoding="utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError([f"routing: {path} cannot be read: {reason_of(error)}"]) from error


def _with_keys(forbid: Forbid, refuse: Callable[[str], BaseException]) -> Forbid:
    """Return *forbid*, which refuses calls at the wire, so that it refuses what lacks a key."""

    def forbidden(call: str) -> BaseException | None:
        signal = forbid(call)
        words = missing_key()
        return refuse(words) if signal is None and words is not None else signal

    return forbidden


def _named(given: Any, known: dict[str, Callable[..., Any]], kind: str) -> Any:
    if not isinstance(given, str):
        if callable(given):
            return given
        raise SettingError([f"{given!r:.80} is no {kind}; give a function, or the name of one"])
    if given not in known:
        likely = nearest(given, known)
        hint = f"did you mean {likely!r}? There" if likely else "there"
        names = ", ".join(sorted(known)) or "none"
        raise SettingError([f"no plugin adds a {kind} called {given!r}; {hint} are: {names}"])
    return known[given]
