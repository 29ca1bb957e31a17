"""Findings from what happened beside the charges: damage, trouble, refusals, oddities.

A journal that lost lines or a meter that failed means that the sums may be too low, so these are
errors: a gate that could not be computed is not green.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pytest_specbudget.bookkeeping.endings import unended
from pytest_specbudget.bookkeeping.price_doubts import price_doubts
from pytest_specbudget.bookkeeping.same_model import same_model
from pytest_specbudget.bookkeeping.stages import unrecorded_stages
from pytest_specbudget.budgets.pasting import ONE_LINE, WHY_FREE, line_for
from pytest_specbudget.core.finding import Finding
from pytest_specbudget.core.wording import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pytest_specbudget.budgets.pasting import Declared
    from pytest_specbudget.core.ledger import Charge
    from pytest_specbudget.journal.reader import Journal

__all__ = ["happened", "was_stopped"]

_Group = list[dict[str, Any]]
_BLOCKED = "True"
"""How tasks are grouped for which no model could be had."""
_STOCK = "True"
"""How a miss of another plugin's cassette is grouped; ours have none."""
_VCR = "@pytest.mark.vcr"
_RECORD = (
    "record what is missing: --spec-record=once, or --spec-record=new where a recording lacks it;\n"
    "what the test cuts off before its answer comes cannot be recorded, and `more` says what to do"
)
_RENAME = (
    "if the test was renamed, rename its recording, as recording-orphaned says; else record it:\n"
    "--spec-record=new"
)
_OF_ANOTHER_NAME = ("a recording that nothing uses answers", "rename its recording")
"""How a refusal says that a recording may be there, under another name."""
_RECORD_THEIRS = (
    "record what is missing: --record-mode=once with pytest-recording, or new_episodes where\n"
    "its file exists already; --vcr-record with pytest-vcr; else record_mode of use_cassette"
)
_ENDED = "find out why the process ended (killed, out of memory), and run again"
_LACKING = "find out what removed or changed lines of the journal, and run again"


def happened(journals: Iterable[Journal], declared: Declared | None = None) -> Iterator[Finding]:
    """Yield a finding for each thing that the journals tell and that no gate looks at.

    Args:
        journals: Those of the run.
        declared: What finds what settings say of a host, for the lines that are proposed; None
            where nobody knows that.
    """
    journals = list(journals)
    for journal in journals:
        yield from _damage(journal)
    yield from unended(journals)
    for name, (key, describe) in _EVENTS.items():
        for subject, group in sorted(_grouped(journals, name, key).items()):
            if (finding := describe(subject, group)) is not None:
                yield finding
    for host, group in sorted(_grouped(journals, "resembles", "host").items()):
        yield _resembling(host, group, declared)
    yield from _odd_counts(journals)
    yield from _mismatches(journals)
    yield from price_doubts(journals)
    yield from unrecorded_stages(journals)


def was_stopped(journals: Iterable[Journal]) -> bool:
    """Tell whether a call was refused, or had no recording."""
    events = (event.event for one in journals for event in one.events)
    return not {"missed", "refused", "stopped"}.isdisjoint(events)


def _damage(journal: Journal) -> Iterator[Finding]:
    if journal.damaged is not None:
        held = "what the line held is" if len(journal.damage) == 1 else "what they held is"
        yield Finding(
            rule="journal-damaged",
            subject=journal.name,
            message=journal.damaged,
            remedy=f"{held} not in the sums; run the tests again",
            inconclusive=True,
        )
    incomplete = journal.incomplete
    if incomplete is not None:
        yield Finding(
            rule="journal-incomplete",
            subject=journal.name,
            message=incomplete,
            remedy=_ENDED if journal.footer is None else _LACKING,
            inconclusive=True,
        )


