"""The action `cassettes lint`: what it finds, what it prints, how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.charges import charge
from support.journals import line_of
from support.planted import PLANTED
from support.recorded import SECRET, chat, exchange, link_to_nothing, write

from pytest_specbudget.cassettes.lines import header, line
from pytest_specbudget.cassettes.store import read
from pytest_specbudget.cli import main
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.journal.lines import SCHEMA
from pytest_specbudget.recordings.lint import RULES
from pytest_specbudget.recordings.whole import read_whole_recording

if TYPE_CHECKING:
    from pathlib import Path

NOW = "--at=2026-11-22T00:00:00Z"
CLEAN = {"Authorization": ["REDACTED"]}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def linted(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the status and the JSON lines."""
    status = main(["cassettes", "lint", "--json", NOW, *arguments])
    return status, [json.loads(text) for text in capsys.readouterr().out.splitlines()]


def rules(found: list[dict[str, Any]]) -> list[str]:
    return [one["rule"] for one in found]


def test_a_clean_folder_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(sent=CLEAN))

    assert linted(capsys) == (0, [])


def test_a_secret_fails_and_is_never_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(sent={"Authorization": [f"Bearer {SECRET}"]}))

    status = main(["cassettes", "lint", NOW])

    told = capsys.readouterr()
    assert status == 1
    assert told.out.startswith(
        'cassettes/a.yaml:1: error: secret-in-recording: header "Authorization", 40 characters'
    )
    assert SECRET[3:12] not in told.out + told.err


def test_all_kinds_of_secrets_in_one_recording_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exchanges = [
        exchange(
            one.asked_body,
            one.body,
            url=one.uri,
            sent={name: [value] for name, value in one.asked_headers.items()},
            **dict[str, Any](one.headers),
        )
        for one in PLANTED
    ]
    write(tmp_path / "a.yaml", *exchanges)

    status, found = linted(capsys, "a.yaml")

    text = json.dumps(found)
    assert status == 1
    assert set(rules(found)) == {"secret-in-recording", "account-in-recording"}
    assert len(found) >= 60
    assert not [secret for one in PLANTED for secret in one.secrets if secret in text]


def test_a_problem_says_file_line_severity_and_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "cassettes/a.yaml", chat(openai_organization="acme"))
    path.write_text("# note\n" + path.read_text("utf-8"), "utf-8")

    _, [found] = linted(capsys)

    assert found == {
        "rule": "account-in-recording",
        "severity": "error",
        "file": "cassettes/a.yaml",
        "line": 2,
        "message": 'account, 4 characters: interaction 0, answer header "openai-organization"',
        "remedy": RULES["account-in-recording"].remedy,
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("interactions: [", id="torn"),
        pytest.param("a: &a [*a]\ninteractions: *a\n", id="endless"),
        pytest.param("interactions: [" + "[" * 300 + "]" * 300 + "]", id="deep"),
        pytest.param("interactions:\n- request: {}\n", id="without an answer"),
    ],
)
def test_a_file_that_cannot_be_read_fails(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(text, "utf-8")

    status, found = linted(capsys, "a.yaml")

    assert (status, rules(found)) == (1, ["recording-unreadable"])


def test_a_file_that_cannot_be_read_is_searched_for_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(f"interactions:\n- [ {SECRET}\n", "utf-8")

    _, found = linted(capsys, "a.yaml")

    assert rules(found) == ["recording-unreadable", "secret-in-recording"]
    assert found[1]["line"] == 2


def test_a_reason_does_not_quote_a_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "a.yaml", chat(status=SECRET))

    main(["cassettes", "lint", "a.yaml"])

    told = capsys.readouterr()
    assert SECRET not in told.out + told.err


def test_a_key_in_the_name_of_a_file_is_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / f"test_a[{SECRET}].yaml", chat(sent={"x-api-key": ["a1b2c3d4"]}))

    main(["cassettes", "lint", "."])

    assert SECRET not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("days", "rule"),
    [
        pytest.param("20", [], id="as old as is allowed"),
        pytest.param("18", ["recording-old"], id="older"),
        pytest.param(None, [], id="nobody asked"),
    ],
)
def test_a_recording_has_an_age(
    days: str | None, rule: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(sent=CLEAN))

    status, found = linted(capsys, *([f"--older-than={days}"] if days else []))

    assert (status, rules(found)) == (0, rule)


