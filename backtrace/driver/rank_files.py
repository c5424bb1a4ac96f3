"""Where the ranks of a run write, how each one stands, and who puts their files together.

No rank talks to another: each has a file of its own in one folder. Whoever is the last to end
joins them; rank 0 waits a moment, so that as a rule it is the one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backtrace.errors import TraceFileError, UsageError
from backtrace.recording.ranks import Rank
from backtrace.tracefile.connect import connect_to_watch
from backtrace.tracefile.process import Life, is_alive
from backtrace.tracefile.ranks import find_rank_paths, path_of_attempt, path_of_rank

State = Literal["missing", "running", "ended", "gone"]

FOLDER = "BACKTRACE_RANKS"  # names the folder that `--nproc` made for its ranks
_LOOK = 0.05  # seconds between two looks at the others' files
_DYING = 0.1  # seconds that a process may take to be gone
_PATIENCE = 5.0  # seconds that rank 0 waits for them when its own script ended well


@dataclass(frozen=True)
class RankFiles:
    """The files of one run's ranks.

    `path` is where they are joined, `is_kept` whether that was asked for: without `-o` all stand
    in a folder of their own that is deleted at the end. `is_left` says that ranks only show what
    they say together, and whoever started them joins the files.
    """

    rank: Rank
    path: Path
    is_kept: bool
    is_left: bool = False

    @classmethod
    def of_attempt(
        cls, rank: Rank, path: Path, *, is_kept: bool, is_left: bool = False
    ) -> RankFiles:
        """Return the files beside `path`, under another name for each attempt after the first."""
        own = path_of_attempt(path, rank.attempt)
        return cls(rank, own, is_kept=is_kept, is_left=is_left)

    def earlier(self) -> dict[int, Path]:
        """Return where the attempts before this one are joined, or can be, by their numbers."""
        stem = self.path.stem.removesuffix(f".attempt{self.rank.attempt}")
        base = self.path.with_name(f"{stem}{self.path.suffix}")
        paths = {n: path_of_attempt(base, n) for n in range(self.rank.attempt)}
        return {n: path for n, path in paths.items() if path.exists() or find_rank_paths(path)}

    @property
    def own(self) -> Path:
        """This rank's own file."""
        return self.of(self.rank.number)

    def of(self, rank: int) -> Path:
        """Return the file of a rank: `run.rank1.trace` beside `run.trace`."""
        return path_of_rank(self.path, rank)

    def state(self, rank: int) -> State:
        """Say how far a rank has come, by its file alone."""
        try:
            with closing(connect_to_watch(self.of(rank))) as connection:
                found = dict(connection.execute("SELECT key, value FROM header LIMIT 1000"))
            told, process = (json.loads(found.get(key, "null")) for key in ("rank", "process"))
        except (sqlite3.OperationalError, OSError):
            return "running" if self.of(rank).exists() else "missing"
        except (TraceFileError, sqlite3.Error, ValueError):
            return "missing"
        if not isinstance(told, dict) or told.get("run") != self.rank.run:
            return "missing"  # another run's, that this rank is yet to overwrite
        if "seconds" in found:
            return "ended"
        return "gone" if isinstance(process, dict) and is_alive(process) == "gone" else "running"

    def is_gone(self, rank: int) -> bool:
        """Whether the process of a rank is there no more, ended or not."""
        try:
            return self._life(rank) == "gone"
        except (TraceFileError, sqlite3.Error, OSError, ValueError):
            return not self.of(rank).exists()

    def _is_there(self, rank: int) -> bool:
        try:
            return self._life(rank) == "alive"
        except (TraceFileError, sqlite3.Error, OSError, ValueError):
            return False

    def _life(self, rank: int) -> Life:
        with closing(connect_to_watch(self.of(rank))) as connection:
            query = "SELECT value FROM header WHERE key = 'process'"
            row = connection.execute(query).fetchone()
        return "unknown" if row is None else is_alive(json.loads(row[0]))

    def find_gone(self) -> list[int]:
        """Return the other ranks whose processes are gone, though they came to no end."""
        return [rank for rank in self.others() if self.state(rank) == "gone"]

    def find_others(self) -> tuple[list[int], list[int]]:
        """Return the other ranks whose processes are surely there now, and those that are gone.

        Those are left out that have come to an end, or of which nothing is known from here. A
        process that dies closes its connections, by which others fail, a little before it is gone:
        so it is waited for a moment.
        """
        end = time.monotonic() + _DYING
        while True:
            states = {rank: self.state(rank) for rank in self.others()}
            gone = [rank for rank, state in states.items() if state == "gone"]
            running = [rank for rank, state in states.items() if state == "running"]
            if not running or time.monotonic() >= end:
                return [rank for rank in running if self._is_there(rank)], gone
            time.sleep(_LOOK)

    def others(self) -> list[int]:
        """Return the ranks that should be here: those of this machine, and whose file is here."""
        size = self.rank.local_size
        first = self.rank.number // size * size
        near = range(first, first + size)
        found = [r for r in range(self.rank.size) if r in near or self.of(r).exists()]
        return [each for each in found if each != self.rank.number]

    def wait(self, *, has_failed: bool) -> dict[int, State]:
        """Wait until the other ranks have ended, for a moment; return how each one stands.

        One that failed does not wait: the others may be waiting for it, in a collective.
        """
        is_first = self.rank.number == min([self.rank.number, *self.others()])
        patience = 0.0 if has_failed or not is_first else _PATIENCE
        end = time.monotonic() + patience
        while True:
            states = {rank: self.state(rank) for rank in self.others()}
            is_over = all(state in ("ended", "gone") for state in states.values())
            if is_over or time.monotonic() >= end:
                return states
            time.sleep(_LOOK)

    def claim(self, ranks: Iterable[int]) -> bool:
        """Take it on to join the files of ranks; False where another has, or did and is done."""
        try:
            os.close(os.open(self._mark, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError:
            return False
        if not all(self.of(rank).exists() for rank in ranks):  # joined since we looked at them
            self._mark.unlink(missing_ok=True)
            return False
        return True

    @property
    def _mark(self) -> Path:
        return self.path.with_name(f"{self.path.name}.{_short(self.rank.run)}.joining")

    def release(self, ranks: Iterable[int] = ()) -> None:
        """Delete the files of ranks, which are joined now, and the mark of the claim."""
        for rank in ranks:
            for ending in ("", "-wal", "-shm"):
                path = self.of(rank)
                path.with_name(path.name + ending).unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)
        if not self.is_kept:
            shutil.rmtree(self.path.parent, ignore_errors=True)


def find_rank_files(rank: Rank, output: str | os.PathLike[str] | None) -> RankFiles:
    """Return the files of a run's ranks; `output` is where they are to be joined, if anywhere.

    Raises:
        UsageError: the folder that the ranks of this run would share is another user's.
    """
    if output is not None:
        return RankFiles.of_attempt(rank, Path(output), is_kept=True)
    if FOLDER in os.environ:
        return RankFiles(rank, Path(os.environ[FOLDER]) / "run.trace", is_kept=False)
    # The launcher is the parent of all ranks of a machine, and no other run's.
    name = f"backtrace-{os.getuid() if hasattr(os, 'getuid') else 0}"
    name += f"-{_short(f'{rank.run}/{os.getppid()}/{rank.attempt}')}"
    folder = Path(tempfile.gettempdir()) / name
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or (hasattr(os, "getuid") and folder.stat().st_uid != os.getuid()):
        raise UsageError(f"{folder}: is not yours; name a file with -o, such as -o run.trace")
    return RankFiles(rank, folder / "run.trace", is_kept=False)


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()
