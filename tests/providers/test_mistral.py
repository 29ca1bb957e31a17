"""Mistral's documents are billed by the page."""

from __future__ import annotations

from typing import Any

from support.answers import ask, encoded, hear

ANSWER = encoded(
    {
        "pages": [],
        "model": "mistral-ocr-2512",
        "usage_info": {"pages_processed": 3, "doc_size_bytes": 1},
    }
)


def ocr(host: str = "api.mistral.ai", **more: Any) -> Any:
    """Ask for the text of a document."""
    return ask(host, "/v1/ocr", {"model": "mistral-ocr-latest", "document": {}, **more})


def test_pages_are_counted() -> None:
    reading = hear(ocr(), ANSWER)

    assert reading.usage.reported() == {"pages": 3}
    assert (reading.usage_state, reading.model) == ("complete", "mistral-ocr-2512")


def test_annotated_pages_are_a_lower_bound() -> None:
    reading = hear(ocr(document_annotation_format={"type": "json_schema"}), ANSWER)

    assert (reading.usage.pages, reading.usage_state) == (3, "partial")
    assert reading.flags == ("annotations are billed beside the pages",)


def test_pages_that_make_no_sense_are_unreadable() -> None:
    reading = hear(ocr(), encoded({"usage_info": {"pages_processed": -1}}))

    assert reading.usage_state == "unreadable"
