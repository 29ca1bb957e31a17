"""What never reaches a file: keys, tokens, cookies, passwords, organisation ids.

Scrubbing works on text as it stands, without parsing, so that what is kept is kept byte for byte
and a body that is no valid JSON is scrubbed too.  It is idempotent, and matching scrubs both
sides, so a recording made with one key answers a request made with another.

A value is a credential because of its name (a header, a query parameter, a JSON field) or because
of its shape (`sk-...`, `AIza...`, `Bearer ...`, a JWT).  It is replaced by `REDACTED`.

Names of headers and parameters are judged by their words, because every gateway has one of its own
(`helicone-auth`, `x-rapidapi-key`): a harmless value that is lost costs nothing, a key that is kept
is in somebody's repository.  Words that only count or describe (`...-token-count`) make a name
harmless again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_specbudget.cassettes.interaction import Answer, Asked, Interaction

if TYPE_CHECKING:
    from pytest_specbudget.cassettes.interaction import Headers

__all__ = ["REDACTED", "scrubbed", "scrubbed_body", "scrubbed_headers", "scrubbed_uri"]

REDACTED = "REDACTED"

_WORD = re.compile(r"[a-z0-9]+")
_SECRET_WORD = re.compile(
    r"(?:o?auth|authentication|authorization|jwt|bearer|assertion"
    r"|cred(?:ential)?s?|pass(?:word|wd|phrase|code)?s?|pwd|otp"
    r"|sig(?:nature)?s?|hmac|cookies?|session(?:id)?s?|secrets?"
    # Written as one word, as in `apikey`; the plural `tokens` is what is counted.
    r"|(?:api|app|access|auth|client|private|refresh|secret|security|session|subscription|user)?"
    r"(?:keys?|token|secret))\d*"
)
_COUNTING_WORDS = frozenset(
    "count limit remaining usage used spend budget cost length type version".split()  # noqa: SIM905 # reads better than quotes
)
"""What a name ends with whose value is no secret: `x-input-token-count`, `x-key-rpm-limit`."""
_HARMLESS_NAME = re.compile(
    r"(?:.*-)?rate-?limit-.*(?<!key)|x-stainless-.*|access-control-.*|sec-websocket-.*"
    # Keys that name a thing and open nothing.
    r"|(?:.*[-_])?(?:idempotency|cache|surrogate|partition|routing)[-_]keys?"
)
_ACCOUNT_HEADER = re.compile(r"(?:openai|anthropic)-(?:organization|project)(?:-id)?")
_ONE_TIME_CODE = "code"
"""The parameter that OAuth exchanges for a token (RFC 6749, section 4.1.2)."""
_KEY_NAME = (
    r"(?:[\w-]*[_-])?(?:api[_-]?key|secret(?:[_-]?(?:access[_-]?)?key)?|password|private[_-]?key)"
    r"|[a-z]*ApiKey|(?:access|refresh|id|auth|authorization|bearer|session|api|security)[_-]?token"
    r"|authorization"
)
# How each of these names ends; cheap to look for before a pattern is tried.
_ENDINGS = ("key", "token", "secret", "password", "authorization", "assertion")
_AFTER_NAMES = ('"', '\\"', "=")

# An unkeyed "token" is a credential where it is sent; in an answer it is a piece of text with its
# log probability.
_SENT_NAME = rf"{_KEY_NAME}|token"


def _json_field(names: str) -> re.Pattern[str]:
    return re.compile(rf'("(?:{names})"\s*:\s*")(?:[^"\\]|\\.)+"', re.IGNORECASE)


def _quoted_json_field(names: str) -> re.Pattern[str]:
    """JSON inside a JSON string, such as the arguments of a tool call."""
    return re.compile(rf'(\\"(?:{names})\\"\s*:\s*\\")[^"\\]+\\"', re.IGNORECASE)


def _form_field(names: str) -> re.Pattern[str]:
    return re.compile(rf"((?:^|&)(?:{names}|assertion)=)[^&\s]+", re.IGNORECASE)


_SENT = (_json_field(_SENT_NAME), _quoted_json_field(_SENT_NAME), _form_field(_SENT_NAME))
_RECEIVED = (_json_field(_KEY_NAME), _quoted_json_field(_KEY_NAME), _form_field(_KEY_NAME))

# Each shape with a piece of it that is cheap to look for first: a replayed call pays for this.
_START = r"(?<![\w-])"
_START_OUTSIDE_BASE64 = r"(?<![\w+/-])"
_SHAPES = tuple(
    (hint, re.compile(pattern))
    for hint, pattern in (
        ("sk-", _START + r"sk-(?=[\w-]*\d)[\w-]{16,}"),
        ("AIza", _START_OUTSIDE_BASE64 + r"AIza[\w-]{30,}"),
        ("earer ", r"(?<=[Bb]earer )(?=[\w.~+/=-]*\d)[\w.~+/=-]{16,}"),
        ("eyJ", _START + r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"),
        ("AKIA", _START_OUTSIDE_BASE64 + r"AKIA[A-Z0-9]{16}\b"),
        ("ASIA", _START_OUTSIDE_BASE64 + r"ASIA[A-Z0-9]{16}\b"),
        ("gsk_", _START + r"gsk_\w{20,}"),
        ("hf_", _START + r"hf_[A-Za-z0-9]{20,}"),
        ("xai-", _START + r"xai-\w{20,}"),
        ("ya29.", _START + r"ya29\.[\w-]{20,}"),
        ("gh", _START + r"gh[pousr]_[A-Za-z0-9]{30,}"),
    )
)


def scrubbed(interaction: Interaction) -> Interaction:
    """Take every credential out of *interaction*; a changed body's stated length follows."""
    asked, answer = interaction.asked, interaction.answer
    body = scrubbed_body(answer.body, received=True) or b""
    return Interaction(
        Asked(
            method=asked.method,
            uri=scrubbed_uri(asked.uri),
            body=scrubbed_body(asked.body),
            headers=scrubbed_headers(asked.headers),
        ),
        with_body(replace(answer, headers=scrubbed_headers(answer.headers)), body),
    )


