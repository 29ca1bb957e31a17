"""Which names say that what stands beside them is a credential.

Every gateway has a header of its own (`helicone-auth`, `x-rapidapi-key`), so names are judged by
their words: a harmless value that is lost costs nothing, a key that is kept is in somebody's
repository.  Words that only count or describe (`...-token-count`) make a name harmless again.

In bodies names are judged more narrowly, because there a value may be needed: `signature` of a
thought, `key` of a table.  Values in, values out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

__all__ = [
    "LAST_LETTERS",
    "Field",
    "field",
    "header",
    "is_ordinary_header",
    "is_weak",
    "parameter",
]

Field = Literal["secret", "perhaps"]
"""Whether a field's value is always a credential, or only if it looks random."""

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_PIECE = re.compile(r"[a-z0-9]+")
_SECRET_PIECE = re.compile(
    r"(?:o?auth|authentication|authorization|jwt|bearer|assertion"
    r"|cred(?:ential)?s?|pass(?:word|wd|phrase|code)?s?|pwd|otp"
    r"|sig(?:nature)?s?|hmac|cookies?|session(?:id)?s?|secrets?|sas|dsn"
    r"|awsaccesskeyid|googleaccessid|connectionstring"
    # Written as one word, as in `apikey`; the plural `tokens` is what is counted.
    r"|(?:api|app|access|account|auth|client|deploy|id|master|private|refresh|secret|security"
    r"|service|session|shared|signing|subscription|user|webhook)?(?:keys?|token|secret))\d*"
)
_COUNTING = frozenset(
    """
    alg algorithm budget cost count description error expiration expires format length limit message
    name reason remaining required scheme size spend state status type usage used version
    """.split()  # noqa: SIM905 - reads better than quotes
)
"""What a name ends with whose value is no secret: `x-input-token-count`, `x-key-rpm-limit`."""
_HARMLESS = re.compile(
    r"(?:.*-)?rate-?limit-.*(?<!key)|x-stainless-.*|access-control-.*|sec-websocket-.*"
    r"|.*-per-token|azureml-model-session"
    # Keys and tokens that name a thing and open nothing.
    r"|(?:.*[-_])?(?:idempotency|cache|surrogate|partition|routing|public)[-_]?keys?"
    r"|(?:.*[-_])?(?:next|page|continuation|cursor|sync|pad|eos|bos|stop|mask)[-_]?tokens?",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:.*-)?(?:organi[sz]ation|org|account|tenant|workspace|subscription)s?(?:-(?:u?u?id|name))?"
    r"|(?:openai|anthropic)-project(?:-id)?|x-goog-user-project|cf-access-.*"
)
_ONE_TIME_CODE = "code"
"""The parameter that OAuth exchanges for a token (RFC 6749, section 4.1.2)."""

_ORDINARY = frozenset(
    """
    accept age agent allow alt b3 baggage beta boundary build cache cdn cf charset check checksum
    commit connection content control cookie2 cors csp date description digest dns duration
    encoding envoy etag expect expires fetch for forwarded from id ids if info intent ip isolation
    language length link location match md5 mode modified ms nel nonce origin path platform policy
    powered priority processing protection range rate ratelimit ray reason referer referrer region
    report reporting request retry route runtime sample sec served server sha1 sha256 sha512
    signals span stainless status sts te time timer timing trace traceid traceparent traceresponse
    tracestate trailer transfer transport type upstream vary version via warning
    """.split()  # noqa: SIM905 - reads better than quotes
)
"""Words of headers whose long values open nothing: identifiers, checksums, policies."""

_FIELD_SECRET = re.compile(
    r"(?:.*(?:api|secret|private|account|signing|encryption|master|access|service|subscription"
    r"|functions?|rapidapi|shared|storage)keys?"
    r"|.*(?:access|refresh|id|auth|oauth|authorization|bearer|session|api|security|csrf|xsrf|bot"
    r"|personalaccess|deploy|push)token"
    r"|.*(?:secrets?|passwords?|passwd|pwd|passphrase|authorization|connectionstring)"
    r"|.*(?:set)?cookies?|.*clientassertion|.*jwtassertion)\d*"
)
_FIELD_PERHAPS = re.compile(
    r".*(?:keys?|tokens?|auth|credentials?|creds?|jwt|pat|sas|dsn|pass|assertion|secret\w{0,8})\d*"
)
LAST_LETTERS = (
    "key|eys|ken|ens|ret|ets|ord|rds|swd|pwd|ase|ion|ing|kie|ies|uth|ial|als|red|eds|jwt|pat|sas"
    "|dsn|ass"
)
"""The last three letters of every name that `field` may call secret, as a pattern."""


def header(name: str) -> str | None:
    """Say what the header *name* holds, `credential` or `account`; None if it may be kept."""
    lowered = name.lower()
    if _holds_secret(lowered):
        return "credential"
    return "account" if _ACCOUNT.fullmatch(lowered.replace("_", "-")) else None


def parameter(name: str) -> bool:
    """Tell whether a parameter of a query or form holds a credential."""
    lowered = name.lower()
    return lowered == _ONE_TIME_CODE or _holds_secret(lowered)


def is_ordinary_header(name: str) -> bool:
    """Tell whether a header's name says that a long random value in it opens nothing."""
    return not _ORDINARY.isdisjoint(_PIECE.findall(name.lower()))


@lru_cache(maxsize=4096)
def field(name: str, *, received: bool) -> Field | None:
    """Judge the field *name* of a body.

    Args:
        name: In whatever spelling: `api_key`, `apiKey`, `API-KEY`.
        received: Whether it is in an answer, where a plain `token` is a piece of text with its
            log probability.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _COUNTING or _HARMLESS.fullmatch("-".join(words)):
        return None
    joined = "".join(words)
    if _FIELD_SECRET.fullmatch(joined) or (joined == "token" and not received):
        return "secret"
    return "perhaps" if _FIELD_PERHAPS.fullmatch(words[-1]) else None


def is_weak(name: str) -> bool:
    """Tell whether what is suspicious in a header's name may as well name a thing: `x-row-key`."""
    pieces = [piece for piece in _PIECE.findall(name.lower()) if _SECRET_PIECE.fullmatch(piece)]
    return bool(pieces) and set(pieces) <= {"key", "keys", "session", "auth"} and "api" not in name


@lru_cache(maxsize=4096)
def _holds_secret(lowered: str) -> bool:
    pieces = _PIECE.findall(lowered)
    if not _COUNTING.isdisjoint(pieces[-1:]) or _HARMLESS.fullmatch(lowered):
        return False
    return any(map(_SECRET_PIECE.fullmatch, pieces))
