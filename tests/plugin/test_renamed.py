"""Tests that were renamed without their recordings are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, event, journal
from support.recorded import chat, write

from pytest_specbudget.cassettes.interaction import Asked
from pytest_specbudget.core.exchange import Request
from pytest_specbudget.journal.schema import StartLine
from pytest_specbudget.plugin.renamed import Spare, advice, renamed
from pytest_specbudget.recordings.orphans import orphans_of
from pytest_specbudget.settings.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_specbudget.core.finding import Finding
    from pytest_specbudget.journal.reader import Journal

TEST = "def test_new(spec_cassette): ...\ndef test_kept(spec_cassette): ...\n"
WITHOUT = "def test_new(): ...\n"
BESIDE = "tests/cassettes/test_a"
OLD = f"{BESIDE}/test_old.yaml"
NEW = "tests/test_a.py::test_new"


def asks(prompt: str) -> str | None:
    body = chat(prompt)["request"]["body"].encode()
    return Request("POST", "api.openai.com", "/v1/chat/completions", body).fingerprint()


def project(root: Path, recorded: dict[str, str], source: str = TEST, test: str = NEW) -> None:
    module = root / test.partition("::")[0]
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(source, "utf-8")
    for name, prompt in recorded.items():
        write(root / name, chat(prompt))


def told(root: Path, *journals: Journal, **settings: Any) -> list[Finding]:
    return [*renamed(journals, Settings(**settings), root)]


def live(test: str = NEW, prompt: str = "plan") -> Journal:
    return journal(call(test=test, asks=asks(prompt)))


@pytest.mark.parametrize(
    ("test", "old", "commands"),
    [
        pytest.param(NEW, OLD, [f"mv {OLD} tests/cassettes/test_a/test_new.yaml"], id="a function"),
        pytest.param(
            "tests/test_a.py::TestB::test_new",
            "tests/cassettes/test_a/TestA.test_new.yaml",
            [
                f"mv {BESIDE}/TestA.test_new.yaml {BESIDE}/TestB.test_new-df338463c4.yaml",
            ],
            id="a class",
        ),
        pytest.param(
            "tests/test_a.py::test_new[x]",
            "tests/cassettes/test_a/test_old[x].yaml",
            [
                f"mv '{BESIDE}/test_old[x].yaml' '{BESIDE}/test_new[x].yaml'",
            ],
            id="a function that pytest-recording recorded",
        ),
        pytest.param(
            "tests/test_b.py::test_new",
            "tests/cassettes/test_a/test_new.yaml",
            ["mv tests/cassettes/test_a tests/cassettes/test_b"],
            id="a module",
        ),
        pytest.param(
            "tests/test_b.py::test_new",
            OLD,
            [
                "mkdir -p tests/cassettes/test_b",
                f"mv {OLD} tests/cassettes/test_b/test_new.yaml",
            ],
            id="a function and its module",
        ),
    ],
)
def test_a_recording_that_answers_the_same_request_is_named_with_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    test: str,
    old: str,
    commands: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # a module that is gone is looked for in the current folder
    project(tmp_path, {old: "plan"}, test=test)

    (finding,) = told(tmp_path, live(test))

    assert (finding.rule, finding.severity) == ("recording-orphaned", "warning")
    assert finding.details == (test,)
    assert finding.message.endswith("whose tests are gone answer the same requests")
    assert [line.strip() for line in finding.remedy.splitlines()[1:]] == commands


def test_many_tests_are_one_finding_and_each_has_a_recording_of_its_own(tmp_path: Path) -> None:
    tests = [f"tests/test_a.py::test_new_{number}" for number in range(5)]
    project(tmp_path, {OLD.replace("old", f"old_{number}"): "plan" for number in range(5)})

    (finding,) = told(tmp_path, *map(live, tests))

    assert len({command.split()[1] for command in finding.remedy.splitlines()[1:]}) == 5
    assert finding.details == tuple(tests)


def test_tests_that_were_one_share_its_recording(tmp_path: Path) -> None:
    tests = [f"tests/test_a.py::test_{name}" for name in ("one", "two")]
    project(tmp_path, {})
    write(tmp_path / OLD, chat("one"), chat("two"))

    (finding,) = told(tmp_path, *(live(test, test.rpartition("_")[2]) for test in tests))

    assert [line.strip() for line in finding.remedy.splitlines()[1:]] == [
        f"cp {OLD} {BESIDE}/test_one.yaml",
        f"mv {OLD} {BESIDE}/test_two.yaml",
    ]


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        pytest.param(["0.10", "0.02"], "has no recording and cost $0.1200, and", id="what it cost"),
        pytest.param(["0.10", None], "has no recording and cost $0.1000 and more, and", id="more"),
        pytest.param([None], "has no recording and cost an unknown sum, and", id="nobody knows"),
        pytest.param(["0"], "has no recording, and", id="a call that failed"),
    ],
)
def test_what_was_paid_is_told(tmp_path: Path, costs: list[str | None], said: str) -> None:
    project(tmp_path, {OLD: "plan"})

    (finding,) = told(
        tmp_path, journal(*(call(cost, test=NEW, asks=asks("plan")) for cost in costs))
    )

    assert f"1 test of tests/test_a.py {said} recordings whose tests are gone" in finding.message


def recorded_anew(**others: Any) -> Journal:
    return journal(call("0.10", test=NEW, asks=asks("plan"), source="record"), **others)


def test_a_test_that_was_recorded_anew_is_told_with_what_that_cost(tmp_path: Path) -> None:
    new = "tests/cassettes/test_a/test_new.yaml"
    project(tmp_path, {OLD: "plan", new: "plan"})

    (finding,) = told(tmp_path, recorded_anew())

    assert finding.message == (
        "1 test of tests/test_a.py was recorded anew for $0.1000, and recordings whose tests are "
        "gone answer the same requests"
    )
    assert finding.remedy.endswith(f"\n    mv {OLD} {new}")


def test_one_that_was_recorded_in_part_had_a_recording(tmp_path: Path) -> None:
    project(tmp_path, {OLD: "plan", "tests/cassettes/test_a/test_new.yaml": "plan"})
    replayed = journal(call(test=NEW, source="replay"))

    assert told(tmp_path, recorded_anew(), replayed) == []


def test_who_records_everything_anew_is_not_told(tmp_path: Path) -> None:
    project(tmp_path, {OLD: "plan", "tests/cassettes/test_a/test_new.yaml": "plan"})

    assert told(tmp_path, recorded_anew(), record="all") == []


def test_one_that_was_recorded_for_the_first_time_is_not_told(tmp_path: Path) -> None:
    project(tmp_path, {OLD: "another prompt", "tests/cassettes/test_a/test_new.yaml": "plan"})

    assert told(tmp_path, recorded_anew()) == []


def test_a_test_whose_parameters_have_other_names_is_told(tmp_path: Path) -> None:
    test = "tests/test_a.py::test_kept[b]"
    old = f"{BESIDE}/test_kept[a].yaml"
    project(tmp_path, {old: "plan"})

    (finding,) = renamed([live(test)], Settings(), tmp_path, {"tests/test_a.py": [test]})

    assert finding.details == (test,)
    assert finding.remedy.endswith(f"mv '{old}' '{BESIDE}/test_kept[b].yaml'")


@pytest.mark.parametrize(
    ("method", "path", "recorded", "said"),
    [
        pytest.param("POST", "/v1/chat/completions", "plan", True, id="of the same request"),
        pytest.param("POST", "/v1/chat/completions", "another prompt", False, id="of another"),
        pytest.param("GET", "/v1/files", "plan", False, id="no model call"),
    ],
)
def test_a_test_is_spared_a_call_that_a_recording_answers(
    tmp_path: Path, method: str, path: str, recorded: str, *, said: bool
) -> None:
    project(tmp_path, {OLD: recorded})
    orphans = orphans_of(Settings(), tmp_path, {})
    spare = Spare(NEW, "test_new", tmp_path / "tests/test_a.py", orphans, tmp_path)
    body = chat("plan")["request"]["body"].encode()

    why = spare(Asked(method=method, uri=f"https://api.openai.com{path}", body=body))

    assert (why or "").splitlines() == (SPARED if said else [])


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        pytest.param([], "record it first: --spec-record=once", id="nothing lies there"),
        pytest.param(
            [OLD],
            f"if it was renamed, rename its recording: mv {OLD} {BESIDE}/test_new.yaml; "
            "else record it first: --spec-record=once",
            id="one that no test uses",
        ),
        pytest.param(
            [OLD, OLD.replace("test_old", "test_older")],
            "if it was renamed, rename its recording: as recording-orphaned says; "
            "else record it first: --spec-record=once",
            id="several that no test uses",
        ),
        pytest.param(
            [OLD, "tests/cassettes/test_gone/test_new.yaml"],
            "if it was renamed, rename its recording: "
            f"mv tests/cassettes/test_gone/test_new.yaml {BESIDE}/test_new.yaml; "
            "else record it first: --spec-record=once",
            id="one of its own name, of a module that is gone",
        ),
    ],
)
def test_a_forbidden_call_is_told_what_its_recording_may_have_been(
    tmp_path: Path, recorded: list[str], said: str
) -> None:
    project(tmp_path, dict.fromkeys(recorded, "plan"))
    orphans = orphans_of(Settings(), tmp_path, {})

    told = advice(tmp_path / "tests/test_a.py", "test_new", orphans, tmp_path)

    assert told == said


ASKED = 'POST api.openai.com/v1/chat/completions, model "gpt-4o"'
SPARED = [
    f"a recording that nothing uses answers {ASKED}; nothing was sent",
    f"    recording  {OLD}",
    f"    renamed    mv {OLD} {BESIDE}/test_new.yaml",
    f"    otherwise  pytest {NEW} --spec-record=new",
]


def test_a_refused_call_is_told_likewise(tmp_path: Path) -> None:
    project(tmp_path, {OLD: "plan"})
    start = {
        "kind": "start",
        "id": "1",
        "at": "2026-11-21T10:00:00Z",
        "host": "api.openai.com",
        "provider": "openai",
        "operation": "chat",
        "fingerprint": asks("plan"),
        "attribution": {"test": NEW, "spec": "(unassigned)", "when": "call", "via": "context"},
    }
    refused = journal(event("refused", id="1", test=NEW, message="m"))
    refused.starts["1"] = StartLine.model_validate_json(json.dumps(start))

    (finding,) = told(tmp_path, refused)

    assert finding.details == (NEW,)


@pytest.mark.parametrize(
    ("source", "settings", "found"),
    [
        pytest.param(TEST, {}, [NEW], id="the module asks for recordings"),
        pytest.param(WITHOUT, {"cassettes": "all"}, [NEW], id="the settings do"),
        pytest.param(WITHOUT, {}, [], id="nobody does"),
    ],
)
def test_a_recording_of_another_request_is_told_where_recordings_are_asked_for(
    tmp_path: Path, source: str, settings: dict[str, Any], found: list[str]
) -> None:
    project(tmp_path, {OLD: "another prompt"}, source)

    findings = told(tmp_path, live(), **settings)

    assert [test for one in findings for test in one.details] == found
    assert all("lie where theirs would" in one.message for one in findings)


@pytest.mark.parametrize(
    ("recorded", "run"),
    [
        pytest.param({"tests/cassettes/test_a/test_new.yaml": "x", OLD: "plan"}, live(), id="own"),
        pytest.param({"tests/cassettes/test_a/test_kept.yaml": "plan"}, live(), id="in use"),
        pytest.param({"tests/cassettes/test_a/fixture-module-x.yaml": "plan"}, live(), id="shared"),
        pytest.param({}, live(), id="there is none"),
        pytest.param(
            {}, live(f"tests/test_a.py::test_a[{'ü' * 250}]"), id="a name that no system takes"
        ),
        pytest.param({OLD: "plan"}, live("<fixture module:plan>"), id="a fixture called"),
        pytest.param({OLD: "plan"}, live("tests/test_z.py::test_z"), id="a module that is gone"),
        pytest.param({OLD: "plan"}, journal(call(test=NEW, source="replay")), id="replayed"),
    ],
)
def test_what_has_a_recording_or_an_owner_is_not_told(
    tmp_path: Path, recorded: dict[str, str], run: Journal
) -> None:
    project(tmp_path, recorded)

    assert told(tmp_path, run) == []


def test_where_recordings_have_a_shelf_of_their_own_it_is_looked_at(tmp_path: Path) -> None:
    project(tmp_path, {"shelf/tests/test_a/test_old.yaml": "plan"})

    (finding,) = told(tmp_path, live(), cassette_dir=tmp_path / "shelf")

    assert finding.remedy.endswith(
        "mv shelf/tests/test_a/test_old.yaml shelf/tests/test_a/test_new.yaml"
    )
