"""The views of a script's run: on one process, or as one rank of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from backtrace.errors import UsageError
from backtrace.recording.ranks import Rank, find_rank
from backtrace.show.sinks.trace_file import FileOptions, recording_views
from backtrace.show.views import make_view

if TYPE_CHECKING:
    from backtrace.driver.view import View
    from backtrace.show.options import Options


def views_of_script(
    shown: str,
    options: Options,
    file: FileOptions,
    wanted: str,
    of_parent: Callable[[View], View] = lambda view: view,
) -> Sequence[View]:
    """Return what writes a script's run down and what shows it; `wanted` is the rank to show.

    Of a process that is no rank, `of_parent` makes another of what shows it.

    Raises:
        TraceFileError: no file can be made.
        UsageError: `wanted` is no rank, or options of a file were given without one.
    """
    if wanted != "all" and not wanted.isdigit():
        raise UsageError(f"--rank is {wanted}, but it must be a rank, such as 0, or all")
    rank = find_rank()
    if rank is None:
        return [*recording_views(file, options.stream), of_parent(make_view(shown, options))]
    return _views_of_rank(rank, shown, options, file, wanted)


def _views_of_rank(
    rank: Rank, shown: str, options: Options, file: FileOptions, wanted: str
) -> Sequence[View]:
    from backtrace.driver.rank_files import find_rank_files
    from backtrace.show.rank_views import make_rank_views
    from backtrace.tracefile.connect import check_place

    if file.path is None:
        list(recording_views(file))  # refuses what needs a file
    files = find_rank_files(rank, file.path)
    if files.is_kept:
        check_place(files.path, force=file.force)
    return make_rank_views(files, shown, options, file, wanted)