def _odd_counts(journals: Iterable[Journal]) -> Iterator[Finding]:
    """Yield one warning for each model whose counts contradict themselves."""
    odd: dict[str, list[Charge]] = {}
    for journal in journals:
        for charge in journal.charges:
            if charge.reading.flags and not charge.unreported:
                odd.setdefault(charge.reading.model, []).append(charge)
    for model, charges in sorted(odd.items()):
        flags = sorted({flag for charge in charges for flag in charge.reading.flags})
        yield Finding(
            rule="count-inconsistent",
            subject=model,
            message=f"{calls_of(len(charges), 'answer')} of {model} with counts that contradict "
            "each other",
            details=tuple(flags[:3]),
            remedy="they are priced as sent, and nothing is subtracted below zero",
            severity="warning",
        )


def _mismatches(journals: Iterable[Journal]) -> Iterator[Finding]:
    """Yield one warning for each pair of a model that was asked and another that answered."""
    readings = (charge.reading for journal in journals for charge in journal.charges)
    named = Counter((one.request_model, one.real_model, one.response_model) for one in readings)
    pairs: Counter[tuple[str, str]] = Counter()
    for (asked, real, answered), count in named.items():
        if asked and answered and not _is_meant(filter(None, (asked, real)), answered):
            pairs[asked, answered] += count
    for (asked, answered), count in sorted(pairs.items()):
        yield Finding(
            rule="model-mismatch",
            subject=answered,
            message=f"{calls_of(count)} asked for {asked} and {_were(count)} answered by "
            f"{answered}",
            remedy="ask for the model that is meant, or declare the alias in the host's models",
            severity="warning",
        )


def _is_meant(names: Iterable[str], answered: str) -> bool:
    """Tell whether *answered* is one of *names*: an alias that was asked for, or what it is."""
    return any(same_model(name, answered) for name in names)


def _grouped(journals: Iterable[Journal], name: str, key: str) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    for journal in journals:
        for event in journal.events:
            if event.event == name:
                subject = str(event.values.get(key, ""))
                groups.setdefault(subject, []).append(event.values)
    return groups


def _lost(sentence: str, _group: _Group) -> Finding:
    return Finding(
        rule="journal-damaged",
        subject=sentence.partition(":")[0],
        message=sentence,
        remedy="what was lost before the journals were combined is not in the sums; run again",
        inconclusive=True,
    )


def _trouble(where: str, group: _Group) -> Finding:
    return Finding(
        rule="metering-trouble",
        subject=where,
        message=f"{calls_of(len(group), 'failure')} in {where}: {group[0].get('error')}",
        details=tuple(sorted({str(values.get("test")) for values in group})[:3]),
        remedy="no test was disturbed; mend what raised, or, if it is ours, report it with the "
        "client's version",
        inconclusive=True,
    )


def _resembling(host: str, group: _Group, declared: Declared | None) -> Finding:
    def line(**added: str) -> str:
        known = None if declared is None else declared(host)
        return line_for(host, known, added) + (ONE_LINE if declared is None else "")

    return Finding(
        rule="resembles-model-call",
        subject=host,
        message=f"{calls_of(len(group))} to {host}{group[0].get('path', '')} "
        f"{'resembles a model call' if len(group) == 1 else 'resemble model calls'}, "
        "and came back without counts",
        remedy="say in [tool.specbudget] whose format answers there:"
        f"{line(provider='openai')}\nor why it costs nothing:{line(free=WHY_FREE)}",
        severity="warning",
    )


def _unseen(carrier: str, group: _Group) -> Finding:
    return Finding(
        rule="transport-unseen",
        subject=carrier,
        message=f"{calls_of(len(group))} went through {carrier}, which shows no network: "
        "counted as mocked",
        remedy="if it does reach a provider, use the client's own transport under test",
        severity="warning",
    )


def _hidden(test: str, group: _Group) -> Finding:
    sent = sum(int(values.get("requests", 0)) for values in group)
    return Finding(
        rule="attempts-hidden",
        subject=test,
        message=f"{calls_of(len(group))} sent {calls_of(sent, 'request')}, and {len(group)} "
        f"{_were(len(group))} booked",
        remedy="let the SDK or the client retry, where each attempt is seen, not a transport",
        inconclusive=True,
    )


