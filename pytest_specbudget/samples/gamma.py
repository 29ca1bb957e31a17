"""The first two derivatives of the logarithm of the gamma function.

They say where the logarithm of an estimated variance lies on average, and how far it scatters.

Source: Abramowitz and Stegun, 6.3.5, 6.3.18, 6.4.6 and 6.4.12; values checked with scipy 1.17.1.
"""

from __future__ import annotations

from math import log, sqrt

__all__ = ["digamma", "trigamma", "trigamma_inverse"]

_LARGE = 10.0
_HALVINGS = 100


def digamma(x: float) -> float:
    """Return the first derivative at *x*, above 0."""
    steps = 0.0
    while x < _LARGE:
        steps += 1 / x
        x += 1
    y = 1 / (x * x)
    series = y * (1 / 12 - y * (1 / 120 - y * (1 / 252 - y * (1 / 240 - y / 132))))
    return log(x) - 1 / (2 * x) - series - steps


def trigamma(x: float) -> float:
    """Return the second derivative at *x*, above 0."""
    steps = 0.0
    while x < _LARGE:
        steps += 1 / (x * x)
        x += 1
    y = 1 / (x * x)
    series = y * (1 / 6 - y * (1 / 30 - y * (1 / 42 - y * (1 / 30 - y * 5 / 66))))
    return 1 / x + y / 2 + series / x + steps


def trigamma_inverse(value: float) -> float:
    """Return the x whose `trigamma` is *value*, above 0."""
    low, high = 0.0, 1 / value + 1 / sqrt(value)  # trigamma(x) < 1 / x + 1 / x**2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if trigamma(middle) > value:
            low = middle
        else:
            high = middle
    return high
