"""The command `record --matrix`: what it asks of whom, what it keeps, and what it never spends."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from support.emulator import (
    Behaviour,
    Emulator,
    failing,
    held,
    hosts_served_by,
    rate_limited,
    silent,
    vanishing,
)

from pytest_specbudget.cassettes.interaction import Asked
from pytest_specbudget.cassettes.store import read
from pytest_specbudget.cli import main
from pytest_specbudget.cli._matrix.keys import KeyRing
from pytest_specbudget.cli._matrix.sender import Sender
from pytest_specbudget.core.money import Money
from pytest_specbudget.errors import SettingError
from pytest_specbudget.providers.hosts import HostRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEYS = {
    "OPENAI_API_KEY": "sk-openai-of-this-test-7f3a",
    "ANTHROPIC_API_KEY": "anthropic-key-of-this-test-91c",
    "GEMINI_API_KEY": "gemini-key-of-this-test-55d",
}
OPENAI = "https://api.openai.com"
ANTHROPIC = "https://api.anthropic.com"
GOOGLE = "https://generativelanguage.googleapis.com"
ASKED = "What is the cheapest model that can do this? " * 4
OLD_KEY = "sk-live-recorded-by-mistake-0123456789"


def prices() -> str:
    """A dollar for a million tokens, of whatever model of these tests."""
    models = [("openai", f"gpt-test-{each}") for each in "abcd"]
    models += [
        ("groq", "llama-test"),
        ("openai", "embed-test"),
        ("anthropic", "claude-test"),
        ("google", "gemini-test"),
    ]
    return "".join(
        f'[[price]]\nprovider = "{provider}"\nmodel = "{model}"\nvalid_from = 2020-01-01\n'
        'rates = { input = "1.00", output = "1.00", cache_read = "1.00" }\n'
        'source = "this test"\nchecked = 2026-11-01\n'
        for provider, model in models
    )


def interaction(url: str, body: Mapping[str, Any], usage: object = None) -> dict[str, Any]:
    """Record one call, and an answer with OpenAI's counts: 10 tokens in, 20 out."""
    counts = {"prompt_tokens": 10, "completion_tokens": 20} if usage is None else usage
    answer = {"id": "1", "model": body.get("model"), "choices": [], "usage": counts}
    headers = {"authorization": [f"Bearer {OLD_KEY}"], "x-team": ["refunds"]}
    return {
        "request": {"method": "POST", "uri": url, "body": json.dumps(body), "headers": headers},
        "response": {
            "status": {"code": 200},
            "headers": {},
            "body": {"string": json.dumps(answer)},
        },
    }


def chat(text: str = ASKED, limit: int | None = 100, **more: Any) -> dict[str, Any]:
    body = {"model": "gpt-recorded", "messages": [{"role": "user", "content": text}], **more}
    return interaction(
        f"{OPENAI}/v1/chat/completions", body if limit is None else {**body, "max_tokens": limit}
    )


