"""The fixtures, all with the prefix `spec_`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_specbudget.plugin.agent import SpecAgent, SpecConsensus
    from pytest_specbudget.plugin.fault import SpecFault
    from pytest_specbudget.plugin.observer import Observer
    from pytest_specbudget.plugin.scoring import SpecScore
    from pytest_specbudget.plugin.spending import SpecSpend

__all__ = [
    "FIXTURES",
    "_spec_router",
    "spec_agent",
    "spec_cassette",
    "spec_consensus",
    "spec_fault",
    "spec_score",
    "spec_spend",
]

FIXTURES = (
    "spec_agent",
    "spec_cassette",
    "spec_consensus",
    "spec_fault",
    "spec_score",
    "spec_spend",
)


@pytest.fixture
def spec_spend(request: pytest.FixtureRequest) -> SpecSpend:
    """What this test has spent so far; `spec_spend.under("0.10")` holds a block to a ceiling."""
    from pytest_specbudget.plugin.spending import SpecSpend as Spend  # noqa: PLC0415 - on first use

    return Spend(_observer(request).books, request.node.nodeid)


@pytest.fixture
def spec_cassette(request: pytest.FixtureRequest) -> Any:
    """Replay this test's recording; with `--spec-record` make it.  None if there is none."""
    return _observer(request).deck.tape


@pytest.fixture(scope="session")
def _spec_router() -> Iterator[None]:
    """Route all calls; of a wide scope, so that it comes before a test's own cassettes open."""
    from pytest_specbudget.cassettes.router import routed  # noqa: PLC0415 - vcrpy takes 250 ms

    with routed():
        yield


@pytest.fixture
def spec_fault(request: pytest.FixtureRequest, _spec_router: None) -> Iterator[SpecFault]:
    """Let something go wrong in this test, offline: `spec_fault("429", model="gpt-4o*")`."""
    from pytest_specbudget.plugin.fault import injecting  # noqa: PLC0415 - on first use

    with injecting(_observer(request), request.node) as faults:
        yield faults


@pytest.fixture
def spec_score(request: pytest.FixtureRequest) -> SpecScore:
    """Record how good an answer was: `spec_score(0.92)`, `spec_score.agreement(one, other)`."""
    from pytest_specbudget.plugin.scoring import SpecScore as Scores  # noqa: PLC0415 - on first use

    return Scores(_observer(request).books, request.node.nodeid)


@pytest.fixture
def spec_agent(request: pytest.FixtureRequest) -> SpecAgent:
    """Carry out a task by the models that routing chooses: `spec_agent.run("plan", prompt)`."""
    from pytest_specbudget.plugin.agent import SpecAgent as Agent  # noqa: PLC0415 - on first use
    from pytest_specbudget.plugin.workshop import Workshop  # noqa: PLC0415 - likewise

    shop = Workshop.of(request.config, _observer(request).books)
    return Agent(shop, request.node.nodeid)


@pytest.fixture
def spec_consensus(request: pytest.FixtureRequest) -> SpecConsensus:
    """Ask several models side by side: `spec_consensus.run("plan", prompt, agents=[...])`."""
    from pytest_specbudget.plugin.agent import SpecConsensus as Agents  # noqa: PLC0415 - likewise
    from pytest_specbudget.plugin.workshop import Workshop  # noqa: PLC0415 - likewise

    shop = Workshop.of(request.config, _observer(request).books)
    return Agents(shop, request.node.nodeid)


def _observer(request: pytest.FixtureRequest) -> Observer:
    from pytest_specbudget.plugin.observer import OBSERVER  # noqa: PLC0415 - on first use

    return request.config.stash[OBSERVER]
