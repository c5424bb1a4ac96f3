"""The views of one rank of several: what writes its file, and what shows it and all ranks' end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from backtrace.driver.rank_files import RankFiles
from backtrace.driver.view import View
from backtrace.show.options import Options
from backtrace.show.sinks.ranks import RanksView
from backtrace.show.sinks.trace_file import FileOptions, rank_recording_view
from backtrace.show.views import make_view


def make_rank_views(
    files: RankFiles, shown: str, options: Options, file: FileOptions, wanted: str
) -> Sequence[View]:
    """Return the views of a rank, of which `wanted`, a number or `all`, is to be shown.

    Raises:
        TraceFileError: no file can be made.
    """
    if not files.is_kept:
        file = replace(file, readings="norm", force=True)
    is_shown = wanted in ("all", str(files.rank.number))

    def make() -> View:
        return make_view(shown, options)

    writing = rank_recording_view(
        replace(file, path=str(files.own)), asdict(files.rank), options.stream, files
    )
    joining = RanksView(
        files, make() if is_shown else None, make, options.ignore, force=file.force,
        stream=options.stream,
    )  # fmt: skip
    return [joining, writing]  # told of the end in the opposite order: the file is closed by then
