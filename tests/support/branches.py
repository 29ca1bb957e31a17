"""A repository with a suite that asks a model, and branches that each change one thing.

Its prices are its own, so that what it costs never moves: `small` takes $100 for a million tokens
that it reads and $400 for a million that it writes, `large` ten times that.  On `main` RESEARCH
makes two calls for $0.26 together and SUPPORT one for $0.07; each SPEC may cost $0.50.

    repository = grown(tmp_path / "project")
    repository.switch("longer-prompt")
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from support.recorded import chat, exchange, write
from support.repositories import Checkout, make

from pytest_specbudget.core.ledger import Ledger
from pytest_specbudget.journal.lines import SCHEMA, charge_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from pytest_specbudget.core.ledger import Charge

__all__ = ["BRANCHES", "grown", "journal_of"]

_RULES = """\
[tool.specbudget]
budget = 0.50
prices = ["prices.toml"]
spec_by_path = { "tests/research/**" = "RESEARCH", "tests/support/**" = "SUPPORT" }

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib"]
pythonpath = ["."]
"""

_PRICE = """\
[[price]]
provider = "openai"
model = "{model}"
rates = {{ input = "{read}", output = "{written}" }}
reason = "invented"
"""

_PLANS = '''\
"""What is asked, and of whom."""

DIVE, DIVE_TOKENS = "Find what was written about the harbour.", 1000
SUM_UP = "Sum it up in five lines."
GREET = "Greet the guest."
MODEL = "small"
TRIES = 1
'''

_ASK = '''\
"""How the suite asks."""

import httpx

import plans

URL = "https://api.openai.com/v1/chat/completions"


def ask(prompt, model=None):
    body = {"model": model or plans.MODEL, "messages": [{"role": "user", "content": prompt}]}
    for _ in range(plans.TRIES):
        answer = httpx.post(URL, json=body)
    return answer.json()["choices"][0]["message"]["content"]
'''

_RESEARCH = """\
import pytest

import plans
from asking import ask


@pytest.mark.spec("RESEARCH")
def test_dive():
    assert ask(plans.DIVE)


@pytest.mark.spec("RESEARCH")
def test_sum_up():
    assert ask(plans.SUM_UP)
"""

_SUPPORT = """\
import pytest

import plans
from asking import ask


@pytest.mark.spec("SUPPORT")
def test_greet():
    assert ask(plans.GREET, "small")
"""

_DIVE = "Find what was written about the harbour."
_SUM_UP = "Sum it up in five lines."


def grown(folder: Path) -> Checkout:
    """Make the repository in *folder*, with `main` and every branch of `BRANCHES`."""
    repository = make(folder, _files())
    _record(repository, "research/cassettes/test_plan/test_dive", _call(_DIVE))
    _record(repository, "research/cassettes/test_plan/test_sum_up", _call(_SUM_UP, 500, 75))
    _record(
        repository, "support/cassettes/test_chat/test_greet", _call("Greet the guest.", 300, 100)
    )
    repository.commit("recordings")
    for name, change in BRANCHES.items():
        repository.branch(name, "main")
        change(repository)
        repository.commit(name)
    repository.switch("main")
    return repository


def journal_of(path: Path, *charges: Charge) -> Path:
    """Write what `specbudget combine` would make of a run of *charges*."""
    total = str(Ledger([*charges]).totals().list_cost)
    header = {"kind": "header", "schema": SCHEMA, "run": "r", "worker": "combined"}
    footer = {"kind": "footer", "count": len(charges), "list_cost": total}
    lines = [json.dumps(header), *map(charge_line, charges), json.dumps(footer)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _files() -> dict[str, str | bytes]:
    prices = (("small", "100", "400"), ("large", "1000", "4000"))
    return {
        ".gitignore": "__pycache__/\n.pytest_cache/\n.specbudget/\n",
        "pyproject.toml": _RULES,
        "prices.toml": "\n".join(
            _PRICE.format(model=model, read=read, written=written)
            for model, read, written in prices
        ),
        "plans.py": _PLANS,
        "asking.py": _ASK,
        "tests/research/test_plan.py": _RESEARCH,
        "tests/support/test_chat.py": _SUPPORT,
    }


def _call(prompt: str, given: int = 1000, made: int = 200, model: str = "small") -> dict[str, Any]:
    return chat(prompt, model=model, given=given, made=made, Content_Type="application/json")


def _record(repository: Checkout, name: str, *calls: dict[str, Any]) -> None:
    write(repository.root / "tests" / f"{name}.yaml", *calls)


def _edit(repository: Checkout, name: str, old: str, new: str) -> None:
    text = (repository.root / name).read_text("utf-8")
    assert old in text, f"{name} has no {old!r}"
    repository.write(name, text.replace(old, new))


def _longer_prompt(repository: Checkout) -> None:
    longer = f"{_DIVE} Quote every source in full, and give its page."
    _edit(repository, "plans.py", _DIVE, longer)
    _record(repository, "research/cassettes/test_plan/test_dive", _call(longer, 1500))


def _swapped_model(repository: Checkout) -> None:
    _edit(repository, "plans.py", 'MODEL = "small"', 'MODEL = "large"')
    for test, call in _research("large").items():
        _record(repository, f"research/cassettes/test_plan/{test}", call)


def _added_retry(repository: Checkout) -> None:
    _edit(repository, "plans.py", "TRIES = 1", "TRIES = 2")
    for test, call in _research("small").items():
        _record(repository, f"research/cassettes/test_plan/{test}", _overloaded(call), call)
    greeting = _call("Greet the guest.", 300, 100)
    greeted = "support/cassettes/test_chat/test_greet"
    _record(repository, greeted, greeting, greeting)


def _other_prices(repository: Checkout) -> None:
    _edit(repository, "prices.toml", 'input = "100"', 'input = "120"')


def _rerecorded(repository: Checkout) -> None:
    _record(repository, "research/cassettes/test_plan/test_dive", _call(_DIVE, made=205))


def _cheaper(repository: Checkout) -> None:
    shorter = "Find three texts about the harbour."
    _edit(repository, "plans.py", _DIVE, shorter)
    _record(repository, "research/cassettes/test_plan/test_dive", _call(shorter, 600))


def _raised_ceiling(repository: Checkout) -> None:
    _swapped_model(repository)
    _edit(repository, "pyproject.toml", "budget = 0.50", "budget = 5.00")


def _research(model: str) -> dict[str, dict[str, Any]]:
    return {
        "test_dive": _call(_DIVE, model=model),
        "test_sum_up": _call(_SUM_UP, 500, 75, model),
    }


def _overloaded(call: dict[str, Any]) -> dict[str, Any]:
    """Return the attempt at *call* that the provider turned down."""
    asked = call["request"]["body"]
    told = {"error": {"message": "overloaded", "type": "server_error"}}
    return exchange(asked, told, status=503, Content_Type="application/json")


BRANCHES: dict[str, Callable[[Checkout], None]] = {
    "longer-prompt": _longer_prompt,
    "swapped-model": _swapped_model,
    "added-retry": _added_retry,
    "other-prices": _other_prices,
    "rerecorded": _rerecorded,
    "cheaper": _cheaper,
    "raised-ceiling": _raised_ceiling,
}
"""Each branch that begins at `main`, and what it changes there."""
