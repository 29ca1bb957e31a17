"""Calls of the Python processes that tests start."""

from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.suites import Outcome, Suite

CHILDREN = "pytest_specbudget.plugin.children"
HELPERS = """
import os, subprocess, sys

ASK = "import sys; sys.path.insert(0, sys.argv[1]); from calls import ask; ask()"
HERE = os.path.dirname(os.path.abspath(__file__))

def start(code=ASK, **options):
    return subprocess.run([sys.executable, "-c", code, HERE], check=True, **options)
"""


HOUSE = """
[[free]]
provider = "openai"
model = "gpt-*"
reason = "for this test"
"""


@pytest.fixture
def children(suite: Suite) -> Suite:
    suite.write("helpers.py", HELPERS)
    suite.write("house.toml", HOUSE)
    return suite


def run(suite: Suite, test: str, *words: str, **environment: str) -> Outcome:
    suite.write("test_children.py", f"import pytest\nfrom helpers import *\n{test}")
    words = words or ("--spec-budget=1",)
    return suite.run(*words, plugins=[CHILDREN], **environment)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_child_s_call_is_the_test_s_that_started_it(children: Suite, workers: str) -> None:
    outcome = run(
        children,
        """
@pytest.mark.spec("SPEC-A", stage="plan")
def test_starts_one():
    start()

@pytest.mark.spec("SPEC-B")
def test_starts_two():
    start()
    start()
""",
        "--spec-budget=1",
        f"-n{workers}",
    )

    assert (outcome.status, outcome.rules("error")) == (0, []), outcome.text
    assert outcome.row("specs", "SPEC-A")["calls"] == 1
    assert outcome.row("specs", "SPEC-B")["calls"] == 2
    assert outcome.row("tests", "test_children.py::test_starts_two")["calls"] == 2
    assert outcome.facts["totals"]["replayed_calls"] == 0
    assert outcome.facts["totals"]["list_cost_usd"] != "0"


@pytest.mark.parametrize(
    "test",
    [
        pytest.param(
            """
def test_spawns():
    import multiprocessing
    from calls import ask
    process = multiprocessing.get_context("spawn").Process(target=ask)
    process.start()
    process.join()
    assert process.exitcode == 0
""",
            id="multiprocessing spawns it",
        ),
        pytest.param(
            """
def test_has_a_pool():
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from calls import ask
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(ask).result()
""",
            id="a pool has it",
        ),
        pytest.param(
            """
def test_starts_elsewhere(tmp_path):
    start(cwd=tmp_path)
""",
            id="it runs in another folder",
        ),
        pytest.param(
            """
def test_starts_a_grandchild():
    start(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {ASK!r}, {HERE!r}])")
""",
            id="its own child makes it",
        ),
        pytest.param(
            """
def test_sets_the_path():
    start(env={**os.environ, "PYTHONPATH": "."})
""",
            id="its environment sets PYTHONPATH",
        ),
        pytest.param(
            """
BEFORE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

def test_gives_an_environment_of_its_own():
    start(env=BEFORE)
""",
            id="its environment was made before the test",
        ),
        pytest.param(
            """
def test_gives_bytes():
    env = {os.fsencode(name): os.fsencode(value) for name, value in os.environ.items()}
    start(env=env | {b"PYTHONPATH": b"."})
""",
            id="its environment is written in bytes",
            marks=pytest.mark.skipif(os.name == "nt", reason="an environment is text here"),
        ),
        pytest.param(
            """
def test_awaits_it():
    import asyncio
    async def main():
        words = sys.executable, "-c", ASK, HERE
        child = await asyncio.create_subprocess_exec(*words, env=os.environ | {"PYTHONPATH": "."})
        assert await child.wait() == 0
    asyncio.run(main())
""",
            id="asyncio starts it with an environment",
        ),
        pytest.param(
            """
def test_spawns():
    words = [sys.executable, "-c", ASK, HERE]
    env = {**os.environ, "PYTHONPATH": "."}
    assert os.spawnve(os.P_WAIT, sys.executable, words, env) == 0
""",
            id="os spawns it with an environment",
            marks=pytest.mark.skipif(os.name == "nt", reason="os spawns in another way here"),
        ),
        pytest.param(
            """
def test_starts_a_grandchild_with_a_path():
    env = "env={**os.environ, 'PYTHONPATH': '.'}"
    start(f"import os, subprocess, sys; "
          f"subprocess.run([sys.executable, '-c', {ASK!r}, {HERE!r}], {env}, check=True)")
""",
            id="its own child makes it and sets PYTHONPATH",
        ),
        pytest.param(
            """
def test_starts_what_forks():
    fork = "import os; child = os.fork(); child and os.waitpid(child, 0); child or "
    start(ASK.replace("ask()", "pass") + "; " + fork + "(ask(), os._exit(0))")
""",
            id="its fork makes it",
            marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="processes do not fork here"),
        ),
    ],
)
def test_a_child_s_call_counts_once_however_it_was_started(children: Suite, test: str) -> None:
    outcome = run(children, test)

    assert (outcome.status, outcome.rules()) == (0, []), outcome.text + outcome.errors
    assert [row["calls"] for row in outcome.facts["tests"]] == [1]
    assert len(children.emulator.served) == 1


