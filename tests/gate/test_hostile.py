"""An artefact in which every byte was chosen to do harm: what it says acts nowhere."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from support.branches import journal_of
from support.charges import charge
from support.comparisons import HOSTILE
from support.markup import bare

from pytest_specbudget.proposals import hostile
from pytest_specbudget.proposals.hostile import MEMBER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.repositories import Checkout

    Run = Callable[..., tuple[int, str]]

TEST = "tests/research/test_plan.py::test_dive"
OUR_TAGS = re.compile(r"</?(?:details|summary)(?: open)?>|<!-- specbudget -->")


def lines(**others: Any) -> list[dict[str, Any]]:
    """Return the lines of a journal of one call; *others* are of the line of that call."""
    header = {"kind": "header", "schema": 1, "run": "r", "worker": "combined"}
    made = {
        "kind": "charge",
        "id": "1",
        "at": "2026-11-02T10:00:00Z",
        "host": "api.openai.com",
        "source": "replay",
        "outcome": "answered",
        "reading": {
            "provider": "openai",
            "operation": "chat",
            "request_model": "small",
            "usage": {"input_tokens": 1000, "output_tokens": 200},
            "usage_state": "complete",
        },
        "attribution": {"test": TEST, "spec": "RESEARCH"},
        "list_cost": "0.18",
    }
    return [header, made | others, {"kind": "footer", "count": 1, "list_cost": "0.18"}]


def text_of(values: list[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in values)


def packed(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def acts(comment: str) -> bool:
    """Tell whether anything in *comment* is more than text and figures of ours."""
    left = OUR_TAGS.sub("", bare(comment))
    return re.search(r"[<>@\[\]~\\!&]|www\.|//|evil|set-output", left) is not None


NAMES = [
    pytest.param(HOSTILE, id="everything at once"),
    pytest.param("# evil\n\n[x](https://evil.example) ![i](//evil.example)", id="Markdown"),
    pytest.param("</details><script>evil()</script><!-- specbudget -->", id="HTML"),
    pytest.param("@org/team cc @evil #1", id="mentions"),
    pytest.param("::set-output name=evil::1\n::error::evil\n##[error]evil", id="commands"),
    pytest.param("$(evil) `evil` ; evil & evil | evil", id="a shell"),
    pytest.param("evil" * 100_000, id="a very long name"),
]


@pytest.mark.parametrize("name", NAMES)
def test_names_act_nowhere(run: Run, tmp_path: Path, name: str) -> None:
    calls = [
        charge("1", test=TEST, spec=name, model=name, host=name, cassette=name),
        charge("1", test=name, spec="RESEARCH", model="small"),
        charge(None, test=name, spec=name, model=name, reason=name, error=name),
    ]
    artefact = journal_of(tmp_path / "run.jsonl", *calls)

    status, comment = run("comment", artefact, "--head", "cheaper")

    assert status == 1
    assert comment.startswith("<!-- specbudget -->\n\n### ")
    assert not acts(comment)
    assert not any(line.startswith(("::", "##[")) for line in comment.splitlines())
    assert len(comment) <= 65_536


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("reading", "evil", id="text for an object"),
        pytest.param("reading", None, id="nothing for an object"),
        pytest.param("attribution", ["evil"], id="a list for an object"),
        pytest.param("outcome", "evil", id="a word that is none of ours"),
        pytest.param("list_cost", float("nan"), id="NaN"),
        pytest.param("duration_s", float("inf"), id="an infinity"),
        pytest.param("list_cost", "-5", id="a negative amount"),
        pytest.param("list_cost", "1e999999999", id="an amount that is too large to write out"),
        pytest.param("bound", {"usd": "evil"}, id="a bound that is no amount"),
    ],
)
def test_a_line_of_another_kind_is_damage(
    run: Run, tmp_path: Path, name: str, value: object
) -> None:
    (tmp_path / "run.jsonl").write_text(text_of(lines(**{name: value})), "utf-8")

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", "cheaper")

    assert status == 1
    assert "### PASS" not in comment
    assert not acts(comment)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("[" * 100_000 + "]" * 100_000, id="nested deeply"),
        pytest.param('{"kind": "event", "event": "limit", "values": {}}', id="a limit of nothing"),
        pytest.param(
            '{"kind": "event", "event": "limit", "values": {"node": [], "budget": {}}}',
            id="a limit of other types",
        ),
        pytest.param(
            '{"kind": "event", "event": "hidden", "values": {"test": "evil", "requests": "evil"}}',
            id="a number that is a word",
        ),
        pytest.param(
            '{"kind": "event", "event": "settings", "values": {"limits": "evil", "mode": 1}}',
            id="settings of its own",
        ),
        pytest.param('{"kind": "start", "id": "2"}', id="a start that lacks everything"),
        pytest.param('{"kind": "' + "9" * 5000 + '"}', id="a kind of no kind"),
        pytest.param("9" * 10_000, id="a number of many digits"),
        pytest.param("\x00\xff", id="no text at all"),
    ],
)
def test_an_odd_line_makes_nothing_green(run: Run, tmp_path: Path, line: str) -> None:
    head, *rest = lines()
    text = f"{text_of([head])}{line}\n{text_of(rest)}"
    (tmp_path / "run.jsonl").write_text(text, "utf-8")

    status, comment = run("comment", tmp_path / "run.jsonl", "--head", "cheaper")

    assert "evil" not in bare(comment)
    assert not acts(comment)
    assert (status, "### PASS" in comment) in {(1, False), (0, True)}
    assert status == 1 or "settings" in line


def test_one_name_of_an_archive_is_read_and_nothing_is_unpacked(
    run: Run, repository: Checkout, tmp_path: Path
) -> None:
    members = {
        "../../evil.jsonl": "evil",
        "/evil.sh": "evil",
        f"../{MEMBER}": "evil",
        "comment.md": "# evil",
        "pull-request.txt": "1",
        "pyproject.toml": "[tool.specbudget]\nbudget = 9999\n",
        MEMBER: text_of(lines()),
    }
    before = repository.git("status", "--porcelain", "--ignored"), sorted(tmp_path.iterdir())
    artefact = packed(tmp_path / "spec-budget.zip", **members)

    status, comment = run("comment", artefact, "--head", "main")

    after = repository.git("status", "--porcelain", "--ignored"), sorted(tmp_path.iterdir())
    assert status == 0
    assert "evil" not in comment
    assert after == (before[0], [*before[1], artefact])


def bomb() -> bytes:
    packed_zeros = io.BytesIO()
    with zipfile.ZipFile(packed_zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MEMBER, b"\n" * 5_000)
    return packed_zeros.getvalue()


def many() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number in range(1_001):
            archive.writestr(f"{number}", "")
        archive.writestr(MEMBER, text_of(lines()))
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.zip", b"evil", id="no archive"),
        pytest.param("a.zip", b"PK\x05\x06" + b"\x00" * 18, id="an empty archive"),
        pytest.param("a.zip", many(), id="an archive of very many files"),
        pytest.param("a.zip", bomb(), id="an archive that unpacks to more than it may"),
        pytest.param("a.jsonl", b"x" * 4_001, id="a journal that is too large"),
        pytest.param("a.jsonl", b"", id="an empty journal"),
        pytest.param("a.jsonl", b"\xff\xfe evil", id="no journal"),
        pytest.param("a.jsonl", b'{"kind": "header", "schema": 99, "run": "r", "worker": "w"}',
                     id="a journal of a later version"),
    ],
)  # fmt: skip
def test_what_is_no_journal_is_not_judged(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes
) -> None:
    monkeypatch.setattr(hostile, "MOST_BYTES", 4_000)
    (tmp_path / name).write_bytes(data)

    status, comment = run("comment", tmp_path / name, "--head", "raised-ceiling")

    assert status == 1
    assert comment.startswith("<!-- specbudget -->\n\n### INCONCLUSIVE spec budget: ")
    assert "this change raises its own ceiling (budget): 0.50 to 5.00" in comment
    assert not acts(comment)


@pytest.mark.parametrize("name", NAMES[:-1])
def test_what_a_change_calls_its_edits_acts_nowhere(
    run: Run, repository: Checkout, name: str
) -> None:
    quoted = json.dumps(name.encode("utf-8", "replace").decode())
    repository.git("checkout", "--quiet", "--detach", "main")
    repository.write("specbudget.toml", f"budgets = {{ {quoted} = 9 }}\nhosts.{quoted} = {{}}\n")
    repository.write("tests/test_evil.py", f"@mark.spec(budget={name!r})\ndef evil(): ...\n")
    head = repository.commit("evil")
    repository.switch("main")

    _, comment = run("comment", "--head", head)

    assert "this change" in comment
    assert not acts(comment)
