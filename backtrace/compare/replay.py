"""Runs an update of a capsule again, in this process, and shows it in full."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from backtrace.compare.replayed import ReplayView
from backtrace.compare.trace_child import TraceRequest
from backtrace.driver.options import RecordOptions
from backtrace.driver.own_stderr import open_own_stderr
from backtrace.driver.view import View
from backtrace.show.content.next_looks import after_replay
from backtrace.show.options import Options
from backtrace.show.selection import parse_selection
from backtrace.show.sinks.trace_file import FileOptions, recording_views
from backtrace.show.text.findings import print_command
from backtrace.show.views import make_view
from backtrace.steer.capsule.request import RerunRequest, find_kept
from backtrace.tracefile.capsule_file import CapsuleFile

if TYPE_CHECKING:
    from backtrace.ledger.trace import Header


@dataclass(frozen=True)
class ReplayOptions:
    """Which update of which capsule, and how it is shown; see `backtrace replay`."""

    path: Path
    update: int | None = None
    from_start: bool = False
    params: Sequence[str] = ()
    values: int = 8
    breaks: Sequence[str] = ()
    output: str | None = None
    has_limit: bool = True
    force: bool = False


def replay_update(options: ReplayOptions, read: Callable[[str], TraceRequest]) -> bool:
    """Run the update again; return whether it came to the same bits. `read` reads the command.

    Raises:
        TraceFileError: it is no capsule, or a damaged one.
        UsageError: the update is not in it, or how it was made cannot be run again.
        ScriptError, ConfigError, DataError: it cannot be run any more.
    """
    with CapsuleFile(options.path) as file:
        facts = file.facts
    kept = facts.updates[find_kept(facts, options.update, options.path)]
    asked = read(facts.header.command)
    request = RerunRequest(options.path.resolve(), kept.number, 1, options.from_start)
    use_threads(facts.header)
    record = RecordOptions(
        asked.detail.values, asked.detail.by_term, receipt=True, experiments=asked.experiments,
        rerun=request,
    )  # fmt: skip
    with open_own_stderr() as errors:
        shown = Options(
            parse_selection(str(kept.number)), options.params, options.values,
            limit=12 if options.has_limit else None, by_term=asked.detail.by_term,
            stream=None if asked.is_config else errors,
        )  # fmt: skip
        verdict = ReplayView(facts, kept, request, errors)
        views: list[View] = [verdict]
        if options.breaks:
            from backtrace.show.breaks.stop import BreakView

            views.append(stopping := BreakView(options.breaks))
            record = replace(record, follow=stopping.follow)
        file_options = FileOptions(options.output, force=options.force)
        views += [*recording_views(file_options, errors), make_view("table", shown)]
        _run(asked, views, record)
        told = after_replay(
            str(options.path), is_same=verdict.is_same, from_start=options.from_start
        )
        print_command(Console(file=errors, highlight=False), told)
    return verdict.is_same


def use_threads(header: Header) -> None:
    """Use as many threads as the recorded run had: their number decides how sums are rounded."""
    if not header.threads:
        return
    torch = sys.modules.get("torch")
    if torch is None:
        os.environ["OMP_NUM_THREADS"] = str(header.threads)
    elif torch.get_num_threads() != header.threads:
        torch.set_num_threads(header.threads)


def _run(asked: TraceRequest, views: Sequence[View], record: RecordOptions) -> None:
    if asked.is_config:
        from backtrace.config.load import load_config
        from backtrace.driver.sources.config import run_config

        run_config(load_config(asked.target, asked.overrides), views, record).report()
        return
    from backtrace.driver.script import Program
    from backtrace.driver.sources.script import run_script

    run_script(Program(asked.target, asked.arguments, asked.is_module), views, record)
