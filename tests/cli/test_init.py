"""The command `init`: what it finds in a repository, what it writes, and what it leaves alone."""

from __future__ import annotations

import json
import os
import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.suite400 import write_suite

from pytest_specbudget.cli import main
from pytest_specbudget.settings.settings import Settings, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Init = Callable[..., tuple[int, Any]]

OPENAI = "https://api.openai.com/v1/chat/completions"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100}
COST = "0.00021"
"""What those counts cost on gpt-4o-mini."""
KEY = "sk-proj-Zk3v9QmW7xT1bR5nC8yL2hG6"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def cassette(
    path: Path, *, url: str = OPENAI, model: str = "gpt-4o-mini", usage: Any = USAGE, key: str = ""
) -> Path:
    """Write a synthetic recording of one call, as stock vcrpy lays it out."""
    headers = {"authorization": [f"Bearer {key}"]} if key else {}
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hello"}]})
    answer = {"id": "c", "object": "chat.completion", "model": model, "choices": []}
    told = json.dumps(answer if usage is None else {**answer, "usage": usage})
    response = {"status": {"code": 200}, "headers": {}, "body": {"string": told}}
    request = {"method": "POST", "uri": url, "body": body, "headers": headers}
    document = {"interactions": [{"request": request, "response": response}], "version": 1}
    return write(path, json.dumps(document))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make a rootdir with one test module and one recording that it owns."""
    folder = tmp_path / "project"
    write(folder / "pyproject.toml", '[project]\nname = "agents" # ours\n')
    write(folder / "tests/test_plan.py", "import openai\n\ndef test_it():\n    pass\n")
    cassette(folder / "tests/cassettes/test_plan/test_it.yaml")
    return folder


@pytest.fixture
def init(repository: Path, capsys: pytest.CaptureFixture[str]) -> Init:
    """Run `init` on the repository; return its exit status and its JSON."""

    def run(*words: str) -> tuple[int, Any]:
        status = main(["init", str(repository), "--json", *words])
        return status, json.loads(capsys.readouterr().out)

    return run


def settings_of(folder: Path) -> Settings:
    return read_settings(options={}, environment={}, rootdir=folder)


def active(found: Any) -> list[str]:
    return [line["toml"] for line in found["proposal"]["settings"] if line["active"]]


def inactive(found: Any) -> list[str]:
    return [line["toml"] for line in found["proposal"]["settings"] if not line["active"]]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


# What it writes


def test_a_dry_run_changes_nothing_and_shows_what_would_be_written(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(repository)

    status = main(["init", str(repository), "--dry-run"])
    shown = capsys.readouterr().out
    untouched = contents(repository)
    main(["init", str(repository)])

    assert (status, untouched) == (0, before)
    written = (repository / "pyproject.toml").read_text("utf-8").partition('"agents" # ours\n\n')[2]
    assert written.startswith("[tool.specbudget]\n")
    assert written.strip() in shown


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(b'[project]\nname = "a"\n', id="a plain file"),
        pytest.param(b"# mine\n\n[tool.x]   # odd\na=1   \n\n\n", id="odd spaces and comments"),
        pytest.param(b'[project]\nname = "a"', id="no line break at its end"),
        pytest.param(b'[project]\r\nname = "a"\r\n', id="line breaks of Windows"),
        pytest.param(b"", id="an empty file"),
        pytest.param('[project]\nname = "Zo\u00eb \u2603"\n'.encode(), id="more than ASCII"),
    ],
)
def test_what_stood_in_the_file_keeps_every_byte(before: bytes, repository: Path) -> None:
    path = repository / "pyproject.toml"
    path.write_bytes(before)

    main(["init", str(repository)])

    after = path.read_bytes()
    assert after.startswith(before)
    assert (b"\r\n" in after) == (b"\r\n" in before)
    assert after.count(b"\r\n") in (0, after.count(b"\n"))
    assert tomllib.loads(after.decode())["tool"]["specbudget"]["prices_as_of"]
    assert settings_of(repository).limits


def test_a_repository_without_pyproject_gets_a_file_of_ours(repository: Path, init: Init) -> None:
    (repository / "pyproject.toml").unlink()
    write(repository / "pytest.ini", "[pytest]\n")

    status, found = init()

    assert (status, found["proposal"]["file"]) == (0, "specbudget.toml")
    (limit,) = settings_of(repository).limits
    assert (limit.scope, str(limit.ceiling)) == ("spec", "0.00028")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("pyproject.toml", "[tool.specbudget]\ncount_mocked = true\n", id="a table"),
        pytest.param(
            "pyproject.toml",
            "[tool.specbudget]\ncount_mocked = true\n\n[tool.x]\na = 1\n",
            id="a table before another",
        ),
        pytest.param(
            "pyproject.toml",
            '[tool.specbudget.hosts]\n"a.corp" = { free = "x" }\n',
            id="part of one",
        ),
        pytest.param("specbudget.toml", "count_mocked = true\n", id="a file of ours"),
        pytest.param(
            "specbudget.toml",
            'mode = "warn"\n\n[hosts]\n"a.corp" = { free = "x" }\n',
            id="a file of ours with a table",
        ),
    ],
)
def test_settings_that_exist_are_left_and_a_diff_is_shown(
    file: str, text: str, repository: Path, init: Init
) -> None:
    (repository / "pyproject.toml").unlink()
    path = write(repository / file, text)

    status, found = init()

    assert (status, path.read_text("utf-8")) == (0, text)
    proposal = found["proposal"]
    assert (proposal["exists"], proposal["written"]) == (True, False)
    added = [line[1:] for line in proposal["diff"].splitlines() if line.startswith("+")]
    assert f"budget = 0.00028 # recorded: ${COST}" in added
    assert not [line for line in proposal["diff"].splitlines()[2:] if line.startswith("-")]


def test_asked_twice_it_adds_nothing_the_second_time(repository: Path, init: Init) -> None:
    init()
    once = contents(repository)

    status, found = init()

    assert (status, contents(repository), found["proposal"]["text"]) == (0, once, "")


def test_a_file_that_is_no_toml_is_told_and_left(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(repository / "pyproject.toml", "[project\n")

    status = main(["init", str(repository)])

    assert (status, path.read_text("utf-8")) == (1, "[project\n")
    assert "pyproject.toml is not valid TOML" in capsys.readouterr().err


def test_a_folder_that_does_not_exist_is_a_wrong_argument(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "gone")]) == 2
    assert 'gone" is no folder' in capsys.readouterr().err


# What it finds


def test_a_suite_of_400_tests_is_found_whole_and_exact(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = write_suite(tmp_path)
    before = contents(tmp_path)

    status = main(["init", str(tmp_path), "--dry-run", "--json"])

    found = json.loads(capsys.readouterr().out)
    recordings = found["recordings"]
    assert (status, contents(tmp_path)) == (0, before)
    assert (found["tests"]["functions"], len(found["tests"]["modules"])) == (400, 20)
    assert (len(recordings["files"]), recordings["calls"]) == (400, 400)
    assert Decimal(recordings["list_cost_usd"]) == suite.cost
    assert {name.lower(): Decimal(cost) for name, cost in found["specs"].items()} == suite.by_folder
    assert set(found["plugins"]) == {"pytest-recording", "pytest-xdist"}
    assert found["sdks"] == {"anthropic": 1, "google-genai": 1, "openai": 1}


def test_nothing_of_the_repository_is_run(repository: Path, init: Init) -> None:
    ran = repository / "ran"
    run = f"import pathlib\npathlib.Path({str(ran)!r}).touch()\nraise SystemExit\n"
    for name in ("conftest.py", "setup.py", "tests/test_more.py", "tests/conftest.py"):
        write(repository / name, run + "import openai\n")

    status, _ = init()

    assert (status, ran.exists()) == (0, False)


@pytest.mark.parametrize(
    "folder", [".venv", "venv", "node_modules", ".git", "build", "x.egg-info", "own/lib"]
)
def test_what_tools_made_is_not_looked_at(folder: str, repository: Path, init: Init) -> None:
    cassette(repository / folder / "cassettes/a.yaml")
    write(repository / folder / "test_more.py", "def test_x(): pass\n")
    write(repository / "own/pyvenv.cfg", "home = x\n")

    _, found = init()

    assert (found["recordings"]["calls"], found["tests"]["functions"]) == (1, 1)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_loop_of_links_is_no_trap(repository: Path, init: Init) -> None:
    (repository / "tests/again").symlink_to(repository, target_is_directory=True)
    (repository / "tests/lost").symlink_to(repository / "nowhere")

    status, found = init()

    assert (status, found["recordings"]["calls"]) == (0, 1)
    assert found["unread"] == ["tests/again: a link to a folder, not followed"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        pytest.param(
            "tests/test_x.py", b"def (:\n", "line 1: cannot be read as Python", id="syntax"
        ),
        pytest.param("tests/test_x.py", b"\0", "cannot be read as Python", id="a null byte"),
        pytest.param("tests/test_x.py", b"#" * (3 << 20), "too large", id="a huge file"),
        pytest.param("tests/test_x.py", b"(" * 5000, "cannot be read as Python", id="too deep"),
    ],
)
def test_a_module_that_cannot_be_read_is_told_and_passed_over(
    name: str, content: bytes, told: str, repository: Path, init: Init
) -> None:
    (repository / name).write_bytes(content)

    status, found = init()

    assert (status, found["tests"]["functions"]) == (0, 1)
    assert told in found["unread"][0]
    assert found["unread"][0].startswith(name)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root"
)
def test_a_folder_that_is_closed_is_told_and_passed_over(repository: Path, init: Init) -> None:
    closed = repository / "closed"
    closed.mkdir(mode=0)

    status, found = init()

    assert (status, found["recordings"]["calls"]) == (0, 1)
    assert found["unread"] == ["closed: cannot be looked into (permission is denied)"]


def test_a_damaged_recording_is_told_and_the_others_count(repository: Path, init: Init) -> None:
    write(repository / "tests/cassettes/test_plan/test_b.yaml", "interactions:\n- {request: [")

    status, found = init()

    assert (status, found["recordings"]["list_cost_usd"]) == (1, COST)
    assert found["proposal"]["written"]
    assert found["damage"][0].startswith(
        "tests/cassettes/test_plan/test_b.yaml, line 3: cannot be read as YAML ("
    )


def test_what_was_recorded_for_a_matrix_does_not_count(repository: Path, init: Init) -> None:
    recorded = (repository / "tests/cassettes/test_plan/test_it.yaml").read_text("utf-8")
    write(repository / "tests/cassettes/matrix/test_plan/gpt.yaml", recorded)
    write(repository / "tests/cassettes/matrix/matrix.json", '{"rows": []}')

    status, found = init()

    assert (status, found["recordings"]["list_cost_usd"]) == (0, COST)


def test_a_torn_recording_is_told(repository: Path, init: Init) -> None:
    torn = 'version: 1\ninteractions:\n- {"request": {"method": "PO'
    write(repository / "tests/cassettes/test_plan/test_b.yaml", torn)

    status, found = init()

    assert status == 1
    assert found["damage"][0].startswith("tests/cassettes/test_plan/test_b.yaml: the last line was")


def test_other_yaml_and_json_is_no_recording(repository: Path, init: Init) -> None:
    write(repository / "package-lock.json", '{"packages": {}}')
    write(repository / "compose.yaml", "services:\n  a: {image: [")
    write(repository / "openapi.yaml", "paths:\n  /requests:\n    get: {}\n")

    status, found = init()

    assert (status, len(found["recordings"]["files"]), found["damage"]) == (0, 1, [])


def test_a_cassette_folder_of_ours_outside_of_rootdir_is_read(
    repository: Path, tmp_path: Path, init: Init
) -> None:
    write(repository / "pyproject.toml", '[tool.specbudget]\ncassette_dir = "../shelf"\n')
    cassette(tmp_path / "shelf/tests/test_plan/test_it.yaml")

    _, found = init()

    assert [file["module"] for file in found["recordings"]["files"]] == ["tests/test_plan.py"] * 2


def test_a_secret_is_told_and_never_shown(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cassette(repository / "tests/cassettes/test_plan/test_it.yaml", key=KEY)

    for words in ([], ["--json"]):
        main(["init", str(repository), "--dry-run", *words])
        shown = capsys.readouterr()
        assert "tests/cassettes/test_plan/test_it.yaml" in shown.out
        assert "authorization" in shown.out.lower()
        assert KEY[8:] not in shown.out + shown.err


def test_credentials_in_code_and_ci_are_not_shown(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(repository / "a.py", f'c = OpenAI(base_url="https://me:{KEY}@gw.corp.io/v1?key={KEY}")\n')
    write(repository / "Makefile", f"t:\n\tpytest --token={KEY}\n")

    for words in ([], ["--json"]):
        main(["init", str(repository), "--dry-run", *words])
        shown = capsys.readouterr()
        assert "gw.corp.io" in shown.out
        assert "Makefile:2" in shown.out
        assert KEY[8:] not in shown.out + shown.err


# What it proposes


def test_without_recordings_the_cost_is_to_be_observed_first(repository: Path, init: Init) -> None:
    (repository / "tests/cassettes/test_plan/test_it.yaml").unlink()

    _, found = init()

    assert (active(found), inactive(found)) == (['mode = "observe"'], ["budget = 2.00"])
    assert settings_of(repository).mode == "observe"


def test_where_nothing_calls_a_model_nothing_is_written(repository: Path, init: Init) -> None:
    (repository / "tests/cassettes/test_plan/test_it.yaml").unlink()
    write(repository / "tests/test_plan.py", "def test_it(): pass\n")
    before = contents(repository)

    status, found = init()

    assert (status, found["proposal"]["settings"], contents(repository)) == (0, [], before)


def test_specs_that_markers_name_have_ceilings_of_their_own(repository: Path, init: Init) -> None:
    source = """
