"""Where a report points: a file and a line that whoever reads it can open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from backtrace.check.outcome import Outcome
from backtrace.check.targets import relative

_WHERE = re.compile(r"(.+?:\d+:\d+): ")  # as a ConfigError begins
_OWN_LOOP = "loop.py"  # what stands in for the user's own loop when a config runs


class ReportLocation(NamedTuple):
    """A file as seen from the working directory, and a line from 1."""

    file: str
    line: int


def find_error_location(outcome: Outcome) -> ReportLocation:
    """Return where the first mistake is that kept a target from running."""
    found = _WHERE.match(outcome.error)
    return find_location(outcome, found[1] if found else "")


def find_location(outcome: Outcome, where: str) -> ReportLocation:
    """Return where `file:line` or `file:line:column` is; the target's first line if nowhere."""
    first = ReportLocation(outcome.path, 1)
    file = where
    numbers: list[int] = []
    while (split := file.rpartition(":"))[2].isdecimal():
        file, numbers = split[0], [int(split[2]), *numbers]
    if not numbers or not Path(file).is_file():
        return first
    is_ours = outcome.path.endswith((".yaml", ".yml")) and Path(file).name == _OWN_LOOP
    return first if is_ours else ReportLocation(relative(Path(file)), max(1, numbers[0]))