FORKED = """
def fork(ask):
    import multiprocessing
    process = multiprocessing.get_context("forkserver").Process(target=ask)
    process.start()
    process.join()
    assert process.exitcode == 0
"""

forks_by_a_server = pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="there is no fork server"
)


@forks_by_a_server
def test_a_child_of_a_fork_server_is_the_test_s_that_asked_for_it(children: Suite) -> None:
    outcome = run(
        children,
        FORKED
        + """
from calls import ask

@pytest.mark.parametrize("times", [1, 2])
def test_forks(times):
    for _ in range(times):
        fork(ask)
""",
    )

    assert (outcome.status, outcome.rules()) == (0, []), outcome.text + outcome.errors
    assert {row["name"]: row["calls"] for row in outcome.facts["tests"]} == {
        "test_children.py::test_forks[1]": 1,
        "test_children.py::test_forks[2]": 2,
    }


@forks_by_a_server
def test_a_fork_server_may_start_before_all_tests(children: Suite) -> None:
    children.write(
        "conftest.py",
        "from multiprocessing import forkserver\nforkserver.ensure_running()\n",
    )

    outcome = run(children, FORKED + "from calls import ask\ndef test_forks():\n    fork(ask)\n")

    assert (outcome.status, outcome.rules()) == (0, []), outcome.text + outcome.errors
    assert [row["calls"] for row in outcome.facts["tests"]] == [1]


@forks_by_a_server
def test_what_a_child_of_a_fork_server_starts_is_the_test_s_too(children: Suite) -> None:
    test = "def test_first():\n    fork(ask)\n\ndef test_second():\n    fork(start)\n"

    outcome = run(children, f"{FORKED}from calls import ask\n{test}")

    assert (outcome.status, outcome.rules()) == (0, []), outcome.text + outcome.errors
    assert [row["calls"] for row in outcome.facts["tests"]] == [1, 1]


def test_a_server_that_is_killed_loses_nothing_it_booked(children: Suite) -> None:
    outcome = run(
        children,
        """
@pytest.fixture(scope="session")
def server():
    code = ASK + "; ask(text='another'); print('ready', flush=True); input()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, HERE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.stdout.readline()
    yield process
    process.kill()
    process.communicate()

def test_uses_it(server):
    pass
""",
    )

    assert (outcome.status, outcome.rules()) == (0, []), outcome.text + outcome.errors
    assert outcome.row("tests", "<fixture session:server>")["calls"] == 2