def test_a_recording_without_a_date_has_no_age(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(sent=CLEAN, date=None))

    _, found = linted(capsys, "--older-than=1000")

    assert rules(found) == ["recording-undated"]


def test_a_model_past_its_end_is_told_with_its_day_and_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = [chat(model="gpt-4", answering="gpt-4-0613"), chat(model="gpt-4"), chat(model="gpt-6")]
    write(tmp_path / "cassettes/a.yaml", *calls)

    status, [found] = linted(capsys)

    assert (status, found["rule"]) == (0, "model-retired")
    assert found["message"].startswith("openai/gpt-4 is past its announced end, 2026-10-23 (")


def test_a_model_that_ends_later_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(model="gpt-5"))

    assert linted(capsys)[1] == []


def test_a_recording_whose_test_is_gone_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "tests/cassettes/test_a/test_gone.yaml", chat(sent=CLEAN))
    write(tmp_path / "tests/cassettes/test_a/test_here.yaml", chat(sent=CLEAN))
    (tmp_path / "tests/test_a.py").write_text("def test_here(): ...\n", "utf-8")

    status, [found] = linted(capsys)

    assert (status, found["rule"], found["message"]) == (
        0,
        "recording-orphaned",
        "test_a.py has no test test_gone",
    )


def run_of(
    tmp_path: Path,
    *used: tuple[Path, int],
    ended: bool = True,
    name: str = "20261121T100000Z-1",
    partial: str = "",
    chosen: str = "",
) -> Path:
    """Leave the journal of a run that was answered by *used*, perhaps *partial* for a reason."""
    folder = tmp_path / ".specbudget/journal" / name
    folder.mkdir(parents=True)
    calls = [
        line_of(charge("0.1", id=f"r/7/{n}", cassette=str(path), cassette_index=index))
        for n, (path, index) in enumerate(used)
    ]
    footer = {"kind": "footer", "count": len(calls), "list_cost": str(len(calls) / 10)}
    lines = [
        {"kind": "header", "schema": SCHEMA, "run": "r", "worker": "main", "pid": 7},
        *calls,
        *(
            [{"kind": "event", "event": "partial", "values": {"reasons": [partial]}}]
            * bool(partial)
        ),
        *([{"kind": "event", "event": "chosen", "values": {"paths": [chosen]}}] * bool(chosen)),
        *([footer] if ended else []),
    ]
    path = folder / "host-7-main.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def test_what_no_call_of_a_run_used_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = exchange(None, "<html>", url="https://shop.example/")
    used = write(tmp_path / "cassettes/a.yaml", chat(), chat(), page)
    write(tmp_path / "cassettes/b.yaml", chat())
    write(tmp_path / "cassettes/c.yaml", page)
    run_of(tmp_path, (used, 0))

    status, found = linted(capsys)

    assert status == 0
    assert [(one["file"], one["rule"]) for one in found] == [
        ("cassettes/a.yaml", "interaction-unused"),
        ("cassettes/b.yaml", "recording-unused"),
    ]
    assert found[0]["message"] == ("1 interaction answered no call of run 20261121T100000Z-1: 1")


@pytest.mark.parametrize("ended", [True, False], ids=["no journal", "a run that was cut off"])
def test_without_a_whole_run_nothing_is_called_unused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, ended: bool
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())
    if not ended:
        run_of(tmp_path, ended=False)

    status = main(["cassettes", "lint", NOW])

    told = capsys.readouterr()
    assert (status, told.out) == (0, "")
    assert "not checked: what is unused; " in told.err
    why = ": the process did not end well;" if not ended else "no journal of a whole run in .specb"
    assert why in told.err
    assert "what is unused cannot be told" not in told.err
    assert "; run all tests" in told.err


