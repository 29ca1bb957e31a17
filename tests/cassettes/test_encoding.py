from __future__ import annotations

import gzip
import zlib

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
import zstandard

from pytest_specbudget.cassettes.encoding import decoded
from pytest_specbudget.cassettes.interaction import Answer

TEXT = b'{"text": "hello"}'
RAW = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        pytest.param("gzip", gzip.compress(TEXT), id="gzip"),
        pytest.param("deflate", zlib.compress(TEXT), id="deflate with its wrapping"),
        pytest.param("deflate", RAW.compress(TEXT) + RAW.flush(), id="deflate without"),
        pytest.param("gzip", TEXT, id="undone by the client already"),
    ],
)
def test_a_compressed_answer_is_kept_readable(coding: str, body: bytes) -> None:
    headers = {"Content-Encoding": [coding], "content-length": [str(len(body))], "a": ["b"]}

    kept = decoded(Answer(status=200, body=body, headers=headers))

    assert kept.body == TEXT
    assert "Content-Encoding" not in kept.headers
    assert kept.headers["a"] == ["b"]


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br"])
def test_an_encoding_that_cannot_be_undone_stays(coding: str) -> None:
    answer = Answer(status=200, body=b"\xff\xfe\x00", headers={"content-encoding": [coding]})

    assert decoded(answer) == answer


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_what_a_package_can_undo_is_kept_readable(coding: str) -> None:
    packed = {"br": brotli.compress, "zstd": zstandard.compress}[coding](b'{"text": "hi"}')
    answer = Answer(status=200, body=packed, headers={"Content-Encoding": [coding]})

    assert decoded(answer) == Answer(status=200, body=b'{"text": "hi"}')
