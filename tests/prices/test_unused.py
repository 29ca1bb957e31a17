"""Entries of overlays that fit nothing are told, each with what was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_specbudget.prices.loading import load_catalogue

if TYPE_CHECKING:
    from pathlib import Path


def unused(folder: Path, text: str) -> list[str]:
    file = folder / "ours.toml"
    file.write_text(text, encoding="utf-8")
    return [told.removeprefix(f"{file} ") for told in load_catalogue([file]).unused]


def a_price(provider: str, table: str = "price", model: str = "gpt-4o", more: str = "") -> str:
    return (
        f'[[{table}]]\nprovider = "{provider}"\nmodel = "{model}"\n'
        f'rates = {{ input = "1", output = "2" }}\n{more}\n'
    )


def a_discount(provider: str, match: str = "*") -> str:
    return f'[[discount]]\nprovider = "{provider}"\nmatch = "{match}"\npercent = "5"\n'


FALLBACK = '[[fallback]]\nprovider = "%s"\nrates = { input = "1" }\nreason = "a guess"\n'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            a_discount("mistrall"),
            '[[discount]] 1: nobody sells under the name "mistrall"; did you mean "mistral"?',
            id="a discount of nobody",
        ),
        pytest.param(
            a_discount("zzz"),
            '[[discount]] 1: nobody sells under the name "zzz";'
            " add a [[price]], or take the entry out",
            id="a discount of nobody, like no other",
        ),
        pytest.param(
            a_price("Mistral"),
            '[[price]] 1: the catalogue knows no provider "Mistral"; did you mean "mistral"?',
            id="a provider in another case",
        ),
        pytest.param(
            a_price("openai", "contract", "gpt-4o-minni"),
            '[[contract]] 1: openai sells no "gpt-4o-minni"; did you mean "gpt-4o-mini"?',
            id="a contract for a model in no catalogue",
        ),
        pytest.param(
            a_price("opnai", "contract"),
            '[[contract]] 1: nobody sells under the name "opnai"; did you mean "openai"?',
            id="a contract with nobody",
        ),
        pytest.param(
            a_discount("openai", "gtp-4o-mini*"),
            '[[discount]] 1: openai sells no "gtp-4o-mini*"; did you mean "gpt-4o-mini"?',
            id="a pattern that fits nothing",
        ),
        pytest.param(
            a_discount("openai", "gpt-4o-minni"),
            '[[discount]] 1: openai sells no "gpt-4o-minni"; did you mean "gpt-4o-mini"?',
            id="a name that is none",
        ),
        pytest.param(
            '[[free]]\nprovider = "gorq"\nmodel = "*"\nreason = "ours"', None, id="not very like"
        ),
        pytest.param(
            '[[free]]\nprovider = "antrhopic"\nmodel = "*"\nreason = "ours"',
            '[[free]] 1: the catalogue knows no provider "antrhopic"; did you mean "anthropic"?',
            id="nobody's models are free",
        ),
        pytest.param(
            FALLBACK % "opnai",
            '[[fallback]] 1: the catalogue knows no provider "opnai"; did you mean "openai"?',
            id="a fallback for nobody",
        ),
    ],
)
def test_an_entry_that_fits_nothing_is_told(tmp_path: Path, text: str, told: str | None) -> None:
    assert unused(tmp_path, text) == ([told] if told else [])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(a_price("house", model="ours"), id="a provider of their own"),
        pytest.param(a_price("openai", model="gpt-4o-mini-ours"), id="a model of their own"),
        pytest.param(a_price("house") + a_discount("house", "gpt-*"), id="terms of their own one"),
        pytest.param(
            a_price("house") + a_price("house", "contract"), id="a contract for a model of theirs"
        ),
        pytest.param(a_price("Mistral", more='reason = "a namesake"'), id="said to be meant"),
        pytest.param(a_discount("aws.bedrock"), id="another name of a provider"),
        pytest.param(a_discount("bedrock", "*claude*"), id="a pattern that fits"),
        pytest.param(a_discount("azure", "gpt-4o*"), id="models that are resold"),
        pytest.param(a_discount("openai", "gpt-5.6-luna-2026-*"), id="snapshots to come"),
        pytest.param(a_discount("openai", "ft:gpt-4o-mini:*"), id="tuned models"),
        pytest.param(FALLBACK % "*" + a_discount("zzz", "any*"), id="terms of what is guessed"),
    ],
)
def test_an_entry_that_may_well_be_meant_is_not_told(tmp_path: Path, text: str) -> None:
    assert unused(tmp_path, text) == []


OWN = (
    '[[price]] 1: bedrock has prices of their own for "minimax.minimax-m2.5" in ap-northeast-1 and '
    "9 other regions, which this one does not change; write the region that it is for, or "
    'region = "*" for all'
)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param("", [OWN], id="no region"),
        pytest.param('region = "eu-west-2"', [], id="a region"),
        pytest.param('region = "*"', [], id="all of them"),
        pytest.param('reason = "from home alone"', [], id="said to be meant"),
    ],
)
def test_a_price_that_reaches_no_region_is_told(tmp_path: Path, more: str, told: list[str]) -> None:
    assert unused(tmp_path, a_price("bedrock", model="minimax.minimax-m2.5", more=more)) == told


@pytest.mark.parametrize("name", ["seed-2025-10", "seed-fallback"])
def test_what_is_shipped_fits(tmp_path: Path, name: str) -> None:
    assert load_catalogue([tmp_path / name]).unused == ()
