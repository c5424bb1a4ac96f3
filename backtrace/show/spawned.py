"""`mp.spawn` under `run`: each process shows its rank, and the one that started them joins them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from backtrace.driver.options import RecordOptions
from backtrace.driver.rank_files import RankFiles
from backtrace.driver.script import Program
from backtrace.driver.spawned.parent import SpawnedRanks
from backtrace.driver.view import PassingView, RunResult, View
from backtrace.errors import BacktraceError
from backtrace.ledger.updates import Update
from backtrace.printable import shell_word
from backtrace.recording.ranks import find_rank
from backtrace.show.content.rank_lines import not_recorded_text
from backtrace.show.launched import show_left
from backtrace.show.options import Options
from backtrace.show.rank_views import make_rank_views
from backtrace.show.sinks.trace_file import FileOptions
from backtrace.tracefile.merge import merge_files, read_rank_file


@dataclass(frozen=True)
class ChildViews:
    """Makes the views of a process that a script has started; it goes there with the process."""

    shown: str
    options: Options
    file: FileOptions
    wanted: str

    def __call__(self, files: RankFiles, stream: TextIO) -> Sequence[View]:
        """Return what shows a rank, where it is wanted, and what writes its file."""
        options = replace(self.options, stream=stream)
        return make_rank_views(files, self.shown, options, self.file, self.wanted)


class ParentView(PassingView):
    """Shows the process that starts ranks, if it trains anything itself; else only theirs."""

    def __init__(self, inner: View, spawned: SpawnedRanks, options: Options) -> None:
        super().__init__(inner)
        self._spawned = spawned
        self._options = options
        self.has_trained = False

    def take_update(self, update: Update) -> None:
        """Pass it on."""
        self.has_trained = True
        super().take_update(update)

    def finish(self, result: RunResult) -> None:
        """Wait for the ranks; show what they say together, if none of them could."""
        is_over = not self._spawned.count or self._spawned.wait()
        left = self._spawned.left()
        for files, paths in left:
            if is_over and files.claim(paths):
                show_left(paths, _size(paths), self._options)
        if self.has_trained or not left:
            super().finish(result)
        if self._spawned.count and not left:
            stream = self._options.stream or sys.stderr
            stream.write(f"backtrace: {not_recorded_text(self._spawned.count)}\n")


class Spawned:
    """The ranks that a script may come to start, and what is done with their files at the end.

    `ranks` is None where the process is a rank itself: what it starts is not recorded.
    """

    def __init__(
        self,
        program: Program,
        shown: str,
        options: Options,
        file: FileOptions,
        record: RecordOptions,
        wanted: str,
    ) -> None:
        views = ChildViews(shown, replace(options, stream=None), file, wanted)
        made = SpawnedRanks(program.name, record, views, file.path, options.ignore)
        self.ranks = made if find_rank() is None else None
        self._options = options
        self._parent: ParentView | None = None

    def view(self, inner: View) -> View:
        """Return what shows the process that starts ranks; `inner` shows one that trains."""
        if self.ranks is None:
            return inner
        self._parent = ParentView(inner, self.ranks, self._options)
        return self._parent

    def join(self, stream: TextIO) -> None:
        """Put the ranks' files together, where that was asked for, and delete them."""
        if self.ranks is None:
            return
        for files, paths in self.ranks.left():
            try:
                self._join(files, paths, self.ranks.output, stream)
            except BacktraceError as error:
                stream.write(f"backtrace: the ranks' files were not joined: {error}\n")
        self.ranks.close()

    def _join(
        self, files: RankFiles, paths: dict[int, Path], output: str | None, stream: TextIO
    ) -> None:
        """Join ranks, in the place of the trace of the process that started them, if it is empty.

        Raises:
            TraceFileError: it cannot be done.
        """
        if output is None:
            return
        if any(files.state(rank) == "running" for rank in paths):
            names = " ".join(shell_word(each.name) for each in paths.values())
            stream.write(
                f"ranks still run; when they have ended: backtrace merge {names} -o FILE\n"
            )
            return
        path = files.path
        if self._parent is not None and self._parent.has_trained and not files.rank.attempt:
            path = path.with_name(f"{path.stem}.ranks{path.suffix}")
        merge_files([read_rank_file(each) for each in paths.values()], path, force=True)
        files.release(paths)
        if path.name != Path(output).name:
            stream.write(f"backtrace show {shell_word(str(path))}\n")


def _size(paths: dict[int, Path]) -> int:
    return max(read_rank_file(each).size for each in paths.values())
