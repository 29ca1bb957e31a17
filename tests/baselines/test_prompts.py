from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.planted import PLANTED
from support.recorded import SECRET, chat, write
from support.sides import call, side

from pytest_specbudget.baselines.prompts import (
    MOST_CHARACTERS,
    MOST_LINES,
    request_changes,
    requests_in,
)
from pytest_specbudget.baselines.sources import WorkingTree
from pytest_specbudget.cassettes.interaction import Asked
from pytest_specbudget.core.money import Money
from pytest_specbudget.core.staleness import Staleness

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.audit.comparison import RequestChange

_URI = "https://api.openai.com/v1/chat/completions"


def test_a_longer_prompt_is_shown_as_a_difference(tmp_path: Path) -> None:
    then = _asked(content="Plan a trip.\nBe brief.")
    now = _asked(content="Plan a trip.\nThink of everything.\nBe brief.")

    (change,) = _changes(tmp_path, then, now)

    assert change.places == ("$.messages[*].content",)
    assert change.lines == (
        "@@ $.messages[*].content @@",
        " Plan a trip.",
        "+Think of everything.",
        " Be brief.",
    )


def test_another_model_and_a_new_key_are_shown(tmp_path: Path) -> None:
    (change,) = _changes(tmp_path, _asked(model="small"), _asked(model="large", top_p=1))

    assert change.places == ("$.model", "$.top_p")
    assert change.lines == ("@@ $.model @@", "-small", "+large", "@@ $.top_p @@", "+1")


def test_of_a_long_line_the_part_is_shown_that_differs(tmp_path: Path) -> None:
    long = "word " * 100
    then, now = (_asked(content=f"{long}{end} {long}") for end in ("old", "new"))

    (change,) = _changes(tmp_path, then, now)

    old, new = (line for line in change.lines if line[0] in "-+")
    assert old.replace("old", "new")[1:] == new[1:]
    assert len(new) < 210
    assert "new" in new


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\n".join(map(str, range(10_000))), id="ten thousand lines"),
        pytest.param("x" * 1_000_000, id="a line of a million characters"),
        pytest.param("\n".join("y" * 199 for _ in range(1_000)), id="many long lines"),
    ],
)
def test_a_difference_is_short_whatever_the_prompt(tmp_path: Path, content: str) -> None:
    (change,) = _changes(tmp_path, _asked(content="a"), _asked(content=content))

    assert len(change.lines) <= MOST_LINES
    assert sum(map(len, change.lines)) <= MOST_CHARACTERS
    assert not any("\n" in line for line in change.lines)


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    content = "\n".join(map(str, range(100)))

    (change,) = _changes(tmp_path, _asked(content="a"), _asked(content=content))

    assert len(change.lines) == MOST_LINES
    assert change.lines[-1] == "… 43 more lines"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    then, now = _asked(content="hello"), _asked(content=f"hello, my key is {SECRET}")

    (change,) = _changes(tmp_path, then, now)

    assert SECRET not in "\n".join(change.lines)
    assert "REDACTED" in "\n".join(change.lines)


@pytest.mark.parametrize("planted", [pytest.param(one, id=one.id) for one in PLANTED])
def test_no_credential_of_any_kind_is_shown(tmp_path: Path, planted: Any) -> None:
    now = Asked(method="POST", uri=planted.uri, body=planted.asked_body.encode())

    (change,) = _changes(tmp_path, _asked(content="before"), now)

    told = "\n".join((*change.lines, *change.places))
    assert not any(secret in told for secret in planted.secrets)


def test_the_dearest_rise_comes_first(tmp_path: Path) -> None:
    base = side(*(call(f"{name} then", test=name, cost="1.00") for name in "abc"))
    costs = {"a": "2.00", "b": "0.50", "c": "9.00"}
    head = side(*(call(f"{name} now", test=name, cost=costs[name]) for name in "abc"))

    changes = request_changes(base, head, then=_nothing, now=_nothing, rootdir=tmp_path)

    assert [change.test for change in changes] == ["c", "a", "b"]
    assert (changes[0].base, changes[0].head) == (Money.parse("1.00"), Money.parse("9.00"))


def test_a_request_that_did_not_change_is_not_told(tmp_path: Path) -> None:
    base, head = side(call("same")), side(call("same"), call("new"))

    assert request_changes(base, head, then=_nothing, now=_nothing, rootdir=tmp_path) == ()


def test_requests_that_differ_in_credentials_alone_did_not_change(tmp_path: Path) -> None:
    then, now = (_asked(uri=f"{_URI}?api_key={key}") for key in ("one", "another"))

    assert _changes(tmp_path, then, now) == ()


def test_what_nobody_wrote_down_is_told_by_its_charge(tmp_path: Path) -> None:
    base, head = side(call("then", model="small")), side(call("now", model="large"))

    (change,) = request_changes(base, head, then=_nothing, now=_nothing, rootdir=tmp_path)

    assert (change.places, change.lines) == (("$.model",), ())


def test_a_stale_request_is_told_by_the_places_that_it_noted(tmp_path: Path) -> None:
    stale = Staleness(places=("$.messages[*].content",))
    path = write(tmp_path / "a.yaml", chat("as recorded"))
    common: dict[str, Any] = {"cassette": str(path), "cassette_index": 0}
    base, head = side(call("then", **common)), side(call("now", staleness=stale, **common))
    look_up = requests_in(WorkingTree(tmp_path), tmp_path)

    (change,) = request_changes(base, head, then=look_up, now=look_up, rootdir=tmp_path)

    assert change.places == ("$.messages[*].content",)
    assert change.cassette == "a.yaml"


def test_requests_are_found_in_the_recordings_that_the_calls_name(tmp_path: Path) -> None:
    write(tmp_path / "tests/a.yaml", chat("first"), chat("second"))
    calls = [
        call("x", cassette=str(tmp_path / "tests/a.yaml"), cassette_index=1),
        call("y", cassette="tests/a.yaml", cassette_index=7),
        call("z", cassette="tests/gone.yaml", cassette_index=0),
        call("live"),
    ]

    found = requests_in(WorkingTree(tmp_path), tmp_path)(calls)

    assert [*found] == [calls[0].id]
    assert b"second" in (found[calls[0].id].body or b"")


def _asked(uri: str = _URI, content: str = "hello", **fields: Any) -> Asked:
    document = {"messages": [{"role": "user", "content": content}], **fields}
    return Asked(method="POST", uri=uri, body=json.dumps(document).encode())


def _changes(folder: Path, then: Asked, now: Asked) -> tuple[RequestChange, ...]:
    base, head = call("then"), call("now")
    return request_changes(
        side(base),
        side(head),
        then=lambda _: {base.id: then},
        now=lambda _: {head.id: now},
        rootdir=folder,
    )


def _nothing(_: Any) -> dict[str, Asked]:
    return {}
