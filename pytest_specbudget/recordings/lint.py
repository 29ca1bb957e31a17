"""What may be wrong with a recording: one problem at a time, with place and remedy.

* `secret-in-recording`, `account-in-recording`: what should not be in a repository.
* `recording-unreadable`: damaged, torn, hostile, or of no known shape.
* `recording-orphaned`: the test that it belongs to is gone.
* `recording-unused`, `interaction-unused`: no call of a run was answered by it.
* `recording-old`, `recording-undated`: older than somebody wants, or of unknown age.
* `model-retired`: the model has stopped to answer, so it cannot be made anew.

Recordings come in read; the clock, the journal and the ends of models are the caller's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.damage import REMEDY
from pytest_specbudget.core.wording import calls_of
from pytest_specbudget.recordings.dating import date_of
from pytest_specbudget.recordings.hops import followed
from pytest_specbudget.recordings.secrets import secrets_in_recording

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime, timedelta

    from pytest_specbudget.core.finding import Severity
    from pytest_specbudget.core.reading import Reading
    from pytest_specbudget.prices.lifecycles import Lifecycles, Retirement
    from pytest_specbudget.recordings.library import Recording
    from pytest_specbudget.recordings.secrets import Secret

__all__ = [
    "RULES",
    "Problem",
    "Rule",
    "age",
    "exposed",
    "problem",
    "retired",
    "told_secrets",
    "torn",
    "unused",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """What one check asks for.

    Attributes:
        severity: Whether it fails the command.
        remedy: What to do.
    """

    severity: Severity
    remedy: str


RULES = {
    "secret-in-recording": Rule(
        "error",
        "take the key out of use first: it is in the history of the repository, too; then record"
        " again, or write the file anew with `specbudget cassettes migrate`, which scrubs",
    ),
    "account-in-recording": Rule(
        "error",
        "write the file anew with `specbudget cassettes migrate`, which scrubs, or pass --allow"
        " account-in-recording",
    ),
    "recording-unreadable": Rule("error", REMEDY),
    "recording-orphaned": Rule("warning", "delete the file, or give the test its name back"),
    "recording-unused": Rule("warning", "delete the file, or run all tests and ask again"),
    "interaction-unused": Rule("warning", "record the test anew, or run all tests and ask again"),
    "recording-old": Rule("warning", "record again, to see what the model answers today"),
    "recording-undated": Rule("warning", "keep the answer's `date` header when recording"),
    "model-retired": Rule("warning", "move the test to a model that answers, and record again"),
}
"""Each rule by its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with one file.

    Attributes:
        rule: Its id in `RULES`.
        severity: `error` or `warning`.
        file: As people know it.
        line: From 1.
        message: What is wrong; never a secret.
        remedy: What to do.
    """

    rule: str
    severity: Severity
    file: str
    line: int
    message: str
    remedy: str


def problem(rule: str, file: str, message: str, line: int = 1) -> Problem:
    """Make a problem of the kind *rule*."""
    told = RULES[rule]
    return Problem(
        rule=rule,
        severity=told.severity,
        file=file,
        line=line,
        message=message,
        remedy=told.remedy,
    )


def exposed(recording: Recording, file: str) -> Iterator[Problem]:
    """Find what credentials and accounts a recording gives away."""
    return told_secrets(secrets_in_recording(recording.path, recording.whole), file)


def torn(recording: Recording, file: str) -> Iterator[Problem]:
    """Find a recording that ends in the middle of an interaction, so that a call is missing."""
    if recording.whole.note:
        told = f"the last line is torn: it {recording.whole.note.removeprefix('the last line ')}"
        yield problem("recording-unreadable", file, told, recording.whole.lines)


def told_secrets(secrets: Iterable[Secret], file: str) -> Iterator[Problem]:
    """Make a problem of each of *secrets*."""
    for secret in secrets:
        rule = "account-in-recording" if secret.is_account else "secret-in-recording"
        yield problem(rule, file, str(secret), secret.line)


def age(recording: Recording, file: str, now: datetime, most: timedelta) -> Iterator[Problem]:
    """Find a recording whose newest answer is older than *most*, in whole days, or has no date."""
    if not recording.interactions:
        return
    dates = [date for each in recording.interactions if (date := date_of(each)) is not None]
    if not dates:
        yield problem("recording-undated", file, "no answer tells its date")
    elif (days := (now - max(dates)).days) > most.days:
        told = f"its newest answer is of {max(dates).date()}, {calls_of(days, 'day')} ago"
        yield problem("recording-old", file, f"{told}; {most.days} are allowed")


_ELSEWHERE = "aiplatform.googleapis.com"
"""Vertex AI, which keeps the models of its makers for other times than they do."""


def retired(
    recording: Recording, file: str, lifecycles: Lifecycles, now: datetime
) -> Iterator[Problem]:
    """Find the models of a recording that have stopped to answer, each once."""
    told = set()
    for reading, interaction in zip(recording.readings, recording.interactions, strict=True):
        if reading is None or _ELSEWHERE in interaction.url:
            continue
        for model, end in _ends(reading, lifecycles, now):
            if end not in told:
                told.add(end)
                yield problem("model-retired", file, _ended(reading.provider, model, end))


def _ends(
    reading: Reading, lifecycles: Lifecycles, now: datetime
) -> Iterator[tuple[str, Retirement]]:
    for model in (reading.request_model, reading.response_model):
        end = lifecycles.retired(reading.provider, model, now) if model else None
        if model and end is not None:
            yield model, end


def _ended(provider: str, model: str, end: Retirement) -> str:
    instead = f"; {provider} recommends {end.replacement}" if end.replacement else ""
    return f"{provider}/{model} is past its announced end, {end.on}{instead} ({end.source})"


def unused(recording: Recording, file: str, used: Collection[int], run: str) -> Iterator[Problem]:
    """Find the model calls of a recording that answered nothing in a run.

    What is no model call is in no journal and cannot be judged, and nor is a redirect that the
    client followed: its call is booked with the answer that it led to.

    Args:
        recording: What lies there.
        file: As people know it.
        used: The places, from 0, that answered a call.
        run: The run that was looked at.
    """
    hops = followed(recording)
    calls = [
        place
        for place, reading in enumerate(recording.readings)
        if reading is not None and reading.certain and reading.called and place not in hops
    ]
    left = [place for place in calls if place not in used]
    if calls and left == calls:
        yield problem("recording-unused", file, f"no call of run {run} was answered by it")
    elif left:
        places = ", ".join(map(str, left))
        told = f"{calls_of(len(left), 'interaction')} answered no call of run {run}: {places}"
        yield problem("interaction-unused", file, told)
