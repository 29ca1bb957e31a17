"""Which requests are the same request, for any document that a client could send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hypothesis import assume, given
from hypothesis import strategies as st

from pytest_specbudget.cassettes.interaction import Asked
from pytest_specbudget.cassettes.matching import Fingerprint, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

URI = "https://api.openai.com/v1/chat/completions"
# The names of credentials stand for themselves below; a value by their name does not count.
NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    WORDS.filter(lambda text: "sk-" not in text),
)
DOCUMENTS = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda inside: st.lists(inside, max_size=4) | st.dictionaries(NAMES, inside, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)
SECRETS = st.text("abcdefghijklmnopqrstuvwxyzABCDEF0123456789", min_size=1, max_size=40)


def of(body: str, uri: str = URI) -> Fingerprint:
    return fingerprint(Asked(method="POST", uri=uri, body=body.encode()))


def respelt(value: Any, draw: Callable[..., Any]) -> str:
    """Write a JSON value in another way: keys in another order, spaces, escapes, `1.0` for `1`."""
    space = draw(st.sampled_from(["", " ", "\n\t"]))
    if isinstance(value, dict):
        pairs = draw(st.permutations(list(value.items())))
        inside = [f"{json.dumps(name)}{space}:{respelt(held, draw)}" for name, held in pairs]
        return f"{space}{{{','.join(inside)}{space}}}"
    if isinstance(value, list):
        return f"[{','.join(respelt(held, draw) for held in value)}{space}]{space}"
    return f"{draw(st.sampled_from(spellings(value)))}{space}"


def spellings(value: Any) -> list[str]:
    written = [json.dumps(value), json.dumps(value, ensure_ascii=False)]
    if type(value) is int and abs(value) < 2**53:
        written += [f"{value}.0", f"{value}e0", f"{value}0E-1"]
    return written


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each value within *value*."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, held in inside:
        found.append((*here, key))
        if isinstance(held, dict | list):
            found += places(held, (*here, key))
    return found


def changed(document: Any, place: tuple[Any, ...], to: Any) -> Any:
    copy = json.loads(json.dumps(document))
    *way, last = place
    holder = copy
    for key in way:
        holder = holder[key]
    holder[last] = to
    return copy


@given(DOCUMENTS, st.data())
def test_the_same_document_matches_however_it_is_spelt(
    document: dict[str, Any], data: st.DataObject
) -> None:
    assert of(respelt(document, data.draw)) == of(json.dumps(document))


@given(DOCUMENTS.filter(bool), LEAVES, st.data())
def test_a_change_of_any_value_does_not_match(
    document: dict[str, Any], to: Any, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(places(document)))
    other = changed(document, place, to)
    assume(json.dumps(other, sort_keys=True) != json.dumps(document, sort_keys=True))
    assume(not equal_in_json(other, document))

    assert of(json.dumps(other)) != of(json.dumps(document))


def equal_in_json(one: Any, other: Any) -> bool:
    """Compare as JSON does: 1 and 1.0 are one number, 1 and true are two values."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal_in_json(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal_in_json, one, other))
    return (isinstance(one, bool) is isinstance(other, bool)) and bool(one == other)


@given(DOCUMENTS.filter(bool), st.data())
def test_a_key_that_is_gone_does_not_match(document: dict[str, Any], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(sorted(document)))
    rest = {name: value for name, value in document.items() if name != gone}

    assert of(json.dumps(rest)) != of(json.dumps(document))


@given(st.lists(LEAVES, min_size=2, max_size=6), st.data())
def test_the_order_of_a_list_counts(values: list[Any], data: st.DataObject) -> None:
    other = data.draw(st.permutations(values))
    assume(not equal_in_json(other, values))

    assert of(json.dumps({"messages": other})) != of(json.dumps({"messages": values}))


@given(DOCUMENTS, SECRETS, SECRETS)
def test_credentials_never_matter(document: dict[str, Any], mine: str, yours: str) -> None:
    def asked(secret: str) -> Asked:
        return Asked(
            method="POST",
            uri=f"{URI}?{urlencode({'key': secret, 'api-version': '1'})}",
            body=json.dumps({**document, "api_key": secret}).encode(),
            headers={"Authorization": [f"Bearer {secret}"], "x-api-key": [secret]},
        )

    assert fingerprint(asked(mine)) == fingerprint(asked(yours))


@given(st.dictionaries(NAMES, WORDS, max_size=5), st.data())
def test_a_query_matches_in_any_order_and_not_with_another_value(
    query: dict[str, str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(list(query.items())))
    longer = {**query, "more": "1"}

    assert of("{}", f"{URI}?{urlencode(shuffled)}") == of("{}", f"{URI}?{urlencode(query)}")
    assert of("{}", f"{URI}?{urlencode(longer)}") != of("{}", f"{URI}?{urlencode(query)}")


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_bodies_that_are_no_json_match_byte_by_byte(one: bytes, other: bytes) -> None:
    def sent(body: bytes) -> Fingerprint:
        return fingerprint(Asked(method="POST", uri=URI, body=b"\xff" + body))

    assert (sent(one) == sent(other)) is (one == other)
