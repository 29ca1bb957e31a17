from __future__ import annotations

import json
import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import bound, charge
from support.journals import call

from pytest_specbudget.audit.comparison import Side
from pytest_specbudget.baselines.packages import package_of
from pytest_specbudget.baselines.stored import is_baseline, read_baseline, write_baseline
from pytest_specbudget.core.ledger import Charge, Ledger
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.reading import Part, Reading
from pytest_specbudget.core.routed import Routed
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.errors import BaselineError
from pytest_specbudget.prices.pricing import Quote

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.exchange import Exchange

PRICES = {"sha256": "0" * 64, "as_of": "2026-11-21T00:00:00Z"}
CENT = Money.parse("0.01")


def quote(reading: Reading, _exchange: Exchange) -> Quote:
    """Price a cent for every input token; a model called `odd` has no price."""
    if reading.model == "odd":
        return Quote(reason="no price")
    cost = CENT * (reading.usage.input_tokens or 0)
    return Quote(list_cost=cost, contracted_cost=cost, price_id="p")


def asked(cost: str | None = "0.10", tokens: int = 10, **others: Any) -> Charge:
    """Make a replayed call of so many input tokens."""
    values = {"fingerprint": "f", "at": "", "host": "api.openai.com", **others}
    return charge(cost, usage=Usage(input_tokens=tokens), **values)


def store(path: Path, *charges: Charge, package: str = ".", **others: Any) -> Path:
    side = Side(name="this run", charges=charges)
    write_baseline(path, side, package=package, prices=PRICES, **others)
    return path


def stored_tests(path: Path) -> list[str]:
    return [*json.loads(path.read_text("utf-8"))["tests"]]


def test_what_was_stored_is_read_back(tmp_path: Path) -> None:
    path = store(
        tmp_path / "base.json",
        asked(test="t.py::test_a", spec="A"),
        asked("0.25", 25, test="t.py::test_b", fingerprint="g"),
    )

    side = read_baseline(path, quote, ".")

    assert [(one.attribution.test, one.attribution.spec) for one in side.charges] == [
        ("t.py::test_a", "A"),
        ("t.py::test_b", "(unassigned)"),
    ]
    assert Ledger([*side.charges]).totals().list_cost == Money.parse("0.35")
    assert (side.own_costs, side.notes, side.unrun) == ({}, (), frozenset())
    assert len({one.id for one in side.charges}) == 2


def test_all_that_a_price_or_a_verdict_depends_on_survives(tmp_path: Path) -> None:
    reading = Reading(
        provider="openai",
        operation="chat",
        request_model="gpt-5",
        response_model="gpt-5-2025-08-07",
        real_model="gpt-5",
        usage=Usage(input_tokens=10, cache_read_input_tokens=4, audio_seconds=2),
        usage_state="partial",
        service_tier="flex",
        region="eu",
        parts=(Part(model="gpt-5", usage=Usage(output_tokens=3)),),
    )
    routed = Routed(task="", role="primary", tier="C", slot="s", attempt=2, escalated=True)
    made = asked(
        bound=bound("0.5"),
        answered_at="2026-11-02T10:00:00Z",
        role="primary",
        tier="S",
        routed=routed,
    )
    owner = replace(made.attribution, spec="A", command="plan", stage="review", phase="VERIFY")
    made = replace(made, reading=reading, attribution=owner)

    (read,) = read_baseline(store(tmp_path / "b.json", made), quote).charges

    kept = "reading", "attribution", "bound", "answered_at", "role", "tier", "routed", "source"
    assert {name: getattr(read, name) for name in kept if name != "attribution"} == {
        name: getattr(made, name) for name in kept if name != "attribution"
    }
    assert (read.attribution.spec, read.attribution.command) == ("A", "plan")
    assert (read.attribution.stage, read.attribution.phase) == ("review", "VERIFY")


def test_like_calls_share_a_line_and_count_each(tmp_path: Path) -> None:
    path = store(tmp_path / "base.json", asked(), asked(), asked(), asked(fingerprint="g"))

    lines = [line for line in path.read_text("utf-8").splitlines() if '"reading"' in line]
    assert len(lines) == 2
    assert lines[0].endswith('"times": 3},')
    assert len(read_baseline(path, quote).charges) == 4


