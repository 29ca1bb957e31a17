"""What `specbudget comment` says of a change: judged by its base, whatever the change edits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.branches import journal_of
from support.charges import charge
from support.gold import agree

from pytest_specbudget.cli import main
from pytest_specbudget.core.staleness import Staleness
from pytest_specbudget.core.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.repositories import Checkout

    from pytest_specbudget.core.ledger import Charge

    Run = Callable[..., tuple[int, str]]

GOLD = Path(__file__).parent / "gold"
ACK = '[[ack]]\nsubject = "RESEARCH"\nlimit = "{}%"\nuntil = 9999-12-31\nreason = "meant"\n'


def headline(comment: str) -> str:
    return next(line for line in comment.splitlines() if line.startswith("### "))


def changed(repository: Checkout, start: str, **files: str) -> str:
    """Commit *files* (`a__b_toml` is `a/b.toml`) on top of *start*; return the commit."""
    repository.git("checkout", "--quiet", "--detach", start)
    for name, text in files.items():
        repository.write(name, text)
    commit = repository.commit("an edit")
    repository.switch("main")
    return commit


def edited(repository: Checkout, start: str, name: str, old: str, new: str) -> str:
    """Commit an edit of one file on top of *start*; return the commit."""
    text = repository.git("show", f"{start}:{name}")
    assert old in text
    return changed(repository, start, **{name: f"{text.replace(old, new)}\n"})


def call(name: str, tokens: tuple[int, int], **others: Any) -> Charge:
    """Make a call of RESEARCH that its recording on `main` answered, on another machine."""
    values = {
        "model": "small",
        "request_model": "small",
        "spec": "RESEARCH",
        "host": "api.openai.com",
        "cassette": f"/home/runner/p/tests/research/cassettes/test_plan/{name}.yaml",
        "cassette_index": 0,
        "test": f"tests/research/test_plan.py::{name}",
        "usage": Usage(input_tokens=tokens[0], output_tokens=tokens[1]),
    }
    return charge("0.0000001", **{**values, **others})


DIVE, SUM_UP = call("test_dive", (1000, 200)), call("test_sum_up", (500, 75))


def test_a_raised_ceiling_is_in_the_headline_and_does_not_hold(run: Run) -> None:
    status, comment = run("comment", "--head", "raised-ceiling")

    assert status == 1
    assert "this change raises its own ceiling (budget): 0.50 to 5.00" in headline(comment)
    assert "RESEARCH $2.6000, ceiling $0.50 from budget = 0.50 in pyproject.toml" in comment
    agree(comment, GOLD / "raised-ceiling-by-base.md")


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        pytest.param(
            "prices.toml", '"100"', '"1"', "changes its own prices in prices.toml", id="an overlay"
        ),
        pytest.param(
            "pyproject.toml",
            "budget = 0.50\n",
            "",
            "removes its own ceiling (budget) of 0.50",
            id="a ceiling that is taken away",
        ),
        pytest.param(
            "pyproject.toml",
            "budget = 0.50",
            "budget = 0.50\nsession_budget = 9",
            "sets a ceiling (session_budget) of its own: 9",
            id="a ceiling is told by its setting",
        ),
        pytest.param(
            "pyproject.toml",
            "budget = 0.50",
            'budget = 0.50\nmode = "observe"',
            "sets its own mode: observe",
            id="the mode",
        ),
        pytest.param(
            "pyproject.toml",
            "budget = 0.50",
            "budget = 0.50\nmax_regression = 90",
            "sets its own max_regression: 90",
            id="the limit of a rise",
        ),
        pytest.param(
            "tests/research/test_plan.py",
            'spec("RESEARCH")',
            'spec("RESEARCH", max_regression=900)',
            "sets its own max_regression: 900",
            id="the limit of a marker",
        ),
        pytest.param(
            "tests/research/test_plan.py",
            'spec("RESEARCH")',
            'spec("PLANS")',
            "changes its own spec: RESEARCH to PLANS",
            id="the SPEC of a marker, whose ceiling holds",
        ),
        pytest.param(
            "pyproject.toml",
            'addopts = ["',
            'addopts = ["--spec-budget=9", "',
            "sets a ceiling (budget) of its own: 9",
            id="an option in addopts",
        ),
    ],
)
def test_what_a_change_edits_of_its_gate_is_in_the_headline(  # noqa: PLR0913, PLR0917 - a table
    repository: Checkout, run: Run, name: str, old: str, new: str, told: str
) -> None:
    commit = edited(repository, "longer-prompt", name, old, new)

    status, comment = run("comment", "--head", commit)

    assert status == 1
    assert f"this change {told}" in headline(comment)
    assert "RESEARCH rose from $0.2600 to $0.3100" in comment


ROUTED = 'budget = 0.50\nrouting = "ci/tiers.toml"'
TABLE = "[models.cost_limits]\nper_spec_budget = {}\n"


def test_a_ceiling_of_the_routing_table_counts_as_one(repository: Checkout, run: Run) -> None:
    base = edited(repository, "main", "pyproject.toml", "budget = 0.50", ROUTED)
    base = changed(repository, base, **{"ci/tiers.toml": TABLE.format("2.00")})
    head = changed(repository, base, **{"ci/tiers.toml": TABLE.format("20.00")})

    _, comment = run("comment", "--head", head, "--base", base)

    # The table's ceiling of the base gives way to that of the settings, and is told all the same.
    told = "this change raises its own ceiling (per_spec_budget): 2 to 20"
    assert f"{told}` (and 1 more)" in headline(comment)
    assert "changes its own routing table in ci/tiers.toml" in comment


def test_the_ceilings_of_the_routing_table_of_the_base_hold(repository: Checkout, run: Run) -> None:
    routing = 'routing = "ci/tiers.toml"'
    base = edited(repository, "main", "pyproject.toml", "budget = 0.50", routing)
    base = changed(repository, base, **{"ci/tiers.toml": TABLE.format("0.10")})
    head = changed(repository, base, **{"ci/tiers.toml": TABLE.format("20.00")})
    repository.git("checkout", "--quiet", "--detach", base)

    status, comment = run("comment", "--head", head, "--base", base)

    assert status == 1
    assert "RESEARCH $0.2600, ceiling $0.10 from per_spec_budget = 0.1 in" in comment


def test_a_change_of_whose_prices_hold_at_a_host_leaves_it_open(
    repository: Checkout, run: Run
) -> None:
    house = (
        '[models.house]\nprovider = "{}"\nmodel = "m"\n'
        'wire = "openai"\nbase_url = "https://llm.corp/v1"\n'
    )
    base = edited(repository, "main", "pyproject.toml", "budget = 0.50", ROUTED)
    base = changed(repository, base, **{"ci/tiers.toml": house.format("openai")})
    head = changed(repository, base, **{"ci/tiers.toml": house.format("deepseek")})

    status, comment = run("comment", "--head", head, "--base", base)

    assert (status, headline(comment)[:16]) == (1, "### INCONCLUSIVE")
    assert 'changes its own hosts."llm.corp": openai to deepseek' in comment


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        pytest.param(
            "routing.lock.json",
            "{}",
            "agrees to a routing table of its own in routing.lock.json",
            id="the lock of the routing table",
        ),
        pytest.param(
            "tests/.gitattributes",
            "*.yaml filter=mine\n",
            "changes what git makes of its own files in tests/.gitattributes",
            id="attributes",
        ),
        pytest.param(
            "specbudget.toml",
            "repeats = 3\n",
            "sets its own repeats: 3",
            id="how often each test runs",
        ),
        pytest.param(
            "conftest.py",
            "def pytest_specbudget_gates(config):\n    return []\n",
            "sets its own pytest_specbudget_gates: ",
            id="a gate of its own",
        ),
    ],
)
def test_whatever_a_verdict_reads_is_told_where_a_change_edits_it(
    repository: Checkout, run: Run, name: str, text: str, told: str
) -> None:
    head = changed(repository, "main", **{name: text})

    _, comment = run("comment", "--head", head)

    assert f"this change {told}" in headline(comment)


@pytest.mark.parametrize(
    "line", ['report = "json:a.json"', 'record = "none"', 'cassette_note = "by us"']
)
def test_what_a_run_leaves_behind_is_no_edit_of_its_gate(
    repository: Checkout, run: Run, line: str
) -> None:
    head = edited(repository, "main", "pyproject.toml", "budget = 0.50", f"budget = 0.50\n{line}")

    assert "this change" not in headline(run("comment", "--head", head)[1])


def test_a_ceiling_in_a_workflow_counts_as_one(repository: Checkout, run: Run) -> None:
    workflow = ".github/workflows/tests.yml"
    base = changed(repository, "main", **{workflow: "- run: pytest --spec-budget=2.00 -q\n"})
    commit = edited(repository, base, workflow, "2.00", "20.00")

    status, comment = run("comment", "--head", commit, "--base", base)

    assert status == 0
    assert "this change raises its own ceiling (budget): 2.00 to 20.00" in headline(comment)


def test_nothing_is_told_of_what_the_base_edited_meanwhile(repository: Checkout, run: Run) -> None:
    base = edited(repository, "main", "pyproject.toml", "budget = 0.50", "budget = 0.70")

    assert "ceiling" not in headline(run("comment", "--head", "cheaper", "--base", base)[1])


@pytest.mark.parametrize(
    ("where", "status"),
    [
        pytest.param("base", 0, id="in the base it is honoured"),
        pytest.param("change", 1, id="in the change it is told and not honoured"),
    ],
)
def test_a_regression_is_accepted_by_the_base(
    repository: Checkout, run: Run, where: str, status: int
) -> None:
    ack = {"specbudget-ack.toml": ACK.format(40)}
    head = changed(repository, "longer-prompt", **ack) if where == "change" else "longer-prompt"
    if where == "base":
        repository.write("specbudget-ack.toml", ACK.format(40))

    found, comment = run("comment", "--head", head)

    assert found == status
    assert ("accepts regressions of its own" in headline(comment)) is (where == "change")


def test_what_a_change_settles_of_unknown_cost_is_told(repository: Checkout, run: Run) -> None:
    settled = {"specbudget-settled.toml": '[[settled]]\ncalls = ["a"]\nusd = "0"\nreason = "so"\n'}
    head = changed(repository, "main", **settled)

    _, comment = run("comment", "--head", head)

    assert "settles calls of unknown cost of its own" in headline(comment)


def test_calls_are_priced_by_the_base(run: Run, tmp_path: Path) -> None:
    """Each call of the journal claims to have cost next to nothing."""
    journal_of(tmp_path / "run.jsonl", DIVE, SUM_UP)

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", "other-prices")

    assert status == 0
    assert "| `RESEARCH` | same | 0.2600 | 0.2600 |" in comment


def test_what_the_change_bounds_or_excuses_is_not(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    stale = Staleness(places=("$.seed",), listed=True)
    head = changed(repository, "main", **{"specbudget-stale.toml": '[[paths]]\npath = "$.seed"\n'})
    excused = call("test_dive", (1000, 200), staleness=stale, verdict="stale")
    journal_of(tmp_path / "run.jsonl", excused, SUM_UP)

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", head)

    assert status == 1
    assert "excuses stale recordings of its own" in headline(comment)
    assert "recording-stale" in comment


def test_a_change_of_hosts_leaves_it_open(repository: Checkout, run: Run) -> None:
    hosts = 'budget = 0.50\nhosts."*.corp" = { free = "ours" }'
    head = edited(repository, "main", "pyproject.toml", "budget = 0.50", hosts)

    status, comment = run("comment", "--head", head)

    assert status == 1
    assert headline(comment).startswith("### INCONCLUSIVE")
    assert "sets its own hosts" in headline(comment)


def test_a_comment_may_be_left_out_where_nothing_changed(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    head = changed(repository, "main", **{"README.md": "hello"})
    words = ("--if-changed", "--output", tmp_path / "comment.md")

    assert run("comment", "--head", head, *words) == (0, "")
    assert (tmp_path / "comment.md").read_text("utf-8") == ""
    assert run("comment", "--head", "cheaper", *words)[0] == 0
    assert "cheaper" in (tmp_path / "comment.md").read_text("utf-8")


def test_limits_may_be_typed(run: Run) -> None:
    rise = ("comment", "--head", "longer-prompt", "--max-regression", "30")

    assert run(*rise)[0] == 0
    assert run(*rise, "--budget", "RESEARCH=0.30")[0] == 1


def test_a_finding_says_where_a_limit_was_typed_and_not_what_nobody_typed(run: Run) -> None:
    words = ("--max-regression", "1", "--budget", "RESEARCH=0.30")

    _, told = run("comment", "--head", "longer-prompt", *words)

    assert "--budget=RESEARCH=0.30" in told
    assert "--max-regression=1" in told
    assert "--spec-budget=RESEARCH" not in told
    assert "--spec-max-regression=1" not in told


@pytest.mark.parametrize("option", ["--budget", "--max-regression"])
def test_a_limit_that_makes_no_sense_is_told_as_it_was_typed(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["comment", "--head", "longer-prompt", option, "lots"]) == 2
    assert capsys.readouterr().err.startswith(f"specbudget: {option}=lots: ")


def test_an_output_that_is_a_link_is_emptied_and_stays_one(run: Run, tmp_path: Path) -> None:
    target, link = tmp_path / "comment.md", tmp_path / "link.md"
    target.write_text("what an earlier run said", "utf-8")
    link.symlink_to(target)

    assert run("comment", "--head", "nowhere", "--output", link)[0] == 2
    assert (link.is_symlink(), target.read_text("utf-8")) == (True, "")


def test_a_revision_that_is_not_there_is_a_wrong_argument(run: Run) -> None:
    assert run("comment", "--head", "nowhere") == (2, "")


GREET = call(
    "test_greet",
    (300, 100),
    spec="SUPPORT",
    cassette="tests/support/cassettes/test_chat/test_greet.yaml",
    test="tests/support/test_chat.py::test_greet",
)


def test_a_run_that_leaves_out_what_gets_dearer_does_not_pass(run: Run, tmp_path: Path) -> None:
    journal_of(tmp_path / "run.jsonl", GREET)

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", "swapped-model")

    assert status == 1
    assert "2 tests not run ($2.60)" in headline(comment)
    assert "| `RESEARCH` | **regressed** | 0.2600 | 2.6000 |" in comment


def test_what_is_left_out_and_costs_what_it_did_is_told(run: Run, tmp_path: Path) -> None:
    journal_of(tmp_path / "run.jsonl", DIVE, SUM_UP)

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", "main", "--if-changed")

    assert status == 0
    assert "1 test not run ($0.0700)" in headline(comment)
    assert "test_greet" in comment


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        pytest.param(
            "pyproject.toml",
            "addopts = [",
            'testpaths = ["tests/support"]\naddopts = [',
            "sets its own testpaths: tests/support",
            id="the folders of tests",
        ),
        pytest.param(
            "pyproject.toml",
            'addopts = ["',
            'addopts = ["--deselect", "tests/research", "',
            "sets its own addopts: --deselect tests/research",
            id="an option that leaves tests out",
        ),
    ],
)
def test_a_change_that_leaves_tests_out_by_itself_is_open(  # noqa: PLR0913, PLR0917 - a table
    repository: Checkout, run: Run, tmp_path: Path, name: str, old: str, new: str, told: str
) -> None:
    head = edited(repository, "main", name, old, new)
    journal_of(tmp_path / "run.jsonl", GREET)

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", head)

    assert status == 1
    assert headline(comment).startswith("### INCONCLUSIVE")
    assert f"this change {told}" in headline(comment)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        pytest.param("pytest.ini", "[pytest]\ntestpaths = a b\n", "testpaths: a b", id="an ini"),
        pytest.param("tox.ini", "[pytest]\naddopts = -q -k cheap\n", "-k cheap", id="tox"),
        pytest.param("setup.cfg", "[tool:pytest]\npython_files = x_*.py\n", "x_*.py", id="setup"),
        pytest.param(
            "tests/conftest.py", 'collect_ignore = ["plan"]\n', "collect_ignore", id="a list"
        ),
        pytest.param(
            "tests/conftest.py",
            "def pytest_collection_modifyitems(items):\n    items.clear()\n",
            "pytest_collection_modifyitems",
            id="a hook",
        ),
        pytest.param(
            "tests/conftest.py",
            'import os\nos.environ["SPECBUDGET_DISABLE"] = "1"\n',
            "SPECBUDGET_DISABLE: 1",
            id="the switch in code",
        ),
        pytest.param(
            ".github/workflows/tests.yml",
            'jobs: {a: {steps: [{run: "pytest -p no:specbudget"}]}}\n',
            "sets its own plugin: off by no:specbudget",
            id="the plugin left out by a workflow",
        ),
        pytest.param(
            "tests.env",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1\n",
            "sets its own plugin: off by PYTEST_DISABLE_PLUGIN_AUTOLOAD",
            id="all plugins left out by a variable",
        ),
        pytest.param(
            "tests/conftest.py",
            'import os\nos.environ.setdefault("SPECBUDGET_MODE", "observe")\n',
            "mode: observe",
            id="a variable in code",
        ),
        pytest.param("run.sh", "pytest --ignore=tests/plan\n", "tests/plan", id="a script"),
    ],
)
def test_what_selects_tests_is_part_of_the_gate(
    repository: Checkout, run: Run, name: str, text: str, told: str
) -> None:
    head = changed(repository, "main", **{name: text})

    _, comment = run("comment", "--head", head)

    assert "this change sets its own" in headline(comment)
    assert told in headline(comment)


def test_options_that_select_nothing_are_no_edit(repository: Checkout, run: Run) -> None:
    head = changed(repository, "main", **{"pytest.ini": "[pytest]\naddopts = -q -n auto -ra\n"})

    assert "this change" not in headline(run("comment", "--head", head)[1])


def test_the_base_is_what_its_recordings_hold_whatever_the_run_played(
    run: Run, tmp_path: Path
) -> None:
    """The run played edited recordings that were never committed: in git nothing changed."""
    journal_of(tmp_path / "run.jsonl", call("test_dive", (3000, 200)), SUM_UP, GREET)

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", "main")

    assert status == 1
    assert "| `RESEARCH` | **regressed** | 0.2600 | 0.4600 |" in comment


def of_commit(path: Path, commit: str) -> Path:
    """Write the journal of a run of RESEARCH at *commit*."""
    journal_of(path, DIVE, SUM_UP, GREET)
    text = path.read_text("utf-8")
    path.write_text(text.replace('"run": "r"', f'"run": "r", "commit": "{commit}"'), "utf-8")
    return path


@pytest.mark.parametrize(
    ("revision", "status", "said"),
    [
        pytest.param("cheaper", 0, None, id="its own is taken"),
        pytest.param(
            "main", 1, "run.jsonl is of the commit", id="another one is refused, by its own name"
        ),
        pytest.param(None, 0, "which git does not know here", id="an unknown one is told"),
    ],
)
def test_a_journal_is_of_the_commit_that_is_judged(  # noqa: PLR0913, PLR0917 - a table
    repository: Checkout, run: Run, tmp_path: Path, revision: str | None, status: int, said: str
) -> None:
    commit = "1" * 40 if revision is None else repository.git("rev-parse", revision)
    artefact = of_commit(tmp_path / "run.jsonl", commit)

    found, comment = run("comment", artefact, "--head", "cheaper")

    assert found == status
    assert said in comment if said else "commit" not in comment


def test_a_merge_of_the_change_is_the_change(
    repository: Checkout, run: Run, tmp_path: Path
) -> None:
    head = repository.git("rev-parse", "cheaper")
    tree = repository.git("rev-parse", "cheaper^{tree}")
    merge = repository.git("commit-tree", tree, "-p", "main", "-p", head, "-m", "merged")

    status, _ = run("comment", of_commit(tmp_path / "run.jsonl", merge), "--head", head)

    assert status == 0


def test_a_run_without_a_call_is_not_green(run: Run, tmp_path: Path) -> None:
    journal_of(tmp_path / "run.jsonl")

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", "main")

    assert status == 1
    assert headline(comment).startswith("### INCONCLUSIVE")
    assert "3 tests not run ($0.3300)" in headline(comment)


def test_other_formats_say_the_same_verdict(run: Run, tmp_path: Path) -> None:
    wanted = {"json": tmp_path / "report.json", "junit": tmp_path / "deep" / "report.xml"}
    words = [f"{name}:{path}" for name, path in wanted.items()]

    status, _ = run(
        "comment", "--head", "swapped-model", "--report", words[0], "--report", words[1]
    )

    assert status == 1
    assert json.loads(wanted["json"].read_text("utf-8"))["verdict"] == "fail"
    assert "RESEARCH" in wanted["junit"].read_text("utf-8")


def test_what_an_earlier_run_wrote_is_gone_where_nothing_can_be_judged(
    run: Run, tmp_path: Path
) -> None:
    comment, report = tmp_path / "comment.md", tmp_path / "report.xml"
    comment.write_text("old", "utf-8")
    report.write_text("old", "utf-8")

    status, _ = run("comment", "--head=nowhere", "--output", comment, "--report", f"junit:{report}")

    assert status == 2
    assert not comment.exists()
    assert not report.exists()


def test_recordings_are_named_from_where_pytest_runs(run: Run, tmp_path: Path) -> None:
    stale = call("test_dive", (1000, 200), staleness=Staleness(places=("$.x",)), verdict="stale")
    journal_of(tmp_path / "run.jsonl", stale, SUM_UP, GREET)

    _, comment = run("comment", tmp_path / "run.jsonl", "--head", "main")

    assert "../" not in comment
    assert "/home/runner" not in comment
