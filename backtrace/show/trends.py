"""`show --overview`: the trends of a trace; of a long one they stand above what its run printed."""

from __future__ import annotations

import sys
from pathlib import Path

from backtrace.errors import UsageError
from backtrace.printable import json_text
from backtrace.show.content.trends import LONG, find_trends
from backtrace.show.find import check_choice
from backtrace.show.json.document import to_json
from backtrace.show.options import Options
from backtrace.tracefile import open_trace


def show_trends(
    path: Path, shown: str, options: Options, rank: int | None, *, is_asked: bool
) -> None:
    """Print the trends; those of a short run only if they are asked for.

    Raises:
        TraceFileError: it cannot be read.
        UsageError: the trace is of no update, or there is no such form.
    """
    if shown not in ("table", "json"):
        raise UsageError(f"--overview with --format {shown}: there are table and json")
    with open_trace(path, rank) as trace:
        count = len(trace.outline())
        if not count and is_asked:
            raise UsageError(f"--overview: {path} has no updates: no optimizer stepped")
        if count < LONG and not is_asked:
            return
        check_choice(trace, options.params)
        found = find_trends(trace, options.params)
    if shown == "json":
        sys.stdout.write(json_text(to_json(found)) + "\n")
        return
    from backtrace.show.content.next_looks import after_overview
    from backtrace.show.text.findings import print_command
    from backtrace.show.text.trends import print_trends

    console = options.console()
    print_trends(console, found, limit=options.limit)
    if is_asked:  # else the tables come after it
        print_command(console, after_overview(str(path)))
