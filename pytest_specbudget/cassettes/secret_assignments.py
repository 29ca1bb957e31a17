"""Passwords that stand in a text under their name: a pasted `.env`, a command line, a sentence.

They look like words, so only what stands around them tells: a name that ends in what is secret, a
sign, and a value that is neither code (`password = input()`), nor a type (`token: str`), nor what
people write where a password is to come (`<your password>`).  The plainer the name and the looser
the sign, the more the value itself must look like a password.

Most texts hold no such name; what is asked of each is a few searches.  Bytes in, places out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_specbudget.cassettes import secret_names as names
from pytest_specbudget.cassettes.secret_placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["assigned"]

_Place = tuple[int, int, str]

_LAST = rb"(?:ord|swd|pwd|ase|ode|ret|ken|key|[^a-z]pw)"
"""The last three letters of each name."""
_CLOSING = rb"[ \t\d\\\"'`\]*]"
"""What may stand between a name and its sign: `environ["PASSWORD"] =`, `**Password2**:`."""
_MOST_CLOSING = 4


def _after_a_name(sign: bytes, rest: bytes) -> re.Pattern[bytes]:
    """Match *sign* behind a name.

    A pattern that begins with one character is looked for as fast as memory is read.
    """
    places = (
        rb"(?<=" + _LAST + _CLOSING * count + sign + rb")" for count in range(_MOST_CLOSING + 1)
    )
    no_field = rb"(?<!\":)"  # fields of JSON are most of all colons, and are judged elsewhere
    return re.compile(sign + no_field + rb"(?:" + rb"|".join(places) + rb")" + rest, re.IGNORECASE)


_VALUE = (
    rb"(?:(?P<quote>\\*+[\"'`])(?P<quoted>[\w!@#$%^&*+/=~?.-](?:(?!(?P=quote))[^\\\r\n])*+)(?P=quote)"
    rb"|(?P<plain>(?:[^\s\"'`\\&]|&(?![\w.-]+=))++)"
    rb"(?P<alone>(?=[ \t]*+(?:\Z|[\r\n\"'`]|\\+[nr\"'`])))?)"
)
_EQUALS = _after_a_name(rb"=", rb"(?![=~])>?(?P<space>[ \t]*+)" + _VALUE)
_COLON = _after_a_name(rb":", rb"(?![:/])=?(?:\*\*)?(?P<space>[ \t]*+)" + _VALUE)
_IS = re.compile(rb"w(?<=[sp]w)(?:ord|d)?[ \t]+(?:is|was)(?P<space>[ \t]+)" + _VALUE)


def assigned(text: bytes) -> Iterator[_Place]:
    """Yield start, end and kind of each password that stands under its name, or behind `-u`."""
    for pattern in (_EQUALS, _COLON, _IS):
        for found in pattern.finditer(text):
            one = _Assignment.of(text, found)
            if _is_secret(one):
                yield one.start, one.start + len(one.value), f'value of "{one.name}"'
    yield from _users(text)


# --- under a name


_NAMING = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_MARKED = bytes(ord("x") if code in _NAMING else ord(" ") for code in range(256))
_LONGEST_NAME = 64
_VERB = b"w"  # what its pattern begins with


@dataclass(frozen=True, slots=True, kw_only=True)
class _Assignment:
    """A name, a sign and a value, as written.

    Attributes:
        name: `DB_PASSWORD`; the last word of it, or `api key`.
        sign: `=`, `:`, or `_VERB`.
        is_field: Whether the name stands in double quotes before a colon, as a field of JSON does.
        is_spaced: Whether there is a space around the sign.
        is_quoted: Whether the value stands in quotes.
        is_alone: Whether nothing follows the value on its line.
        start: Where the value stands.
        value: Without quotes, and without the punctuation of a sentence.
        following: What follows it, as far as nothing divides the two.
    """

    name: str
    sign: bytes
    is_field: bool
    is_spaced: bool
    is_quoted: bool
    is_alone: bool
    start: int
    value: bytes
    following: bytes

    @classmethod
    def of(cls, text: bytes, found: re.Match[bytes]) -> _Assignment:
        """Take apart what was *found* in *text*."""
        sign = found[0][:1]
        end = found.start() + (len(found[0].split()[0]) if sign == _VERB else 0)
        before = text[max(0, end - _LONGEST_NAME) : end]
        quoted = found["quote"] is not None
        value = found["quoted"] if quoted else found["plain"]
        told = value if quoted else value.rstrip(b".,;:!?)")
        return cls(
            name=_name(before),
            sign=sign,
            is_field=sign == b":" and before.rstrip().endswith(b'"'),
            is_spaced=bool(found["space"]) or before.endswith((b" ", b"\t")),
            is_quoted=quoted,
            is_alone=found["alone"] is not None,
            start=found.start("quoted" if quoted else "plain"),
            value=told,
            following=value[len(told) :],
        )

    @property
    def is_loud(self) -> bool:
        """Whether the name is that of a constant, or of a variable of the environment."""
        return self.name.isupper()


def _name(before: bytes) -> str:
    r"""Return the name at the end of *before*, without an escape in front: `\nDB_PASSWORD`."""
    left = before.rstrip(b" \t\"'`]*\\")
    begin = left.translate(_MARKED).rfind(b" ") + 1
    if left[begin - 1 : begin] == b"\\":
        begin += left[begin : begin + 1] in (b"n", b"r", b"t")
    if left[begin:].lower() == b"key" and left[:begin].lower().endswith(b"api "):
        begin -= len(b"api ")
    return left[begin:].decode("ascii", "replace").lstrip("-.")


_Strength = Literal["password", "secret", "weak"]
_PASSWORD = re.compile(r"(?:.*[^A-Za-z])?(?:\w*(?:password|passwd|passphrase|passcode|pwd)|pw)")
_OF_A_MODEL = re.compile(
    r"(?:.*_)?(?:unk|sep|cls|image|special|start|end|stop|bos|eos|pad|mask|max|min)_token",
    re.IGNORECASE,
)
_SHORTEST, _SHORTEST_WEAK = 4, 8


def _strength(name: str) -> _Strength | None:
    """Say what a name promises: `weak` is one that many a harmless thing has, too."""
    if _PASSWORD.fullmatch(name.lower()):
        return "password"
    told = names.field(name.replace(" ", "_"), received=True)
    is_whole = "_" not in name and name.lower() in ("secret", "token")
    if told is None or is_whole or _OF_A_MODEL.fullmatch(name):
        return "weak" if is_whole else None
    if told == "secret":
        return "secret"
    if name.lower().endswith("key"):
        return None  # `sort_key`, `cache_key`: a credential only if it looks random
    return "secret" if name.isupper() else "weak"


def _is_secret(one: _Assignment) -> bool:
    strength = _strength(one.name)
    if strength is None or one.is_field or _is_harmless(one, strength):
        return False
    if strength == "weak":
        if one.sign == b":" and not one.is_spaced:
            return False  # a part of something else: `arn:aws:...:secret:name-a1b2c3`
        return len(one.value) >= _SHORTEST_WEAK and _is_mixed(one.value)
    if one.is_quoted or (one.is_loud and (_is_environment(one) or one.is_alone)):
        return True
    return _is_mixed(one.value) and not _is_variable(one)


def _is_environment(one: _Assignment) -> bool:
    """Tell whether it is written as in a `.env` file: `NAME=value`, without a space."""
    return one.sign == b"=" and not one.is_spaced


_CODE = re.compile(
    rb"[()\[\]{}<>|]|\A[$%&*]|\A[\w-]+(?:->|::|\?\.)|\A[a-z_]\w*(?:\.[A-Za-z_]\w*)+\Z"
)
_CONSTANT = re.compile(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_TYPE = re.compile(
    rb"(?:u?int|float|str|string|varchar|char|utf|sha|md|base|uuid|bytes|bcrypt|argon|pbkdf|scrypt"
    rb"|aes|rsa|ed|hs|rs|es|x|v|oauth|ipv|gpt)[-_]?\d+\w*(?:[-_]\w+)*",
    re.IGNORECASE,
)
_STANDS_FOR_ONE = re.compile(
    rb".*\byour\b.*|.*your[-_].*|(?:my|the|some)[-_ ].*|none|null|true|false|undefined|.*://.*"
    rb"|(?:[a-z.]*[_-])*(?:pass(?:word|phrase)?|token|key|secret)",  # `google_api_key`
    re.IGNORECASE,
)


def _is_harmless(one: _Assignment, strength: _Strength) -> bool:
    """Tell whether the value is short, a number, code, a type, or stands for a value."""
    value = one.value
    return (
        len(value) < _SHORTEST
        or (value.isdigit() and (strength != "password" or not one.is_loud))
        or is_placeholder(value)
        or _STANDS_FOR_ONE.fullmatch(value) is not None
        or _CONSTANT.fullmatch(value) is not None
        or (not one.is_quoted and _is_code(value))
    )


def _is_code(value: bytes) -> bool:
    return _CODE.search(value) is not None or _TYPE.fullmatch(value) is not None


_LETTER = re.compile(rb"[A-Za-z]")
_NO_LETTER = re.compile(rb"[0-9!@#$%^&*+~]")
_MIXED = 6


def _is_mixed(value: bytes) -> bool:
    """Tell whether *value* has letters and what stands among letters in passwords alone."""
    has_both = _LETTER.search(value) is not None and _NO_LETTER.search(value) is not None
    return len(value) >= _MIXED and has_both and b" " not in value and not _TYPE.fullmatch(value)


_VARIABLE = re.compile(
    rb"(?:\w*_)?(?:pass(?:word|wd|phrase)?|pwd?|token|key|secret|arg|param|value|val|var|text|hash"
    rb"|user|test|tmp|line|item|part|row|col|data|result)_?\d{0,3}",
    re.IGNORECASE,
)


def _is_variable(one: _Assignment) -> bool:
    """Tell whether the value names a variable: `password = password2`, `f(token=part1, n=2)`."""
    is_argument = one.sign == b"=" and one.following[:1] in (b",", b")")
    return is_argument or _VARIABLE.fullmatch(one.value) is not None


# --- behind `-u`, as curl takes it

_USER = re.compile(
    rb"-(?:u|-user|-proxy-user)(?:(?<=[\s\"'`]-u)|(?<=\\[nrt]-u)|(?<=user))"
    rb"(?:[ \t]++|=)?(?:\\*[\"'])?"
    rb"(?P<user>[\w.@+-]{1,64}):(?P<password>[^\s\"'`\\]{4,})"
)


def _users(text: bytes) -> Iterator[_Place]:
    """Find `curl -u NAME:PASSWORD`, and no `docker run -u 1000:1000`."""
    for found in _USER.finditer(text):
        user, password = found["user"], found["password"]
        is_group = password == user or password.isdigit() or password[:1] in (b"$", b"<", b"{")
        if not is_group and not is_placeholder(password):
            yield *found.span("password"), "password of a user"
