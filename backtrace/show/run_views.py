"""The views of a script's run: on one process, or as one rank of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from backtrace.errors import UsageError
from backtrace.recording.ranks import Rank, find_rank
from backtrace.show.sinks.trace_file import FileOptions, rank_recording_view, recording_views
from backtrace.show.views import make_view

if TYPE_CHECKING:
    from backtrace.driver.view import View
    from backtrace.show.options import Options


def views_of_script(shown: str, options: Options, file: FileOptions, wanted: str) -> Sequence[View]:
    """Return what writes a script's run down and what shows it; `wanted` is the rank to show.

    Raises:
        TraceFileError: no file can be made.
        UsageError: `wanted` is no rank, or options of a file were given without one.
    """
    if wanted != "all" and not wanted.isdigit():
        raise UsageError(f"--rank is {wanted}, but it must be a rank, such as 0, or all")
    rank = find_rank()
    if rank is None:
        return [*recording_views(file, options.stream), make_view(shown, options)]
    return _views_of_rank(rank, shown, options, file, wanted)


def _views_of_rank(
    rank: Rank, shown: str, options: Options, file: FileOptions, wanted: str
) -> Sequence[View]:
    from backtrace.driver.rank_files import find_rank_files
    from backtrace.show.sinks.ranks import RanksView
    from backtrace.tracefile.connect import check_place

    if file.path is None:
        list(recording_views(file))  # refuses what needs a file
    files = find_rank_files(rank, file.path)
    if files.is_kept:
        check_place(files.path, force=file.force)
    else:
        file = replace(file, readings="norm", force=True)
    is_shown = wanted in ("all", str(rank.number))

    def make() -> View:
        return make_view(shown, options)

    writing = rank_recording_view(
        replace(file, path=str(files.own)), _told_of(rank), options.stream
    )
    joining = RanksView(
        files, make() if is_shown else None, make, options.ignore, force=file.force,
        stream=options.stream,
    )  # fmt: skip
    return [joining, writing]  # told of the end in the opposite order: the file is closed by then


def _told_of(rank: Rank) -> dict[str, int | str]:
    return asdict(rank)