def test_a_run_of_another_rootdir_is_found_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())
    (tmp_path / "examples/speckit/.specbudget/journal").mkdir(parents=True)

    main(["cassettes", "lint", NOW])

    told = capsys.readouterr().err
    assert "or name a run: --journal examples/speckit/.specbudget/journal\n" in told


def test_a_link_to_nothing_is_a_recording_that_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link_to_nothing(tmp_path / "cassettes/a.yaml")

    status = main(["cassettes", "lint", NOW])

    told = capsys.readouterr().out
    assert status == 1
    assert "cassettes/a.yaml:1: error: recording-unreadable: is a link to nothing (gone.ya" in told


def test_a_journal_that_was_asked_for_must_be_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = run_of(tmp_path, ended=False)
    write(tmp_path / "cassettes/a.yaml", chat())

    status = main(["cassettes", "lint", NOW, f"--journal={journal}"])

    assert status == 1
    assert "did not end well" in capsys.readouterr().err


def test_warnings_fail_if_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(model="gpt-4"))

    assert linted(capsys, "--strict")[0] == 1


def test_a_rule_may_be_switched_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(openai_organization="acme"))

    assert linted(capsys, "--allow=account-in-recording") == (0, [])


def test_one_secret_may_be_accepted_by_its_hash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(f"{SECRET} and", sent={"x-api-key": ["a1b2c3d4"]}))
    _, before = linted(capsys)
    [digest] = [
        one["message"].partition("sha256 ")[2][:8] for one in before if "sha256" in one["message"]
    ]

    _, after = linted(capsys, f"--allow-secret={digest}")

    assert len(before) == 2
    assert [one["message"].partition(",")[0] for one in after] == ['header "x-api-key"']


@pytest.mark.parametrize(
    "arguments",
    [["--allow=nonsense"], ["--older-than=soon"], ["--older-than=-1"], ["--at=today"]],
    ids=["a rule that is none", "no number", "less than nothing", "no time"],
)
def test_what_makes_no_sense_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["cassettes", "lint", *arguments])

    assert caught.value.code == 2


def test_a_path_that_is_not_there_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cassettes", "lint", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def cut(path: Path, *exchanges: dict[str, Any], size: int) -> Path:
    """Write a recording in our form, and cut *size* bytes off its end."""
    one = write(path.with_name("whole.yaml"), *exchanges)
    whole = read_whole_recording(one)
    one.unlink()
    assert whole is not None
    text = header() + "".join(map(line, whole.interactions))
    path.write_bytes(text.encode()[:-size])
    return path