def test_neither_the_order_of_calls_nor_the_instant_of_a_replay_changes_the_file(
    tmp_path: Path,
) -> None:
    calls = [
        asked(test=f"t.py::test_{test}", fingerprint=f, at=f"2026-11-21T10:00:0{f}Z")
        for test in "ab"
        for f in "123"
    ]
    later = [
        replace(one, id="x", at="2027-01-01T00:00:00Z", worker="gw1", duration_s=3.0)
        for one in reversed(calls)
    ]

    first = store(tmp_path / "first.json", *calls)
    second = store(tmp_path / "second.json", *later)

    assert first.read_bytes() == second.read_bytes()


def test_a_live_call_keeps_its_instant_to_the_minute(tmp_path: Path) -> None:
    live = call(test="t.py::test_a", at="2026-11-21T16:29:59.123456Z")

    (read,) = read_baseline(store(tmp_path / "base.json", live), quote).charges

    assert (read.at, read.source) == ("2026-11-21T16:29Z", "live")


def test_a_failed_attempt_comes_before_its_retry(tmp_path: Path) -> None:
    path = store(tmp_path / "b.json", asked(), asked("0", outcome="failed", status=429))

    side = read_baseline(path, quote)

    assert [one.outcome for one in side.charges] == ["failed", "answered"]
    assert Ledger([*side.charges]).totals().list_cost == Money.parse("0.10")


def test_mocked_calls_are_not_stored(tmp_path: Path) -> None:
    path = store(tmp_path / "base.json", asked(source="mock"), asked(test="t.py::test_b"))

    assert stored_tests(path) == ["t.py::test_b"]


def test_what_was_stored_at_other_prices_is_priced_anew_and_its_own_cost_is_kept(
    tmp_path: Path,
) -> None:
    path = store(tmp_path / "base.json", asked("0.30"), asked(None, 7, fingerprint="g"))

    side = read_baseline(path, quote)

    assert [str(one.list_cost) for one in side.charges] == ["0.1", "0.07"]
    assert side.own_costs == {side.charges[0].id: Money.parse("0.30")}
    assert "2026-11-21" in side.notes[0]


def test_a_call_without_a_price_is_unknown_on_this_side_too(tmp_path: Path) -> None:
    path = store(tmp_path / "base.json", asked("0.30", model="odd"))

    (read,) = read_baseline(path, quote).charges

    assert read.unpriced
    assert read.reason == "no price"


def test_packages_of_a_monorepo_share_a_file(tmp_path: Path) -> None:
    path = store(tmp_path / "base.json", asked(test="t.py::test_a"), package="pkgs/a")
    store(path, asked(test="t.py::test_a"), asked(test="<fixture session:c>"), package="pkgs/b")
    store(path, asked(test="t.py::test_root"))

    assert stored_tests(path) == [
        "pkgs/a/t.py::test_a",
        "pkgs/b/<fixture session:c>",
        "pkgs/b/t.py::test_a",
        "t.py::test_root",
    ]
    found = read_baseline(path, quote, "pkgs/b").charges
    assert [one.attribution.test for one in found] == ["<fixture session:c>", "t.py::test_a"]
    assert [one.attribution.test for one in read_baseline(path, quote, ".").charges] == [
        "t.py::test_root"
    ]
    assert len(read_baseline(path, quote).charges) == 4


def test_a_whole_run_forgets_its_own_removed_tests_and_no_others(tmp_path: Path) -> None:
    path = store(tmp_path / "b.json", asked(test="t.py::old"), asked(test="t.py::test_a"))
    store(path, asked(test="t.py::test_b"), package="pkgs/b")

    store(path, asked(test="t.py::test_a"))

    assert stored_tests(path) == ["pkgs/b/t.py::test_b", "t.py::test_a"]


def test_a_partial_run_replaces_only_what_ran(tmp_path: Path) -> None:
    old = [asked("0.50", test=f"t.py::test_{name}") for name in "abc"]
    path = store(tmp_path / "b.json", *old)

    ran = ["t.py::test_a", "t.py::test_b"]
    store(path, asked("0.60", test="t.py::test_a"), ran=ran)

    stored = json.loads(path.read_text("utf-8"))["tests"]
    assert {test: lines[0]["list_cost"] for test, lines in stored.items()} == {
        "t.py::test_a": "0.6",
        "t.py::test_c": "0.5",
    }


