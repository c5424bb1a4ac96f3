"""Reads the command that a trace was made by, as the command line reads it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from backtrace.cli import experiments, flags
from backtrace.errors import UsageError

if TYPE_CHECKING:
    from backtrace.compare.trace_child import TraceRequest
    from backtrace.tracefile import TraceFile

# What a command line that cannot be parsed raises: Click's, which newer versions of Typer contain.
_MISUSE: Any = typer.BadParameter.__base__


def read_recorded_command(trace: TraceFile, run_command: Any) -> TraceRequest:
    """Return the run that a trace is of; `run_command` is the parsed command `run`.

    Raises:
        UsageError: the trace does not say, or it was no `backtrace run` on one process.
        ScriptError: there is no such script here.
    """
    if trace.ranks:
        raise UsageError(f"{trace.path}: is of several ranks, which are not run again from here")
    return read_command(trace.header.command, trace.path, run_command)


def read_command(text: str, path: Path, run_command: Any) -> TraceRequest:
    """Return the run that the command in the header of the file at `path` began.

    Raises:
        UsageError: the trace does not say, or it was no `backtrace run` on one process.
        ScriptError: there is no such script here.
    """
    from backtrace.compare.trace_child import TraceDetail, TraceRequest
    from backtrace.driver.script import check_script, is_script

    told = _parse(text, path, run_command)
    given, target = told.params, str(told.params["target"])
    steered = experiments.list_experiments(**experiments.chosen(given))
    every = flags.read_every(given["every"])
    detail = TraceDetail(max(given["values"], 16), False, every, given["by_term"], given["receipt"])
    if given["module"] or is_script(target):
        if not given["module"]:
            check_script(target)
        steered += experiments.list_experiments(
            no_zero_grad=given["no_zero_grad"], accumulate=given["accumulate"], seed=given["seed"]
        )
        return TraceRequest(
            target, "", tuple(told.args), given["module"], limit=given["limit"],
            experiments=experiments.to_texts(steered), detail=detail,
        )  # fmt: skip
    overrides = flags.to_overrides(
        zero_grad=not given["no_zero_grad"],
        **{
            name: given[name]
            for name in ("accumulate", "epochs", "seed", "device", "dtype", "synthetic")
        },
    )
    overrides += flags.read_sets(given["set_"])
    return TraceRequest(
        target, "", is_config=True, overrides=tuple(overrides), limit=given["limit"],
        experiments=experiments.to_texts(steered), detail=detail,
    )  # fmt: skip


def _parse(text: str, path: Path, run_command: Any) -> Any:
    try:
        words = shlex.split(text)
    except ValueError:
        words = []
    if words[:2] != ["backtrace", "run"]:
        made = f"`{text}`" if text else "a program with `backtrace.record`"
        raise UsageError(
            f"{path}: was made by {made}, which cannot be run again from here\n"
            "    record the run with `backtrace run -o FILE TARGET`"
        )
    try:
        told = run_command.make_context("run", words[2:])
    except _MISUSE as error:
        raise UsageError(f"{path}: `{text}` is read no more: {error}") from None
    if told.params["every"] == "auto":
        raise UsageError(f"{path}: --every auto reads other updates each time it runs")
    if told.params["nproc"] is not None:
        raise UsageError(f"{path}: is of several ranks, which are not run again from here")
    return told
