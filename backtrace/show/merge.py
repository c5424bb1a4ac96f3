"""`backtrace merge`: joins the files of a run's ranks, and says what is in the new one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from backtrace.diagnose.ranks.rank_rule import ranks_text
from backtrace.printable import literal, shell_word
from backtrace.show.content.rank_ends import EndedRank, rank_ends_text
from backtrace.tracefile import open_trace
from backtrace.tracefile.merge import merge_files, read_rank_file


def merge_traces(paths: Sequence[Path], output: Path, *, force: bool) -> None:
    """Join files of ranks into `output`; say which are in it, and which of them did not end well.

    Raises:
        TraceFileError: one cannot be read, they are not of one run, or no file can be made.
    """
    files = [read_rank_file(path) for path in paths]
    merge_files(files, output, force=force)
    there = sorted(rank for each in files for rank in each.ranks)
    missing = [rank for rank in range(files[0].size) if rank not in there]
    sys.stdout.write(f"{literal(str(output))}: {ranks_text(there)} of {files[0].size}\n")
    with open_trace(output) as trace:
        for line in rank_ends_text([EndedRank(each.rank, each.ending) for each in trace.ranks]):
            sys.stdout.write(f"{literal(line)}\n")
    if missing:
        sys.stdout.write(f"not given: {ranks_text(missing)}\n")
    sys.stderr.write(f"backtrace show {shell_word(str(output))}\n")
