"""`backtrace export`: chooses the format, and makes sure that nothing is overwritten."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from rich.console import Console

from backtrace.errors import UsageError
from backtrace.printable import literal
from backtrace.show.content.next_looks import after_export
from backtrace.show.export.chrome import export_chrome
from backtrace.show.export.csv import export_csv
from backtrace.show.export.jsonl import export_jsonl
from backtrace.show.export.parquet import export_parquet
from backtrace.show.export.request import Request
from backtrace.show.export.target import check_file, check_folder
from backtrace.show.export.tensorboard import export_tensorboard
from backtrace.show.find import check_choice
from backtrace.show.text.findings import print_command
from backtrace.show.trace_size import check_size
from backtrace.tracefile import TraceFile, open_trace

Format = Literal["csv", "jsonl", "parquet", "tensorboard", "chrome"]
_ENDINGS: dict[str, Format] = {
    ".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".json": "chrome",
}  # fmt: skip
_EXPORTS: dict[Format, Callable[[TraceFile, Request], None]] = {
    "chrome": export_chrome,
    "csv": export_csv,
    "jsonl": export_jsonl,
    "parquet": export_parquet,
    "tensorboard": export_tensorboard,
}


def export_trace(
    path: Path,
    output: str | None,
    wanted: Format | None,
    *,
    force: bool = False,
    params: tuple[str, ...] = (),
    rank: int | None = None,
) -> None:
    """Write a trace file for other programs, and print where it is; or print it.

    Raises:
        TraceFileError: the trace cannot be read.
        UsageError: it cannot be written so, or would overwrite something.
    """
    target = None if output in (None, "-") else Path(str(output))
    chosen = choose_format(target, wanted)
    if chosen in ("jsonl", "chrome") and params:
        raise UsageError(f"--param: {chosen} holds the events, which are not chosen by parameter")
    if target is None and chosen in ("parquet", "tensorboard"):
        place = "run.parquet" if chosen == "parquet" else "runs/first"
        raise UsageError(f"--format {chosen} is not for stdout: add -o, such as -o {place}")
    with open_trace(path, rank) as trace:
        check_choice(trace, params)
        check_size(trace, is_as_written=chosen == "jsonl")
        if target is not None and chosen == "tensorboard":
            from backtrace.show.export.tensorboard import ENDING

            check_folder(target, ENDING, force=force)
        elif target is not None:
            check_file(target, path, force=force)
        # A bar among the lines would spoil both.
        has_bar = target is not None or not sys.stdout.isatty()
        _EXPORTS[chosen](trace, Request(target, params, has_bar))
    if target is not None:
        sys.stdout.write(f"{literal(str(target))}\n")
        print_command(Console(highlight=False), after_export(str(path), str(target), chosen))


def choose_format(target: Path | None, wanted: Format | None) -> Format:
    """Return the format that was asked for, by name or by the file's ending.

    Raises:
        UsageError: none was, or two were.
    """
    told = None if target is None else _ENDINGS.get(target.suffix.lower())
    if wanted is not None and told is not None and wanted != told:
        raise UsageError(f"{target}: is named as {told}, and --format says {wanted}")
    if wanted is not None or told is not None or target is None:
        return wanted or told or "csv"
    raise UsageError(
        f"{target}: its ending tells no format; name it .csv, .jsonl, .parquet or .json, or add "
        "--format (for --format tensorboard, it is a folder)"
    )
