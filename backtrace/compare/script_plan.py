"""Which scripts `compare` sets side by side, with which experiments: the first is the baseline."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backtrace.compare.plan import (
    Overrides,
    experiment_text,
    name_experiment,
    split_changes,
    tell_apart,
)
from backtrace.driver.script import Program, check_script, is_script
from backtrace.errors import UsageError
from backtrace.steer.catalogue import read_experiment


@dataclass(frozen=True)
class ScriptVariant:
    """A program, what is changed while it runs, and on how many ranks: None without a launcher."""

    name: str
    program: Program
    experiments: tuple[str, ...] = ()
    nproc: int | None = None


def are_scripts(targets: Sequence[str]) -> bool:
    """Whether scripts are meant, be they there or not."""
    return any(is_script(_split(target)[0]) for target in targets if target.strip())


def plan_scripts(
    targets: Sequence[str],
    changes: Overrides,
    common: Overrides = (),
    arguments: Sequence[str] = (),
    *,
    is_module: bool = False,
) -> list[ScriptVariant]:
    """Return what to compare, the baseline first.

    Args:
        targets: scripts, or a module; `"train.py --a"` is one with arguments of its own.
        changes: experiments. A key given several times makes a variant of each value; those
            given once belong to all variants, and to the baseline only when there are repeats.
        common: experiments that hold for every run.
        arguments: what every script is given after its own arguments.

    Raises:
        ScriptError: there is no such script.
        UsageError: there is nothing to compare, or too much, or no such experiment.
    """
    for key, value in (*common, *changes):
        read_experiment(experiment_text(key, value))
    programs = [read_program(target, arguments, is_module=is_module) for target in targets]
    shared = tuple(experiment_text(*each) for each in common)
    if len(programs) > 1:
        if changes:
            raise UsageError("compare either several scripts, or one script with changes")
        named = [(name_program(each), each) for each in programs]
        return [ScriptVariant(name, each, shared) for name, each in tell_apart(named)]
    (program,) = programs
    if not changes:
        raise UsageError(
            f"nothing to compare: say what to change in {program.name} "
            f"(--no-zero-grad, --lr 0.1x, --with KEY=VALUE; `backtrace steer --list`), "
            "or name a second script"
        )
    single, repeated = split_changes(changes)
    held = (*shared, *(experiment_text(*each) for each in single))
    variants = [
        (name_experiment(key, value), (*held, experiment_text(key, value)))
        for key, values in repeated.items()
        for value in values
    ]
    if not variants:
        variants = [(", ".join(name_experiment(*each) for each in single), held)]
    base = ScriptVariant(program.name, program, held if repeated else shared)
    return [base, *(ScriptVariant(name, program, texts) for name, texts in tell_apart(variants))]


def read_program(text: str, arguments: Sequence[str], *, is_module: bool) -> Program:
    """Return the script that a text names with its arguments, or the module.

    Raises:
        ScriptError: there is no such script.
        UsageError: it is a config.
    """
    if is_module:
        return Program(text, tuple(arguments), is_module=True)
    words = [text] if Path(text).exists() else _split(text)
    if not is_script(words[0]):
        raise UsageError(f"{text}: a config is not compared with a script")
    check_script(words[0])
    return Program(words[0], (*words[1:], *arguments))


def name_program(program: Program) -> str:
    """Return what a program is called: its file, and its arguments."""
    return " ".join([program.name, *map(shlex.quote, program.arguments)])


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text) or [text]
    except ValueError:  # a quote that is not closed
        return [text]