def with_body(answer: Answer, body: bytes) -> Answer:
    """Put *body* in place of the answer's own, and its length into the headers that state one."""
    if body == answer.body:
        return answer
    headers = {
        name: [str(len(body))] if name.lower() == "content-length" else values
        for name, values in answer.headers.items()
    }
    return replace(answer, body=body, headers=headers)


def scrubbed_headers(headers: Headers) -> Headers:
    """Redact what is secret by its name, whole, and by its shape elsewhere."""
    return {
        name: [REDACTED] * len(values)
        if _names_a_secret(name) or _ACCOUNT_HEADER.fullmatch(name.lower())
        else [_without_shapes(value) for value in values]
        for name, values in headers.items()
    }


def scrubbed_uri(uri: str) -> str:
    """Redact a password before the host, secret query parameters, and shapes anywhere."""
    start, mark, query = uri.partition("?")
    if "@" in start:
        start = re.sub(r"//[^/@]*@", f"//{REDACTED}@", start)
    if mark:
        query = "&".join(map(_scrubbed_parameter, query.split("&")))
    return _without_shapes(f"{start}{mark}{query}")


def scrubbed_body(body: bytes | None, *, received: bool = False) -> bytes | None:
    """Redact a text body; one that is no UTF-8 is returned as it is.

    Args:
        body: What was sent, or received.
        received: Whether it is an answer, where a field `token` is no credential.
    """
    try:
        text = body.decode() if body else ""
    except UnicodeDecodeError:
        return body
    clean = _without_shapes(_without_names(text, _RECEIVED if received else _SENT))
    return body if clean == text else clean.encode()


def _scrubbed_parameter(pair: str) -> str:
    name, equals, value = pair.partition("=")
    secret = value and (_names_a_secret(name) or name.lower() == _ONE_TIME_CODE)
    return f"{name}{equals}{REDACTED}" if secret else pair


def _names_a_secret(name: str) -> bool:
    """Whether what a header or parameter of this name holds is to be taken for a credential."""
    lowered = name.lower()
    words = _WORD.findall(lowered)
    if not _COUNTING_WORDS.isdisjoint(words[-1:]) or _HARMLESS_NAME.fullmatch(lowered):
        return False
    return any(map(_SECRET_WORD.fullmatch, words))


def _without_names(text: str, patterns: tuple[re.Pattern[str], ...]) -> str:
    if not _may_name_a_secret(text.lower()):
        return text
    in_json, in_quoted_json, in_form = patterns
    if text.lstrip()[:1] not in ("{", "["):
        text = in_form.sub(rf"\g<1>{REDACTED}", text)
    text = in_json.sub(rf'\g<1>{REDACTED}"', text)
    return in_quoted_json.sub(rf'\g<1>{REDACTED}\\"', text)


def _may_name_a_secret(lowered: str) -> bool:
    return any(
        ending + after in lowered
        for ending in _ENDINGS
        if ending in lowered
        for after in _AFTER_NAMES
    )


def _without_shapes(text: str) -> str:
    for hint, shape in _SHAPES:
        if hint in text:
            text = shape.sub(REDACTED, text)
    return text
