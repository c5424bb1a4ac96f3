"""Where a trace file may be made, and how one is opened that somebody else may have made up."""

from __future__ import annotations

import difflib
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from backtrace.errors import TraceFileError
from backtrace.tracefile.connect_to_write import abandoned, connect_to_write, identify, written
from backtrace.tracefile.schema import APPLICATION_ID, FORMAT_VERSION, SCHEMA, SCHEMAS

_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps next to a file that is being written
_MOMENT = 1.0  # seconds
_MOST_NAMED = 5  # traces that are there instead
_LARGEST = 64 * 2**20  # bytes of one value: no name, number or text of ours comes near


def is_meant_as_trace(path: Path) -> bool:
    """Whether SQLite wrote a file, as it does traces; of none that is there, its ending tells."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return path.suffix == ".trace"  # that it is not there is said when it is opened


def check_place(path: Path, *, force: bool) -> None:
    """Make sure that a trace file can be made at `path`.

    Raises:
        TraceFileError: something is there that must not be overwritten, or nothing can be there.
    """
    if path.is_dir():
        raise TraceFileError(
            f"{path}: is a folder; name a file in it, such as {path / 'run.trace'}"
        )
    folder = path.parent
    if not folder.is_dir():
        raise TraceFileError(f"{path}: there is no folder {folder}; make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise TraceFileError(f"{path}: nothing may be written into the folder {folder}")
    if not path.exists():
        return
    if not path.is_file():  # /dev/null would be a file from then on
        raise TraceFileError(f"{path}: is no regular file; choose another name")
    if not force:
        raise TraceFileError(f"{path}: is there already; choose another name, or add --force")
    if path.stat().st_size and _read_identity(path)[0] != APPLICATION_ID:
        raise TraceFileError(
            f"{path}: is there already and is not a trace file, so that not even --force "
            "overwrites it; choose another name"
        )


def create(path: Path, *, force: bool) -> sqlite3.Connection:
    """Make an empty trace file, and return a connection that writes it.

    It is made under another name and then moved, so that no half-made file is ever at `path`.

    Raises:
        TraceFileError: it cannot be made there.
    """
    check_place(path, force=force)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        fresh.unlink(missing_ok=True)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # nothing of worth is in it yet
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            connection.execute("BEGIN")
            for statement in SCHEMA:
                connection.execute(statement)
            connection.execute("COMMIT")
        put_in_place(fresh, path)
        return connect_to_write(path)
    except (OSError, sqlite3.Error) as error:
        fresh.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise TraceFileError(f"{path}: cannot be written: {reason}") from error


def put_in_place(fresh: Path, path: Path) -> None:
    """Move a file that nobody has open to `path`, over what may be there."""
    for ending in _BESIDE:  # of a trace that was killed, and is overwritten now
        path.with_name(path.name + ending).unlink(missing_ok=True)
    fresh.replace(path)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a file for reading, and trust nothing in it.

    Raises:
        TraceFileError: it is missing, or is not a trace file of a version that can be read.
    """
    _check_identity(path)
    if identify(path) in abandoned:
        return _connect_to_copy(path)
    try:
        return _connect(path, "ro")
    except sqlite3.OperationalError:
        pass
    try:  # a run that was killed while it changed the file's mode: SQLite mends that by writing
        _connect(path, "rw").close()
        return _connect(path, "ro")
    except sqlite3.OperationalError as error:
        raise TraceFileError(_say_unopened(path, error)) from error


def _connect_to_copy(path: Path) -> sqlite3.Connection:
    """Open a copy of an abandoned file, which is gone from its folder at once.

    SQLite shares locks between the connections of a process: through what the program closed it
    would try for ten seconds to get one.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / path.name
            for ending in ("", "-wal"):
                with suppress(FileNotFoundError):
                    shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
            return _connect(copy, "rw")
    except (OSError, sqlite3.OperationalError) as error:
        raise TraceFileError(f"{path}: cannot be read: {error}") from error


def connect_to_watch(path: Path, patience: float = 5.0) -> sqlite3.Connection:
    """Open a file that another process writes: nothing is mended or moved.

    Where it is locked, it is waited for as long as `patience` says, in seconds.

    Raises:
        sqlite3.OperationalError: it cannot be read at this moment.
        TraceFileError: it is not a trace file of a version that can be read.
    """
    _check_identity(path)
    return _connect(path, "ro", patience)


def has_log(path: Path) -> bool:
    """Whether a file is written with a log beside it, so that a reader is in nobody's way."""
    try:
        with path.open("rb") as file:
            return file.read(19)[18:] == b"\2"
    except OSError:
        return False


