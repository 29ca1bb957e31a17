"""What a matrix would send, to whom, and what that costs: each case with each model.

Nothing is sent here.  Whose prices count is told by the host that is asked, where a rule of the
user or our own table knows it, otherwise by the host that was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pytest_specbudget.bookkeeping.appraisal import Appraiser
from pytest_specbudget.budgets.admission import Unbounded
from pytest_specbudget.cassettes.requests import request_of
from pytest_specbudget.cli._matrix.till import judged
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.meters.clock import Clock
from pytest_specbudget.prices.names import short_name
from pytest_specbudget.prices.pricing import price
from pytest_specbudget.providers import recognise
from pytest_specbudget.providers.hosts import declared_bound, provider_of, rule_for
from pytest_specbudget.recordings.matrix import asked_of, limited, rebased

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.bookkeeping.desk import PriceDesk
    from pytest_specbudget.budgets.admission import Worst
    from pytest_specbudget.cassettes.interaction import Asked
    from pytest_specbudget.core.exchange import Request
    from pytest_specbudget.core.money import Money
    from pytest_specbudget.prices.catalogue import Catalogue, ModelPrices
    from pytest_specbudget.providers import Listener
    from pytest_specbudget.recordings.matrix import Case
    from pytest_specbudget.settings.settings import Settings

__all__ = ["Misfit", "Pair", "Planner"]

_EMBEDDINGS = "embeddings"
_FORMATS_OF = {"anthropic": "Anthropic", "openai": "OpenAI", "google": "Gemini"}
"""How the formats of those are called who make models and have a format of their own."""
_KEEPING_FORMATS = frozenset({"azure", "google"})
"""Who sells the models of others in their formats, and not in one of its own."""
_SHOWN = 3
_ANY = 1
"""A longest answer in tokens, to see whether one would bound the cost."""
_DECLARED = "say with --max-output-tokens how many tokens an answer has at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A case and a model that it cannot be asked of, and why."""

    case: str
    model: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One call of a matrix.

    Attributes:
        case: The name of the case.
        model: The model that is asked.
        asked: What is sent, but for the credentials.
        recorded_at: The host that the case was recorded from.
        request: The same, as readers take it: with the host whose prices count.
        listener: Who would read the answer.
        worst: The most that it can cost, or why that has no bound.
        expected: What the recorded counts cost at the model's price, or None if nobody knows.
        declared: Whether the user declared a bound that counts where the cost stays unknown.
        unpriced: Whether what is missing is a price.
    """

    case: str
    model: str
    asked: Asked
    recorded_at: str
    request: Request
    listener: Listener
    worst: Worst | Unbounded
    expected: Money | None
    declared: bool
    unpriced: bool


@dataclass(slots=True, kw_only=True)
class Planner:
    """Makes pairs of cases and models.

    Attributes:
        settings: What the user says about hosts and prices.
        desk: Who prices.
        base_url: Where calls are sent instead of where they were recorded, or None.
        most_output: How many tokens of output the user says an answer has at most, or None.
    """

    settings: Settings
    desk: PriceDesk
    base_url: str | None = None
    most_output: int | None = None
    _appraiser: Appraiser = field(init=False)

    def __post_init__(self) -> None:
        self._appraiser = Appraiser(self.settings, self.desk)

    def pair(self, case: Case, model: str) -> Pair | Misfit:
        """Plan the call of *model* for *case*.

        Raises:
            CatalogueError: If the prices cannot be read.
        """
        try:
            asked = asked_of(case, model)
        except RecordingError as problem:
            return Misfit(case=case.name, model=model, why=str(problem))
        sent = replace(asked, uri=rebased(asked.uri, self.base_url)) if self.base_url else asked
        request = request_of(sent)
        if not self._knows(request.host):
            request = request_of(asked)
        listener = recognise(request, self.settings.hosts)
        if listener is None:
            why = f"it is no model call to {request.host}"
            return Misfit(case=case.name, model=model, why=why)
        why = self._misfit(case, model, request, listener)
        if why:
            return Misfit(case=case.name, model=model, why=f"{why}; the case is {case.kind}")
        return self._pair(case, model, sent, request, listener)

    def _pair(self, case: Case, model: str, sent: Asked, request: Request, heard: Listener) -> Pair:
        worst = self._worst(case, request, heard)
        real = self._aliases(request).get(model, model)
        sold = self.desk.catalogue.find(short_name(heard.provider), real)
        bound = declared_bound(request.host, model, self.settings.hosts)
        return Pair(
            case=case.name,
            model=model,
            asked=sent,
            recorded_at=request_of(case.asked).host,
            request=request,
            listener=heard,
            worst=worst,
            expected=self._expected(case, request, heard),
            declared=self.most_output is not None or bound is not None,
            unpriced=isinstance(worst, Unbounded) and sold is None,
        )

    def _knows(self, host: str) -> bool:
        return rule_for(host, self.settings.hosts) is not None or provider_of(host) is not None

    def _aliases(self, request: Request) -> Mapping[str, str]:
        rule = rule_for(request.host, self.settings.hosts)
        return rule.models if rule is not None else {}

    def _misfit(self, case: Case, model: str, request: Request, listener: Listener) -> str:
        """Say why *model* does not understand *case*; empty if it does.

        A model that nobody sells fits as far as anybody knows; it has no price, either.
        """
        if model in self._aliases(request):
            return ""
        catalogue, provider = self.desk.catalogue, short_name(listener.provider)
        found = catalogue.find(provider, model)
        if found is None:
            sellers = _sellers(model, catalogue)
            return f'"{model}" is a model of {sellers}, not of {provider}' if sellers else ""
        maker = _maker(model, catalogue) if provider in _KEEPING_FORMATS else None
        if maker not in (None, provider) and _FORMATS_OF[maker] not in case.kind:
            return f'"{model}" is a model of {maker}, which is asked in another format'
        _, prices = found
        if _embeds(prices) is not (listener.operation == _EMBEDDINGS):
            return f'"{model}" {"embeds" if _embeds(prices) else "does not embed"}'
        return ""

    def _worst(self, case: Case, request: Request, listener: Listener) -> Worst | Unbounded:
        worst = self._appraiser.worst(request, listener)
        if not isinstance(worst, Unbounded) or case.form is None:
            return worst
        declared = self.most_output or _ANY
        bounded = self._appraiser.worst(limited(request, case.form, declared), listener)
        if self.most_output is not None or isinstance(bounded, Unbounded):
            return bounded  # what a longest answer does not help, such as a model without a price
        return replace(worst, remedy=f"{_DECLARED}, or {worst.remedy}")

    def _expected(self, case: Case, request: Request, listener: Listener) -> Money | None:
        if case.reading.usage_state not in ("complete", "estimated"):
            return None
        rule, model = rule_for(request.host, self.settings.hosts), listener.request_model or ""
        reading = replace(
            case.reading,
            provider=listener.provider,
            request_model=model,
            response_model=None,
            real_model=self._aliases(request).get(model),
            free=rule.free if rule is not None else None,
            parts=(),
        )
        at = self.settings.price_at.time or Clock.utc()
        return judged(price(reading, self.desk.catalogue, at), self.settings.judge)


def _sellers(model: str, catalogue: Catalogue) -> str:
    """Name those who set a price for *model*; empty if nobody does."""
    found = (catalogue.find(name, model) for name in catalogue.providers)
    names = [*dict.fromkeys(one[0].name for one in found if one is not None)]
    return ", ".join(names[:_SHOWN]) + (" and others" if len(names) > _SHOWN else "")


def _maker(model: str, catalogue: Catalogue) -> str | None:
    """Name who makes *model*, if that is one with a format of its own; the cloud comes last.

    The date of a snapshot, which Google's cloud writes after an `@`, does not count.
    """
    bare = model.partition("@")[0]
    return next((name for name in _FORMATS_OF if catalogue.find(name, bare) is not None), None)


def _embeds(prices: ModelPrices) -> bool:
    """Tell whether a model embeds, by its name or because nothing that it writes has a price."""
    return "embed" in prices.name or not any("output" in row.rates for row in prices.rows)
