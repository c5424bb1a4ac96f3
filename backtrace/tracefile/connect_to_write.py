"""Opens a trace for writing, and knows which files this process writes."""

from __future__ import annotations

import ctypes
import sqlite3
from pathlib import Path

written: set[tuple[int, int]] = set()  # files that this process writes, by device and number
abandoned: set[tuple[int, int]] = set()  # files whose descriptors the program has closed


def connect_to_write(path: Path) -> sqlite3.Connection:
    """Open a file for writing.

    With a write-ahead log a reader never makes the writer wait, and whatever was committed is
    there after `kill -9`. Only a loss of power may cost the last updates (NORMAL does not wait
    for the disk at each of them), and even that leaves the file whole.
    """
    connection = _open(path)
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode == "wal" and not _can_be_read(connection):
        connection.close()
        connection, mode = _open_without_log(path), "delete"
    if mode != "wal":  # readers and the writer are in each other's way: training waits for nobody
        connection.execute("PRAGMA busy_timeout = 20")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def abandon(connection: sqlite3.Connection) -> None:
    """Keep a connection for ever: closing it would close files of the program's."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
    if isinstance(connection, _Writing):
        abandoned.add(connection.file)


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether somebody else uses the file at this moment."""
    return "is locked" in str(error)


def _open(path: Path) -> _Writing:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=1.0, factory=_Writing
    )
    connection.file = identify(path)
    written.add(connection.file)
    return connection


def _can_be_read(connection: sqlite3.Connection) -> bool:
    """Whether the log's index, which all processes share, can be mapped into memory here."""
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        return False
    return True


def _open_without_log(path: Path) -> _Writing:
    """Open a file that has a log with none: alone, as sqlite.org/wal.html, section 8, has it."""
    connection = _open(path)
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # then SQLite shares no memory
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA locking_mode = NORMAL")
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)  # it could not be mapped
    return connection


class _Writing(sqlite3.Connection):
    """A connection whose file nothing else of this process may open while it lasts.

    POSIX drops all locks of a process on a file when the process closes any descriptor of it:
    whoever reads next would take the log for a dead run's, and delete it under the writer.
    """

    file = (0, 0)

    def close(self) -> None:
        """Close the file; others may open it now."""
        written.discard(self.file)
        super().close()


def identify(path: Path) -> tuple[int, int]:
    """Return what tells a file from another of its name: its device and number."""
    found = path.stat()
    return found.st_dev, found.st_ino