def test_a_ceiling_holds_for_children_too(children: Suite) -> None:
    outcome = run(children, "def test_starts():\n    start()\n", "--spec-budget=0.0000001")

    assert (outcome.status, outcome.rules("error")) == (1, ["budget-exceeded"])


def test_a_hard_ceiling_stops_children_before_they_spend(children: Suite) -> None:
    outcome = run(
        children,
        """
def test_starts():
    with pytest.raises(subprocess.CalledProcessError):
        start()
""",
        "--spec-session-budget=0.0000001",
        "--spec-stop-loss",
    )

    assert (outcome.status, children.emulator.served) == (1, []), outcome.text
    assert outcome.facts["totals"]["calls"] == 0


def test_a_child_may_not_go_live_either(children: Suite) -> None:
    outcome = run(
        children,
        """
def test_starts():
    with pytest.raises(subprocess.CalledProcessError):
        start()
""",
        "--spec-forbid-live",
    )

    assert children.emulator.served == []
    assert (outcome.status, outcome.rules()) == (1, ["call-refused"])
    assert "(in a process that the test started)" in outcome.text


def test_a_child_elsewhere_finds_the_prices_of_its_parent(children: Suite) -> None:
    outcome = run(
        children,
        "def test_starts(tmp_path):\n    start(cwd=tmp_path)\n",
        "--spec-budget=1",
        "--spec-prices=house.toml",
    )

    assert (outcome.status, outcome.rules()) == (0, []), outcome.text + outcome.errors
    assert outcome.facts["totals"]["list_cost_usd"] == "0"


def test_a_sitecustomize_of_the_user_s_runs_too(children: Suite) -> None:
    children.write("site/sitecustomize.py", "import os\nos.environ['CUSTOM'] = 'yes'\n")
    test = """
def test_starts():
    start("import os, sitecustomize; assert os.environ['CUSTOM'] == 'yes'; "
          "assert 'site' in sitecustomize.__file__.split(os.sep)")
"""

    outcome = run(children, test, PYTHONPATH=str(children.folder / "site"))

    assert "1 passed" in outcome.text


def test_what_a_child_is_given_stays_as_it_is_given(children: Suite) -> None:
    test = """
def test_starts():
    given = {**os.environ, "PYTHONPATH": "sought", "OTHER": "kept"}
    before = dict(given)
    start("import os, sys; assert os.environ['OTHER'] == 'kept'; "
          "assert os.path.basename(sys.path[1]) == 'sought', sys.path", env=given)
    assert given == before
"""

    outcome = run(children, test)

    assert "1 passed" in outcome.text


def test_nothing_is_left_in_python(children: Suite) -> None:
    children.write(
        "conftest.py",
        "import os, subprocess\n"
        "def pytest_unconfigure():\n"
        "    import atexit\n"
        "    atexit.register(lambda: print('LEFT', hasattr(os.execve, '__wrapped__'),\n"
        "        hasattr(subprocess.Popen.__init__, '__wrapped__'),\n"
        "        hasattr(__import__('multiprocessing.spawn').spawn.get_preparation_data,\n"
        "            '__wrapped__')))\n",
    )

    outcome = run(children, "import multiprocessing.spawn\ndef test_starts():\n    start()\n")

    assert "LEFT False False False" in outcome.text


def test_nothing_is_left_in_the_environment(children: Suite) -> None:
    children.write(
        "conftest.py",
        "import os\ndef pytest_unconfigure():\n"
        "    print('LEFT', [name for name in os.environ if 'SPECBUDGET_CHILD' in name])\n",
    )

    outcome = run(children, "def test_starts():\n    start()\n")

    assert "LEFT []" in outcome.text


def test_a_child_is_not_metered_unless_that_is_asked(children: Suite) -> None:
    children.write("test_children.py", "from helpers import *\ndef test_starts():\n    start()\n")

    outcome = children.run("--spec-budget=1")

    assert outcome.rules() == ["no-calls-seen"]
    assert len(children.emulator.served) == 1