def is_settled(path: Path) -> bool:
    """Whether a file is written with a log beside it, or was left alone for a moment.

    Between its making and the log, and between the log and its end, the writer needs the file for
    itself: a reader would be in its way.
    """
    try:
        return has_log(path) or time.time() - path.stat().st_mtime > _MOMENT
    except OSError:
        return False


def _connect(path: Path, mode: str, patience: float = 5.0) -> sqlite3.Connection:
    address = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"
    connection = sqlite3.connect(
        address, uri=True, isolation_level=None, check_same_thread=False, timeout=patience
    )
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA cell_size_check = ON")
        if sys.version_info >= (3, 11):
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST)
        _check_schema(path, connection)
    except sqlite3.OperationalError:
        connection.close()
        raise
    except (sqlite3.Error, ValueError, OverflowError) as error:
        connection.close()
        raise TraceFileError(f"{path}: is damaged: {error}") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _say_unopened(path: Path, error: sqlite3.OperationalError) -> str:
    if "unable to open" in str(error) or "readonly" in str(error):
        return (
            f"{path}: its run was interrupted, and reading such a file needs leave to write into "
            "its folder; copy it, with the -wal file beside it, to a folder of yours"
        )
    return f"{path}: cannot be read: {error}"


def _hint_at_others(path: Path) -> str:
    """Return what else may have been meant: a file of nearly that name, or the traces there."""
    with suppress(OSError, ValueError):
        there = [each.name for each in sorted(path.parent.iterdir()) if each.is_file()]
        near = difflib.get_close_matches(path.name, there, n=_MOST_NAMED, cutoff=0.6)
        for like in map(path.with_name, near):
            if is_meant_as_trace(like):
                return f"\n    did you mean `{like}`?"
        traces = [str(path.with_name(name)) for name in there if name.endswith(".trace")]
        if traces:
            return f"\n    there are {', '.join(traces[:_MOST_NAMED])}"
    return ""


def _check_identity(path: Path) -> None:
    if path.is_dir():
        raise TraceFileError(f"{path}: is a folder, not a trace file")
    if not path.exists():
        raise TraceFileError(f"{path}: there is no such file{_hint_at_others(path)}")
    try:
        size = path.stat().st_size
        identity, version = _read_identity(path)
    except OSError as error:
        raise TraceFileError(f"{path}: cannot be read: {error.strerror or error}") from error
    if not size:
        raise TraceFileError(f"{path}: is empty; `backtrace run … -o {path}` writes a trace")
    if identity != APPLICATION_ID:
        raise TraceFileError(f"{path}: is not a trace file; `backtrace run … -o FILE` writes one")
    if version not in SCHEMAS:
        raise TraceFileError(
            f"{path}: has format {version}, and this version of backtrace reads 1 to "
            f"{FORMAT_VERSION}; read it with the version that wrote it"
        )


def _read_identity(path: Path) -> tuple[int, int]:
    """Return the application id and the version that a database's first bytes tell; else zeros."""
    if not path.is_file():  # a pipe would be waited for
        return 0, 0
    if identify(path) in written:  # SQLite alone opens it, and keeps its locks
        return APPLICATION_ID, FORMAT_VERSION
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or not head.startswith(_MAGIC):
        return 0, 0
    return int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big")


def _check_schema(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse tables, views and triggers that are not ours: they could do anything when used."""
    found = {row[0] for row in connection.execute("SELECT sql FROM sqlite_master LIMIT 100")}
    if all(found != set(schema) for schema in SCHEMAS.values()):
        odd = sorted(str(sql) for sql in found - set(SCHEMA))
        what = f"it holds {odd[0]:.60}" if odd else "some are missing"
        raise TraceFileError(f"{path}: its tables are not those of a trace file: {what}")
