"""What the copies of shared fixtures' calls were billed, where ceilings judge each call once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.money import Money
from pytest_specbudget.core.wording import calls_of, dollars
from pytest_specbudget.reports.figures import lower_bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.settings.settings import Settings

__all__ = ["copied_calls"]


def copied_calls(charges: Iterable[Charge], settings: Settings) -> Iterator[str]:
    """Yield a sentence where several workers paid for a call that is judged once.

    A replayed copy was paid by nobody, and where ceilings judge what is billed all copies count.
    """
    paid = [one for one in charges if one.workers > 1 and one.source in ("live", "record")]
    if not paid or settings.judge == "billed":
        return
    more = Money.total(map(_beside_the_first, paid))
    unknown = any(one.uncertain for one in paid)
    if more or unknown:
        amount = lower_bound(dollars(more), more, unknown=unknown)
        yield (
            f"{calls_of(len(paid), 'call')} of shared fixtures {_sent(paid)} and judged once: "
            f"{amount} more was billed for the copies; --spec-judge=billed holds that"
        )


def _beside_the_first(charge: Charge) -> Money:
    billed, own = charge.billed_cost or Money(), charge.contracted_cost or Money()
    return billed - own if billed > own else Money()


def _sent(paid: list[Charge]) -> str:
    verb = "was" if len(paid) == 1 else "were"
    workers = {one.workers for one in paid}
    return f"{verb} sent by {'each of' if len(workers) == 1 else 'up to'} {max(workers)} workers"
