"""`run --nproc N`, `run torchrun …`: starts ranks, and shows what they left if none could."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from backtrace.driver.launch import launch, read_codes, without_nproc
from backtrace.driver.launcher_call import own_options
from backtrace.driver.rank_judgement import judge_files
from backtrace.printable import shell_word
from backtrace.show.content.rank_lines import ends_text, shards_text
from backtrace.show.options import Options
from backtrace.show.text.findings import print_diagnosis
from backtrace.tracefile.merge import RankFile, merge_files, read_rank_file, with_exit_code
from backtrace.tracefile.ranks import find_rank_paths


def run_on_ranks(count: int, options: Options, output: str | None, *, force: bool) -> int:
    """Run this command line on `count` ranks; return the launcher's exit code."""
    how = ("--standalone", f"--nproc-per-node={count}")
    return _run(how, without_nproc(sys.argv[1:]), options, output, force=force)


def run_launcher(given: Sequence[str], options: Options, output: str | None, *, force: bool) -> int:
    """Run torchrun as it was `given`, with this command in each rank; return its exit code.

    Raises:
        UsageError: what it is to start is no Python script or module.
    """
    from backtrace.recording.launcher_call import read_launcher_call

    call = read_launcher_call(given)
    command = ["run", *own_options(sys.argv[1:], given), *call.words]
    return _run(call.options, command, options, output, force=force)


def _run(
    how: Sequence[str], command: list[str], options: Options, output: str | None, *, force: bool
) -> int:
    """Start ranks with a command; show and join what they left if none of them could.

    The ranks show and join what they saw. All of them may have been killed: then this does.
    """
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "run.trace" if output is None else Path(output)
        before = _written(path)
        told = Path(folder) / "exit_codes.json"
        code = launch(how, command, Path(folder), codes=told)
        left = find_rank_paths(path)
        if left and _written(path) != before:
            files = [read_rank_file(each) for each in left.values()]
            codes = read_codes(told)
            show_left(left, files[0].size, options, codes)
            if output is not None:
                files = [with_exit_code(each, codes.get(each.rank)) for each in files]
                _join_left(path, files, force=force)
    return code


def _written(path: Path) -> dict[Path, int]:
    """Return when each file was last written that ranks left beside `path`."""
    return {each: each.stat().st_mtime_ns for each in find_rank_paths(path).values()}


def show_left(
    left: dict[int, Path], count: int, options: Options, codes: Mapping[int, int] | None = None
) -> None:
    """Show what `count` ranks say together, of which there are these files.

    `codes` are the exit codes that the launcher saw.
    """
    found, runs = judge_files(None, min(left), left, options.ignore)
    for run in runs:
        run.ending = replace(run.ending, exit_code=(codes or {}).get(run.rank))
    console = options.console()
    for line in (*ends_text(runs, count), *shards_text(runs)):
        console.print(line)
    print_diagnosis(console, found, notes=options.notes)


def _join_left(path: Path, files: Sequence[RankFile], *, force: bool) -> None:
    merge_files(files, path, force=force)
    for each in files:
        each.path.unlink(missing_ok=True)
    sys.stderr.write(f"backtrace show {shell_word(str(path))}\n")
