"""The files of a run's ranks become one: rows are copied, and their numbers moved up.

Nothing is decoded and nothing held in memory: SQLite copies the tables one by one.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from backtrace.errors import TraceFileError
from backtrace.tracefile.connect import check_place, connect_to_read, create, put_in_place
from backtrace.tracefile.process import is_alive
from backtrace.tracefile.ranks import RankSpan, find_rank_paths, read_spans

_FEW = 200  # steps that clocks are compared by
_STEPS = (
    "SELECT elapsed FROM source.events WHERE kind = 'StepTaken' AND id < ? "
    f"ORDER BY id LIMIT {_FEW}"
)


@dataclass(frozen=True)
class RankFile:
    """One rank's own file, and what its header says.

    Or that of some ranks, which were joined where they ran: `rank` is the lowest of `spans`.
    """

    path: Path
    rank: int
    size: int
    run: str
    header: dict[str, str] = field(default_factory=dict)
    spans: tuple[RankSpan, ...] = ()

    @property
    def ranks(self) -> tuple[int, ...]:
        """Which ranks are in it."""
        return tuple(span.rank for span in self.spans) or (self.rank,)


def read_rank_file(path: Path) -> RankFile:
    """Return what a file says of the rank that wrote it.

    Raises:
        TraceFileError: it cannot be read, or was not written by ranks.
    """
    with closing(connect_to_read(path)) as connection:
        try:
            spans = tuple(read_spans(connection))
            header = {str(k): str(v) for k, v in connection.execute("SELECT * FROM header")}
            told = json.loads(header.get("rank", "null"))
            if not isinstance(told, dict):
                raise TraceFileError(f"{path}: was not written by one rank of several")
            number = spans[0].rank if spans else int(told["number"])
            return RankFile(path, number, int(told["size"]), str(told["run"]), header, spans)
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            raise TraceFileError(f"{path}: is damaged: {error}") from error


def with_exit_code(file: RankFile, code: int | None) -> RankFile:
    """Return the file with the exit code that the rank's launcher saw, to be merged."""
    return file if code is None else replace(file, header={**file.header, "exit_code": str(code)})


def merge_files(files: Sequence[RankFile], path: Path, *, force: bool) -> None:
    """Write the files of several ranks into one, in the order of the ranks.

    It is at `path` when all are in it: whoever is killed before leaves nothing there.

    Raises:
        TraceFileError: two of them are of one rank, or of two runs, or no file can be made.
    """
    ordered = sorted(files, key=lambda each: each.rank)
    _check_alike(ordered)
    check_place(path, force=force)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.joined")
    try:
        with closing(create(fresh, force=True)) as connection:
            connection.execute("PRAGMA journal_mode = MEMORY")
            _fill(connection, ordered)
            connection.execute("PRAGMA journal_mode = DELETE")
        put_in_place(fresh, path)
    except (sqlite3.Error, ValueError, OverflowError, OSError) as error:
        raise TraceFileError(f"{path}: cannot be written: {error}") from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def join_left(path: Path) -> bool:
    """Join what ranks that were killed left beside `path`, where nothing is; False if they run.

    Raises:
        TraceFileError: they cannot be joined.
    """
    files = [read_rank_file(each) for each in find_rank_paths(path).values()]
    if not files or any(_is_running(each) for each in files):
        return False
    merge_files(files, path, force=False)
    return True


def _is_running(file: RankFile) -> bool:
    process = json.loads(file.header.get("process", "null"))
    has_ended = "seconds" in file.header
    return not has_ended and isinstance(process, dict) and is_alive(process) == "alive"


def _check_alike(files: Sequence[RankFile]) -> None:
    for one, other in pairwise(files):
        twice = set(one.ranks) & set(other.ranks)
        if twice:
            raise TraceFileError(f"{one.path} and {other.path} are both of rank {min(twice)}")
        if (one.run, one.size) != (other.run, other.size):
            raise TraceFileError(f"{one.path} and {other.path} are of two runs")


