"""Whether the model that answered is the one that was asked for, under whatever name.

A name may say more than the model: the vendor and the region at Amazon, the vendor and how to
choose a host at OpenRouter, a folder at Google, a date, a revision.

Source: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html and
https://openrouter.ai/docs/features/provider-routing (not read for this); the pairs are those of
recorded answers.
"""

from __future__ import annotations

import re

__all__ = ["same_model"]

_DATED = re.compile(r"([-@]\d[\d-]*(-preview)?)?")
_AMAZON = re.compile(r"(?:[a-z]{2,6}(?:-gov)?\.)?[a-z0-9]+\.(?=[a-z])")
"""`us.anthropic.`, `amazon.`; what a digit follows is a version: `qwen2.5`."""
_REVISION = re.compile(r"-v\d+(?::\d+\w*)?$")
_CHOICE = re.compile(r":(?:nitro|floor|online|free|extended|exacto|thinking|beta)$")


def same_model(asked: str, answered: str) -> bool:
    """Tell whether *answered* is *asked*, or a dated, shortened or routed name of it."""
    name = _short(answered)
    return any(_is_dated(name, short) for short in {_short(asked), _bare(_short(asked))})


def _is_dated(name: str, short: str) -> bool:
    return name.startswith(short) and _DATED.fullmatch(name, len(short)) is not None


def _short(name: str) -> str:
    return name.rpartition("/")[2].removesuffix("-latest").replace("@", "-").lower()


def _bare(short: str) -> str:
    """Take away what Amazon and OpenRouter put before and behind a model's own name."""
    vendor = _AMAZON.match(short)
    own = short[vendor.end() :] if vendor else short
    return _CHOICE.sub("", _REVISION.sub("", own))
