"""A suite as users have it before they hear of us: hundreds of tests, each with its cassette.

The tests call OpenAI, Anthropic and Gemini through the SDKs of these providers, and replay what
pytest-recording would have recorded: `FOLDER/cassettes/MODULE/TEST.yaml`, in the YAML that stock
vcrpy writes.  All bodies are synthetic: no provider was called, and each cassette says so at its
top.  Nothing in the suite knows of us.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FOLDERS", "RATES", "WrittenSuite", "write_suite"]

FOLDERS = ("billing", "planning", "research", "support")
RATES = {
    "gpt-4o-mini": ("0.15", "0.60"),
    "claude-haiku-4-5": ("1", "5"),
    "gemini-2.5-flash": ("0.30", "2.50"),
}
"""US dollars for a million tokens of input and of output, on 2026-11-21."""

_MILLION = 1_000_000
_SYNTHETIC = "# Synthetic: written by tests/support/suite400.py; no provider was called.\n"
_DATE = "Tue, 03 Nov 2026 09:00:00 GMT"

_AGENT = '''"""The agent under test."""
import anthropic
import openai
from google import genai

OPENAI = openai.OpenAI(api_key="none", max_retries=0)
ANTHROPIC = anthropic.Anthropic(api_key="none", max_retries=0)
GEMINI = genai.Client(api_key="none", http_options={"api_version": "v1beta"})


def gpt(prompt):
    messages = [{"role": "user", "content": prompt}]
    answer = OPENAI.chat.completions.create(model="gpt-4o-mini", messages=messages)
    return answer.choices[0].message.content


def claude(prompt):
    messages = [{"role": "user", "content": prompt}]
    answer = ANTHROPIC.messages.create(
        model="claude-haiku-4-5", max_tokens=99, messages=messages
    )
    return answer.content[0].text


def gemini(prompt):
    return GEMINI.models.generate_content(model="gemini-2.5-flash", contents=prompt).text
'''
_SETTINGS = """[project]
name = "agents"
version = "1"

[dependency-groups]
dev = ["pytest", "{recorder}", "pytest-xdist"] # what runs the tests

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
addopts = ["--import-mode=importlib"]
"""
_BY_VCRPY = """
import pathlib

import pytest
import vcr


@pytest.fixture(autouse=True)
def cassette(request):
    name = f"{request.node.name}.yaml"
    path = request.path.parent / "cassettes" / request.path.stem / name
    with vcr.use_cassette(str(path), record_mode="none"):
        yield
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSuite:
    """What was written.

    Attributes:
        folder: Its rootdir.
        tests: How many tests it has; each makes one call.
        cost: What all calls cost at list prices, in US dollars.
        by_folder: The same for each folder of tests.
    """

    folder: Path
    tests: int
    cost: Decimal
    by_folder: dict[str, Decimal]


def write_suite(
    folder: Path,
    *,
    modules: int = 20,
    tests: int = 20,
    recorder: str = "pytest-recording",
) -> WrittenSuite:
    """Write the suite into *folder*.

    Args:
        folder: An empty folder.
        modules: How many test modules, spread over `FOLDERS`.
        tests: How many tests in each.
        recorder: Who opens the cassettes: `pytest-recording`, or `vcrpy` in a fixture of its own.
    """
    by_folder = dict.fromkeys(FOLDERS, Decimal(0))
    _write(folder / "agent.py", _AGENT)
    _write(folder / "pyproject.toml", _SETTINGS.format(recorder=recorder))
    if recorder == "vcrpy":
        _write(folder / "tests/conftest.py", _BY_VCRPY)
    for number in range(modules):
        below = FOLDERS[number % len(FOLDERS)]
        name = f"test_{below}_{number:02d}"
        module = folder / "tests" / below / f"{name}.py"
        cases = [_Case(number, test) for test in range(tests)]
        _write(module, _module(cases, marked=recorder == "pytest-recording"))
        for case in cases:
            path = module.parent / "cassettes" / name / f"{case.name}.yaml"
            _write(path, _SYNTHETIC + case.cassette())
            by_folder[below] += case.cost
    total = sum(by_folder.values(), Decimal(0))
    return WrittenSuite(folder=folder, tests=modules * tests, cost=total, by_folder=by_folder)


def _module(cases: list[_Case], *, marked: bool) -> str:
    marks = "pytestmark = pytest.mark.vcr\n\n" if marked else ""
    bodies = "\n".join(
        f"\ndef {case.name}():\n    assert {case.function}({case.prompt!r}) == {case.words!r}\n"
        for case in cases
    )
    return f"import pytest\nfrom agent import claude, gemini, gpt\n\n{marks}{bodies}"


class _Case:
    """One test, and what its cassette holds."""

    def __init__(self, module: int, test: int) -> None:
        self.model = list(RATES)[(module + test) % len(RATES)]
        self.function = {"gpt": "gpt", "cla": "claude", "gem": "gemini"}[self.model[:3]]
        self.name = f"test_{self.function}_{test:02d}"
        self.prompt = f"Case {test} of module {module}: who owns the refund?"
        self.words = f"The owner of {module}.{test} is named in the plan."
        self.given = 1000 + 37 * module + test
        self.made = 50 + 3 * test

    @property
    def cost(self) -> Decimal:
        """What it costs, in US dollars."""
        each_in, each_out = map(Decimal, RATES[self.model])
        return (self.given * each_in + self.made * each_out) / _MILLION

    def cassette(self) -> str:
        url, sent, answer = getattr(self, f"_{self.function}")()
        headers = {"Content-Type": ["application/json"], "Date": [_DATE]}
        interaction = {
            "request": {
                "body": json.dumps(sent, separators=(",", ":")),
                "headers": {"content-type": ["application/json"]},
                "method": "POST",
                "uri": url,
            },
            "response": {
                "body": {"string": json.dumps(answer)},
                "headers": headers,
                "status": {"code": 200, "message": "OK"},
            },
        }
        return str(yaml.dump({"interactions": [interaction], "version": 1}))

    def _gpt(self) -> tuple[str, Any, Any]:
        message = {"role": "assistant", "content": self.words, "refusal": None}
        answer = {
            "id": f"chatcmpl-{self.given}",
            "object": "chat.completion",
            "created": 1762160400,
            "model": "gpt-4o-mini-2024-07-18",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {
                "prompt_tokens": self.given,
                "completion_tokens": self.made,
                "total_tokens": self.given + self.made,
            },
        }
        sent = {"messages": [{"role": "user", "content": self.prompt}], "model": self.model}
        return "https://api.openai.com/v1/chat/completions", sent, answer

    def _claude(self) -> tuple[str, Any, Any]:
        answer = {
            "id": f"msg_{self.given}",
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-4-5-20251001",
            "content": [{"type": "text", "text": self.words}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": self.given, "output_tokens": self.made},
        }
        messages = [{"role": "user", "content": self.prompt}]
        sent = {"max_tokens": 99, "messages": messages, "model": self.model}
        return "https://api.anthropic.com/v1/messages", sent, answer

    def _gemini(self) -> tuple[str, Any, Any]:
        content = {"parts": [{"text": self.words}], "role": "model"}
        answer = {
            "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {
                "promptTokenCount": self.given,
                "candidatesTokenCount": self.made,
                "totalTokenCount": self.given + self.made,
            },
            "modelVersion": self.model,
        }
        sent = {"contents": [{"parts": [{"text": self.prompt}], "role": "user"}]}
        host = "https://generativelanguage.googleapis.com/v1beta/models"
        return f"{host}/{self.model}:generateContent", sent, answer


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
