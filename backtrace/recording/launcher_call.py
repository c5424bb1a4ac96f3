"""What torchrun was told, by its own parser: how to start ranks, and what they are to run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backtrace.errors import UsageError


@dataclass(frozen=True)
class LauncherCall:
    """What torchrun was told: its own options, and the script or module that ranks are to run."""

    options: tuple[str, ...]
    words: tuple[str, ...]


def read_launcher_call(arguments: Sequence[str]) -> LauncherCall:
    """Tell torchrun's own options from what it runs, by its own parser.

    Raises:
        UsageError: what it runs is no Python script or module.
    """
    from torch.distributed.run import get_args_parser

    told = get_args_parser().parse_args(list(arguments))
    words = (told.training_script, *told.training_script_args)
    if told.no_python:
        raise UsageError("--no-python: put backtrace into the command that torchrun starts")
    own = arguments[: len(arguments) - len(words)]
    options = tuple(each for each in own if each not in ("-m", "--module", "--run-path"))
    return LauncherCall(options, ("-m", *words) if told.module else words)
