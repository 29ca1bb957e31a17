"""Credentials of many kinds, made up here, and where each of them turns up.

They are drawn from a fixed seed and put together while tests run, so that no scanner finds one in
this repository; nobody ever issued any of them.
"""

from __future__ import annotations

import base64
import json
import random
import string
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PLANTED", "Planted"]

_BASE62 = string.ascii_letters + string.digits
_URL_SAFE = _BASE62 + "-_"
_HEX = "0123456789abcdef"
_DRAW = random.Random(20261122)  # noqa: S311 - nothing of it is secret


def drawn(length: int, alphabet: str = _BASE62) -> str:
    """Draw text that holds small letters, capitals and digits, as far as the alphabet has them."""
    while True:
        text = "".join(_DRAW.choice(alphabet) for _ in range(length))
        kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
        wanted = [kind for kind in kinds if set(kind) & set(alphabet)]
        if all(set(kind) & set(text) for kind in wanted):
            return text


@dataclass(frozen=True)
class Planted:
    """One credential in one request or answer.

    Attributes:
        id: What it is and where, as a sentence.
        secrets: What must be nowhere.
    """

    id: str
    secrets: tuple[str, ...]
    uri: str = "https://api.openai.com/v1/chat/completions"
    asked_headers: dict[str, str] = field(default_factory=dict)
    asked_body: str = '{"model": "gpt-5", "messages": []}'
    headers: dict[str, str] = field(default_factory=dict)
    body: str = '{"id": "chatcmpl-1"}'


def _in_header(name: str, value: str, *secrets: str) -> Planted:
    return Planted(f"{name} in a request", secrets=secrets or (value,), asked_headers={name: value})


def _in_answer(name: str, value: str, *secrets: str) -> Planted:
    return Planted(f"{name} in an answer", secrets=secrets or (value,), headers={name: value})


def _in_query(told: str, uri: str, *secrets: str) -> Planted:
    return Planted(f"{told} in an address", secrets=secrets, uri=uri)


def _in_prompt(told: str, text: str, *secrets: str) -> Planted:
    messages = [{"role": "user", "content": f"Why does this fail?\n{text}\nIt did not before."}]
    body = json.dumps({"model": "gpt-5", "messages": messages})
    return Planted(f"{told} in a prompt", secrets=secrets or (text,), asked_body=body)


def _in_field(name: str, value: str) -> Planted:
    tool = {"type": "mcp", "server_url": "https://mcp.example", name: value}
    body = json.dumps({"model": "gpt-5", "tools": [tool]})
    return Planted(f"{name} in a field", secrets=(value,), asked_body=body)


def _in_reply(told: str, document: Any, *secrets: str) -> Planted:
    return Planted(f"{told} in a reply", secrets=secrets, body=json.dumps(document))


_OPENAI = "sk-proj-" + drawn(40, _URL_SAFE)
_AWS_KEY = "AKIA" + drawn(16, string.ascii_uppercase + "234567")
_AWS_SECRET = drawn(40, _BASE62 + "/+")
_JWT = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": "user", "exp": 1790000000})
) + ("." + drawn(43, _URL_SAFE))
_SIGNATURE = drawn(64, _HEX)
_PEM = "\n".join(
    (
        "-----BEGIN " + "PRIVATE KEY-----",
        *(drawn(64, _BASE62 + "+/") for _ in range(4)),
        "-----END " + "PRIVATE KEY-----",
    )
)
_PASSWORD = drawn(12)
_SAS = drawn(42, _BASE62) + "%3D"
_STORAGE = drawn(86, _BASE62 + "+/") + "=="
_ORG = "org-" + drawn(24)
_PROJECT = "proj_" + drawn(24)
_ACCOUNT = "617283940556"
_SIGV4 = (
    f"AWS4-HMAC-SHA256 Credential={_AWS_KEY}/20261122/us-east-1/bedrock/aws4_request, "
    f"SignedHeaders=host;x-amz-date, Signature={_SIGNATURE}"
)
_PRESIGNED = (
    "https://bucket.s3.amazonaws.com/image.png?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    f"&X-Amz-Credential={_AWS_KEY}%2F20261122%2Fus-east-1%2Fs3%2Faws4_request"
    f"&X-Amz-Expires=900&X-Amz-Signature={_SIGNATURE}"
)
_IMAGE = (
    f"https://files.blob.core.windows.net/private/{_ORG}/img.png"
    f"?st=2026-11-22T00%3A00%3A00Z&sp=r&sv=2026-02-06&sig={_SAS}"
)
_GENERATED = "https://storage.googleapis.com/out/a.mp4?GoogleAccessId=robot%40p.iam&Expires=1"


def _key(start: str, length: int, alphabet: str = _BASE62) -> str:
    return start + drawn(length, alphabet)


_ISSUED = {
    "an OpenAI key": _OPENAI,
    "an Anthropic key": _key("sk-ant-api03-", 95, _URL_SAFE),
    "an OpenRouter key": _key("sk-or-v1-", 64, _HEX),
    "a Google key": _key("AIza", 35, _URL_SAFE),
    "a Google OAuth token": _key("ya29.", 60, _URL_SAFE),
    "a Groq key": _key("gsk_", 52),
    "an xAI key": _key("xai-", 80),
    "a Hugging Face token": _key("hf_", 34),
    "a Replicate token": _key("r8_", 37),
    "a Perplexity key": _key("pplx-", 48),
    "a Fireworks key": _key("fw_", 24),
    "an NVIDIA key": _key("nvapi-", 64, _URL_SAFE),
    "a Databricks token": _key("dapi", 32, _HEX),
    "an AWS key": _AWS_KEY,
    "a GitHub token": _key("ghp_", 36),
    "a fine-grained GitHub token": _key("github_pat_", 82),
    "a GitLab token": _key("glpat-", 20, _URL_SAFE),
    "a Slack token": _key("xoxb-", 50, string.digits + string.ascii_letters),
    "a Stripe key": _key("sk_" + "live_", 24),
    "a SendGrid key": _key("SG.", 22, _URL_SAFE) + "." + drawn(43, _URL_SAFE),
    "a Twilio key": _key("SK", 32, _HEX),
    "an npm token": _key("npm_", 36),
    "a PyPI token": _key("pypi-" + "AgEIcHlwaS5vcmc", 60, _URL_SAFE),
    "a JSON web token": _JWT,
    "an organisation": _ORG,
    "a project": _PROJECT,
}

