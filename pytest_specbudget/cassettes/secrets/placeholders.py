"""What people write where a credential was, or is to come: `<your key>`, `changeme`, `xxxxxx`.

Bytes in, a verdict out.
"""

from __future__ import annotations

import re

from pytest_specbudget.cassettes.secrets.runs import is_random

__all__ = ["bare", "is_placeholder"]

_SCHEME = re.compile(rb"(?:bearer|basic|token)\s+", re.IGNORECASE)
_SCRUBBED = re.compile(
    rb"redact|remov|scrub|filter|mask|hidden|censor|sanitiz|anonymi|dummy|fake|mock|placeholder"
    rb"|change-?me|(?:\b|_)x{3,}(?:\b|_)|x{6}|\*{3}|\.{3}|<[\w -]+>|^[<\[{$%(].*[>\]})%]$"
    rb"|\$\{|\{\{|^\W*$|^(.)\1*$",
    re.IGNORECASE,
)
_WORD = re.compile(rb"[A-Za-z]+|\d+")
_STAND_INS = frozenset(
    b"""
    a abc access account an any api apikey asdf auth authentication authorization aws azure bar
    baz bearer blah client cookie credential credentials default demo dev doc docs empty example
    false foo for gemini hello id in insert invalid key local my na nil no none not null of
    omitted openai org private qux real sample security session set sk some static string test
    testing the this to todo token true unset unused value your
    """.split()
)


def bare(value: bytes) -> bytes:
    """Take the scheme off what a header holds."""
    return value[found.end() :] if (found := _SCHEME.match(value)) else value


def is_placeholder(value: bytes) -> bool:
    """Tell whether *value* is what people write where a credential was, or was never one."""
    naked = bare(value)
    if _SCRUBBED.search(naked) or naked == b"0" * len(naked):
        return True
    words = [word.lower() for word in _WORD.findall(naked)]
    return not is_random(naked) and all(
        word in _STAND_INS or (word.isdigit() and b"0123456789".startswith(word.lstrip(b"0")))
        for word in words
    )
