"""Brings the plugin to life, once something was asked of it."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from pytest_specbudget.errors import CatalogueError, SettingError
from pytest_specbudget.plugin.additions import Additions
from pytest_specbudget.plugin.collected import Collected
from pytest_specbudget.plugin.collecting import ceilings_alone, only_collects
from pytest_specbudget.plugin.gatekeeper import GATEKEEPER, Gatekeeper
from pytest_specbudget.plugin.known import known_staleness
from pytest_specbudget.plugin.observer import OBSERVER, Observer
from pytest_specbudget.plugin.options import OBSERVER_NAME, given_options
from pytest_specbudget.plugin.overlooked import OVERLOOKED
from pytest_specbudget.plugin.partial import takes_whole_files
from pytest_specbudget.plugin.run import Run, is_controller, is_worker
from pytest_specbudget.prices.loading import load_catalogue
from pytest_specbudget.settings.settings import Settings, is_switched_off, read_settings

__all__ = ["await_workers", "start", "start_late"]


def start(config: pytest.Config) -> None:
    """Read the settings; if anything is asked, watch this process and judge the run.

    Raises:
        pytest.UsageError: If settings make no sense, with every problem there is.
    """
    settings = _read(config)
    if settings.asked:
        _begin(config, settings)
    elif is_controller(config):
        _judge(config, settings, Run.of(config))


def await_workers(config: pytest.Config) -> None:
    """On a controller that was asked for nothing: judge what workers find that they are asked."""
    if is_controller(config):
        _judge(config, Settings(), Run.of(config))


def start_late(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Watch from now on: the tests are collected, and some of them use what is ours."""
    _begin(config, _read(config))
    if GATEKEEPER in config.stash:
        config.stash[GATEKEEPER].started_late(items[0].session)
    config.stash[OBSERVER].collected(items)


def _begin(config: pytest.Config, settings: Settings) -> None:
    run = Run.of(config)
    added = Additions.to(settings, config)
    if not is_worker(config):
        _check(config, added)
    if only_collects(config):
        added = replace(added, settings=ceilings_alone(added.settings))
    if not is_worker(config):
        _judge(config, added.settings, run)
    _observe(config, added, run)  # a controller too: hooks of a conftest.py may call models there


def _check(config: pytest.Config, added: Additions) -> None:
    """Find mistakes before the first test; with the gate switched off none ends the run."""
    if added.settings.disabled:
        return
    added.check()
    _check_prices(added.settings)
    known_staleness(added.settings, config.rootpath)  # so that a mistake in it costs no run
    _check_base(added.settings, config)


def _read(config: pytest.Config) -> Settings:
    options = given_options(config)
    try:
        settings = read_settings(options=options, environment=os.environ, rootdir=config.rootpath)
        if settings.asked and (sentence := config.stash.get(OVERLOOKED, None)):
            settings = replace(settings, notes=(sentence, *settings.notes))
        return settings if settings.routing is None else _with_routing(settings)
    except SettingError as error:
        if is_switched_off(os.environ):
            return Settings(disabled=True, asked=True, notes=error.problems)
        raise pytest.UsageError("\n".join(error.problems)) from None


def _with_routing(settings: Settings) -> Settings:
    """Read the routing table before the first test, with the ceilings that it brings along."""
    from pytest_specbudget.settings.routing_limits import with_routing  # noqa: PLC0415 - few have one

    return with_routing(settings)


def _check_prices(settings: Settings) -> None:
    """Read the user's price files before the first test, so that a mistake costs no run."""
    if settings.prices:
        try:
            load_catalogue(settings.prices)
        except CatalogueError as error:
            # Of several files the message names the one; the origin of the first would mislead.
            origin = f"{settings.origin_of('prices')}: " if len(settings.prices) == 1 else ""
            raise pytest.UsageError(f"{origin}{error}") from None


def _check_base(settings: Settings, config: pytest.Config) -> None:
    """Read the accepted regressions before the first test, likewise."""
    from pytest_specbudget.comparisons.bases import base_of  # noqa: PLC0415 - not at start-up

    try:
        base_of(settings, config.rootpath, partial_run=False)
    except SettingError as error:
        raise pytest.UsageError("\n".join(error.problems)) from None


def _judge(config: pytest.Config, settings: Settings, run: Run) -> None:
    gatekeeper = Gatekeeper(config, settings, run)
    config.stash[GATEKEEPER] = gatekeeper
    config.pluginmanager.register(gatekeeper, "specbudget-gatekeeper")
    config.pluginmanager.register(gatekeeper.collected, "specbudget-collected")


def _observe(config: pytest.Config, added: Additions, run: Run) -> None:
    observer = Observer(config, added.settings, run, added.routes, _collected(config))
    if not added.settings.disabled:  # a worker's problems, which the controller tells
        observer.markers.problems.extend(added.problems)
    config.stash[OBSERVER] = observer
    config.pluginmanager.register(observer, OBSERVER_NAME)
    if GATEKEEPER in config.stash:
        config.stash[GATEKEEPER].observer = observer


def _collected(config: pytest.Config) -> Collected:
    """Return what remembers the tests of this process; a worker judges nothing and has none yet."""
    if GATEKEEPER in config.stash:
        return config.stash[GATEKEEPER].collected
    collected = Collected(whole=takes_whole_files(config))
    config.pluginmanager.register(collected, "specbudget-collected")
    return collected
