"""The ranks in a trace file: which there are, and the file as one of them wrote it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from backtrace.errors import TraceFileError
from backtrace.ledger.rank_end import RankEnd

_SPANS = (
    "SELECT rank, first_event, end_event, first_update, end_update, ahead, header "
    "FROM ranks ORDER BY rank LIMIT 100000"
)


@dataclass(frozen=True)
class RankSpan:
    """Where the rows of one rank are: from the first on, up to and without the end.

    `ahead` is by how many seconds its clock is ahead of that of the lowest rank.
    """

    rank: int
    events: tuple[int, int]
    updates: tuple[int, int]
    ahead: float
    header: Mapping[str, str]

    @property
    def end(self) -> str:
        """How its recording ended: `finished`, `interrupted` or `killed`."""
        return self.ending.life

    @property
    def ending(self) -> RankEnd:
        """How its recording ended, and what ended its script."""
        return RankEnd.read(lambda key: json.loads(self.header.get(key, "null")))


def path_of_rank(path: Path, rank: int) -> Path:
    """Return where a rank writes its own part of the trace at `path`: `run.rank1.trace`."""
    return path.with_name(f"{path.stem}.rank{rank}{path.suffix}")


def path_of_attempt(path: Path, attempt: int) -> Path:
    """Return where a run that its launcher started again is joined: `run.attempt1.trace`.

    The files of the attempts before it are left as they are.
    """
    return path.with_name(f"{path.stem}.attempt{attempt}{path.suffix}") if attempt else path


def find_rank_paths(path: Path) -> dict[int, Path]:
    """Return by rank the files that ranks left beside the place where they were to be joined."""
    pattern = re.compile(re.escape(path.stem) + r"\.rank(\d+)" + re.escape(path.suffix))
    found = {}
    for each in path.parent.iterdir() if path.parent.is_dir() else ():
        if match := pattern.fullmatch(each.name):
            found[int(match[1])] = each
    return dict(sorted(found.items()))


def read_spans(connection: sqlite3.Connection) -> list[RankSpan]:
    """Return the ranks of a file in order; none of one that a single process wrote.

    Raises:
        ValueError, TypeError: the table does not hold that.
    """
    if connection.execute("PRAGMA user_version").fetchone()[0] < 2:
        return []
    spans = [_to_span(*row) for row in connection.execute(_SPANS)]
    end = 0
    for first, last in sorted(span.events for span in spans):
        if not end <= first < last:  # read once for each of them, one event would be many
            raise ValueError("the events of its ranks are not apart")
        end = last
    return spans


def _to_span(
    rank: int, first: int, end: int, update: int, last: int, ahead: float, header: str
) -> RankSpan:
    rows = json.loads(header)
    if not isinstance(rows, dict) or not all(isinstance(each, str) for each in rows.values()):
        raise ValueError(f"the header of rank {rank} is damaged")
    numbers = tuple(int(each) for each in (rank, first, end, update, last))
    return RankSpan(numbers[0], numbers[1:3], numbers[3:5], float(ahead or 0.0), rows)  # type: ignore[arg-type]


def choose_rank(
    path: Path, connection: sqlite3.Connection, wanted: int | None
) -> tuple[RankSpan, ...]:
    """Make a file of several ranks look, through this connection, as one of them wrote it.

    Returns all its ranks. Whatever is asked of the tables afterwards is asked of that rank's.

    Raises:
        TraceFileError: the wanted rank is not in it.
    """
    spans = tuple(read_spans(connection))
    if wanted is None and not spans:
        return spans
    rank = spans[0].rank if wanted is None else wanted
    span = next((each for each in spans if each.rank == rank), None)
    if span is None:
        there = ", ".join(str(each.rank) for each in spans)
        which = f"it has ranks {there}" if spans else "it was written by one process"
        raise TraceFileError(f"{path}: there is no rank {rank}: {which}")
    connection.execute("PRAGMA query_only = OFF")  # temporary views are no part of the file
    for statement in _views_of(span):
        connection.execute(statement)
    connection.execute("CREATE TEMP TABLE header (key TEXT, value TEXT)")
    connection.executemany("INSERT INTO temp.header VALUES (?, ?)", span.header.items())
    connection.execute("PRAGMA query_only = ON")
    return spans


def _views_of(span: RankSpan) -> tuple[str, ...]:
    """Return the views that take the place of the tables; numbers only are put into them."""
    (first, end), (update, last) = span.events, span.updates
    rank = f"rank = {span.rank}"
    return (
        f"CREATE TEMP VIEW events AS SELECT * FROM main.events WHERE id >= {first} AND id < {end}",
        f"CREATE TEMP VIEW accounts AS SELECT * FROM main.accounts "
        f"WHERE event >= {first} AND event < {end}",
        f"CREATE TEMP VIEW updates AS SELECT id - {update - 1} AS id, number, optimizer, type, "
        f"loss, elapsed, first, last, alone, detail, rank FROM main.updates "
        f"WHERE id >= {update} AND id < {last}",
        f"CREATE TEMP VIEW open_updates AS SELECT * FROM main.open_updates "
        f"WHERE first >= {first} AND first <= {end}",
        f"CREATE TEMP VIEW step_grads AS SELECT * FROM main.step_grads WHERE {rank}",
        f"CREATE TEMP VIEW step_values AS SELECT * FROM main.step_values WHERE {rank}",
    )
