"""Cases of a matrix: which recorded calls they are, and the same question for another model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_specbudget.cassettes.interaction import Answer, Asked
from pytest_specbudget.cassettes.requests import request_of
from pytest_specbudget.errors import RecordingError
from pytest_specbudget.recordings.library import recordings
from pytest_specbudget.recordings.matrix import asked_of, cases_in, limited, rebased
from pytest_specbudget.recordings.matrix_folder import MatrixFolder, masked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_specbudget.recordings.matrix import Case

CHAT = "https://api.openai.com/v1/chat/completions"
BODY: Mapping[str, Any] = {"model": "gpt-5", "messages": [{"role": "user", "content": "hi"}]}
ANSWER = {"model": "gpt-5", "usage": {"prompt_tokens": 3, "completion_tokens": 4}}


def recorded(
    uri: str = CHAT,
    body: Mapping[str, Any] | bytes = BODY,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
) -> dict[str, Any]:
    told = body.decode() if isinstance(body, bytes) else json.dumps(body)
    named = {name: [value] for name, value in (headers or {}).items()}
    return {
        "request": {"method": "post", "uri": uri, "body": told, "headers": named},
        "response": {
            "status": {"code": status},
            "headers": {},
            "body": {"string": json.dumps(ANSWER)},
        },
    }


def cases(folder: Path, *interactions: dict[str, Any]) -> list[Case]:
    path = folder / "a.json"
    path.write_text(json.dumps({"interactions": interactions}), encoding="utf-8")
    (recording,) = recordings(path, pytest.fail)
    return [*cases_in(recording, "a.json")]


def only(folder: Path, interaction: dict[str, Any]) -> Case:
    (case,) = cases(folder, interaction)
    return case


def test_model_calls_are_cases_and_say_whether_they_were_answered(tmp_path: Path) -> None:
    files = recorded("https://api.openai.com/v1/files", {"purpose": "batch"})
    batch = recorded("https://api.openai.com/v1/batches", {"input_file_id": "f"})

    found = cases(tmp_path, files, recorded(), batch, recorded(status=429))

    assert [(case.name, case.answered) for case in found] == [
        ("a.json:1", True),
        ("a.json:3", False),
    ]


@pytest.mark.parametrize(
    ("uri", "body", "kind"),
    [
        pytest.param(CHAT, BODY, "OpenAI Chat Completions", id="OpenAI's chat"),
        pytest.param(
            "https://openrouter.ai/api/v1/chat/completions",
            BODY,
            "OpenAI Chat Completions",
            id="whoever speaks it",
        ),
        pytest.param(
            "https://x.openai.azure.com/openai/deployments/gpt-5/chat/completions?api-version=1",
            {"messages": []},
            "OpenAI Chat Completions",
            id="a deployment of Azure's",
        ),
        pytest.param(
            "https://us-south.ml.cloud.ibm.com/ml/v1/text/embeddings",
            {"model_id": "m", "inputs": ["x"]},
            "ibm.watsonx.ai embeddings",
            id="watsonx, whose paths look like OpenAI's",
        ),
        pytest.param(
            "https://api.cohere.com/v2/chat",
            BODY,
            "cohere chat",
            id="a format of one provider's own",
        ),
        pytest.param(
            "https://generativelanguage.googleapis.com/v1beta/models/g:embedContent",
            {"content": {}},
            "google embeddings",
            id="Gemini's embeddings",
        ),
    ],
)
def test_a_case_names_its_format(
    tmp_path: Path, uri: str, body: Mapping[str, Any], kind: str
) -> None:
    case = only(tmp_path, recorded(uri, body))

    assert case.kind == kind
    assert (case.form is not None) == kind.startswith("OpenAI")


def test_a_format_in_which_no_model_can_be_exchanged_is_refused_by_name(tmp_path: Path) -> None:
    case = only(tmp_path, recorded("https://api.cohere.com/v2/chat"))

    with pytest.raises(RecordingError, match="cohere chat is not supported"):
        asked_of(case, "gpt-5-mini")


@pytest.mark.parametrize(
    ("uri", "body", "expected"),
    [
        pytest.param(CHAT, BODY, CHAT, id="in the body alone"),
        pytest.param(
            "https://x.openai.azure.com/openai/deployments/old/chat/completions?api-version=1",
            {"model": "old", "messages": []},
            "https://x.openai.azure.com/openai/deployments/new%2Fone/chat/completions?api-version=1",
            id="in path and body",
        ),
        pytest.param(
            "https://generativelanguage.googleapis.com/v1beta/models/old:generateContent?key=REDACTED",
            {"contents": []},
            "https://generativelanguage.googleapis.com/v1beta/models/new%2Fone:generateContent",
            id="in the path alone, and the key is gone",
        ),
    ],
)
def test_the_model_is_exchanged_where_it_stands(
    tmp_path: Path, uri: str, body: Mapping[str, Any], expected: str
) -> None:
    asked = asked_of(only(tmp_path, recorded(uri, body)), "new/one")

    told = json.loads(asked.body or b"")
    assert asked.uri == expected
    assert told == ({**body, "model": "new/one"} if "model" in body else body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({**BODY, "temperature": 0.1, "seed": 2**70}, id="numbers of any size"),
        pytest.param({**BODY, "user": "Grüße 🎈 \u2028"}, id="text of any kind"),
        pytest.param({**BODY, "stream": True, "tools": [], "x": None}, id="what is empty"),
    ],
)
def test_nothing_else_is_changed(tmp_path: Path, body: Mapping[str, Any]) -> None:
    asked = asked_of(only(tmp_path, recorded(body=body)), "gpt-5-mini")

    assert json.loads(asked.body or b"") == {**body, "model": "gpt-5-mini"}
    assert [*json.loads(asked.body or b"")] == [*body]


def test_headers_that_belong_to_the_question_stay(tmp_path: Path) -> None:
    headers = {
        "Authorization": "Bearer sk-0123456789abcdef0123",
        "Anthropic-Beta": "context-1m",
        "X-Api-Key": "secret",
        "Cookie": "session=1",
        "Content-Length": "7",
        "Accept-Encoding": "br",
        "Host": "api.openai.com",
        "Connection": "keep-alive",
        "Idempotency-Key": "1",
    }

    asked = asked_of(only(tmp_path, recorded(headers=headers)), "gpt-5-mini")

    assert asked.headers == {
        "Anthropic-Beta": ["context-1m"],
        "content-type": ["application/json"],
    }


def test_anthropics_version_is_added_where_a_recording_has_no_headers(tmp_path: Path) -> None:
    uri = "https://api.anthropic.com/v1/messages"
    case = only(tmp_path, recorded(uri, {**BODY, "max_tokens": 9}))

    assert asked_of(case, "claude-haiku-4-5").headers["anthropic-version"] == ["2023-06-01"]


def test_an_address_that_was_scrubbed_beyond_use_is_no_case_to_ask(tmp_path: Path) -> None:
    (case,) = cases(tmp_path, recorded("https://[REDACTED]/v1/chat/completions"))

    assert case.form is None


@pytest.mark.parametrize(
    ("uri", "document"),
    [
        pytest.param(CHAT, {**BODY, "max_completion_tokens": 77}, id="OpenAI's chat"),
        pytest.param(
            "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent",
            {
                "contents": [],
                "generationConfig": {"temperature": 0, "maxOutputTokens": 77},
            },
            id="Gemini's, within what stands there",
        ),
    ],
)
def test_a_limit_is_set_in_a_copy(tmp_path: Path, uri: str, document: dict[str, Any]) -> None:
    plain = {**document, "generationConfig": {"temperature": 0}} if "contents" in document else BODY
    case = only(tmp_path, recorded(uri, plain))
    request = request_of(case.asked)
    assert case.form is not None

    copy = limited(request, case.form, 77)

    assert copy.document == document
    assert request.document == plain


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param("http://g", "http://g/v1/chat/completions?a=1", id="a host alone"),
        pytest.param("http://g/v1", "http://g/v1/chat/completions?a=1", id="with the version"),
        pytest.param("http://g/v1/", "http://g/v1/chat/completions?a=1", id="with a slash"),
        pytest.param("http://g:8/x/v1", "http://g:8/x/v1/chat/completions?a=1", id="with a prefix"),
        pytest.param("http://g/x", "http://g/x/v1/chat/completions?a=1", id="with another one"),
    ],
)
def test_a_base_url_takes_the_place_of_the_host(base: str, expected: str) -> None:
    assert rebased(f"{CHAT}?a=1", base) == expected


ASKED = Asked(method="POST", uri=CHAT, body=json.dumps(BODY).encode())
REPLY = Answer(status=200, body=b'{"id": "1"}', headers={"content-type": ["application/json"]})


def test_an_answer_is_found_by_its_question(tmp_path: Path) -> None:
    folder = MatrixFolder(tmp_path / "matrix")
    folder.keep("a.yaml:0", "gpt-5", ASKED, REPLY)
    respelt = Asked(
        method="POST", uri="http://elsewhere/", body=json.dumps(BODY, indent=2).encode()
    )
    other = Asked(method="POST", uri=CHAT, body=b'{"model": "gpt-5"}')

    found = [folder.recorded("a.yaml:0", "gpt-5", asked) for asked in (ASKED, respelt, other)]

    assert [one is not None for one in found] == [True, True, False]


def test_names_of_cases_and_models_are_portable_and_apart(tmp_path: Path) -> None:
    folder = MatrixFolder(tmp_path / "matrix")

    places = [
        folder.place(case, model)
        for case in ("a/b.yaml:0", "a-b.yaml:0", "A/b.yaml:0")
        for model in ("openai/gpt-5", "openai-gpt-5", "ft:gpt-5:x")
    ]

    names = {"/".join(path.relative_to(folder.root).parts).lower() for path in places}
    assert len(names) == 9
    assert not [name for name in names if set(name) & set('[]:<>"|?*\\')]


def test_what_is_booked_is_read_again_and_each_call_stands_there_once(tmp_path: Path) -> None:
    folder = MatrixFolder(tmp_path / "matrix")
    for cost in ("1", "2"):
        folder.book({"case": "a", "model": "m", "cost_usd": cost})
    folder.book({"case": "a", "model": "l", "cost_usd": "3"})

    again = MatrixFolder(tmp_path / "matrix")

    assert [(row["model"], row["cost_usd"]) for row in again.rows.values()] == [
        ("l", "3"),
        ("m", "2"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param('{"rows": [7]}', "it has no rows of cases and models", id="another shape"),
        pytest.param('{"rows": [{}]}', "it has no rows of cases and models", id="empty rows"),
        pytest.param("[]", "it has no rows of cases and models", id="a list"),
        pytest.param("{", "it is no JSON, at line 1, column 2", id="cut off"),
        pytest.param("[" * 99_999, "it is nested too deep", id="depth"),
        pytest.param(b"\xff", "it is no UTF-8 text, at byte 0", id="bytes"),
        pytest.param(None, "it is a folder", id="a folder"),
    ],
)
def test_books_that_make_no_sense_are_an_error(
    tmp_path: Path, text: str | bytes | None, told: str
) -> None:
    books = tmp_path / "matrix.json"
    if text is None:
        books.mkdir()
    else:
        books.write_bytes(text.encode() if isinstance(text, str) else text)

    with pytest.raises(RecordingError) as raised:
        MatrixFolder(tmp_path)

    assert str(raised.value).startswith(f"{books} cannot be read: {told}")
    assert str(raised.value).endswith("; mend or remove it")


def test_a_secret_that_an_answer_repeats_is_taken_out(tmp_path: Path) -> None:
    secret = "a-key-of-no-known-shape"  # noqa: S105 - it opens nothing
    echo = Answer(
        status=200,
        body=f'{{"you": "{secret}"}}'.encode(),
        headers={"x-echo": [secret], "content-length": ["34"]},
    )

    answer = masked(echo, [secret])
    MatrixFolder(tmp_path).keep("a", "m", ASKED, answer)

    assert secret not in "".join(path.read_text() for path in tmp_path.rglob("*.yaml"))
    assert answer.headers["content-length"] == [str(len(answer.body))]
