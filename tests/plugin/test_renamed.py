"""Tests that were renamed without their recordings are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.journals import call, event, journal
from support.recorded import chat, write

from pytest_specbudget.core.exchange import Request
from pytest_specbudget.journal.schema import StartLine
from pytest_specbudget.plugin.renamed import renamed
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

    *commands, rest = finding.remedy.splitlines()[1:]
    assert len({command.split()[1] for command in commands}) == 3
    assert rest.strip() == "# and likewise 2 more"
    assert finding.details == tuple(tests)


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