PLANTED = (
    _in_header("Authorization", f"Bearer {_OPENAI}", _OPENAI),
    _in_header("x-api-key", drawn(32)),
    _in_header("api-key", drawn(32, _HEX)),
    _in_header("x-goog-api-key", drawn(39)),
    _in_header("Proxy-Authorization", "Basic " + drawn(24) + "=="),
    _in_header("Cookie", f"session={drawn(32)}"),
    _in_header("X-Amz-Security-Token", drawn(300, _BASE62 + "+/")),
    _in_header("authorization", _SIGV4, _AWS_KEY, _SIGNATURE),
    _in_header("CF-Access-Client-Id", drawn(32, _HEX) + ".access"),
    _in_header("CF-Access-Client-Secret", drawn(64, _HEX)),
    _in_header("OpenAI-Organization", _ORG),
    _in_header("OpenAI-Project", _PROJECT),
    _in_header("x-corp-gate", drawn(48)),
    _in_answer("Set-Cookie", f"__cf_bm={drawn(43, _URL_SAFE)}; path=/"),
    _in_answer("anthropic-organization-id", "9b2a7c51-60de-4f3b-8a1f-5c2e7d90ab34"),
    _in_answer("openai-organization", "acme-corp-x7f3q2"),
    _in_answer("Location", _PRESIGNED, _AWS_KEY, _SIGNATURE),
    _in_query("a key", f"https://g.co/v1?key={(_k := drawn(39))}&alt=sse", _k),
    _in_query("a token", f"https://g.co/v1?alt=sse&token={(_t := drawn(20))}", _t),
    _in_query("a code", f"https://g.co/v1?code={(_c := drawn(30))}", _c),
    _in_query("an AWS signature", _PRESIGNED, _AWS_KEY, _SIGNATURE),
    _in_query("an Azure signature", _IMAGE, _SAS, _ORG),
    _in_query("a Google signature", f"{_GENERATED}&Signature={_SAS}", _SAS),
    _in_query("a password", f"https://me:{_PASSWORD}@g.co/v1", _PASSWORD),
    _in_query(
        "an AWS account",
        f"https://b.aws/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A{_ACCOUNT}%3Ax%2Fy/converse",
        _ACCOUNT,
    ),
    *(_in_prompt(kind, secret) for kind, secret in _ISSUED.items()),
    *(
        _in_reply(kind, {"echo": f'it says "{secret}".'}, secret)
        for kind, secret in _ISSUED.items()
    ),
    *(
        _in_field(name, drawn(9))
        for name in ("api_key", "authorization", "password", "clientSecret", "token", "accessToken")
    ),
    _in_prompt("a private key", _PEM, *_PEM.split("\n")[1:-1]),
    _in_prompt("a pair of AWS keys", f"{_AWS_KEY}\n{_AWS_SECRET}", _AWS_KEY, _AWS_SECRET),
    _in_prompt("a setting", f"MISTRAL_API_KEY={(_m := drawn(32))}", _m),
    _in_prompt("a header of a command", f"curl -H 'x-rapidapi-key: {(_r := drawn(50))}'", _r),
    _in_prompt("a pasted .env", "A=1\nDB_PASSWORD=zebra-horse9\nB=2", "zebra-horse9"),
    _in_prompt("a user of curl", "curl -u admin:zebra-horse7 https://a.example", "zebra-horse7"),
    _in_prompt("a sentence", "well, my pw is zebrahorse5", "zebrahorse5"),
    _in_prompt("a database", f"postgresql://app:{_PASSWORD}@db.corp:5432/app", _PASSWORD),
    _in_prompt(
        "a connection string",
        f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={_STORAGE};EndpointSuffix=net",
        _STORAGE,
    ),
    _in_prompt("a signed address", _IMAGE, _SAS, _ORG),
    _in_reply("a signed image", {"data": [{"url": _IMAGE}]}, _SAS, _ORG),
    _in_reply("an object's address", {"url": _PRESIGNED}, _AWS_KEY, _SIGNATURE),
    _in_reply("an access token", {"access_token": (_a := drawn(40)), "expires_in": 3599}, _a),
    _in_reply("a client secret", {"client_secret": {"value": (_e := _key("ek_", 32, _HEX))}}, _e),
    _in_reply(
        "a service account",
        {"type": "service_account", "private_key_id": "7", "private_key": _PEM},
        *_PEM.split("\n")[1:-1],
    ),
    _in_reply("an AWS account", {"arn": f"arn:aws:iam::{_ACCOUNT}:role/agent"}, _ACCOUNT),
    _in_reply(
        "arguments of a tool",
        {"arguments": json.dumps({"password": _PASSWORD, "user": "me"})},
        _PASSWORD,
    ),
    _in_reply(
        "an error",
        {"error": {"message": f"Rate limit reached for gpt-5 in organization {_ORG} on tokens"}},
        _ORG,
    ),
)
"""Every kind that scrubbing knows, at the places where it turns up."""
