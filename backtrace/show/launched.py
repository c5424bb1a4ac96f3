"""`run --nproc N`: starts the ranks, and shows what they left if none of them could."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from shlex import quote

from backtrace.driver.launch import launch_ranks, without_nproc
from backtrace.driver.rank_judgement import judge_files
from backtrace.show.content.rank_lines import ends_text, shards_text
from backtrace.show.options import Options
from backtrace.show.text.findings import print_diagnosis
from backtrace.tracefile.merge import merge_files, read_rank_file
from backtrace.tracefile.ranks import find_rank_paths


def run_on_ranks(count: int, options: Options, output: str | None, *, force: bool) -> int:
    """Run this command line on `count` ranks; return the launcher's exit code.

    The ranks show and join what they saw. All of them may have been killed: then this does.
    """
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "run.trace" if output is None else Path(output)
        before = set(find_rank_paths(path))
        code = launch_ranks(count, without_nproc(sys.argv[1:]), Path(folder))
        left = find_rank_paths(path)
        if left and set(left) != before:
            show_left(left, count, options)
            if output is not None:
                _join_left(path, left, force=force)
    return code


def show_left(left: dict[int, Path], count: int, options: Options) -> None:
    """Show what `count` ranks say together, of which there are these files."""
    found, runs = judge_files(None, min(left), left, options.ignore)
    console = options.console()
    for line in (*ends_text(runs, count), *shards_text(runs)):
        console.print(line)
    print_diagnosis(console, found, notes=options.notes)


def _join_left(path: Path, left: dict[int, Path], *, force: bool) -> None:
    merge_files([read_rank_file(each) for each in left.values()], path, force=force)
    for each in left.values():
        each.unlink(missing_ok=True)
    sys.stderr.write(f"backtrace show {quote(str(path))}\n")
