"""Options that set a key of a config: a mistake in one is told by the option that was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

from backtrace.errors import ConfigError, Problem

_NAMES = {
    "loop.zero_grad": "no_zero_grad",
    "loop.accumulate": "accumulate",
    "loop.epochs": "epochs",
    "loop.updates": "epochs",
    "loop.seed": "seed",
    "loop.device": "device",
    "loop.dtype": "dtype",
    "data.synthetic": "synthetic",
}


def with_flag_names(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose mistakes name `--device xx`, where that stands for `--set`."""

    @wraps(command)
    def naming(*words: object, **options: Any) -> None:
        try:
            command(*words, **options)
        except ConfigError as error:
            raise ConfigError([_name(each, options) for each in error.problems]) from error

    return naming


def _name(problem: Problem, options: Mapping[str, Any]) -> Problem:
    key = problem.where.removeprefix("--set ")
    typed = options.get(_NAMES.get(key, ""))
    if key == problem.where or typed in (None, False):
        return problem
    if any(pair.partition("=")[0].strip() == key for pair in options.get("set_") or ()):
        return problem  # which stands after the option, and wins
    option = f"--{_NAMES[key].replace('_', '-')}"
    where = option if typed is True else f"{option} {typed}"
    if problem.key == key:  # the place says it
        return replace(problem, key="", spelled="", where=where)
    return replace(problem, where=where)
