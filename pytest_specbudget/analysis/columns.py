"""The columns of a history: one record is one model that one call used.

A call whose answer names several models (a fall-back inside a gateway, an advisor) is as many
records, numbered by `part`; its first one carries what was paid for the whole.  Counts are those of
`Usage`, inclusive, and null where nothing was reported.  Times are UTC without an offset, to the
microsecond.  Money is whole attodollars (10**-18 USD).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from pytest_specbudget.core.usage import USAGE_FIELDS

__all__ = ["COLUMNS", "COUNTS", "Column", "Kind"]

Kind = Literal["text", "instant", "date", "count", "money", "switch"]
"""`count` is a whole number of 64 bits, `money` one of 38 decimal digits."""


class Column(NamedTuple):
    """One column.

    Attributes:
        name: Its name in every file and on every engine.
        kind: What it holds.
        meaning: What it says, for those who write or read files.
        required: Whether a record without it is no record.
    """

    name: str
    kind: Kind
    meaning: str = ""
    required: bool = False


COUNTS = USAGE_FIELDS
"""The columns that hold counts, in the order of `Usage`."""

_COUNTED = {
    "input_tokens": "all input: fresh, read from a cache, written to one, audio, images",
    "output_tokens": "all output: text, reasoning, audio, images",
    "cache_read_input_tokens": "the part of the input that was served from a cache",
    "cache_read_audio_input_tokens": "the part of that which was audio",
    "cache_read_image_input_tokens": "the part of that which was images",
    "cache_write_input_tokens": "the part of the input that was written to a cache",
    "cache_write_5m_input_tokens": "the part of cache writes that is kept for five minutes",
    "cache_write_1h_input_tokens": "the part of cache writes kept for an hour (12 at OpenAI)",
    "reasoning_output_tokens": "the part of the output that was reasoning",
    "input_audio_tokens": "the part of the input that was audio",
    "output_audio_tokens": "the part of the output that was audio",
    "input_image_tokens": "the part of the input that was images",
    "output_image_tokens": "the part of the output that was images",
    "web_search_requests": "searches that are billed beside tokens",
    "web_fetch_requests": "fetches of pages that are billed beside tokens",
    "search_units": "units of ranking that are billed beside tokens",
    "tool_calls": "calls of a tool of the provider that are billed beside tokens",
    "audio_seconds": "audio that is billed by its length",
    "pages": "documents that are billed by the page",
}

COLUMNS: tuple[Column, ...] = (
    Column("id", "text", "names the call; of one id and part there is one record", required=True),
    Column("part", "count", "numbers the models of a call; 0 has what was paid", required=True),
    Column("day", "date", "the day of `at`; files are parted by it", required=True),
    Column("at", "instant", "when it was asked", required=True),
    Column("clock", "instant", "when it was answered, for rates by the time of day", required=True),
    Column("run", "text", "the run that it belongs to"),
    Column("provider", "text", "who is paid, as `specbudget prices` names it", required=True),
    Column("model", "text", "the model that is charged", required=True),
    Column("request_model", "text", "the model that was asked for"),
    Column("operation", "text", "what was asked: chat, responses, embeddings, ..."),
    Column("service_tier", "text", "the provider's tier: batch, flex, priority, ..."),
    Column("region", "text", "where it was answered, if prices differ by that"),
    Column("spec", "text", "the SPEC that it was made for"),
    Column("command", "text", "the command of that SPEC"),
    Column("stage", "text", "the stage of that SPEC"),
    Column("phase", "text", "the phase of that SPEC"),
    Column("test", "text", "the test that made it"),
    Column("tier", "text", "the task tier that it was routed to"),
    Column("source", "text", "how it came about; mocked calls are no history", required=True),
    Column("outcome", "text", "how it ended; `unknown` if nobody saw that", required=True),
    Column("usage_state", "text", "how much of the counts is known", required=True),
    Column("free", "switch", "whether it was declared to cost nothing", required=True),
    *(Column(name, "count", _COUNTED[name]) for name in COUNTS),
    Column("list_cost", "money", "the cost at list prices, as charged; none if unknown"),
    Column("billed_cost", "money", "what is on the bill; 0 for a replayed call"),
    Column("price_id", "text", "the price that it was charged by"),
    Column("priced_at", "instant", "whose prices `list_cost` has, if not those of `at`"),
)
"""Every column, in the order in which files have them."""