@pytest.mark.parametrize("calls", [1, 3])
def test_a_recording_that_is_torn_fails(
    calls: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(tmp_path / "a.yaml", *[chat(f"{n}", sent=CLEAN) for n in range(calls)], size=90)

    status, [found] = linted(capsys, "a.yaml")

    assert (status, found["rule"], found["line"]) == (1, "recording-unreadable", 2 + calls)
    assert found["message"].startswith("the last line is torn: it was cut off as it was written")
    assert "restore it from version control" in found["remedy"]


def test_what_is_left_of_a_torn_line_is_searched_for_secrets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(tmp_path / "a.yaml", chat(SECRET), size=90)

    _, found = linted(capsys, "a.yaml")

    assert rules(found) == ["recording-unreadable", "secret-in-recording"]


@pytest.mark.parametrize("action", ["list", "show", "stats"])
def test_who_looks_at_a_torn_recording_is_told(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut(tmp_path / "a.yaml", chat("1"), chat("2"), size=90)

    status = main(["cassettes", action, "a.yaml"])

    assert status == 1
    assert "a.yaml: the last line was cut off as it was written" in capsys.readouterr().err


def test_a_merge_conflict_is_told_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = cut(tmp_path / "a.yaml", chat("1"), chat("2"), size=1)
    head, one, two = path.read_text("utf-8").splitlines()[1:]
    text = ["version: 1", head, "<<<<<<< HEAD", one, "=======", two, ">>>>>>> theirs", ""]
    path.write_text("\n".join(text), "utf-8")

    _, [found] = linted(capsys, "a.yaml")
    main(["cassettes", "list", "a.yaml"])

    told = capsys.readouterr().err
    with pytest.raises(RecordingError) as replayed:
        read(path)
    assert (found["rule"], found["line"]) == ("recording-unreadable", 3)
    assert found["message"] == "line 3: a merge conflict that nobody resolved; resolve it"
    assert "line 3: a merge conflict that nobody resolved; resolve it, or restore it" in told
    assert str(replayed.value).partition("a.yaml")[2] in told


@pytest.mark.parametrize("action", ["lint", "list", "stats"])
def test_what_was_recorded_for_a_matrix_is_no_part_of_the_suite(
    action: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(sent=CLEAN))
    write(tmp_path / "cassettes/matrix/a/gpt-4.yaml", chat(SECRET, model="gpt-4"))
    (tmp_path / "cassettes/matrix/matrix.json").write_text('{"rows": []}', "utf-8")

    main(["cassettes", action])
    left_out = capsys.readouterr().out
    main(["cassettes", action, "cassettes/matrix"])
    named = capsys.readouterr().out

    assert "gpt-4" not in left_out.replace("gpt-4o", "")
    assert "gpt-4" in named


def test_after_a_partial_run_the_newest_whole_one_counts_with_what_came_since(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = write(tmp_path / "cassettes/one.yaml", chat())
    new = write(tmp_path / "cassettes/new.yaml", chat())
    write(tmp_path / "cassettes/unused.yaml", chat())
    run_of(tmp_path, (one, 0), name="20261120T100000Z-1")
    run_of(tmp_path, (new, 0), partial="3 tests deselected")

    _, [found] = linted(capsys)

    assert (found["file"], found["rule"]) == ("cassettes/unused.yaml", "recording-unused")
    assert "20261120T100000Z-1" in found["message"]


def test_without_a_whole_run_a_partial_one_tells_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())
    run_of(tmp_path, partial="3 tests deselected")

    main(["cassettes", "lint", NOW])

    told = capsys.readouterr()
    assert told.out == ""
    assert "not checked: what is unused; the newest run was partial: 3 tests desel" in told.err


def test_a_run_without_recordings_does_not_tell_that_they_are_unused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())
    run_of(tmp_path)

    status = main(["cassettes", "lint", NOW, "--strict"])

    told = capsys.readouterr()
    assert (status, told.out) == (0, "")
    assert "not checked: what is unused; the newest run used no recording at all" in told.err


def test_beyond_a_run_without_recordings_the_newest_whole_one_that_had_some_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/unused.yaml", chat())
    run_of(
        tmp_path, (write(tmp_path / "cassettes/used.yaml", chat()), 0), name="20261120T100000Z-1"
    )
    run_of(tmp_path)

    _, [found] = linted(capsys)

    assert (found["file"], found["rule"]) == ("cassettes/unused.yaml", "recording-unused")
    assert "20261120T100000Z-1" in found["message"]


@pytest.mark.parametrize(
    ("chosen", "unused"),
    [
        pytest.param("tests/a", 0, id="of other tests than those"),
        pytest.param("cassettes", 1, id="of all that has recordings there"),
    ],
)
def test_a_run_of_some_folders_tells_of_the_recordings_in_them_alone(
    chosen: str, unused: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat())
    run_of(tmp_path, (write(tmp_path / "cassettes/used.yaml", chat()), 0), chosen=chosen)

    _, found = linted(capsys)

    assert [one["rule"] for one in found] == ["recording-unused"] * unused


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        pytest.param("2026-11-02T10:05:00Z", [], id="five minutes old"),
        pytest.param("2026-11-03T10:00:00Z", ["recording-old"], id="a day old"),
    ],
)
def test_zero_days_is_younger_than_a_day(
    at: str, rule: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "cassettes/a.yaml", chat(sent=CLEAN))

    _, found = linted(capsys, "--older-than=0", f"--at={at}")

    assert rules(found) == rule
    assert all("1 day ago; 0 are allowed" in one["message"] for one in found)