def _fill(connection: sqlite3.Connection, files: Sequence[RankFile]) -> None:
    first = files[0].header
    connection.executemany("INSERT INTO header VALUES (?, ?)", first.items())
    clock: list[float] = []
    for file in files:
        connection.execute("ATTACH ? AS source", (str(file.path.absolute()),))
        try:
            connection.execute("BEGIN")
            last = file.spans[0].events[1] if file.spans else 2**62
            steps = [float(row[0]) for row in connection.execute(_STEPS, (last,))]
            clock = clock or steps
            ahead = median(map(float.__sub__, steps, clock)) if steps and clock else 0.0
            _copy(connection, file, ahead)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            connection.execute("DETACH source")


def _copy(connection: sqlite3.Connection, file: RankFile, ahead: float) -> None:
    """Copy one rank's rows; events leave one number free, where its open updates may begin."""

    def after(table: str, column: str = "id") -> int:
        query = f"SELECT coalesce(max({column}) + 1, 0) FROM main.{table}"
        return int(connection.execute(query).fetchone()[0])

    event = int(connection.execute("SELECT coalesce(max(end_event), 0) FROM ranks").fetchone()[0])
    moves = {
        "e": event, "t": after("tensors"), "s": after("slots"), "r": after("readings"),
        "u": after("updates") or 1, "o": after("open_updates"),
        "k": -1 if file.spans else file.rank,
    }  # fmt: skip
    moves["u"] -= 1  # they count from 1
    for statement in _COPIES:
        connection.execute(statement, moves)
    if file.spans:
        _copy_spans(connection, file.spans, moves, ahead)
        return
    end = max(after("events"), event) + 1
    first = moves["u"] + 1
    last = max(after("updates"), first)
    connection.execute(
        "INSERT INTO ranks VALUES (?, ?, ?, ?, ?, ?, ?)",
        (file.rank, event, end, first, last, ahead, json.dumps(file.header)),
    )


def _copy_spans(
    connection: sqlite3.Connection,
    spans: Sequence[RankSpan],
    moves: Mapping[str, int],
    ahead: float,
) -> None:
    """Enter the ranks of a file that were joined already; `ahead` is the lowest one's clock."""
    events, updates = moves["e"], moves["u"]
    for span in spans:
        numbers = (*(at + events for at in span.events), *(at + updates for at in span.updates))
        connection.execute(
            "INSERT INTO ranks VALUES (?, ?, ?, ?, ?, ?, ?)",
            (span.rank, *numbers, ahead + span.ahead, json.dumps(dict(span.header))),
        )


_RANK = "CASE WHEN :k < 0 THEN rank ELSE :k END"  # below 0: of a file that was joined already
_COPIES = (
    "INSERT INTO tensors SELECT id + :t, name, shape, dtype FROM source.tensors",
    "INSERT INTO slots SELECT id + :s, kind, field, term, account FROM source.slots",
    "INSERT INTO readings SELECT id + :r, tensor + :t, norm, zeros, nonfinite FROM source.readings",
    "INSERT INTO details SELECT reading + :r, mean, min, max, width, elements, digest, exact "
    "FROM source.details",
    "INSERT INTO events SELECT id + :e, number, kind, elapsed, place, " + _RANK + ", "
    "update_id + :u, data FROM source.events",
    "INSERT INTO entries SELECT event + :e, line, slot + :s, tensor + :t, before + :r, "
    "after + :r, delta + :r FROM source.entries",
    "INSERT INTO updates SELECT id + :u, number, optimizer, type, loss, elapsed, first + :e, "
    "last + :e, alone, detail, " + _RANK + " FROM source.updates",
    "INSERT INTO open_updates SELECT id + :o, number, optimizer, first + :e "
    "FROM source.open_updates",
    "INSERT INTO accounts SELECT event + :e, line, seen + :e, grad + :r, value + :r "
    "FROM source.accounts",
)
