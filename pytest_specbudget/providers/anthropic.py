"""Anthropic's Messages, plain and streamed, made inclusive.

Anthropic counts input without what was read from and written to a cache; here those are added.
A stream starts with counts and then replaces them, field by field; the split of cache writes by
lifetime comes only at its start.  What it starts with of the output is no more than a beginning, so
a stream that never counts it anew is a lower bound, whatever its end.

Source: `BetaUsage`, `BetaMessageDeltaUsage` ("cumulative") and the `Beta*IterationUsage` types of
anthropic 2.12.0; https://platform.claude.com/docs/build-with-claude/fallback-credit (checked
2026-11-22).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_specbudget.core.reading import Part
from pytest_specbudget.core.usage import Usage
from pytest_specbudget.providers import tools
from pytest_specbudget.providers.counts import mapping, mappings, text
from pytest_specbudget.providers.dialects import DIALECTS, OPENAI
from pytest_specbudget.providers.fold import USAGE, Fold, events_with
from pytest_specbudget.providers.openai_usage import read_cost
from pytest_specbudget.providers.tiers import region, service_tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.providers.counts import Counts
    from pytest_specbudget.providers.dialects import Dialect
    from pytest_specbudget.providers.fold import Asked, Statement

__all__ = ["LegacyCompletion", "Messages", "read_usage"]

_IN_TOP_LEVEL = "message"


class Messages(Fold):
    """One message."""

    telling = events_with(USAGE, 'message_stop"')
    done_ends = False
    _output_counted = False

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._usage: dict[str, Any] = {}

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take an event or a document."""
        if whole:
            self._open(document)
            self._output_counted = True
        elif document.get("type") == "message_start":
            self._open(mapping(document.get("message")))
        else:
            self._go_on(mapping(document.get("usage")))
        self.over = not whole and document.get("type") == "message_stop"
        self.stated.finished = whole or self.over

    def settle(self, stated: Statement) -> None:
        """Reckon up the usage, and what other models did for it."""
        usage = self._usage
        stated.finished &= self._output_counted
        stated.usage = read_usage(usage, self.counts)
        fast = usage.get("speed") == "fast"
        stated.service_tier = "fast" if fast else service_tier(usage.get("service_tier"))
        stated.region = region(usage.get("inference_geo"))
        stated.provider_cost = read_cost(usage, self.counts, self._dialect)
        stated.unpriced_tools = tools.told(tools.executed(usage, self.asked.request.document))
        self._note_credit()
        entries = mappings(usage.get("iterations"))
        if any(entry.get("type") != _IN_TOP_LEVEL for entry in entries):
            self._add_up(stated, entries)

    @property
    def _dialect(self) -> Dialect:
        """How the provider differs who passes such messages on."""
        return DIALECTS.get(self.asked.provider, OPENAI)

    def _note_credit(self) -> None:
        """Note that the tokens written to a cache cost what tokens read from it do.

        Who was refused by one model, and asks another with the credit given for that, pays no
        more than if the conversation had been with the other all along.
        """
        status = mapping(mapping(self._usage.get("fallback_credit")).get("status"))
        redeemed = status.get("type") == "redeemed"
        self.counts.note("a fallback credit was redeemed: it cost less than this", when=redeemed)

    def _open(self, message: Mapping[str, Any]) -> None:
        self.stated.model = text(message.get("model")) or self.stated.model
        self.stated.response_id = text(message.get("id")) or self.stated.response_id
        self._replace(mapping(message.get("usage")))

    def _go_on(self, usage: Mapping[str, Any]) -> None:
        self._output_counted = self._output_counted or usage.get("output_tokens") is not None
        self._replace(usage)

    def _replace(self, usage: Mapping[str, Any]) -> None:
        self._usage.update((name, count) for name, count in usage.items() if count is not None)

    def _add_up(self, stated: Statement, entries: list[Mapping[str, Any]]) -> None:
        """Add all samplings: the top level lacks compactions, advisors and what was declined.

        How long a cache is kept may stand there alone.
        """
        main = stated.model or self.asked.model or "(unnamed)"
        whole = stated.usage
        told = any(mapping(entry.get("cache_creation")) for entry in entries)
        beside = Usage(
            cache_write_5m_input_tokens=None if told else whole.cache_write_5m_input_tokens,
            cache_write_1h_input_tokens=None if told else whole.cache_write_1h_input_tokens,
            reasoning_output_tokens=whole.reasoning_output_tokens,
            web_search_requests=whole.web_search_requests,
            web_fetch_requests=whole.web_fetch_requests,
        )
        by_model = {main: beside}
        for entry in entries:
            model = text(entry.get("model")) or main
            by_model[model] = by_model.get(model, Usage()) + read_usage(entry, self.counts)
        stated.usage = sum(by_model.values(), Usage())
        if len(by_model) > 1:
            stated.parts = tuple(Part(model=name, usage=each) for name, each in by_model.items())


class LegacyCompletion(Fold):
    """The older completions, which state no usage."""

    def read(self, document: Mapping[str, Any], *, whole: bool) -> None:
        """Take the names."""
        self.stated.model = text(document.get("model")) or self.stated.model
        self.stated.finished = whole or document.get("stop_reason") is not None

    def settle(self, stated: Statement) -> None:
        """Have nothing to reckon up."""


def read_usage(usage: Mapping[str, Any], counts: Counts) -> Usage:
    """Make the counts of one usage object inclusive."""
    fresh = counts.total(usage, ("input_tokens",))
    read = counts.total(usage, ("cache_read_input_tokens",))
    written = counts.total(usage, ("cache_creation_input_tokens",))
    known = {
        "input_tokens": None if fresh is None else fresh + (read or 0) + (written or 0),
        "output_tokens": counts.total(usage, ("output_tokens",)),
        "cache_read_input_tokens": read,
        "cache_write_input_tokens": written,
        "cache_write_5m_input_tokens": counts.part(
            usage, ("cache_creation", "ephemeral_5m_input_tokens")
        ),
        "cache_write_1h_input_tokens": counts.part(
            usage, ("cache_creation", "ephemeral_1h_input_tokens")
        ),
        "reasoning_output_tokens": counts.part(usage, ("output_tokens_details", "thinking_tokens")),
        "web_search_requests": counts.part(usage, ("server_tool_use", "web_search_requests")),
        "web_fetch_requests": counts.part(usage, ("server_tool_use", "web_fetch_requests")),
    }
    return Usage.of(known)
