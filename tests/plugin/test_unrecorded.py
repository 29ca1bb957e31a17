"""What a run that records says of live calls, and who is told to record them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call

from pytest_specbudget.plugin.cassettes import CassetteShelf
from pytest_specbudget.plugin.unrecorded import unrecorded
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TOLD_BY_HAND = {"host": "(told by the test)"}


def test_a_live_call_that_could_have_been_recorded_is_told() -> None:
    told_of = call(test="t.py::test_a", status=200), call(test="t.py::test_b", **TOLD_BY_HAND)

    (told,) = unrecorded(told_of)

    assert told.startswith("1 live call was not recorded: t.py::test_a;")


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({**TOLD_BY_HAND, "status": 200}, id="booked by hand"),
        pytest.param({**TOLD_BY_HAND, "status": None, "outcome": "unknown"}, id="with no answer"),
        pytest.param({"status": None, "outcome": "failed"}, id="never reached anybody"),
        pytest.param({"status": 200, "verdict": "bypass"}, id="went past an open cassette"),
    ],
)
def test_a_call_that_no_recorder_could_see_or_keep_is_not_told(facts: dict[str, Any]) -> None:
    assert list(unrecorded([call(**facts)])) == []


def test_a_call_that_got_no_answer_is_told_with_what_helps() -> None:
    cut_off = {"status": None, "outcome": "unknown"}
    names = [f"t.py::test_{letter}" for letter in "abcd"]

    (several,) = unrecorded(call(test=name, **cut_off) for name in names)
    both = [*unrecorded([call(test=names[0], **cut_off), call(test=names[1], status=200)])]

    assert several.startswith(
        "4 calls got no answer, and what has none cannot be recorded: "
        f"{', '.join(names[:3])} and 1 more; a replay will miss it: "
    )
    assert 'spec_fault("timeout")' in several
    assert [told.partition(":")[0] for told in both] == [
        "1 live call was not recorded",
        "1 call got no answer, and what has none cannot be recorded",
    ]
    assert "spec_cassette" not in both[1]


def item(**options: object) -> Any:
    marks = {"vcr": object()}
    return SimpleNamespace(
        config=SimpleNamespace(option=SimpleNamespace(**options)), get_closest_marker=marks.get
    )


@pytest.mark.parametrize(
    ("options", "way"),
    [
        pytest.param(
            {"record_mode": None},
            "--record-mode=once, or new_episodes where it has a cassette",
            id="pytest-recording",
        ),
        pytest.param(
            {"vcr_record": None},
            "--vcr-record=once, or new_episodes where it has a cassette",
            id="pytest-vcr",
        ),
        pytest.param({}, "with its plugin", id="one that is not known"),
    ],
)
def test_a_test_of_another_plugin_is_recorded_by_that_one(
    tmp_path: Path, options: dict[str, object], way: str
) -> None:
    shelf = CassetteShelf(Settings(), tmp_path, RuntimeError)

    assert shelf.advice(item(**options)) == f"record it first, as a test of @pytest.mark.vcr: {way}"