def _cure(group: _Group) -> str:
    """Say what to do: rename, where each refusal itself tells of a recording of another name."""
    told = [str(values.get("message")) for values in group]
    renamed = all(any(words in one for words in _OF_ANOTHER_NAME) for one in told)
    return _RENAME if renamed else _RECORD


def _refused(_why: str, group: _Group) -> Finding:
    return Finding(
        rule="call-refused",
        subject=_whose(group),
        message=f"{calls_of(len(group))} refused before anything was sent",
        details=_told(group),
        remedy=_RECORD_THEIRS if all(map(_is_of_vcr, group)) else _cure(group),
    )


def _is_of_vcr(values: dict[str, Any]) -> bool:
    """Tell whether the refusal itself says that another plugin records the test."""
    return _VCR in str(values.get("message"))


def _stopped(ceiling: str, group: _Group) -> Finding:
    return Finding(
        rule="stop-loss",
        subject=ceiling,
        message=f"{calls_of(len(group))} refused before anything was sent",
        origin=str(group[0].get("origin", "")),
        details=_told(group),
        remedy=_each_once(str(values.get("remedy", "")) for values in group),
    )


def _each_once(remedies: Iterable[str]) -> str:
    """Say each of *remedies* once; what begins alike goes on with a line for each host."""
    begun: dict[str, dict[str, None]] = {}
    for remedy in remedies:
        first, _, rest = remedy.partition("\n")
        begun.setdefault(first, {}).update(dict.fromkeys(rest.splitlines()))
    return "\n".join(line for first, rest in begun.items() for line in (first, *rest))


def _missed(why: str, group: _Group) -> Finding:
    return Finding(
        rule="cassette-miss",
        subject=_whose(group),
        message=f"{calls_of(len(group))} without a recording",
        details=_told(group),
        remedy=_RECORD_THEIRS if why == _STOCK else _cure(group),
        severity="warning" if why == _STOCK else "error",
    )


def _blocked(is_blocked: str, group: _Group) -> Finding | None:
    if is_blocked != _BLOCKED:
        return None
    return Finding(
        rule="task-blocked",
        subject=_whose(group),
        message=f"{calls_of(len(group), 'task')} found no model to ask: rate limits, outages",
        details=_told(group),
        remedy="run again later, or give the models alternates in the routing table",
        inconclusive=True,
    )


def _torn(words: str, group: _Group) -> Finding:
    return Finding(
        rule="recording-torn",
        subject=_whose(group),
        message=words,
        remedy="restore it from version control, or record the test again: --spec-record=all",
        severity="warning",
    )


def _whose(group: _Group) -> str:
    """Name the one test that *group* is about, or say how many there are."""
    tests = {str(values.get("test")) for values in group}
    return tests.pop() if len(tests) == 1 else calls_of(len(tests), "test")


def _told(group: _Group, most: int = 3) -> tuple[str, ...]:
    """Name the tests, each with the first line of its message; the tests themselves tell all."""
    first: dict[str, str] = {}
    for values in group:
        line = str(values.get("message") or "").partition("\n")[0]
        first.setdefault(str(values.get("test")), line)
    told = [f"{test}   {line}" for test, line in sorted(first.items())]
    more = (f"and {calls_of(len(told) - most, 'more test')}",) if len(told) > most else ()
    return (*told[:most], *more)


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _unwritable(where: str, group: _Group) -> Finding:
    return Finding(
        rule="journal-unwritable",
        subject=where,
        message=f"{group[0].get('error')}; the books were kept in memory",
        remedy="free the disk or make the folder writable; a killed process would lose its books",
    )


_EVENTS: dict[str, tuple[str, Callable[[str, _Group], Finding | None]]] = {
    "unwritable": ("where", _unwritable),
    "damage": ("sentence", _lost),
    "trouble": ("where", _trouble),
    "missed": ("stock", _missed),
    "torn": ("words", _torn),
    "routed": ("blocked", _blocked),
    "refused": ("stock", _refused),
    "stopped": ("ceiling", _stopped),
    "unseen": ("carrier", _unseen),
    "hidden": ("test", _hidden),
}