def test_an_unknown_package_is_a_note_and_no_error(tmp_path: Path) -> None:
    path = store(tmp_path / "b.json", asked(), package="pkgs/a")

    side = read_baseline(path, quote, "pkgs/b")

    assert side.charges == ()
    assert 'nothing of the package "pkgs/b" (it holds: pkgs/a)' in side.notes[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "not JSON", id="empty"),
        pytest.param("{", "not JSON", id="cut off"),
        pytest.param('{\n<<<<<<< HEAD\n"a": 1}', "unresolved merge conflict", id="a conflict"),
        pytest.param("[]", "its schema is None", id="no object"),
        pytest.param('{"schema": "specbudget-baseline/2"}', "baseline/2", id="a later version"),
        pytest.param('{"a": 1, "a": 2}', '"a" stands there twice', id="a key twice"),
        pytest.param("[" * 100_000, "baseline", id="nested beyond reading"),
        pytest.param('{"schema": "specbudget-baseline/1"}', '"packages" is missing', id="no parts"),
    ],
)
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "base.json"
    path.write_text(text, "utf-8")

    with pytest.raises(BaselineError, match=r"--spec-save-baseline|resolve") as caught:
        read_baseline(path, quote)
    assert str(caught.value).startswith(str(path))
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param(7, "should be an object", id="no object"),
        pytest.param({}, "reading should be", id="lacks all"),
        pytest.param({"host": "h", "reading": 1}, "should be an object", id="no reading"),
        pytest.param(
            {"host": "h", "reading": {"provider": "p", "operation": "chat"}, "times": 0},
            '"times" should be',
            id="not even once",
        ),
        pytest.param(
            {"host": "h", "reading": {"provider": "p", "operation": "chat"}, "times": 10**9},
            '"times" should be',
            id="more often than anything",
        ),
        pytest.param(
            {"host": "h", "reading": {"provider": "p", "operation": "chat", "usage": {"a": -1}}},
            "reading.usage.a",
            id="a count below 0",
        ),
    ],
)
def test_a_damaged_line_is_an_error_that_names_the_test(
    tmp_path: Path, line: object, problem: str
) -> None:
    path = tmp_path / "base.json"
    document = {"schema": "specbudget-baseline/1", "packages": {}, "tests": {"t.py::a": [line]}}
    path.write_text(json.dumps(document), "utf-8")

    with pytest.raises(BaselineError, match=r"t\.py::a: ") as caught:
        read_baseline(path, quote)
    assert problem in str(caught.value)


def test_a_damaged_file_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    path.write_text("{", "utf-8")

    with pytest.raises(BaselineError):
        store(path, asked())
    assert path.read_text("utf-8") == "{"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_file_is_neither_read_nor_replaced(tmp_path: Path) -> None:
    path = tmp_path / "base.json"
    os.mkfifo(path)

    for use in (partial(read_baseline, path, quote), partial(store, path, asked())):
        with pytest.raises(BaselineError, match="it is no file"):
            use()
    assert path.is_fifo()


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"nowhere\.json: cannot be read"):
        read_baseline(tmp_path / "nowhere.json", quote)


def test_a_folder_is_named_from_the_root_of_its_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "pkgs" / "a").mkdir(parents=True)

    assert package_of(tmp_path) == "."
    assert package_of(tmp_path / "pkgs" / "a") == "pkgs/a"


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        pytest.param('{"schema": "specbudget-baseline/1"}', True, id="of this version"),
        pytest.param('{"schema": "specbudget-baseline/9"}', True, id="of a later one"),
        pytest.param('{"schemaVersion": "1.0"}', False, id="a report"),
    ],
)
def test_a_baseline_is_known_by_its_schema(text: str, is_one: object) -> None:
    assert is_baseline(text) is is_one


def test_how_often_tests_ran_is_kept_and_must_be_the_same_where_it_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    side = Side(name="this run", charges=(asked(),), repeats=3)

    write_baseline(path, side, package=".", prices=PRICES)

    assert read_baseline(path, quote, ".").repeats == 3
    path.write_text(path.read_text("utf-8").replace('"repeats": 3', '"repeats": "x"'), "utf-8")
    with pytest.raises(BaselineError, match="repeats"):
        read_baseline(path, quote, ".")
