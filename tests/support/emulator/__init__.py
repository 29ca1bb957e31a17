"""A provider on the loopback interface that speaks OpenAI's, Anthropic's and Google's formats.

    with Emulator() as emulator:
        client = OpenAI(base_url=emulator.openai_url, api_key="any")

It is good enough for the providers' own SDKs, says the same for the same request on every run,
keeps count of what it reported (`served`), and misbehaves when asked (`script`, `always`, or the
request header `x-emulate`).  It is no model: what it answers is `reply`, its token counts are
lengths divided by four, its date never moves.
"""

from __future__ import annotations

from support.emulator.answer import Answer, Prompt, Reply
from support.emulator.behaviour import (
    Behaviour,
    cut,
    failing,
    gzipped,
    held,
    multiplied,
    rate_limited,
    silent,
    slow,
    vanishing,
)
from support.emulator.emulator import Emulator, Served
from support.emulator.redirect import PROVIDER_HOSTS, hosts_served_by

__all__ = [
    "PROVIDER_HOSTS",
    "Answer",
    "Behaviour",
    "Emulator",
    "Prompt",
    "Reply",
    "Served",
    "cut",
    "failing",
    "gzipped",
    "held",
    "hosts_served_by",
    "multiplied",
    "rate_limited",
    "silent",
    "slow",
    "vanishing",
]
