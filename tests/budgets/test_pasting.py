"""What a remedy gives to paste stands on lines of its own, and holds as it stands."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from support.journals import call

from pytest_specbudget.budgets.admission import Stop
from pytest_specbudget.budgets.bounds import declaration
from pytest_specbudget.budgets.pasting import USD, WHY_FREE, bound_line, line_for
from pytest_specbudget.budgets.unknowns import UnknownGate
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.providers.hosts import HostRule

GATEWAY = {"host": "llm-gw.corp"}


def pasted(remedy: str) -> list[str]:
    """Return the blocks of indented lines, as one pastes them."""
    lines = [line if line.startswith("    ") else "" for line in remedy.split("\n")]
    return [block.strip("\n") for block in "\n".join(lines).split("\n\n") if block.strip()]


def in_state(state: str, **changes: object) -> Charge:
    made = call(None, **GATEWAY)
    return replace(made, reading=replace(made.reading, usage_state=state), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("charge", "keys"),
    [
        pytest.param(
            in_state("complete", reason="no price"),
            ["price", "provider", "bound_usd"],
            id="no price",
        ),
        pytest.param(in_state("none"), ["bound_usd", "estimate", "free"], id="no counts"),
        pytest.param(in_state("unreadable"), ["bound_usd", "free"], id="counts that are none"),
        pytest.param(in_state("partial", list_cost=Money(1)), ["bound_usd"], id="cut off"),
        pytest.param(in_state("complete", outcome="unknown"), ["bound_usd"], id="unanswered"),
    ],
)
def test_what_a_finding_gives_to_paste_is_toml(charge: Charge, keys: list[str]) -> None:
    finding, *_ = UnknownGate().check(Ledger([charge]))

    found = [tomllib.loads(block) for block in pasted(finding.remedy)]
    assert [next(iter(one.get("hosts", {}).get("llm-gw.corp", one))) for one in found] == keys


def test_what_a_refusal_gives_to_paste_stands_below_the_sentence() -> None:
    remedy = declaration("gw.corp", "fast-1", None)
    stop = Stop(subject="", what="what", origin="set", why="why", remedy=remedy)

    *_, remedy, line = str(stop).splitlines()
    assert remedy.startswith("    try          declare in [tool.specbudget]")
    assert line == '                     hosts."gw.corp" = { bound_usd = "0.05" }'
    assert tomllib.loads(line)["hosts"]["gw.corp"] == {"bound_usd": "0.05"}


SAID = HostRule(
    pattern="gw.corp",
    provider="openai",
    models={"fast-1": "gpt-5-mini"},
    bounds={"slow-9": Money.parse("0.20"), "*": Money.parse("0.05")},
    origin='hosts."gw.corp" = { provider = "openai" } in pyproject.toml [tool.specbudget], line 7',
)


@pytest.mark.parametrize(
    ("known", "added", "entry"),
    [
        pytest.param(None, {"bound_usd": USD}, {"bound_usd": USD}, id="nothing is known"),
        pytest.param(
            SAID,
            {"provider": "?", "models": {"new": "?"}},
            {
                "provider": "openai",
                "models": {"new": "?", "fast-1": "gpt-5-mini"},
                "bound_usd": {"slow-9": "0.2", "*": "0.05"},
            },
            id="what is known stays, and only what it lacks is asked for",
        ),
        pytest.param(
            replace(SAID, bounds={"*": Money.parse("0.05")}, models={}),
            {"provider": "?"},
            {"provider": "openai", "bound_usd": "0.05"},
            id="one bound for all models is one amount",
        ),
        pytest.param(
            SAID,
            {"free": WHY_FREE},
            {"provider": "openai", "free": WHY_FREE},
            id="what contradicts free goes",
        ),
    ],
)
def test_an_entry_that_exists_is_completed(
    known: HostRule | None, added: dict[str, str | dict[str, str]], entry: dict[str, object]
) -> None:
    line = line_for("gw.corp", known, added)

    assert tomllib.loads(line)["hosts"]["gw.corp"] == entry


def test_a_bound_of_one_model_comes_before_that_of_all() -> None:
    line = line_for("gw.corp", SAID, {"bound_usd": {"new": USD}})

    assert [*tomllib.loads(line)["hosts"]["gw.corp"]["bound_usd"]] == ["new", "slow-9", "*"]


@pytest.mark.parametrize(
    ("bounds", "model", "added"),
    [
        pytest.param({}, "new", "0.05", id="one amount, where nothing is bounded"),
        pytest.param(
            {"slow": "0.2"}, "new", {"new": "0.05", "slow": "0.2"}, id="the model, beside others"
        ),
        pytest.param(
            {"slow": "0.2"}, None, {"slow": "0.2", "*": "0.05"}, id="all others, and these last"
        ),
    ],
)
def test_a_bound_is_added_to_those_that_are_set(
    bounds: dict[str, str], model: str | None, added: object
) -> None:
    known = replace(SAID, bounds={name: Money.parse(usd) for name, usd in bounds.items()})

    line = bound_line("gw.corp", model, known)

    bound = tomllib.loads(line)["hosts"]["gw.corp"]["bound_usd"]
    assert (bound, [*bound]) == (added, [*added])  # type: ignore[misc]  # the order counts


@pytest.mark.parametrize(
    ("known", "place"),
    [
        pytest.param(
            SAID, "# in the place of pyproject.toml [tool.specbudget], line 7", id="its own line"
        ),
        pytest.param(
            replace(SAID, pattern="*.corp", origin='hosts."*.corp" = { } in x, line 7'),
            "}  # above x, line 7: the first entry that covers a host holds",
            id="a glob covers other hosts, and stays",
        ),
        pytest.param(
            replace(SAID, origin='provider = "openai" of fast in routing.toml'),
            "}",
            id="what the routing table says is no line of settings",
        ),
        pytest.param(None, "}", id="there is none"),
    ],
)
def test_the_line_says_which_one_it_replaces(known: HostRule | None, place: str) -> None:
    assert line_for("gw.corp", known, {"provider": "?"}).endswith(place)


def test_a_finding_completes_what_settings_say_of_its_host() -> None:
    rule = replace(SAID, pattern="llm-gw.corp")
    unpriced = in_state("complete", reason="no price")

    (finding,) = UnknownGate(declared={"llm-gw.corp": rule}.get).check(Ledger([unpriced]))

    _, whose, most = (tomllib.loads(block) for block in pasted(finding.remedy))
    model = unpriced.reading.model
    assert whose["hosts"]["llm-gw.corp"]["models"] == {model: "?", "fast-1": "gpt-5-mini"}
    assert most["hosts"]["llm-gw.corp"]["bound_usd"][model] == USD
    assert "prices = [" in finding.remedy
