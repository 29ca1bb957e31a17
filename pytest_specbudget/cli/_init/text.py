"""What `specbudget init` shows to people: what it found, what it would add, what to do next."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING

from tabulate import tabulate

from pytest_specbudget.cli._init.ci import ci_line, lenient_mode
from pytest_specbudget.core.wording import calls_of, exact, short_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pytest_specbudget.cli._init.proposal import Proposal
    from pytest_specbudget.cli._init.survey import Survey
    from pytest_specbudget.cli._init.writing import Draft
    from pytest_specbudget.core.ledger import Charge, Totals

__all__ = ["found_lines", "next_lines", "settings_lines"]

_LABEL = 12
_WIDTH = 100
_MOST = 6
_MOST_MODELS = 30
_MARKERS = ("vcr", "spec", "asyncio", "anyio", "flaky", "block_network", "default_cassette")


def found_lines(found: Survey) -> Iterator[str]:
    """Yield what was found."""
    yield f"{found.rootdir}: {calls_of(found.files, 'file')} looked at, nothing run, no key needed"
    yield ""
    for label, told in _facts(found):
        for place, words in enumerate(told):
            yield f"{label if not place else '':<{_LABEL}}{words}"
    yield from _money(found)
    yield from _trouble(found)


def settings_lines(found: Survey, plan: Draft, *, written: bool) -> Iterator[str]:
    """Yield the settings, and whether they were written."""
    name = plan.path.name
    if plan.waiting:
        yield f"{name} has {calls_of(len(plan.waiting), 'comment')} to complete:"
        yield from (f"  {line.toml}" for line in plan.waiting)
        yield ""
    if not found.sound:
        yield f"{name}: the settings make no sense, so nothing is proposed beside them"
        return
    if not plan.added:
        yield f"{name}: nothing to add"
        if not found.tests:
            yield "no tests are here: name the folder where you run pytest"
        elif not plan.exists and not found.recorded.ledger.charges:
            yield "nothing here calls a model, as far as can be seen without running it"
        return
    if plan.exists:
        yield f"{name} has settings of ours already and is left as it is; this could be added:"
        yield ""
        yield from (plan.diff or plan.added).splitlines()
        return
    yield f"written to {name}:" if written else f"this would be added to {name}:"
    yield ""
    yield from plan.added.strip().splitlines()


def next_lines(found: Survey, proposal: Proposal, plan: Draft, *, written: bool) -> Iterator[str]:
    """Yield what the user may do now."""
    if proposal.prices:
        yield "prices.toml, with what you pay in place of the question marks:"
        yield ""
        yield from proposal.prices.splitlines()
        yield ""
    yield "next"
    for what, words in _steps(found, proposal, plan, written=written):
        yield f"  {what:<{_LABEL}}{words}"


def _facts(found: Survey) -> Iterator[tuple[str, Sequence[str]]]:
    tests = sum(len(module.tests) for module in found.tests)
    modules = calls_of(sum(bool(module.tests) for module in found.tests), "file")
    yield "tests", [f"{calls_of(tests, 'test function')} in {modules}{_more(found)}"]
    markers = {name: found.markers[name] for name in _MARKERS if name in found.markers}
    yield "markers", _row(markers)
    yield "fixtures", _row(_fixtures(found), "")
    yield "plugins", _listed(f"{name} ({where})" for name, where in found.plugins.items())
    yield "SDKs", _row(found.sdks, "file")
    yield "clients", _row(found.clients, "file")
    yield "not metered", _row(found.unmetered, "file")
    yield "CI", [f"{step.where}  {step.command}" for step in found.steps[:_MOST]]
    yield "not read", _elsewhere(found)
    yield "rootdirs", _listed(f"{one}/ (specbudget init {one})" for one in found.inner)
    yield "recordings", [*_recordings(found)]
    yield "secrets", [*_secrets(found)]


def _elsewhere(found: Survey) -> list[str]:
    words = f"{found.elsewhere}: only settings in pytest's rootdir hold, as shown above"
    return [] if found.elsewhere is None else [words]


def _more(found: Survey) -> str:
    several = sum(test.parametrised for module in found.tests for test in module.tests)
    return f", {several} of them parametrised" if several else ""


def _fixtures(found: Survey) -> dict[str, str]:
    return {name: one.name for one in found.modules for name in one.fixtures}


def _row(counts: Mapping[str, int] | Mapping[str, str], noun: str = "x") -> list[str]:
    return _listed(
        f"{name} ({calls_of(count, noun) if noun != 'x' else f'{count} x'})"
        if isinstance(count, int)
        else f"{name} in {count}"
        for name, count in counts.items()
    )


def _listed(words: Iterable[str]) -> list[str]:
    every = [*words]
    more = f", and {len(every) - _MOST} more" if len(every) > _MOST else ""
    return [", ".join(every[:_MOST]) + more] if every else []


def _recordings(found: Survey) -> Iterator[str]:
    files = found.recorded.files
    if not files:
        yield "none"
        return
    interactions = sum(file.interactions for file in files)
    calls = found.recorded.ledger.totals().calls
    days = found.recorded.days
    dated = f", recorded {' to '.join(dict.fromkeys(days))}" if days else ", without dates"
    yield (
        f"{calls_of(len(files), 'file')}, {calls_of(interactions, 'exchange')}, "
        f"{calls_of(calls, 'model call')}{dated}"
    )
    forms = Counter(file.form for file in files)
    yield ", ".join(f"{count} of {_writer(form)}" for form, count in forms.most_common())
    beside = sum(owner.beside for owner in found.owners.values())
    if beside:
        yield f"{beside} of them where pytest-recording and we look for them"
    if found.recorded.addressless:
        told = calls_of(found.recorded.addressless, "exchange")
        yield f"{told} without an address: what was called shows when it is replayed"


def _secrets(found: Survey) -> Iterator[str]:
    """Say of each kind of credential how often and where it stands; never what it is."""
    places: dict[str, list[str]] = {}
    for file in found.recorded.files:
        for secret in file.secrets:
            places.setdefault(secret.kind.lower(), []).append(f"{file.name}:{secret.line}")
    for kind, every in sorted(places.items())[:_MOST]:
        yield f"{calls_of(len(every), 'time')} {kind}, first in {every[0]}"
    if places:
        yield "`specbudget cassettes lint` lists them all"


def _writer(form: str) -> str:
    return "ours" if form == "lines" else form


def _money(found: Survey) -> Iterator[str]:
    ledger = found.recorded.ledger
    if not ledger.charges:
        return
    yield ""
    dearest = sorted(ledger.by(_model).items(), key=lambda each: -each[1].list_cost.atto)
    rows = [_figures(name.split("\t"), one) for name, one in dearest[:_MOST_MODELS]]
    if len(dearest) > _MOST_MODELS:
        rows.append((f"and {len(dearest) - _MOST_MODELS} more, see --json", *[""] * 6))
    total = _figures(["all", "", ""], ledger.totals())
    head = ("host", "provider", "model", "calls", "in", "out", "list USD")
    sides = ("left", "left", "left", "right", "right", "right", "decimal")
    table = tabulate([head, *rows, total], tablefmt="plain", disable_numparse=True, colalign=sides)
    yield from (line.rstrip() for line in table.splitlines())
    yield f"at the prices of {found.recorded.priced_at}, each recording replayed once"


def _model(charge: Charge) -> str:
    return f"{charge.host}\t{charge.reading.provider}\t{charge.reading.model}"


def _figures(names: Iterable[str], totals: Totals) -> tuple[str, ...]:
    known = exact(totals.list_cost)
    cost = known if not totals.unbounded_calls else f"{known} + ?"
    only_unknown = totals.unbounded_calls and not totals.list_cost
    counts = (totals.input_tokens, totals.output_tokens)
    return (*names, str(totals.calls), *map(short_count, counts), "?" if only_unknown else cost)


def _trouble(found: Survey) -> Iterator[str]:
    unknown = found.recorded.ledger.totals()
    told = (
        (unknown.unpriced_calls, "without a price"),
        (unknown.unreported_calls, "without token counts"),
        (unknown.partial_calls, "cut off before the last count"),
    )
    lines = [f"{calls_of(count)} {what}" for count, what in told if count]
    if lines:
        yield ""
        yield from textwrap.wrap(
            f"{', '.join(lines)}: under a ceiling they fail a run, until you complete the comments "
            "below that are about them; with --spec-unknown=warn they only warn.",
            _WIDTH,
        )
    for host, count in found.recorded.resembling.items():
        yield f"{calls_of(count)} to {host}: like model calls, on a host that nobody knows"
    for title, problems in (
        ("damaged, so the figures lack it", found.damage),
        ("left out", found.unread),
    ):
        yield from ("", title) if problems else ()
        yield from (f"  {problem}" for problem in problems[:_MOST])
        if len(problems) > _MOST:
            yield f"  and {len(problems) - _MOST} more"


def _steps(
    found: Survey, proposal: Proposal, plan: Draft, *, written: bool
) -> Iterator[tuple[str, str]]:
    if not found.sound:
        yield "mend", "the settings, as said above; then ask again"
        return
    mode = lenient_mode(found, proposal, written=written)
    if mode:
        yield "look", f"pytest  (shows what a run costs; {mode} lets each pass)"
    elif found.settings.limits or (written and proposal.known):
        yield "judge", "pytest"
    else:
        yield "look", f"{proposal.command}  (a first verdict, with nothing written)"
    if plan.added and not plan.exists and not written:
        yield "keep", "specbudget init  (writes the settings above)"
    line = ci_line(found, proposal, written=written)
    yield "in CI", line
    if mode:
        yield "", f"(without --spec-mode=enforce no run fails: {mode})"
    if not proposal.known and proposal.ceiling in line:
        yield "", f"({proposal.ceiling} is an example: no recording tells what a run costs)"
    for step in found.steps[:_MOST]:
        yield "", f"in {step.where}: {step.command}"
    if found.ignores:
        yield ".gitignore", f"{found.ignores}  (summaries that each run writes)"
