"""What `specbudget doctor` finds, in this environment and in ones that are not as they must be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from pytest_specbudget.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Doctor = Callable[..., tuple[int, Any]]


@pytest.fixture
def rootdir(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def doctor(rootdir: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Run the doctor on the project; return its exit status and its JSON."""

    def run(*words: str) -> tuple[int, Any]:
        status = main(["doctor", str(rootdir), "--json", *words])
        return status, json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a distribution look installed."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)

    def pretend(name: str, version: str, *requires: str) -> None:
        info = site / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {one}" for one in requires]
        (info / "METADATA").write_text("\n".join(lines) + "\n", "utf-8")

    return pretend


def named(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (row,) = (row for row in rows if row["name"] == name)
    return row


def test_a_sound_environment_has_no_problems(doctor: Doctor) -> None:
    status, found = doctor()

    assert (status, found["healthy"], found["problems"]) == (0, True, [])
    assert named(found["clients"], "httpx") == {
        "name": "httpx",
        "version": httpx.__version__,
        "state": "metered",
        "why": "",
        "called": "",
    }
    assert named(found["packages"], "vcrpy")["fits"]
    assert found["prices"]["as_of"].endswith("Z")


def test_a_client_that_is_made_otherwise_is_named(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(httpx.Client, "send")

    status, found = doctor()

    assert (status, named(found["clients"], "httpx")["state"]) == (1, "broken")
    (problem,) = found["problems"]
    assert problem.startswith(f"httpx {httpx.__version__} is not metered: httpx._client:")


def test_a_call_through_each_client_is_heard(doctor: Doctor) -> None:
    status, found = doctor("--call")

    assert (status, found["problems"]) == (0, [])
    assert named(found["clients"], "httpx")["called"].startswith("POST http://127.0.0.1:")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param([], [], id="nothing was called"),
        pytest.param(["--call"], ["httpx", "httpx2", "urllib.request"], id="each was called"),
    ],
)
def test_people_see_what_was_called(
    words: list[str], told: list[str], rootdir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["doctor", str(rootdir), *words])

    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    heard = [row[0] for row in rows if row[1:2] == ["POST"] and row[-2:] == ["heard", "whole"]]
    assert set(told) <= set(heard) if told else heard == []


@pytest.mark.parametrize(
    ("there", "told"),
    [
        pytest.param(False, "does not exist", id="nothing by that name"),
        pytest.param(True, "is no folder", id="a file"),
    ],
)
def test_a_rootdir_that_is_no_folder_is_an_error(
    there: bool,  # noqa: FBT001 - a column of the table
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if there:
        (tmp_path / "nope").write_text("", "utf-8")

    status = main(["doctor", str(tmp_path / "nope")])

    printed = capsys.readouterr()
    assert (status, printed.out) == (2, "")
    assert f'nope" {told}' in printed.err


def test_a_call_shows_what_the_patches_cannot(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(httpx.Client, "_transport_for_url")

    without, _ = doctor()
    status, found = doctor("--call")

    assert (without, status, named(found["clients"], "httpx")["state"]) == (0, 1, "broken")
    assert "_transport_for_url" in found["problems"][0]


def test_a_client_without_a_meter_is_no_problem_and_is_told(
    doctor: Doctor, install: Callable[..., None]
) -> None:
    install("curl-cffi", "0.99")

    status, found = doctor()

    curl = named(found["clients"], "curl-cffi")
    assert (status, curl["state"], curl["version"]) == (0, "unmetered", "0.99")
    assert curl["why"]


def test_an_sdk_names_the_clients_that_it_can_call_through(
    doctor: Doctor, install: Callable[..., None]
) -> None:
    install("litellm", "9.0", "openai", "click", 'curl-cffi; extra == "fast"')
    install("openai", "99.0", "httpx2>=2", 'urllib3; python_version < "3"')
    install("curl-cffi", "0.99")

    _, found = doctor()

    assert named(found["sdks"], "litellm")["through"] == ["curl-cffi", "httpx2"]


def test_a_version_that_we_do_not_work_with_is_a_problem(
    doctor: Doctor, install: Callable[..., None]
) -> None:
    install("vcrpy", "7.0.0")

    status, found = doctor()

    assert (status, named(found["packages"], "vcrpy")["fits"]) == (1, False)
    assert "vcrpy is 7.0.0; vcrpy>=8.2.1 is needed" in found["problems"]


def test_settings_are_shown_with_where_they_were_set(
    doctor: Doctor, rootdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPECBUDGET_MODE", "warn")
    (rootdir / "pyproject.toml").write_text("[tool.specbudget]\nbudget = 2.00\n", "utf-8")

    _, found = doctor()

    assert (
        found["settings"]["budget"] == "budget = 2.00 in pyproject.toml [tool.specbudget], line 2"
    )
    assert "SPECBUDGET_MODE" in found["settings"]["mode"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        pytest.param("budget = -2", "budget", id="a setting that makes no sense"),
        pytest.param('prices = ["gone.toml"]', "gone.toml", id="prices that are not there"),
    ],
)
def test_what_would_stop_a_run_is_a_problem(
    settings: str, told: str, doctor: Doctor, rootdir: Path
) -> None:
    (rootdir / "specbudget.toml").write_text(f"{settings}\n", "utf-8")

    status, found = doctor()

    assert status == 1
    assert any(told in problem for problem in found["problems"])


@pytest.mark.parametrize(
    ("journal", "runs", "writable"),
    [
        pytest.param((), 0, True, id="none yet"),
        pytest.param(("run-1", "run-2"), 2, True, id="two runs"),
        pytest.param(None, 0, False, id="a file in its place"),
    ],
)
def test_the_journal_is_looked_at(
    journal: tuple[str, ...] | None, runs: int, *, writable: bool, doctor: Doctor, rootdir: Path
) -> None:
    if journal is None:
        (rootdir / ".specbudget").write_text("", "utf-8")
    for run in journal or ():
        (rootdir / ".specbudget" / "journal" / run).mkdir(parents=True)

    status, found = doctor()

    assert (found["journal"]["runs"], found["journal"]["writable"]) == (runs, writable)
    assert status == (0 if writable else 1)


def test_people_get_a_page_with_all_of_it(
    rootdir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["doctor", str(rootdir)])

    page = capsys.readouterr().out
    titles = [line for line in page.splitlines()[1:] if line and not line.startswith(" ")]
    assert status == 0
    assert titles[:3] == ["packages", "clients", "SDKs"]
    assert titles[3:] == ["settings", "prices", "journal", "never seen", "problems"]
    assert "WebSocket" in page
    assert not (rootdir / ".specbudget").exists()
