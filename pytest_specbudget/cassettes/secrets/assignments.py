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

from pytest_specbudget.cassettes.secrets import names
from pytest_specbudget.cassettes.secrets.placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["assigned"]

_Place = tuple[int, int, str]

_ENDS = (
    *(b"password", b"passwd", b"passphrase", b"passcode", b"pwd", b"pw"),
    *(b"secret", b"token", b"key"),
)
"""How names end, in small letters."""
_LONGEST_END = 20  # bytes, with what closes around a name
_CLOSING = b" \t\\\"'`]*0123456789"
"""What may stand between a name and its sign: `environ["PASSWORD"] =`, `**Password2**:`."""

# A pattern that begins with one character is looked for much faster than any other.  Most colons
# are those of JSON, whose fields are judged elsewhere.
_EQUALS = re.compile(rb"=(?<=[dentywDENTYW \t\\\"'`\]*\d]=)(?![=~])>?")
_COLON = re.compile(rb":(?<=[dentywDENTYW \t\\'`\]*\d]:)(?![:/])=?(?:\*\*)?")
_IS = re.compile(rb"w(?<=[sp]w)(?:ord|d)?(?=[ \t])[ \t]+(?:is|was):?(?=[ \t])")
_VALUE = re.compile(
    rb"(?P<space>[ \t]*+)(?:(?P<quote>\\*+[\"'`])"
    rb"(?P<quoted>[\w!@#$%^&*+/=~?.-](?:(?!(?P=quote))[^\\\r\n])*+)(?P=quote)"
    rb"|(?P<plain>(?:[^\s\"'`\\&]|&(?![\w.-]+=))++)"
    rb"(?P<alone>(?=[ \t]*+(?:\Z|[\r\n\"'`]|\\+[nr\"'`])))?)"
)


def assigned(text: bytes) -> Iterator[_Place]:
    """Yield start, end and kind of each password that stands under its name, or behind `-u`."""
    for pattern in (_EQUALS, _COLON, _IS):
        done = 0
        for sign in pattern.finditer(text):
            one = _assignment(text, sign) if sign.start() >= done else None
            if one is None:
                continue
            done = one.start + len(one.value)
            if _is_secret(one):
                yield one.start, done, f'value of "{one.name}"'
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

    @property
    def is_loud(self) -> bool:
        """Whether the name is that of a constant, or of a variable of the environment."""
        return self.name.isupper()


def _assignment(text: bytes, sign: re.Match[bytes]) -> _Assignment | None:
    """Take apart what stands around *sign*; None if that is no name and a value."""
    kind = sign[0][:1]
    end = sign.start() + (len(sign[0].split()[0]) if kind == _VERB else 0)
    if not text[max(0, end - _LONGEST_END) : end].rstrip(_CLOSING).lower().endswith(_ENDS):
        return None
    found = _VALUE.match(text, sign.end())
    if found is None:
        return None
    before = text[max(0, end - _LONGEST_NAME) : end]
    quoted = found["quote"] is not None
    value = found["quoted"] if quoted else found["plain"]
    told = value if quoted else value.rstrip(b".,;:!?)")
    return _Assignment(
        name=_name(before),
        sign=kind,
        is_field=kind == b":" and before.rstrip().endswith(b'"'),
        is_spaced=bool(found["space"]) or before.endswith((b" ", b"\t")),
        is_quoted=quoted,
        is_alone=found["alone"] is not None,
        start=found.start("quoted" if quoted else "plain"),
        value=told,
        following=value[len(told) :],
    )


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
_SHELL = re.compile(rb"[$%<{(\[]|[\w.]*[(\[]|[a-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")
_CONSTANT = re.compile(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_TYPE = re.compile(
    rb"(?:u?int|float|str|string|varchar|char|utf|sha|md|base|uuid|bytes|bcrypt|argon|pbkdf|scrypt"
    rb"|aes|rsa|oauth|ipv|gpt|ed255)[-_]?\d+\w*(?:[-_]\w+)*|(?:x|v|hs|rs|es)\d{1,4}",
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
        or (not one.is_quoted and _is_code(one))
    )


def _is_code(one: _Assignment) -> bool:
    """Tell whether a value without quotes is an expression or a type, as far as its name allows."""
    if one.is_loud and _is_environment(one):
        return _SHELL.match(one.value) is not None
    return _CODE.search(one.value) is not None or _TYPE.fullmatch(one.value) is not None


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
_LONGEST_COMMAND = 300


def _users(text: bytes) -> Iterator[_Place]:
    """Find `curl -u NAME:PASSWORD`, and no `docker run -u 1000:1000`."""
    for found in _USER.finditer(text):
        user, password = found["user"], found["password"]
        is_curl = b"curl" in text[max(0, found.start() - _LONGEST_COMMAND) : found.start()]
        is_group = password == user or password.isdigit() or password[:1] in (b"$", b"<", b"{")
        if (is_curl or _is_mixed(password)) and not is_group and not is_placeholder(password):
            yield *found.span("password"), "password of a user"
