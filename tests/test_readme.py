"""README and docs: what they name exists, what they show parses or runs, and tables are current.

`ci/check` runs the commands that they show; see ci/readme_commands.py.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.cli import COMMANDS
from pytest_specbudget.settings.table import OPTIONS, SETTINGS_ONLY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\((?!https?://)([^)#\s]*)(?:#([^)\s]*))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
OPTION = re.compile(r"--spec-[a-z-]*[a-z]")
VARIABLE = re.compile(r"SPECBUDGET_[A-Z_]*[A-Z]")
COMMAND = re.compile(r"(?:^\$ |^|`|&& )specbudget ([a-z][a-z-]*)", re.MULTILINE)
# Not settings: one disables the gate, one tells our own tests where outside material is.
OTHER_VARIABLES = {"SPECBUDGET_DISABLE", "SPECBUDGET_CONFORMANCE", "SPECBUDGET_SHARD"}

every_page = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix()
)
OUTPUT = "<!-- output: "
# Pages whose Python blocks are whole files, each with its name in the first line.
WHOLE_FILES = (ROOT / "docs/marker-and-fixtures.md", ROOT / "docs/extending.md")
PROVIDERS = """
import pytest
from support.emulator import Emulator, hosts_served_by

@pytest.fixture(scope="session", autouse=True)
def providers():
    with Emulator() as emulator, hosts_served_by(emulator):
        yield
"""


def _parse_python(text: str) -> object:
    """Parse a module, or decorators alone."""
    only_decorators = text.splitlines()[-1].startswith("@")
    return ast.parse(f"{text}def shown() -> None: ...\n" if only_decorators else text)


PARSERS: dict[str, Callable[[str], object]] = {"python": _parse_python, "toml": tomllib.loads}


def _text(*lines: str) -> str:
    return "\n".join(["```text", *lines, "```", ""])


def _sh(command: str) -> str:
    return f"```sh\n{command}\n```\n"


def _blocks() -> Iterator[object]:
    for page in PAGES:
        for number, block in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8")), start=1):
            if block[1] in PARSERS:
                name = f"{page.relative_to(ROOT).as_posix()}, block {number}, {block[1]}"
                yield pytest.param(block[1], block[2], id=name)


def _run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "ci" / script), *arguments]
    return subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, encoding="utf-8", errors="replace"
    )


@pytest.mark.parametrize(("language", "text"), list(_blocks()))
def test_code_that_is_shown_parses(language: str, text: str) -> None:
    assert PARSERS[language](text) is not None


def test_examples_that_are_whole_files_run(tmp_path: Path) -> None:
    (tmp_path / "providers.py").write_text(PROVIDERS, encoding="utf-8")
    shown = [BLOCK.finditer(page.read_text(encoding="utf-8")) for page in WHOLE_FILES]
    files = [block[2] for blocks in shown for block in blocks if block[1] == "python"]
    for text in files:
        name = text.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(text, encoding="utf-8")

    done = _pytest(tmp_path, "--spec-budget=2.00")

    assert done.returncode == 0, done.stdout
    assert (tmp_path / "verdict.txt").read_text(encoding="utf-8") == "pass"


def _pytest(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run pytest with our plugin alone, in a *folder* whose providers are emulated."""
    plugins = ("-p", "pytest_specbudget.plugin", "-p", "providers")
    ours = ("SPECBUDGET_", "CI")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    paths = os.pathsep.join([str(folder), str(ROOT / "tests"), str(ROOT)])
    keys = {"OPENAI_API_KEY": "none", "ANTHROPIC_API_KEY": "none"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"--rootdir={folder}", *plugins, *words],
        cwd=folder,
        env=kept | keys | {"PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )


@every_page
def test_options_that_are_named_exist(page: Path) -> None:
    named = set(OPTION.findall(page.read_text(encoding="utf-8")))

    assert named <= {option.flag_name for option in OPTIONS}


@every_page
def test_variables_that_are_named_exist(page: Path) -> None:
    named = set(VARIABLE.findall(page.read_text(encoding="utf-8")))

    assert named <= {option.variable for option in OPTIONS} | OTHER_VARIABLES


@every_page
def test_commands_that_are_named_exist(page: Path) -> None:
    named = set(COMMAND.findall(page.read_text(encoding="utf-8")))

    assert named <= set(COMMANDS)


@every_page
def test_settings_that_are_shown_exist(page: Path) -> None:
    blocks = BLOCK.finditer(page.read_text(encoding="utf-8"))
    files = [tomllib.loads(block[2]) for block in blocks if block[1] == "toml"]
    shown = {key for file in files for key in file.get("tool", {}).get("specbudget", {})}

    assert shown <= {setting.key for setting in (*OPTIONS, *SETTINGS_ONLY)}


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.finditer(page.read_text(encoding="utf-8"))

    broken = [link[0] for link in links if not _leads_somewhere(page, link)]

    assert broken == []


def _leads_somewhere(page: Path, link: re.Match[str]) -> bool:
    target = page.parent / link[1] if link[1] else page
    return target.exists() and (link[2] is None or link[2] in _anchors(target))


def _anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes of the headings of *page*."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_the_tables_of_the_readme_are_current() -> None:
    done = _run("generate_readme.py", "--check")

    assert done.returncode == 0, done.stderr


def test_the_first_two_commands_set_everything_up_from_a_fresh_clone() -> None:
    main_job, tests = (_run("readme_commands.py", "--print", number).stdout for number in "12")

    assert main_job.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert main_job.endswith("/pytest -q examples/speckit --spec-budget=2.00\n")
    assert tests.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert "--require-hashes -r ci/constraints.txt" in tests


@pytest.mark.parametrize(
    ("page", "status", "says"),
    [
        pytest.param(f"{OUTPUT}echo yes -->\n{_text('yes')}", 0, "ok", id="what is shown agrees"),
        pytest.param(f"{OUTPUT}echo no -->\n{_text('yes')}", 1, "FAILED", id="other output fails"),
        pytest.param(f"{OUTPUT}seq 3 -->\n{_text('...', '3')}", 0, "ok", id="dots are any lines"),
        pytest.param(f"{OUTPUT}echo 2.31s -->\n{_text('7s')}", 0, "ok", id="durations may differ"),
        pytest.param(
            f"{_sh('echo b')}{OUTPUT}above -->\n{_text('a')}", 1, "FAILED", id="output from above"
        ),
        pytest.param(_sh("exit 3"), 1, "ended with 3", id="a bad status fails"),
        pytest.param(f"<!-- exits: 3 -->\n{_sh('exit 3')}", 0, "ok", id="a status is announced"),
        pytest.param(
            f"<!-- not run: needs a key -->\n{_sh('exit 3')}",
            0,
            "needs a key",
            id="what is not run is listed with its reason",
        ),
    ],
)
def test_commands_are_held_to_what_is_shown(
    page: str, status: int, says: str, tmp_path: Path
) -> None:
    (tmp_path / "page.md").write_text(page, encoding="utf-8")

    done = _run("readme_commands.py", str(tmp_path / "page.md"))

    assert done.returncode == status
    assert says in done.stdout


def test_shown_output_can_be_renewed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Text.\n{OUTPUT}echo new -->\n{_text('old', 'b')}End.\n", encoding="utf-8")

    _run("readme_commands.py", "--refresh", str(page))

    renewed = f"Text.\n{OUTPUT}echo new -->\n{_text('new')}End.\n"
    assert page.read_text(encoding="utf-8") == renewed