import pytest
@pytest.mark.spec("PLAN")
def test_it(): pass
@pytest.mark.spec("AUDIT", command="plan")
class TestAudit:
    @pytest.mark.parametrize("x", [1, 2])
    def test_b(self, x): pass
def test_c(): pass
"""
    write(repository / "tests/test_plan.py", source)
    for name in ("TestAudit.test_b[1]", "TestAudit.test_b[2]", "test_c"):
        cassette(repository / f"tests/cassettes/test_plan/{name}.yaml")

    _, found = init()

    assert found["specs"] == {"(unassigned)": COST, "AUDIT": "0.00042", "PLAN": COST}
    limits = {
        limit.subject or limit.scope: str(limit.ceiling) for limit in settings_of(repository).limits
    }
    assert limits == {
        "AUDIT": "0.00055",
        "PLAN": "0.00028",
        "(unassigned)": "0.00028",
        "session": "0.0011",
    }


def test_a_marker_of_somebody_else_gives_ours_another_name(repository: Path, init: Init) -> None:
    write(
        repository / "tests/test_plan.py",
        "import pytest\n@pytest.mark.spec(section=3)\ndef test_it(): pass\n",
    )

    init()

    assert settings_of(repository).marker == "cost_spec"


@pytest.mark.parametrize(
    ("url", "model", "usage", "sure", "unsure"),
    [
        pytest.param(
            "https://gw.corp.io/v1/chat/completions",
            "gpt-4o-mini",
            USAGE,
            ['hosts."gw.corp.io" = { provider = "openai" }'],
            [],
            id="a gateway whose models have prices is a setting",
        ),
        pytest.param(
            "https://gw.corp.io/v1/chat/completions",
            "fast-1",
            USAGE,
            [],
            ['hosts."gw.corp.io" = { provider = "openai", models = { "fast-1" = "?" } }'],
            id="an alias there is to be completed",
        ),
        pytest.param(
            "http://localhost:8000/v1/chat/completions",
            "llama-9",
            USAGE,
            [],
            ['hosts."localhost" = { free = "a model on this machine" }'],
            id="whether a model of one's own is free, only its owner can say",
        ),
        pytest.param(
            OPENAI,
            "gpt-4o-mini",
            None,
            [],
            ['hosts."api.openai.com" = { estimate = "chars/4" } # 1 call'],
            id="an answer without counts may be estimated",
        ),
        pytest.param(OPENAI, "gpt-4o-mini", USAGE, [], [], id="a provider's host needs nothing"),
    ],
)
def test_hosts_are_proposed_as_far_as_they_are_certain(  # noqa: PLR0913, PLR0917 - the columns
    url: str,
    model: str,
    usage: Any,
    sure: list[str],
    unsure: list[str],
    repository: Path,
    init: Init,
) -> None:
    cassette(
        repository / "tests/cassettes/test_plan/test_b.yaml", url=url, model=model, usage=usage
    )

    _, found = init()

    assert [line for line in active(found) if line.startswith("hosts")] == sure
    assert [line for line in inactive(found) if line.startswith("hosts")] == unsure
    assert {rule.pattern for rule in settings_of(repository).hosts} == (
        {"gw.corp.io"} if sure else set()
    )


def test_what_is_written_changes_no_figure(repository: Path, init: Init) -> None:
    url = "https://gw.corp.io/v1/chat/completions"
    cassette(repository / "tests/cassettes/test_plan/test_b.yaml", url=url)
    _, before = init()

    _, after = init()

    assert settings_of(repository).hosts
    assert after["recordings"] == before["recordings"]


def test_a_model_without_a_price_has_its_entry_to_complete(repository: Path, init: Init) -> None:
    cassette(repository / "tests/cassettes/test_plan/test_b.yaml", model="gpt-unheard-of")

    _, found = init()

    assert 'prices = ["prices.toml"]' in inactive(found)
    (entry,) = tomllib.loads(found["proposal"]["prices"])["price"]
    assert (entry["provider"], entry["model"]) == ("openai", "gpt-unheard-of")
    assert found["recordings"]["calls_unpriced"] == 1


@pytest.mark.parametrize(
    ("file", "text", "proposed"),
    [
        pytest.param(
            ".env.example", "OPENAI_BASE_URL=https://gw.corp.io/v1\n", True, id="template"
        ),
        pytest.param(
            ".env", "OPENAI_BASE_URL=https://gw.corp.io/v1\n", False, id="never .env itself"
        ),
        pytest.param(
            "agent.py",
            'client = OpenAI(base_url="https://gw.corp.io/v1")\n',
            True,
            id="an argument",
        ),
        pytest.param(
            "agent.py",
            'url = os.getenv("LLM_BASE_URL", "https://gw.corp.io/v1")\n',
            True,
            id="a default",
        ),
        pytest.param(
            "agent.py", 'client = OpenAI(base_url="https://api.deepseek.com")\n', False, id="known"
        ),
        pytest.param(
            "agent.py", 'client = OpenAI(base_url="https://llm.example/v1")\n', False, id="nowhere"
        ),
        pytest.param(
            "agent.py", 'x = get("https://gw.corp.io/v1")\n', False, id="an address of anything"
        ),
    ],
)
def test_a_gateway_that_is_only_written_down_is_a_comment(
    file: str,
    text: str,
    proposed: bool,  # noqa: FBT001 - a column of the table
    repository: Path,
    init: Init,
) -> None:
    write(repository / file, text)

    _, found = init()

    line = 'hosts."gw.corp.io" = { provider = "openai" }'
    assert [one for one in inactive(found) if one.startswith("hosts")] == [line] * proposed


def test_a_host_that_is_declared_is_not_proposed_again(repository: Path, init: Init) -> None:
    rule = '"*.corp.io" = { provider = "openai", models = { "fast-1" = "gpt-4o-mini" } }'
    write(repository / "pyproject.toml", f"[tool.specbudget]\nhosts.{rule}\n")
    url = "https://gw.corp.io/v1/chat/completions"
    cassette(repository / "tests/cassettes/test_plan/test_b.yaml", url=url, model="fast-1")

    _, found = init()

    assert (found["recordings"]["calls_unpriced"], found["recordings"]["list_cost_usd"]) == (
        0,
        "0.00042",
    )
    assert not [line for line in (*active(found), *inactive(found)) if line.startswith("hosts")]


def test_what_waits_to_be_completed_is_not_proposed_again(
    repository: Path, init: Init, capsys: pytest.CaptureFixture[str]
) -> None:
    url, folder = "https://gw.corp.io/v1/chat/completions", repository / "tests/cassettes/test_plan"
    cassette(folder / "test_b.yaml", url=url, model="fast-1")
    cassette(folder / "test_c.yaml", model="gpt-unheard-of")
    _, first = init()

    _, second = init()
    main(["init", str(repository)])

    assert len(inactive(first)) == 2
    assert second["proposal"]["settings"] == []
    assert second["proposal"]["waiting"] == inactive(first)
    assert "pyproject.toml has 2 comments to complete:" in capsys.readouterr().out


def test_a_model_that_a_waiting_comment_does_not_name_is_proposed(
    repository: Path, init: Init
) -> None:
    url, folder = "https://gw.corp.io/v1/chat/completions", repository / "tests/cassettes/test_plan"
    cassette(folder / "test_b.yaml", url=url, model="fast-1")
    init()
    cassette(folder / "test_c.yaml", url=url, model="fast-2")

    _, found = init()

    assert [line for line in inactive(found) if "fast-2" in line]
    assert found["proposal"]["waiting"] == []


def test_settings_that_make_no_sense_are_told(repository: Path, init: Init) -> None:
    write(repository / "pyproject.toml", "[tool.specbudget]\nbudget = -1\n")

    status, found = init()

    assert (status, found["recordings"]["calls"]) == (1, 1)
    assert found["damage"][0].startswith("budget = -1 in pyproject.toml")


def test_beside_settings_that_make_no_sense_nothing_is_proposed(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(repository / "pyproject.toml", "[tool.specbudget]\nbudget = 2\n")
    write(repository / "specbudget.toml", "budget = 1\n")

    main(["init", str(repository)])

    shown = capsys.readouterr().out
    assert "the settings make no sense, so nothing is proposed beside them" in shown
    assert "settings stand both in pyproject.toml [tool.specbudget] and in specbudget.toml" in shown
    assert "in CI" not in shown


def test_settings_that_pytest_would_not_read_are_told(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(repository / "pyproject.toml", "[tool.pytest.ini_options]\n")
    file = write(repository / "tests/specbudget.toml", "budget = 1\n")

    main(["init", str(repository / "tests"), "--dry-run"])

    assert f"not read    {file}: only settings in pytest's rootdir hold" in capsys.readouterr().out


def test_people_see_the_ci_line_and_what_to_ignore(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / ".git").mkdir()
    write(repository / ".github/workflows/t.yml", "jobs:\n  x:\n    - run: pytest -n auto\n")

    main(["init", str(repository), "--dry-run"])

    shown = capsys.readouterr().out
    assert "pytest --spec-budget=0.00028 --spec-forbid-live" in shown
    assert ".github/workflows/t.yml:3: pytest -n auto" in shown
    assert "/evidence/" in shown


OBSERVED = '[tool.specbudget]\nmode = "observe"\n'


@pytest.mark.parametrize(
    ("settings", "recordings", "words", "line"),
    [
        pytest.param("", 1, ["--dry-run"], "--spec-budget=0.00028", id="nothing is written"),
        pytest.param("", 1, [], "", id="the ceiling is written"),
        pytest.param(
            "", 0, [], "--spec-budget=2.00 --spec-mode=enforce", id="that nobody knows is"
        ),
        pytest.param(
            OBSERVED, 0, [], "--spec-budget=2.00 --spec-mode=enforce", id="as it was before"
        ),
        pytest.param(f"{OBSERVED}budget = 1\n", 1, [], "--spec-mode=enforce", id="a ceiling, too"),
        pytest.param(
            '[tool.specbudget]\nmode = "warn"\nbudget = 1\n',
            1,
            [],
            "--spec-mode=enforce",
            id="a mode that warns",
        ),
        pytest.param("[tool.specbudget]\nbudget = 1\n", 1, [], "", id="a ceiling enforces"),
        pytest.param(
            '[tool.specbudget]\nmode = "enforce"\n',
            0,
            [],
            "--spec-budget=2.00",
            id="no ceiling",
        ),
    ],
)
def test_the_line_for_ci_can_fail(  # noqa: PLR0913, PLR0917 - the columns
    repository: Path, init: Init, settings: str, recordings: int, words: list[str], line: str
) -> None:
    write(repository / "pyproject.toml", settings)
    if not recordings:
        (repository / "tests/cassettes/test_plan/test_it.yaml").unlink()

    _, found = init(*words)

    _, *given = found["proposal"]["ci"].split()
    beside = ("--spec-forbid-live", "--spec-report=markdown:spec-budget.md")
    assert " ".join(one for one in given if one not in beside) == line


def test_a_second_look_says_that_no_run_fails_yet(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "tests/cassettes/test_plan/test_it.yaml").unlink()
    main(["init", str(repository)])
    capsys.readouterr()

    main(["init", str(repository)])

    shown = capsys.readouterr().out
    assert "pytest --spec-budget=2.00 --spec-mode=enforce --spec-report" in shown
    assert '(without --spec-mode=enforce no run fails: mode = "observe" in pyproject.toml' in shown
    assert "(--spec-budget=2.00 is an example: no recording tells what a run costs)" in shown


def test_a_folder_without_tests_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["init", str(tmp_path)])

    assert "no tests are here: name the folder where you run pytest" in capsys.readouterr().out
