"""`backtrace report`: opens a trace, and writes a page about it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from backtrace.driver.view import View
from backtrace.errors import UsageError
from backtrace.show.find import check_choice
from backtrace.show.html.contents import ReportSource, build_contents
from backtrace.show.html.html_page import MARK, build_page
from backtrace.show.progress import Bar, BarView
from backtrace.show.trace_size import check_size
from backtrace.start_up import collector_held
from backtrace.tracefile import open_trace


@collector_held()
def report_file(
    path: Path,
    output: Path | None,
    *,
    force: bool = False,
    ignore: Sequence[str] = (),
    rank: int | None = None,
    params: Sequence[str] = (),
    beside: Sequence[View] = (),
) -> Path:
    """Write a page about the trace file at `path`, and return where it is.

    Of several ranks it shows one, with the findings over all. Tensors are those that `params`
    match; the verdict is of all. Views `beside` are told of what is read.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: the page cannot be written, or would overwrite something; no tensor matches.
    """
    target = output if output is not None else path.with_suffix(".html")
    check_target(target, path, force=force)
    with open_trace(path, rank) as trace:
        check_size(trace, looks=4)
        check_choice(trace, params)
        source = ReportSource(path.name, trace.seconds, trace.is_finished)
        bar = Bar(path.name, len(trace.updates))
        try:
            contents = build_contents(
                trace, source, ignore=ignore, params=params, beside=[BarView(bar), *beside]
            )
        finally:
            bar.pause()
        page = build_page(_title(trace.header.target or path.name), contents)
    write_page(target, page)
    return target


def check_target(target: Path, trace: Path | None = None, *, force: bool, mark: str = MARK) -> None:
    """Make sure that a page may be written at `target`; one of ours, by its mark, may be replaced.

    Raises:
        UsageError: it may not.
    """
    if target.is_dir():
        raise UsageError(f"{target}: is a folder; name a file in it: {target / 'report.html'}")
    if not target.parent.is_dir():
        raise UsageError(f"{target}: there is no folder {target.parent}; make it first")
    if not target.exists():
        return
    if not target.is_file():
        raise UsageError(f"{target}: is no regular file; choose another name")
    if trace is not None and trace.exists() and target.samefile(trace):
        raise UsageError(f"{target}: is the trace itself; choose another name for the page")
    if not force and not _has_mark(target, mark):
        raise UsageError(
            f"{target}: is there already and is no report; choose another name, or add --force"
        )


def _has_mark(target: Path, mark: str) -> bool:
    if not target.is_file():
        return False
    try:
        with target.open("rb") as file:
            return mark.encode() in file.read(2000)
    except OSError:
        return False


def _title(target: str) -> str:
    return target.rstrip("/").rpartition("/")[2] or target


def write_page(target: Path, page: str) -> None:
    """Write the page beside its place first, so that no half of one is ever there.

    Raises:
        UsageError: it cannot be written.
    """
    fresh = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        fresh.write_text(page, encoding="utf-8", errors="replace")
        fresh.replace(target)
    except OSError as error:
        with suppress(OSError):  # of a read-only file system, it was never there
            fresh.unlink()
        raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from error
