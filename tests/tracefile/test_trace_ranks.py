"""Files of ranks become one, of which each rank is read as it was written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from backtrace.errors import TraceFileError
from backtrace.ledger.events import BackwardRan, Entry, Event, ParameterSeen, Reading, StepTaken
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header
from backtrace.tracefile import TraceFile, TraceWriter, open_trace
from backtrace.tracefile.connect import connect_to_read
from backtrace.tracefile.merge import merge_files, read_rank_file
from backtrace.tracefile.ranks import path_of_rank
from backtrace.tracefile.schema import APPLICATION_ID, SCHEMAS


def make_events(rank: int, updates: int) -> list[Event]:
    def reading(number: float) -> Reading:
        return Reading((1,), "float32", abs(number), number, number, number, 0, 0, (number,))

    at = {"index": 0, "elapsed": 0.0, "where": "train.py:1", "rank": rank}
    events: list[Event] = [
        ParameterSeen(
            **at, name="w", shape=(1,), dtype="float32", device="cpu", requires_grad=True,
            optimizer="o", value=reading(0.5),
        )
    ]  # fmt: skip
    for number in range(1, updates + 1):
        grad = reading(float(10 * rank + number))
        value, after = reading(0.5 / number), reading(0.5 / (number + 1))
        at = {**at, "elapsed": number + 100.0 * rank}
        events += [
            BackwardRan(**at, loss=float(number), grads={"w": Entry(None, grad, grad)}),
            StepTaken(
                **at, optimizer="o", type="SGD", lr=(0.1,), grads={"w": grad},
                values={"w": Entry(value, after, reading(-0.1))},
            ),
        ]  # fmt: skip
    return [replace(event, index=index) for index, event in enumerate(events)]


def write_rank(path: Path, rank: int, updates: int, *, ends: bool = True, run: str = "a") -> Path:
    path = path_of_rank(path, rank)
    writer, ledger = TraceWriter(path), Ledger()
    told: dict[str, int | str] = {"number": rank, "size": 2, "run": run}
    writer.start(Header(target=f"train.py on {rank}"), rank=told)
    for event in make_events(rank, updates):
        writer.take_event(event)
        for update in ledger.take(event):
            writer.take_update(update)
    if ends:
        writer.finish(1.0, interrupted=False)
    return path


@pytest.fixture
def joined(tmp_path: Path) -> Path:
    path = tmp_path / "run.trace"
    parts = [write_rank(path, rank, updates) for rank, updates in ((0, 40), (1, 55))]
    merge_files([read_rank_file(part) for part in reversed(parts)], path, force=False)
    return path


@pytest.mark.parametrize(("rank", "updates"), [(0, 40), (1, 55)])
def test_each_rank_is_read_as_it_was_written(joined, rank, updates):
    with TraceFile(joined, rank) as found, TraceFile(path_of_rank(joined, rank)) as own:
        assert list(found.events) == list(own.events) == make_events(rank, updates)
        assert list(found.updates) == list(own.updates)
        assert [found.updates[at] for at in (0, 7, updates - 1)] == [
            own.updates[at] for at in (0, 7, updates - 1)
        ]
        assert found.outline() == own.outline() and found.losses == own.losses
        assert list(found.series("grad_after")) == list(own.series("grad_after"))
        assert found.stretch(5)[1] == own.stretch(5)[1]
        assert found.header == own.header and found.seconds == 1.0 and found.is_finished
        assert found.parameters == own.parameters


def test_the_lowest_rank_is_read_where_none_is_named(joined):
    with open_trace(joined) as trace:
        assert trace.rank == 0 and trace.header.target == "train.py on 0"
        assert [span.rank for span in trace.ranks] == [0, 1]


def test_clocks_are_held_against_each_other(joined):
    with open_trace(joined) as trace:
        assert [span.ahead for span in trace.ranks] == [0.0, 100.0]


def test_the_views_tell_the_rank(joined):
    with closing(sqlite3.connect(joined)) as connection:
        query = "SELECT rank, count(*) FROM step_grads GROUP BY rank"
        assert list(connection.execute(query)) == [(0, 40), (1, 55)]
        assert connection.execute("SELECT max(rank) FROM book").fetchone() == (1,)


def test_a_rank_that_is_not_there_is_named(joined):
    with pytest.raises(TraceFileError, match="there is no rank 7: it has ranks 0, 1"):
        open_trace(joined, 7)


def test_an_event_is_of_one_rank(joined):
    with closing(sqlite3.connect(joined)) as file:
        file.execute("UPDATE ranks SET first_event = 0")
        file.commit()
    with pytest.raises(TraceFileError, match="events of its ranks are not apart"):
        open_trace(joined)


def test_files_of_two_runs_or_of_one_rank_are_not_joined(tmp_path):
    path = tmp_path / "run.trace"
    one = read_rank_file(write_rank(path, 0, 1))
    other = read_rank_file(write_rank(path, 1, 1, run="b"))
    with pytest.raises(TraceFileError, match="are of two runs"):
        merge_files([one, other], path, force=False)
    with pytest.raises(TraceFileError, match="are both of rank 0"):
        merge_files([one, one], path, force=False)
    assert not path.exists()


def test_an_old_trace_is_still_read(tmp_path):
    new = write_rank(tmp_path / "run.trace", 0, 3)
    old = tmp_path / "old.trace"
    with closing(sqlite3.connect(old)) as connection:
        for statement in SCHEMAS[1]:
            connection.execute(statement)
        connection.execute("ATTACH ? AS new", (str(new),))
        for (table,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            columns = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
            listed = ", ".join(f'"{each}"' for each in columns)
            connection.execute(f"INSERT INTO main.{table} SELECT {listed} FROM new.{table}")
        connection.commit()
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    with open_trace(old) as found, open_trace(new) as known:
        assert found.ranks == () and list(found.events) == list(known.events)
        assert list(found.updates) == list(known.updates)
    with closing(connect_to_read(old)) as connection:
        assert connection.execute("SELECT count(*) FROM updates").fetchone() == (3,)
