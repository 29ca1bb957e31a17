"""The setting `hosts`: what answers at a gateway or a self-hosted model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_specbudget.core.names import nearest
from pytest_specbudget.settings.amounts import amount_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_specbudget.core.money import Money
    from pytest_specbudget.providers import HostRule
    from pytest_specbudget.settings.given import Given

__all__ = ["host_rule"]

_FIELDS = ("provider", "models", "free", "bound_usd", "estimate")
_FORM = (
    '{ provider = "openai", models = { "alias" = "real-model" }, free = "reason", '
    'bound_usd = "0.05", estimate = "chars/4" }'
)
_COSTS = ("models", "bound_usd")
"""What says how to price a call, which nothing does where it is free.  `provider` may stand beside
`free`: it says whose API answers, and some paths are read for their owner alone."""
_EVERY_MODEL = "*"


def host_rule(given: Given) -> HostRule:
    """Understand one entry of `hosts`.

    Raises:
        ValueError: If the host is no bare host name, or the entry declares nothing, something
            unknown, or something that is no text.
    """
    # The readers of all providers come along, so only those who have such a rule pay for it.
    from pytest_specbudget.providers import HostRule  # noqa: PLC0415  see above

    fields = _fields(given.value)
    return HostRule(
        pattern=_host(given.entry or ""),
        provider=_text(fields, "provider"),
        models=_models(fields.get("models", {})),
        free=_text(fields, "free"),
        bounds=_bounds(fields.get("bound_usd", {})),
        estimate=_estimate(fields),
        origin=given.origin,
    )


def _host(pattern: str) -> str:
    if pattern != pattern.strip():
        raise ValueError(f'the host has spaces around it; write "{pattern.strip()}"')
    if not pattern or "/" in pattern or pattern.count(":") == 1:
        raise ValueError(
            f'"{pattern}" is no host; write its name alone, without scheme, port or path'
        )
    return pattern.lower()


def _fields(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict) or not value:
        raise ValueError(f"declares nothing; write one or more of {_FORM}")
    for name in value:
        if name not in _FIELDS:
            likely = nearest(name, _FIELDS)
            hint = f'did you mean "{likely}"?' if likely else f"write one or more of {_FORM}"
            raise ValueError(f'a host has no "{name}"; {hint}')
    for name in _COSTS if "free" in value else ():
        if name in value:
            raise ValueError(f'"free" and "{name}" contradict each other; keep one of them')
    return value


def _text(fields: Mapping[str, object], name: str) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is no text; write it in quotes, as in {_FORM}")
    return value


def _models(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
        raise ValueError('models is no table of names; write models = { "alias" = "real-model" }')
    for alias, model in value.items():
        if not alias.strip() or not model.strip():
            raise ValueError(
                f'models: "{alias}" = "{model}" lacks a name; write "alias" = "real-model"'
            )
    return value


def _bounds(value: object) -> Mapping[str, Money]:
    """Understand what a call costs at most: one amount, or one for each model or glob of models."""
    by_model = value if isinstance(value, dict) else {_EVERY_MODEL: value}
    try:
        return {model: amount_of(amount) for model, amount in by_model.items()}
    except ValueError as error:
        raise ValueError(f"bound_usd: {error}") from None


def _estimate(fields: Mapping[str, object]) -> str | None:
    from pytest_specbudget.providers.estimate import METHODS  # noqa: PLC0415  as in `host_rule`

    method = _text(fields, "estimate")
    if method is not None and method not in METHODS:
        known = " or ".join(f'"{name}"' for name in METHODS)
        raise ValueError(f'estimate: there is no method "{method}"; write {known}')
    return method
