"""The process that starts others: has them record themselves, and knows what they left."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from backtrace.driver.options import RecordOptions
from backtrace.driver.rank_files import RankFiles
from backtrace.driver.spawned.child import ChildRank, MakeViews
from backtrace.recording.ranks import Rank
from backtrace.tracefile.ranks import find_rank_paths

_PATIENCE = 5.0  # seconds for ranks that the script has not waited for
_NOT_RANKS = ("multiprocessing", "concurrent", "joblib", "loky", "torch.utils.data")


@dataclass
class SpawnedRanks:
    """What is to become of the processes that a script starts by `multiprocessing`.

    `output` is where their files are to be joined; None: nowhere, they are read and deleted.
    """

    name: str
    options: RecordOptions
    make_views: MakeViews
    output: str | None
    ignore: Sequence[str]
    count: int = 0
    _processes: list[BaseProcess] = field(default_factory=list)
    _run: str = field(default_factory=lambda: uuid.uuid4().hex)
    _batch: int = -1
    _folder: tempfile.TemporaryDirectory[str] | None = None
    _before: frozenset[Path] = frozenset()

    def watch(self, undo: Callable[[], None]) -> Callable[[], None]:
        """Have ranks recorded from here on; `undo` takes the instrument off, in a fork.

        Returns what ends that.
        """
        from backtrace.recording.hooks.new_processes import tell_of_processes

        return tell_of_processes(lambda process: self._mark(process, undo))

    def _mark(self, process: BaseProcess, undo: Callable[[], None]) -> None:
        if _is_no_rank(process) or self.options.capsule is not None:
            return
        self._processes = [each for each in self._processes if _is_running(each)]
        if not self._processes:
            self._batch += 1
            self._before |= frozenset(find_rank_paths(self._path(self._batch)).values())
        child = ChildRank(
            self.name,
            replace(self.options, follow=None, beside=None, trace=None),
            self.ignore,
            self.make_views,
            self._base(),
            self.output is not None,
            self._run,
            self._batch,
        )
        child.put_on(process, undo)
        self._processes.append(process)
        self.count += 1

    def _base(self) -> Path:
        if self.output is not None:
            return Path(self.output).absolute()
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="backtrace-", ignore_cleanup_errors=True
            )
        return Path(self._folder.name) / "run.trace"

    def _path(self, batch: int) -> Path:
        return self.files(batch).path

    def files(self, batch: int) -> RankFiles:
        """Return the files of the ranks that were started together, the first ones being 0."""
        rank = Rank(0, 1, 1, self._run, batch)
        kept = self.output is not None
        return RankFiles.of_attempt(rank, self._base(), is_kept=kept, is_left=True)

    def wait(self) -> bool:
        """Wait for ranks that the script has not waited for; False where one is still there."""
        for process in self._processes:
            with suppress(Exception):
                process.join(_PATIENCE)
        return not any(_is_running(each) for each in self._processes)

    def left(self) -> list[tuple[RankFiles, dict[int, Path]]]:
        """Return the ranks that have recorded themselves, those that were started together."""
        found = []
        for batch in range(self._batch + 1):
            paths = find_rank_paths(self._path(batch))
            own = {n: each for n, each in paths.items() if self._is_ours(batch, n, each)}
            if own:
                found.append((self.files(batch), own))
        return found

    def _is_ours(self, batch: int, rank: int, path: Path) -> bool:
        return path not in self._before or self.files(batch).state(rank) != "missing"

    def close(self) -> None:
        """Delete what nobody asked for."""
        if self._folder is not None:
            self._folder.cleanup()


def _is_running(process: BaseProcess) -> bool:
    try:
        return process.exitcode is None
    except (ValueError, AssertionError):  # closed
        return False


def _is_no_rank(process: BaseProcess) -> bool:
    """Whether a process is a worker of a library's that trains nothing."""
    target = getattr(process, "_target", None)
    module = getattr(target if target is not None else type(process), "__module__", "") or ""
    return module.startswith(_NOT_RANKS) or os.environ.get("RANK") is not None