@dataclass(slots=True)
class Bench:
    """A project with recordings, providers that are emulated, and what the command printed."""

    folder: Path
    emulator: Emulator
    capsys: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""
    _run: int = field(default=0)

    @property
    def cassettes(self) -> Path:
        return self.folder / "cassettes"

    @property
    def matrix(self) -> Path:
        return self.cassettes / "matrix"

    def record(self, name: str, *interactions: dict[str, Any]) -> Path:
        path = self.cassettes / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"interactions": interactions}), encoding="utf-8")
        return path

    def run(self, models: str, *options: str, cost: str | None = "1.00") -> int:
        """Run the command over all recordings."""
        cap = [] if cost is None else [f"--max-cost={cost}"]
        words = ["record", "--matrix", str(self.cassettes), "--models", models, *cap, *options]
        status = main([*words, "--prices", str(self.folder / "prices.toml")])
        self.out, self.err = self.capsys.readouterr()
        return status

    def rows(self, models: str, *options: str, cost: str | None = "1.00") -> list[dict[str, Any]]:
        """Run it with `--json`, and return the lines."""
        self.run(models, "--json", *options, cost=cost)
        return [json.loads(line) for line in self.out.splitlines()]

    def states(self, models: str, *options: str, cost: str | None = "1.00") -> list[str]:
        return [row["state"] for row in self.rows(models, *options, cost=cost)]

    def booked(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads((self.matrix / "matrix.json").read_text())["rows"]
        return rows

    def asked(self) -> list[str]:
        """The models that the providers were asked for, in order of arrival."""
        return [served.model for served in self.emulator.served]

    def kept(self) -> list[Asked]:
        """The requests in all recordings of the matrix."""
        paths = sorted(self.matrix.rglob("*.yaml"))
        return [one.asked for path in paths for one in read(path).interactions]

    def on_disk(self) -> str:
        return "".join(path.read_text() for path in self.matrix.rglob("*") if path.is_file())


@pytest.fixture
def bench(server: Bench) -> Iterator[Bench]:
    """A bench where the providers' hosts are the emulator."""
    with hosts_served_by(server.emulator):
        yield server


@pytest.fixture
def server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Bench]:
    """A bench whose emulator is reached at its own address alone."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    (tmp_path / "prices.toml").write_text(prices(), encoding="utf-8")
    with Emulator() as emulator:
        yield Bench(tmp_path, emulator, capsys)


def test_each_case_is_recorded_from_each_model(bench: Bench) -> None:
    bench.record("a.yaml", chat("first"), chat("second"))

    status = bench.run("gpt-test-a,gpt-test-b")

    assert status == 0
    assert bench.asked() == ["gpt-test-a", "gpt-test-b"] * 2
    assert sorted((row["case"], row["model"]) for row in bench.booked()) == [
        ("a.yaml:0", "gpt-test-a"),
        ("a.yaml:0", "gpt-test-b"),
        ("a.yaml:1", "gpt-test-a"),
        ("a.yaml:1", "gpt-test-b"),
    ]
    assert len(bench.kept()) == 4


def test_what_was_spent_is_exact_everywhere(bench: Bench) -> None:
    bench.record("a.yaml", chat("first"), chat("second"))

    rows = bench.rows("gpt-test-a")

    tokens = [
        each.usage["prompt_tokens"] + each.usage["completion_tokens"]
        for each in bench.emulator.served
        if each.usage
    ]
    exact = [str(Money.parse("0.000001") * count) for count in tokens]
    assert [row["cost_usd"] for row in rows] == exact
    assert [row["cost_usd"] for row in bench.booked()] == exact
    assert f"spent ${Money.parse('0.000001') * sum(tokens)} of $1" in bench.err


@pytest.mark.parametrize(
    ("url", "body", "model", "path"),
    [
        pytest.param(
            f"{OPENAI}/v1/chat/completions",
            {"model": "gpt-old", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]},
            "gpt-test-a",
            "/v1/chat/completions",
            id="OpenAI Chat Completions",
        ),
        pytest.param(
            f"{OPENAI}/v1/chat/completions",
            {
                "model": "gpt-old",
                "max_completion_tokens": 9,
                "messages": [{"role": "user", "content": "x"}],
                "stream": True,
                "stream_options": {"include_usage": True},
            },
            "gpt-test-a",
            "/v1/chat/completions",
            id="a stream",
        ),
        pytest.param(
            f"{OPENAI}/v1/responses",
            {"model": "gpt-old", "max_output_tokens": 9, "input": "Grüße", "temperature": 0.1},
            "gpt-test-a",
            "/v1/responses",
            id="OpenAI Responses",
        ),
        pytest.param(
            f"{OPENAI}/v1/embeddings",
            {"model": "embed-old", "input": ["x", "y"]},
            "embed-test",
            "/v1/embeddings",
            id="OpenAI Embeddings",
        ),
        pytest.param(
            f"{ANTHROPIC}/v1/messages?beta=true",
            {
                "model": "claude-old",
                "max_tokens": 9,
                "messages": [{"role": "user", "content": "x"}],
            },
            "claude-test",
            "/v1/messages",
            id="Anthropic Messages",
        ),
        pytest.param(
            f"{GOOGLE}/v1beta/models/gemini-old:generateContent?key=REDACTED",
            {
                "contents": [{"role": "user", "parts": [{"text": "x"}]}],
                "generationConfig": {"maxOutputTokens": 9},
            },
            "gemini-test",
            "/v1beta/models/gemini-test:generateContent",
            id="Gemini generateContent, whose model is in the path",
        ),
        pytest.param(
            f"{GOOGLE}/v1beta/models/gemini-old:streamGenerateContent?alt=sse&key=AIzaSyAnOldOne",
            {
                "contents": [{"role": "user", "parts": [{"text": "x"}]}],
                "generationConfig": {"maxOutputTokens": 9},
            },
            "gemini-test",
            "/v1beta/models/gemini-test:streamGenerateContent",
            id="a stream of Gemini's",
        ),
    ],
)
def test_the_model_alone_is_exchanged(
    bench: Bench, url: str, body: dict[str, Any], model: str, path: str
) -> None:
    bench.record("a.yaml", interaction(url, body))

    status = bench.run(model)

    (served,) = bench.emulator.served
    (asked,) = bench.kept()
    exchanged = {**body, "model": model} if "model" in body else body
    assert (status, served.path, served.model) == (0, path, model)
    assert json.loads(asked.body or b"") == exchanged
    assert "key=" not in asked.uri
    assert asked.headers["x-team"] == ["refunds"]


@pytest.mark.parametrize(
    ("url", "model", "said"),
    [
        pytest.param(
            f"{OPENAI}/v1/chat/completions",
            "claude-test",
            '"claude-test" is a model of anthropic, not of openai; the case is OpenAI Chat',
            id="a model that speaks another format",
        ),
        pytest.param(
            f"{OPENAI}/v1/chat/completions",
            "embed-test",
            '"embed-test" embeds; the case is OpenAI Chat',
            id="a model that does not write",
        ),
        pytest.param(
            f"{OPENAI}/v1/embeddings",
            "gpt-test-a",
            '"gpt-test-a" does not embed; the case is OpenAI Embeddings',
            id="a model that does not embed",
        ),
        pytest.param(
            f"{GOOGLE}/v1beta/models/g:generateContent",
            "claude-test",
            '"claude-test" is a model of anthropic, which is asked in another format',
            id="a model that a provider sells in its maker's format",
        ),
        pytest.param(
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/x.y-v1:0/converse",
            "gpt-test-a",
            "bedrock chat is not supported",
            id="a format in which no model can be exchanged",
        ),
    ],
)
def test_what_does_not_fit_is_said_and_not_sent(
    bench: Bench, url: str, model: str, said: str
) -> None:
    body = {
        "messages": [{"role": "user", "content": [{"text": "x"}]}],
        "contents": [],
        "input": "x",
    }
    bench.record("a.yaml", interaction(url, {**body, "model": "old"}))

    status = bench.run(model)

    assert (status, bench.asked()) == (2, [])
    assert said in bench.err


def test_a_maker_that_speaks_another_format_too_is_asked_in_it(bench: Bench) -> None:
    url = f"{GOOGLE}/v1beta/openai/chat/completions"
    bench.record("a.yaml", interaction(url, {"model": "g", "max_tokens": 9, "messages": []}))

    status = bench.run("gemini-test")

    assert (status, bench.asked()) == (0, ["gemini-test"])


def test_a_matrix_of_formats_asks_each_model_what_it_understands(bench: Bench) -> None:
    claude = {"model": "c", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
    bench.record("a.yaml", chat(), interaction(f"{ANTHROPIC}/v1/messages", claude))

    status = bench.run("gpt-test-a,claude-test")

    assert (status, bench.asked()) == (0, ["gpt-test-a", "claude-test"])


def worst_of(bench: Bench, models: str) -> list[Money]:
    rows = bench.rows(models, "--dry-run", cost=None)
    return [Money.parse(row["worst_cost_usd"]) for row in rows]


@pytest.mark.parametrize(
    ("more", "sent"),
    [
        pytest.param("0", 2, id="a call that just fits is sent"),
        pytest.param("-0.000000000000000001", 1, id="one that is an attodollar too dear is not"),
    ],
)
@pytest.mark.parametrize("at_once", ["1", "3"])
def test_the_call_that_could_cross_the_cap_never_leaves(
    bench: Bench, more: str, sent: int, at_once: str
) -> None:
    bench.record("a.yaml", chat())
    first, second, _ = worst_of(bench, "gpt-test-a,gpt-test-b,gpt-test-c")
    (one,) = bench.rows("gpt-test-a", "--into", "elsewhere")
    spent = Money.parse(one["cost_usd"])
    cap = spent + second
    cap = cap - Money.parse(more[1:]) if more.startswith("-") else cap
    bench.emulator.served.clear()

    status = bench.run("gpt-test-a,gpt-test-b,gpt-test-c", "--concurrency", at_once, cost=str(cap))

    assert first == second
    assert (status, len(bench.asked())) == (1, sent)
    assert "a model call was refused: with it, the matrix could spend" in bench.err
    assert bench.out.count("refused") == 2  # the row, and the sum below the table
    assert len(bench.booked()) == sent


def test_what_is_left_when_the_cap_is_reached_is_listed(bench: Bench) -> None:
    bench.record("a.yaml", chat())

    states = bench.states("gpt-test-a,gpt-test-b,gpt-test-c", cost="0.0000001")

    assert states == ["refused", "not sent", "not sent"]
    assert bench.asked() == []


def test_calls_that_are_on_their_way_count_with_the_most_that_they_can_cost(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    worst, *_ = worst_of(bench, "gpt-test-a")

    states = bench.states(
        "gpt-test-a,gpt-test-b,gpt-test-c,gpt-test-d", "--concurrency=4", cost=str(worst * 2)
    )

    assert states == ["recorded"] * 4  # each costs less than it could, so that all of them fit


def test_what_is_recorded_is_not_sent_again(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    first = bench.rows("gpt-test-a")

    again = bench.rows("gpt-test-a,gpt-test-b")

    assert bench.asked() == ["gpt-test-a", "gpt-test-b"]
    assert [row["state"] for row in again] == ["recorded before", "recorded"]
    same = ("cost_usd", "usage", "price_id", "duration_s", "sent_at", "output_characters")
    assert [again[0][key] for key in same] == [first[0][key] for key in same]
    assert len(bench.booked()) == 2


def test_what_another_matrix_recorded_is_no_case(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    bench.run("gpt-test-a", "--into", "cassettes/older")

    rows = bench.rows("gpt-test-b")

    assert [row["case"] for row in rows] == ["a.yaml:0"]


def test_anew_sends_what_is_recorded_and_keeps_the_new_answer(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    bench.run("gpt-test-a")
    before = bench.on_disk()

    states = bench.states("gpt-test-a", "--anew")

    assert (states, len(bench.asked()), len(bench.kept())) == (["recorded"], 2, 1)
    assert bench.on_disk() != before  # the emulator's second answer has an id of its own


def test_a_case_whose_question_changed_is_asked_again(bench: Bench) -> None:
    bench.record("a.yaml", chat("first"))
    bench.run("gpt-test-a")
    bench.record("a.yaml", chat("something else"))

    states = bench.states("gpt-test-a")

    assert states == ["recorded"]
    assert [b"something else" in (asked.body or b"") for asked in bench.kept()] == [True]


def test_a_run_that_was_killed_goes_on_where_it_ended(server: Bench) -> None:
    server.record("a.yaml", chat("first"), chat("second"), chat("third"))
    server.emulator.script(Behaviour(), held())
    command = [sys.executable, "-m", "pytest_specbudget", "record", "--matrix", "cassettes"]
    command += ["--models=gpt-test-a", "--max-cost=1", "--prices=prices.toml"]
    process = subprocess.Popen(
        [*command, f"--base-url={server.emulator.url}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server.emulator.wait_until_served(2)
    process.kill()
    process.wait()
    server.emulator.release()

    status = server.run("gpt-test-a", f"--base-url={server.emulator.url}")

    assert (status, len(server.asked())) == (0, 4)  # the one whose answer never came, once more
    assert "a.yaml:0 gpt-test-a recorded before" in " ".join(server.out.split())
    assert [row["case"] for row in server.booked()] == ["a.yaml:0", "a.yaml:1", "a.yaml:2"]


def test_an_answer_that_was_kept_and_never_booked_is_priced_where_it_is_found(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    (first,) = bench.rows("gpt-test-a")
    (bench.matrix / "matrix.json").unlink()

    (found,) = bench.rows("gpt-test-a")

    assert (found["state"], found["cost_usd"]) == ("recorded before", first["cost_usd"])


def test_no_key_reaches_the_disk_or_the_screen(bench: Bench) -> None:
    claude = {"model": "c", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
    gemini = {"contents": [], "generationConfig": {"maxOutputTokens": 9}}
    bench.record(
        "a.yaml",
        chat(),
        interaction(f"{ANTHROPIC}/v1/messages", claude),
        interaction(f"{GOOGLE}/v1beta/models/g:generateContent", gemini),
    )

    status = bench.run("gpt-test-a,claude-test,gemini-test")

    everything = bench.on_disk() + bench.out + bench.err
    assert (status, len(bench.kept())) == (0, 3)
    assert not [key for key in (*KEYS.values(), OLD_KEY) if key in everything]


@pytest.mark.parametrize(
    ("behaviours", "status", "calls"),
    [
        pytest.param([rate_limited("0")], 0, 2, id="429 and Retry-After: once more"),
        pytest.param([failing(503)], 0, 2, id="503: once more"),
        pytest.param([rate_limited("0"), rate_limited("0")], 1, 2, id="twice is the end of it"),
        pytest.param([rate_limited("3600")], 1, 1, id="nobody waits for an hour"),
        pytest.param([failing(400)], 1, 1, id="400 would be so again"),
    ],
)
def test_a_call_that_could_not_be_taken_is_sent_once_more(
    bench: Bench, behaviours: list[Behaviour], status: int, calls: int
) -> None:
    bench.record("a.yaml", chat())
    bench.emulator.script(*behaviours)

    ended = bench.run("gpt-test-a")

    assert (ended, len(bench.emulator.served)) == (status, calls)
    assert len(bench.kept()) == (1 if status == 0 else 0)


def test_a_failed_call_costs_nothing_and_is_tried_again_by_the_next_run(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    bench.emulator.script(failing(400))
    (failed,) = bench.rows("gpt-test-a")

    states = bench.states("gpt-test-a")

    assert (failed["state"], failed["cost_usd"]) == ("failed", "0")
    assert "400" in failed["reason"]
    assert states == ["recorded"]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param("soon", 1.0, id="nonsense is a second"),
        pytest.param(
            "Wed, 21 Oct 2015 07:28:00 GMT",
            0.0,
            id="a date that has passed",
        ),
    ],
)
def test_the_wait_is_the_one_that_was_asked_for(bench: Bench, told: str, seconds: float) -> None:
    waits: list[float] = []
    bench.emulator.script(Behaviour(status=429, headers={"retry-after": told}))
    sender = Sender(20, sleep=waits.append)
    asked = Asked(method="POST", uri=f"{OPENAI}/v1/embeddings", body=b'{"input": "x"}')

    sent = sender.send(asked, {})
    sender.close()

    assert waits == [seconds]
    assert sent.answer is not None


def test_a_model_without_a_price_is_refused(bench: Bench) -> None:
    bench.record("a.yaml", chat())

    status = bench.run("gpt-test-a,gpt-nobody-knows")

    assert (status, bench.asked()) == (3, ["gpt-test-a"])
    assert 'refused  a.yaml:0  gpt-nobody-knows: no price for "gpt-nobody-knows"' in bench.err
    assert '\n    hosts."api.openai.com" = { bound_usd = "0.05" }\n' in bench.err
    assert "--max-output-tokens" not in bench.err


def test_calls_that_are_refused_alike_are_told_once(bench: Bench) -> None:
    for name in ("a", "b", "c"):
        bench.record(f"{name}.yaml", chat())

    bench.run("gpt-nobody-knows")

    assert bench.err.count("no price for") == 1
    assert 'refused  3 cases  gpt-nobody-knows: no price for "gpt-nobody-knows"' in bench.err


def test_a_request_without_a_limit_is_refused(bench: Bench) -> None:
    bench.record("a.yaml", chat(limit=None))

    status = bench.run("gpt-test-a")

    assert (status, bench.asked()) == (1, [])
    assert "it asks for no maximum of output tokens" in bench.err
    assert "--max-output-tokens" in bench.err


@pytest.mark.parametrize(
    ("url", "body", "model"),
    [
        pytest.param(
            f"{OPENAI}/v1/chat/completions",
            {"model": "m", "messages": []},
            "gpt-test-a",
            id="Chat Completions",
        ),
        pytest.param(
            f"{OPENAI}/v1/responses", {"model": "m", "input": "x"}, "gpt-test-a", id="Responses"
        ),
        pytest.param(
            f"{GOOGLE}/v1beta/models/g:generateContent",
            {"contents": [], "generationConfig": {"temperature": 0}},
            "gemini-test",
            id="Gemini",
        ),
    ],
)
def test_a_declared_limit_is_reckoned_with_and_never_sent(
    bench: Bench, url: str, body: dict[str, Any], model: str
) -> None:
    bench.record("a.yaml", interaction(url, body))

    (row,) = bench.rows(model, "--max-output-tokens=500")

    (asked,) = bench.kept()
    assert row["state"] == "recorded"
    assert Money.parse(row["worst_cost_usd"]) >= Money.parse("0.0005")
    assert b"500" not in (asked.body or b"")


def test_an_answer_without_counts_ends_the_run(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    bench.emulator.always(silent(), model="gpt-test-a")

    rows = bench.rows("gpt-test-a,gpt-test-b")

    assert [row["state"] for row in rows] == ["unknown", "not sent"]
    assert (rows[0]["cost_usd"], bench.asked()) == (None, ["gpt-test-a"])
    assert "and at most $" in bench.err
    assert len(bench.kept()) == 1  # it is paid for
    assert bench.booked()[0]["cost_usd"] is None


def test_a_call_that_was_sent_and_never_answered_ends_the_run(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    bench.emulator.always(vanishing(), model="gpt-test-a")

    rows = bench.rows("gpt-test-a,gpt-test-b")

    assert [row["state"] for row in rows] == ["unknown", "not sent"]
    assert bench.asked() == ["gpt-test-a"]  # and it is not sent again: it may have been paid for


def test_an_interruption_books_what_is_on_its_way_and_sends_no_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.record("a.yaml", chat())
    monkeypatch.setattr("pytest_specbudget.cli.record._tell", _interrupting)

    rows = bench.rows("gpt-test-a,gpt-test-b,gpt-test-c")

    assert [row["state"] for row in rows] == ["recorded", "not sent", "not sent"]
    assert [row["model"] for row in bench.booked()] == ["gpt-test-a"]


def _interrupting(line: str) -> None:
    raise KeyboardInterrupt(line)


def test_a_declared_bound_counts_where_an_answer_tells_no_counts(bench: Bench) -> None:
    (bench.folder / "specbudget.toml").write_text(
        'hosts."api.openai.com" = { bound_usd = "0.40" }\n', encoding="utf-8"
    )
    bench.record("a.yaml", chat(limit=None))
    bench.emulator.always(silent())

    rows = bench.rows("gpt-test-a,gpt-test-b,gpt-test-c")

    assert [row["state"] for row in rows] == ["recorded", "recorded", "refused"]
    assert [row["bound_usd"] for row in rows] == ["0.4", "0.4", None]
    assert "spent $0 of $1\nand at most $0.8 for calls" in bench.err


def test_a_dry_run_sends_nothing_and_needs_no_key(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    bench.record("a.yaml", chat())

    status = bench.run("gpt-test-a,gpt-test-b", "--dry-run", cost=None)

    assert (status, bench.asked(), bench.matrix.exists()) == (0, [], False)
    assert "would send 2 calls: $" in bench.out
    assert "$0.00006 expected; nothing was sent" in bench.out  # twice 30 recorded tokens


def test_a_dry_run_says_when_the_cap_may_be_too_low(bench: Bench) -> None:
    bench.record("a.yaml", chat())

    status = bench.run("gpt-test-a", "--dry-run", cost="0.0001")

    assert status == 0
    assert "that could be more than --max-cost 0.0001" in bench.out


def test_without_a_cap_nothing_is_sent(bench: Bench) -> None:
    bench.record("a.yaml", chat())

    status = bench.run("gpt-test-a", cost=None)

    assert (status, bench.asked()) == (2, [])
    assert "give --max-cost USD" in bench.err


def test_a_key_that_is_missing_is_named_before_anything_is_sent(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    claude = {"model": "c", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
    bench.record("a.yaml", chat(), interaction(f"{ANTHROPIC}/v1/messages", claude))

    status = bench.run("gpt-test-a,claude-test")

    assert (status, bench.asked()) == (2, [])
    assert "api.anthropic.com needs a key: set ANTHROPIC_API_KEY" in bench.err


@pytest.mark.parametrize(
    ("options", "cases"),
    [
        pytest.param([], ["a.yaml:0", "b/c.yaml:0", "b/c.yaml:1"], id="all of them"),
        pytest.param(["--case=b/c.yaml:1"], ["b/c.yaml:1"], id="by its name"),
        pytest.param(["--case=cassettes/a.yaml:0"], ["a.yaml:0"], id="by the path of its file"),
        pytest.param(["--model=gpt-rec*"], ["a.yaml:0", "b/c.yaml:1"], id="by its model"),
    ],
)
def test_cases_are_chosen(bench: Bench, options: list[str], cases: list[str]) -> None:
    bench.record("a.yaml", chat())
    bench.record("b/c.yaml", chat(model="other"), chat())

    rows = bench.rows("gpt-test-a", *options)

    assert [row["case"] for row in rows] == cases


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--case=a.yaml:7"], 'did you mean "a.yaml:0"?', id="no such case"),
        pytest.param(["--model=claude-*"], "no recorded model call was chosen", id="no case left"),
        pytest.param(["--header=X-Key=NOT_SET_HERE"], "NOT_SET_HERE is not set", id="no variable"),
    ],
)
def test_a_choice_that_makes_no_sense_is_status_2(
    bench: Bench, options: list[str], said: str
) -> None:
    bench.record("a.yaml", chat())

    status = bench.run("gpt-test-a", *options)

    assert (status, bench.asked()) == (2, [])
    assert said in bench.err


def test_what_failed_when_it_was_recorded_and_what_is_no_model_call_are_no_cases(
    bench: Bench,
) -> None:
    failed, other = chat(), interaction(f"{OPENAI}/v1/files", {"purpose": "batch"})
    failed["response"]["status"]["code"] = 429
    bench.record("a.yaml", failed, other, chat())

    rows = bench.rows("gpt-test-a")

    assert [row["case"] for row in rows] == ["a.yaml:2"]


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_asked(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    (bench.cassettes / "b.yaml").write_text("interactions: [\n", encoding="utf-8")

    status = bench.run("gpt-test-a")

    assert (status, bench.asked()) == (1, ["gpt-test-a"])
    assert "b.yaml" in bench.err


def test_a_base_url_takes_the_calls_and_the_prices_stay_those_of_the_provider(
    server: Bench,
) -> None:
    server.record("a.yaml", chat())

    (row,) = server.rows("gpt-test-a", f"--base-url={server.emulator.url}/v1")

    (asked,) = server.kept()
    assert (row["state"], row["provider"]) == ("recorded", "openai")
    assert asked.uri == f"{server.emulator.url}/v1/chat/completions"


def test_behind_a_base_url_the_recorded_host_tells_whose_prices_count(server: Bench) -> None:
    body = {"model": "llama-old", "max_tokens": 9, "messages": []}
    url = "https://api.groq.com/openai/v1/chat/completions"
    server.record("a.yaml", interaction(url, body))

    (row,) = server.rows("llama-test", f"--base-url={server.emulator.url}")

    assert (row["state"], row["provider"]) == ("recorded", "groq")


def test_a_key_that_an_answer_repeats_is_taken_out_of_it(server: Bench) -> None:
    key = "a-key-of-no-known-shape"
    body = {"model": "gpt-test-a", "messages": [{"role": "user", "content": f"I am {key}"}]}
    uri = f"{server.emulator.url}/v1/chat/completions"
    asked = Asked(method="POST", uri=uri, body=json.dumps(body).encode())
    sender = Sender(20)

    sent = sender.send(asked, {"authorization": f"Bearer {key}"})
    sender.close()

    assert sent.answer is not None
    assert b"ending in: I am REDACTED" in sent.answer.body


def test_the_answer_can_be_read_by_other_commands(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    (row,) = bench.rows("gpt-test-a")

    main(["usage", str(bench.matrix)])

    (line,) = map(json.loads, bench.capsys.readouterr().out.splitlines())
    assert line["usage"] == row["usage"]
    assert line["file"] == row["recording"]


def test_the_table_shows_tokens_cost_latency_and_length(bench: Bench) -> None:
    bench.record("a.yaml", chat("hello there"))

    bench.run("gpt-test-a")

    header, row, *_ = bench.out.splitlines()
    words = "You said 2 words, ending in: hello there"
    assert header.split() == (
        ["case", "model", "state", "input", "output", "cost", "latency", "characters"]
    )
    assert row.split()[:5] == ["a.yaml:0", "gpt-test-a", "recorded", "3", "10"]
    assert row.split()[-1] == str(len(words))


ELSEWHERE = "https://gateway.example/v1/chat/completions"


@pytest.mark.parametrize(
    ("uri", "given", "sent", "headers"),
    [
        pytest.param(
            f"{OPENAI}/v1/responses",
            {},
            "where it was recorded",
            {"authorization": f"Bearer {KEYS['OPENAI_API_KEY']}"},
            id="a provider's host gets its own key",
        ),
        pytest.param(
            ELSEWHERE, {}, "where it was recorded", {}, id="a host that a recording names gets none"
        ),
        pytest.param(
            ELSEWHERE,
            {},
            "elsewhere",
            {"authorization": f"Bearer {KEYS['OPENAI_API_KEY']}"},
            id="one that the user names gets the provider's",
        ),
        pytest.param(
            ELSEWHERE,
            {"x-gateway": "GATEWAY_KEY"},
            "elsewhere",
            {"x-gateway": "g"},
            id="unless there is a header for it",
        ),
        pytest.param(
            "https://api.groq.com/openai/v1/chat/completions",
            {},
            "where it was recorded",
            {"authorization": "Bearer q"},
            id="others have variables that are named alike",
        ),
        pytest.param(
            "https://us-central1-aiplatform.googleapis.com/v1/models/g:generateContent",
            {"authorization": "TOKEN"},
            "where it was recorded",
            {"authorization": "Bearer t"},
            id="a token is what the user names",
        ),
    ],
)
def test_keys_go_to_their_own_hosts(
    uri: str, given: dict[str, str], sent: str, headers: dict[str, str]
) -> None:
    environment = {**KEYS, "GATEWAY_KEY": "g", "GROQ_API_KEY": "q", "TOKEN": "t"}
    ring = KeyRing(environment, given, elsewhere=sent == "elsewhere")

    assert ring.headers(uri, "api.openai.com") == headers


@pytest.mark.parametrize(
    ("provider", "headers"),
    [
        pytest.param("openai", {"authorization": f"Bearer {KEYS['OPENAI_API_KEY']}"}, id="openai"),
        pytest.param("anthropic", {"x-api-key": KEYS["ANTHROPIC_API_KEY"]}, id="anthropic"),
        pytest.param("groq", {}, id="one whose variable is not set"),
        pytest.param(None, {}, id="nobody"),
    ],
)
def test_behind_a_base_url_a_declared_gateway_stands_for_its_provider(
    provider: str | None, headers: dict[str, str]
) -> None:
    rules = (HostRule(pattern="llm.corp", provider=provider),)
    ring = KeyRing(KEYS, {}, elsewhere=True, rules=rules)

    assert ring.headers("http://127.0.0.1:4000/v1/chat/completions", "llm.corp") == headers


def test_a_declared_gateway_gets_no_key_that_nobody_sent_there() -> None:
    ring = KeyRing(KEYS, {}, rules=(HostRule(pattern="gateway.example", provider="openai"),))

    assert ring.headers(ELSEWHERE, "gateway.example") == {}


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        pytest.param("OPENAI_API_KEY", False, id="a key that is there goes along"),
        pytest.param("ANOTHER_API_KEY", True, id="one that is not there is told"),
    ],
)
def test_a_declared_gateway_is_known_where_calls_are_sent(
    variable: str, *, told: bool, server: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv(variable, KEYS["OPENAI_API_KEY"])
    (server.folder / "specbudget.toml").write_text(
        'hosts."llm.corp" = { provider = "openai" }\n', encoding="utf-8"
    )
    body = {"model": "gpt-old", "max_tokens": 9, "messages": []}
    server.record("a.yaml", interaction("https://llm.corp/v1/chat/completions", body))

    server.run("gpt-test-a", f"--base-url={server.emulator.url}")

    assert len(server.asked()) == 1
    assert ("no key goes with some of these calls" in server.err) is told


def test_what_does_not_fit_is_told_once_for_each_reason(bench: Bench) -> None:
    bench.record("a.yaml", chat("one"), chat("two"), chat("three"))

    bench.run("gpt-test-a,claude-test")

    (told,) = [line for line in bench.err.splitlines() if line.startswith("no fit")]
    assert told == (
        'no fit  3 cases  claude-test: "claude-test" is a model of anthropic, not of openai;'
        " the case is OpenAI Chat Completions"
    )
    assert "claude-test" not in bench.out


def test_what_was_recorded_before_is_told_once(bench: Bench) -> None:
    bench.record("a.yaml", chat())
    bench.run("gpt-test-a")

    bench.run("gpt-test-a")

    assert "a.yaml:0" not in bench.err
    assert bench.out.count("a.yaml:0") == 1


def test_no_key_goes_out_in_clear() -> None:
    with pytest.raises(SettingError, match="without TLS"):
        KeyRing(KEYS, {}).headers("http://api.openai.com/v1/responses", "api.openai.com")
