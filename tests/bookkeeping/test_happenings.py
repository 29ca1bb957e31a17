"""What happened beside the charges: a gate that could not be computed is not green."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, event, journal

from pytest_specbudget.bookkeeping.happenings import happened
from pytest_specbudget.budgets.pasting import ONE_LINE, nothing_declared
from pytest_specbudget.core.money import Money
from pytest_specbudget.providers.hosts import HostRule

if TYPE_CHECKING:
    from pytest_specbudget.budgets.pasting import Declared
    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.core.ledger import Charge

ONE = {"where": "tee", "error": "KeyError: 'x'", "test": "t.py::test_a"}


def found(*events: Any, **others: Any) -> list[Finding]:
    return list(happened([journal(*events, **others)]))


def test_a_journal_that_is_whole_has_nothing_to_tell() -> None:
    assert found(call("0.1"), event("attempt", test="t", attempt=2)) == []


@pytest.mark.parametrize(
    ("one", "rule", "subject", "severity"),
    [
        pytest.param(event("trouble", **ONE), "metering-trouble", "tee", "error", id="trouble"),
        pytest.param(
            event("unwritable", where="j", error="full"),
            "journal-unwritable",
            "j",
            "error",
            id="disk",
        ),
        pytest.param(
            event("refused", id="1", test="t", message="m"),
            "call-refused",
            "t",
            "error",
            id="refused",
        ),
        pytest.param(
            event("missed", id="1", test="t", message="m"),
            "cassette-miss",
            "t",
            "error",
            id="missed",
        ),
        pytest.param(
            event("missed", id="1", test="t", message="m", stock=True),
            "cassette-miss",
            "t",
            "warning",
            id="another plugin's cassette has no answer",
        ),
        pytest.param(
            event("resembles", id="1", host="h", path="/p"),
            "resembles-model-call",
            "h",
            "warning",
            id="it merely resembles a model call",
        ),
    ],
)
def test_each_event_becomes_one_finding(one: Any, rule: str, subject: str, severity: str) -> None:
    (finding,) = found(one)

    assert (finding.rule, finding.subject, finding.severity) == (rule, subject, severity)
    assert finding.message
    assert finding.remedy


def test_the_same_event_a_thousand_times_is_one_finding() -> None:
    (finding,) = found(*[event("trouble", **ONE)] * 1000)

    assert "1,000 failures" in finding.message


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        pytest.param("gpt-5", "gpt-5", id="the same"),
        pytest.param("gpt-5", "gpt-5-2025-08-07", id="its dated name"),
        pytest.param(
            "claude-sonnet-4@20250514", "claude-sonnet-4-20250514", id="written otherwise"
        ),
        pytest.param("models/gemini-2.5-pro", "gemini-2.5-pro", id="behind a prefix"),
        pytest.param("gemini-flash-latest", "gemini-flash-09-2025", id="the newest of a kind"),
        pytest.param("mistral-small-latest", "mistral-small-latest", id="the newest, called so"),
        pytest.param(
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "claude-sonnet-4-5-20250929",
            id="an inference profile of Amazon's",
        ),
        pytest.param("anthropic.claude-3-haiku-v1:0", "claude-3-haiku-20240307", id="at Amazon"),
        pytest.param(
            "arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-4-1-v1:0",
            "claude-opus-4-1-20250805",
            id="an ARN",
        ),
        pytest.param("openai/gpt-4o:nitro", "openai/gpt-4o", id="a choice of hosts"),
        pytest.param("qwen/qwen2.5-7b:free", "qwen/qwen2.5-7b", id="a version with a point"),
    ],
)
def test_the_model_that_was_asked_for_may_answer_under_another_name(
    asked: str, answered: str
) -> None:
    assert found(call(model=answered, request_model=asked)) == []


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        pytest.param("gpt-5-mini", "gpt-5", id="a dearer one"),
        pytest.param("gpt-5", "gpt-5-mini", id="a cheaper one"),
        pytest.param("gpt-5", "gpt-5-pro-2025-10-06", id="a dated name of another"),
        pytest.param(
            "us.anthropic.claude-sonnet-4-20250514-v1:0",
            "claude-opus-4-20250514",
            id="another of Amazon's",
        ),
        pytest.param("openai/gpt-4o:nitro", "openai/gpt-4o-mini", id="a cheaper one by choice"),
    ],
)
def test_a_model_that_was_not_asked_for_is_a_warning(asked: str, answered: str) -> None:
    (finding,) = found(*[call(model=answered, request_model=asked)] * 2)

    assert (finding.rule, finding.subject, finding.severity) == (
        "model-mismatch",
        answered,
        "warning",
    )
    assert finding.message == f"2 calls asked for {asked} and were answered by {answered}"


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        pytest.param(1, "1 call asked for a and was answered by b", id="one"),
        pytest.param(2, "2 calls asked for a and were answered by b", id="two"),
    ],
)
def test_a_mismatch_is_told_in_the_right_number(calls: int, told: str) -> None:
    (finding,) = found(*[call(model="b", request_model="a")] * calls)

    assert finding.message == told


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        pytest.param(1, "1 call to h/p resembles a model call, and", id="one"),
        pytest.param(2, "2 calls to h/p resemble model calls, and", id="two"),
    ],
)
def test_a_resemblance_is_told_in_the_right_number(calls: int, told: str) -> None:
    (finding,) = found(*[event("resembles", id="1", host="h", path="/p")] * calls)

    assert finding.message.startswith(told)


@pytest.mark.parametrize(
    ("tests", "more"),
    [
        pytest.param(3, [], id="all are named"),
        pytest.param(4, ["and 1 more test"], id="all but one"),
        pytest.param(5, ["and 2 more tests"], id="all but two"),
    ],
)
def test_tests_that_are_not_named_are_counted(tests: int, more: list[str]) -> None:
    refusals = [event("refused", id=str(n), test=f"t{n}", message="m") for n in range(tests)]

    (finding,) = found(*refusals)

    assert list(finding.details[3:]) == more


def test_an_alias_answers_by_its_own_name_or_by_the_one_that_it_stands_for() -> None:
    assert found(*[aliased(name) for name in ("fast-1", "gpt-5-mini-2025-08-07")]) == []


def test_an_alias_that_another_model_answers_is_a_warning() -> None:
    (finding,) = found(aliased("gpt-4o-2024-08-06"))

    assert (finding.rule, finding.subject) == ("model-mismatch", "gpt-4o-2024-08-06")


def aliased(answered: str) -> Charge:
    """Make a call to `fast-1`, which the user declared to be gpt-5-mini."""
    made = call(model=answered, request_model="fast-1")
    return replace(made, reading=replace(made.reading, real_model="gpt-5-mini"))


def test_events_of_several_processes_are_told_together() -> None:
    journals = [journal(event("trouble", **ONE), worker=worker) for worker in ("gw0", "gw1")]

    (finding,) = happened(journals)

    assert "2 failures" in finding.message


def test_a_process_that_did_not_end_well_is_an_error() -> None:
    (finding,) = found(call("0.1"), ended=False)

    assert (finding.rule, finding.severity) == ("journal-incomplete", "error")


def test_a_damaged_line_is_told_with_its_place() -> None:
    one = journal(call("0.1"))
    one.damage.append("gw0.jsonl:7: a torn or foreign line: 'x'")

    (finding,) = happened([one])

    assert (finding.rule, finding.message) == ("journal-damaged", one.damage[0])


def test_thousands_of_damaged_lines_are_one_finding_for_each_journal() -> None:
    one, other = journal(call("0.1")), journal(call("0.1"), worker="gw1")
    one.damage += [f"main.jsonl:{number}: a torn or foreign line: 'x'" for number in range(7, 9007)]
    other.damage.append("gw1.jsonl:2: a torn or foreign line: 'y'")

    told = [finding.message for finding in happened([one, other])]

    assert told == [
        (
            "main.jsonl: 9,000 lines cannot be read; the first: "
            "main.jsonl:7: a torn or foreign line: 'x'"
        ),
        "gw1.jsonl:2: a torn or foreign line: 'y'",
    ]


def test_counts_that_contradict_each_other_are_one_warning_a_model() -> None:
    odd = [call("0.1", model="m", flags=("cached 161 > input 10",)) for _ in range(3)]

    (finding,) = found(*odd, call("0.1", model="n"))

    assert (finding.rule, finding.subject, finding.severity) == (
        "count-inconsistent",
        "m",
        "warning",
    )
    assert finding.details == ("cached 161 > input 10",)


OF_VCR = "; record it first, as a test of @pytest.mark.vcr: --record-mode=once"


@pytest.mark.parametrize(
    ("one", "ours"),
    [
        pytest.param(event("missed", id="1", test="t", message="m"), True, id="our cassette"),
        pytest.param(
            event("missed", id="1", test="t", message="m", stock=True),
            False,
            id="another's cassette",
        ),
        pytest.param(event("refused", id="1", test="t", message="m"), True, id="a test of ours"),
        pytest.param(
            event("refused", id="1", test="t", message=OF_VCR), False, id="another's test"
        ),
    ],
)
def test_what_is_missing_is_recorded_by_whoever_records_the_test(one: Any, *, ours: bool) -> None:
    (finding,) = found(one)

    assert ("--spec-record=new" in finding.remedy) is ours
    assert ("--record-mode=once" in finding.remedy) is not ours


@pytest.mark.parametrize(
    ("messages", "renames"),
    [
        pytest.param(["rename its recording: mv a b"], True, id="it has another name"),
        pytest.param(["x", "rename its recording: mv a b"], False, id="not each of them"),
        pytest.param(["no recording answers it"], False, id="none is there"),
    ],
)
def test_what_has_another_name_is_renamed_and_not_paid_for_again(
    messages: list[str], *, renames: bool
) -> None:
    refused = (event("refused", id=name, test="t", message=name) for name in messages)

    (finding,) = found(*refused)

    assert ("recording-orphaned" in finding.remedy) is renames


def test_a_resemblance_gives_lines_that_can_be_pasted() -> None:
    (finding,) = found(event("resembles", id="1", host="gw.corp", path="/v1/chat/completions"))

    lines = [line for line in finding.remedy.splitlines() if line.startswith("    ")]
    hosts = [tomllib.loads(line)["hosts"]["gw.corp"] for line in lines]
    assert hosts == [{"provider": "openai"}, {"free": "why it costs nothing"}]


def test_a_resemblance_keeps_what_the_settings_say_of_its_host_already() -> None:
    event_ = event("resembles", id="1", host="gw.corp", path="/v1/chat/completions")
    rule = HostRule(
        pattern="gw.corp",
        models={"fast": "gpt-5-mini"},
        bounds={"*": Money.parse("0.01")},
        origin='hosts."gw.corp" = {} in pyproject.toml:7',
    )

    (finding,) = happened([journal(event_)], lambda _host: rule)

    lines = [line for line in finding.remedy.splitlines() if line.startswith("    ")]
    hosts = [tomllib.loads(line)["hosts"]["gw.corp"] for line in lines]
    kept = {"models": {"fast": "gpt-5-mini"}, "bound_usd": "0.01"}
    assert hosts == [{"provider": "openai", **kept}, {"free": "why it costs nothing"}]
    assert all(line.endswith("# in the place of pyproject.toml:7") for line in lines)


@pytest.mark.parametrize(
    ("declared", "more"),
    [
        pytest.param(nothing_declared, "", id="nothing is declared"),
        pytest.param(None, ONE_LINE, id="nobody knows what is"),
    ],
)
def test_a_line_that_is_proposed_says_so_where_nobody_knows_the_settings(
    declared: Declared | None, more: str
) -> None:
    (finding,) = happened([journal(event("resembles", id="1", host="h", path="/p"))], declared)

    assert finding.remedy.splitlines()[1] == f'    hosts."h" = {{ provider = "openai" }}{more}'


def test_each_reason_for_a_refusal_has_its_remedy() -> None:
    stop = {"test": "t", "ceiling": "SPEC-1", "message": "m", "origin": "o"}

    (finding,) = found(
        *(event("stopped", id=name, remedy=f"do {name}", **stop) for name in ("a", "b", "a"))
    )

    assert finding.remedy == "do a\ndo b"


def test_each_host_of_which_a_bound_is_asked_for_has_its_line() -> None:
    stop = {"test": "t", "ceiling": "SPEC-1", "message": "m", "origin": "o"}
    asked = [f"declare it:\n    {host}" for host in ("a.corp", "b.corp", "a.corp")]

    (finding,) = found(*(event("stopped", id="1", remedy=one, **stop) for one in asked))

    assert finding.remedy == "declare it:\n    a.corp\n    b.corp"


def test_a_journal_whose_lines_are_missing_is_no_process_that_was_killed() -> None:
    made = journal(call())
    made.charges.clear()

    (finding,) = happened([made])

    assert finding.rule == "journal-incomplete"
    assert finding.remedy.startswith("find out what removed or changed lines")
