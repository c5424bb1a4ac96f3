"""The file of a trace while it is written: others may copy, move, cut or delete it meanwhile.

SQLite trusts that nobody does. So before each transaction it is looked whether the file is still
the one that was made: what was moved is written on where it is now, a log that a reader deleted is
begun anew, and where the file or its descriptor is gone nothing more is written.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from backtrace.errors import TraceFileError
from backtrace.tracefile.connect_to_write import abandon, connect_to_write, identify

_OPEN_FILES = Path("/dev/fd")  # on Linux and macOS
_MAGIC = b"SQLite format 3\0"
_LOG_MAGICS = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")


class HeldFile:
    """A trace file, and the one connection that writes it."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._named = path.absolute()  # the program may change its folder
        self._path = Path(os.path.realpath(path))  # beside which SQLite has its log
        self._log = self._path.with_name(self._path.name + "-wal")
        self._has_log = connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        self._identity = identify(self._path)
        found = self._path.stat()
        self._size, self._time = found.st_size, found.st_mtime_ns
        self._is_moved = self._is_suspect = False
        self._descriptors: dict[tuple[int, int], list[int]] = {}
        self._is_known = self._is_abandoned = False

    def check(self) -> sqlite3.Connection:
        """Return the connection to write with; call this before each transaction.

        Raises:
            TraceFileError: the file, or the descriptor that it was written through, is gone.
        """
        if not all(map(self._still_open, self._descriptors)):
            self._is_abandoned = True
            abandon(self.connection)
            raise TraceFileError("the program closed the descriptors that it is written through")
        try:
            found = self._path.lstat()  # a link in its place leads to another name, without the log
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != self._identity:
            if not self._is_linked():
                raise TraceFileError("it was deleted or overwritten; what was in it is lost")
            self._is_moved = True
        elif found.st_size < self._size:
            raise TraceFileError("it was cut or overwritten; what was in it is lost")
        else:
            self._is_moved, self._size = False, found.st_size
            self._is_suspect = self._is_suspect or found.st_mtime_ns != self._time
            if self._is_known and self._has_log and not self._log.exists():
                self._reopen()
        return self.connection

    def settle(self) -> None:
        """Call this after each transaction.

        A file that was moved has left its log behind: what is in that belongs into it at once.

        Raises:
            TraceFileError: the log does not begin as one, as SQLite goes on where it had ended.
        """
        if self._is_log_cut():
            self._is_abandoned = True  # to close it would write what the log holds into the file
            abandon(self.connection)
            raise TraceFileError("its log was cut or overwritten; what was in that is lost")
        if self._is_moved:
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if not self._is_known:
            self._is_known = True
            self._descriptors = _find_descriptors(self._path, self._log)
        with suppress(OSError):
            self._time = self._path.stat().st_mtime_ns  # a checkpoint of ours may have been

    def close(self) -> None:
        """Close the file, unless its descriptors are not ours any more."""
        if not self._is_abandoned:
            self.connection.close()

    def describe_end(self) -> str:
        """Say, once it is closed, what is wrong with the file; '' where nothing is."""
        if self._is_moved:
            return f"{self._named} was moved while it was written; all that was written is in it"
        if self._is_there() and not (self._is_suspect and self._is_damaged()):
            return ""
        return f"{self._named} was deleted or overwritten by something else: what was in it is lost"

    def _is_there(self) -> bool:
        try:
            with self._path.open("rb") as file:
                return file.read(16) == _MAGIC and identify(self._path) == self._identity
        except OSError:
            return False

    def _is_damaged(self) -> bool:
        """Whether somebody else wrote into the file, and not as SQLite does."""
        try:
            with closing(sqlite3.connect(self._path)) as connection:
                found: list[tuple[str]] = connection.execute("PRAGMA quick_check(1)").fetchall()
            return found != [("ok",)]
        except sqlite3.Error:
            return True

    def _is_log_cut(self) -> bool:
        try:
            with self._log.open("rb") as log:
                return log.read(4) not in (b"", *_LOG_MAGICS)
        except OSError:  # there is none, or it was deleted: that is looked at before
            return False

    def _is_linked(self) -> bool:
        """Whether the file has a name still, another one."""
        return any(os.fstat(number).st_nlink > 0 for number in self._still_open(self._identity))

    def _still_open(self, identity: tuple[int, int]) -> list[int]:
        """Return the descriptors that lead to a file of ours; those of readers come and go."""
        numbers = self._descriptors.get(identity, ())
        return [number for number in numbers if _identity_of(number) == identity]

    def _reopen(self) -> None:
        """Begin a new log: a reader took the run for a dead one, and put the old one's away.

        That can be once the program has opened and closed the file itself, for the system then
        takes away the locks that say that it is being written.
        """
        self.connection.close()
        self.connection = connect_to_write(self._path)
        self._is_known = False


def _find_descriptors(*paths: Path) -> dict[tuple[int, int], list[int]]:
    """Return the open descriptors of this process of each file, where the system tells."""
    wanted = set()
    for path in paths:
        with suppress(OSError):
            wanted.add(identify(path))
    found: dict[tuple[int, int], list[int]] = {}
    with suppress(OSError):
        for entry in _OPEN_FILES.iterdir():
            identity = _identity_of(int(entry.name))
            if identity in wanted:
                found.setdefault(identity, []).append(int(entry.name))
    return found


def _identity_of(descriptor: int) -> tuple[int, int]:
    try:
        found = os.fstat(descriptor)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino
