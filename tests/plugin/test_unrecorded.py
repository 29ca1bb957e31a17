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
        pytest.param({"status": None, "outcome": "unknown"}, id="cancelled"),
    ],
)
def test_a_call_that_no_recorder_could_see_or_keep_is_not_told(facts: dict[str, Any]) -> None:
    assert list(unrecorded([call(**facts)])) == []


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
