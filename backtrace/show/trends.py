"""`show --overview`: the trends of a trace, and nothing else of it."""

from __future__ import annotations

import sys
from pathlib import Path

from backtrace.errors import UsageError
from backtrace.printable import json_text
from backtrace.show.content.trends import find_trends
from backtrace.show.find import check_choice
from backtrace.show.json.document import to_json
from backtrace.show.options import Options
from backtrace.tracefile import open_trace


def show_trends(path: Path, shown: str, options: Options, rank: int | None) -> None:
    """Print the trends.

    Raises:
        TraceFileError: it cannot be read.
        UsageError: the trace is of no update, or there is no such form.
    """
    if shown not in ("table", "json"):
        raise UsageError(f"--overview with --format {shown}: there are table and json")
    with open_trace(path, rank) as trace:
        if not trace.outline():
            raise UsageError(f"--overview: {path} has no updates: no optimizer stepped")
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
    print_command(console, after_overview(str(path)))
