"""What holds around every test; what of that looks at torch is in `untouched_torch`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

os.environ["OMP_NUM_THREADS"] = "1"  # as many workers as cores: more threads only wait
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):  # else each process compiles all that it imports
    sys.dont_write_bytecode = False

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background of a script
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests press Ctrl-C

import pytest
from hypothesis import HealthCheck, settings


def pytest_configure(config: pytest.Config) -> None:
    """Watch torch where tests run: the process that hands them to workers need not import it."""
    hands_out = getattr(config.option, "dist", "no") != "no" and not hasattr(config, "workerinput")
    if not hands_out:
        config.pluginmanager.import_plugin("untouched_torch")
        settings.register_profile("any machine", suppress_health_check=[HealthCheck.too_slow])
        settings.load_profile("any machine")  # a draw may wait for another process' turn


_IN_FULL_ELSEWHERE = ("benched", "whole")  # what the markers are for, pyproject.toml says


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is for CI to run in full, but where tests were asked for by name or marker."""
    is_named = config.option.keyword or any("::" in each for each in config.args)
    if config.option.markexpr or is_named:
        return
    left = [item for item in items if any(map(item.get_closest_marker, _IN_FULL_ELSEWHERE))]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


@pytest.fixture
def warm_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start Python with torch imported, wherever this process starts it."""
    from warm_processes import WarmPopen  # benchmarks that read this file do without

    monkeypatch.setattr(subprocess, "Popen", WarmPopen)


@pytest.fixture(autouse=True, scope="session")
def _commands_are_built_once() -> Iterator[None]:
    """Build the command line's parser once a process: that took a third of a small command.

    One whose help was put into another language is not used again.
    """
    import typer

    from backtrace.cli import app, help_language

    build, translate = typer.main.get_command, help_language._translate
    kept: dict[str, object] = {}

    def get_command(which: typer.Typer) -> object:
        if which is not app:
            return build(which)
        if not kept:
            kept["ours"] = build(app)
        return kept["ours"]

    def translate_once(*args: object) -> None:
        kept.clear()
        translate(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", get_command)
        patch.setattr(help_language, "_translate", translate_once)
        yield
