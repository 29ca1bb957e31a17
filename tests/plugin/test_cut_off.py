"""A call that gets no answer cannot be recorded; the recording run and the replay both say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.emulator import vanishing

if TYPE_CHECKING:
    from support.suites import Suite

CUT_OFF = """
import httpx, pytest
from calls import ask

def test_gives_up(spec_cassette):
    with pytest.raises(httpx.HTTPError):
        ask()
"""
FAKED = """
import httpx, pytest
from calls import ask

def test_gives_up(spec_cassette, spec_fault):
    spec_fault("timeout")
    with pytest.raises(httpx.ReadTimeout):
        ask()
"""


def test_the_run_that_records_and_the_replay_say_what_helps(suite: Suite) -> None:
    suite.write("test_it.py", CUT_OFF)
    suite.emulator.always(vanishing())

    recorded = suite.run("--spec-budget=2.00", "--spec-record=once")
    replayed = suite.run("--spec-budget=2.00", CI="1")

    assert (recorded.status, replayed.status) == (1, 1)
    assert "1 call got no answer, and what has none cannot be recorded: test_it.py" in recorded.text
    assert 'with `spec_fault("timeout")` or a fake in the client' in recorded.text
    assert replayed.rules("error") == ["call-refused"]
    (finding,) = (one for one in replayed.facts["findings"] if one["rule"] == "call-refused")
    assert "what the test cuts off before its answer comes cannot be recorded" in finding["remedy"]


def test_what_they_say_does_help(suite: Suite) -> None:
    suite.write("test_it.py", FAKED)
    suite.emulator.always(vanishing())

    recorded = suite.run("--spec-budget=2.00", "--spec-record=once")
    replayed = suite.run("--spec-budget=2.00", CI="1")

    assert (recorded.status, replayed.status) == (0, 0)
    assert suite.emulator.served == []
