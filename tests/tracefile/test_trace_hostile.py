"""Files that are damaged, cut short or made up to harm give one clear error, and run nothing."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing

import pytest

from backtrace.errors import BacktraceError, TraceFileError
from backtrace.ledger.events import Entry, GradsZeroed, ParameterSeen, Reading, StepTaken
from backtrace.ledger.trace import Header
from backtrace.show.html.report import check_target
from backtrace.tracefile import load, open_trace, write_trace
from backtrace.tracefile.capsule_file import check_capsule_place
from backtrace.tracefile.connect import check_place
from backtrace.tracefile.schema import FORMAT_VERSION


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp("good") / "good.trace"
    one = Reading((2,), "float32", 1.5, 0.5, 0.25, 2.0, 0, 0, (0.5, 1.0))
    events = []
    for number in range(30):
        at = {"index": 3 * number, "elapsed": float(number), "where": f"train.py:{number}"}
        two = Reading((2,), "float32", float(number), 0.5, 0.25, 2.0, 0, 0, (0.5, float(number)))
        entries = {"w": Entry(one, two, two), "b": Entry(None, two)}
        events += [
            ParameterSeen(
                **at, name="w", shape=(2,), dtype="float32", device="cpu", requires_grad=True,
                value=one, optimizer="o",
            ),
            GradsZeroed(**at, call="o.zero_grad", set_to_none=True, grads=entries),
            StepTaken(
                **at, optimizer="o", type="SGD", lr=(0.1,), grads={"w": two}, values=entries
            ),
        ]  # fmt: skip
    write_trace(path, Header(target="good", settings={"seed": 1}), events)
    return path


def read_all(path):
    """Read everything that there is to read; return the error that came, if one did."""
    try:
        with open_trace(path) as file:
            updates = file.updates
            for place in (0, 7, len(updates) - 1):
                if 0 <= place < len(updates):
                    updates[place]
            list(updates)
            list(file.series("grad_after")), list(file.series("zeros"))
            _ = file.losses, file.parameters, file.seconds, file.is_finished, repr(file)
    except TraceFileError as error:
        assert str(path) in str(error) and error.exit_code == 2
        return error
    return None


def test_the_good_one_is_good(good):
    assert read_all(good) is None


def test_cut_short_anywhere(good, tmp_path):
    content = good.read_bytes()
    path = tmp_path / "cut.trace"
    chance = random.Random(0)
    for size in [0, 1, 99, 100, *(chance.randrange(len(content)) for _ in range(150))]:
        path.write_bytes(content[:size])
        assert read_all(path) is not None, size


@pytest.mark.parametrize("seed", range(4))
def test_bits_flipped_anywhere(good, tmp_path, seed):
    content = good.read_bytes()
    path = tmp_path / "flipped.trace"
    chance = random.Random(seed)
    odd = 0
    for _ in range(100):
        wrong = bytearray(content)
        for _ in range(chance.choice([1, 2, 20, 200])):
            wrong[chance.randrange(len(wrong))] ^= 1 << chance.randrange(8)
        path.write_bytes(wrong)
        odd += read_all(path) is not None
    assert odd > 20


HOSTILE = [
    "UPDATE events SET data = '{'",
    "UPDATE events SET data = '[1]'",
    "UPDATE events SET data = '{\"nothing\": 1}'",
    "UPDATE events SET data = replace(hex(zeroblob(200000)), '00', '[')",
    "UPDATE events SET kind = 'Event'",
    "UPDATE events SET kind = '__import__'",
    "UPDATE events SET kind = 'Mapping'",
    "UPDATE events SET number = 'one'",
    "UPDATE events SET elapsed = NULL",
    "UPDATE entries SET slot = 99",
    "UPDATE entries SET tensor = -1",
    "UPDATE entries SET after = 'x'",
    "UPDATE entries SET after = 9999",
    "UPDATE slots SET field = 'index'",
    "UPDATE slots SET field = 'nothing'",
    "UPDATE slots SET field = NULL",
    "UPDATE tensors SET shape = '\"x\"'",
    "UPDATE tensors SET shape = NULL, name = NULL",
    "UPDATE tensors SET shape = '[-1]'",
    "UPDATE tensors SET shape = '[1000000000000,1000000000000]'",
    "UPDATE tensors SET shape = '[' || replace(hex(zeroblob(100000)), '00', '2,') || '2]'",
    "UPDATE readings SET norm = 'big'",
    "UPDATE readings SET zeros = 1.5",
    "UPDATE details SET width = 3",
    "UPDATE details SET elements = 'text'",
    "UPDATE details SET elements = x'00'",
    "UPDATE details SET exact = '[1]'",
    "UPDATE details SET elements = zeroblob(70000000) WHERE reading = 2",
    "UPDATE updates SET first = 'x'",
    "UPDATE updates SET last = 0",
    "UPDATE updates SET id = id + 500",
    "UPDATE updates SET number = NULL",
    "UPDATE accounts SET seen = 1",
    "UPDATE header SET value = '{{'",
    "UPDATE header SET value = '1'",
    "UPDATE header SET value = '{\"$dict\": 1}'",
    "DELETE FROM readings",
    "DROP TABLE events",
    "CREATE TABLE more (x)",
    "CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END",
    "DROP VIEW measured; CREATE VIEW measured AS SELECT load_extension('/tmp/evil')",
    "DROP TABLE events; CREATE VIEW events AS SELECT writefile('/tmp/evil', 'x')",
    "DROP TABLE header; CREATE VIRTUAL TABLE header USING fts5(key, value)",
    "PRAGMA application_id = 1",
    "PRAGMA user_version = 0",
]


@pytest.mark.parametrize("statement", HOSTILE)
def test_what_somebody_made_up(good, tmp_path, statement):
    path = tmp_path / "hostile.trace"
    shutil.copy(good, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statement)
    assert read_all(path) is not None


def test_a_newer_format_is_named(good, tmp_path):
    path = tmp_path / "newer.trace"
    shutil.copy(good, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION + 1}")
    with pytest.raises(TraceFileError, match=f"format {FORMAT_VERSION + 1}"):
        load(path)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"hello", "not a trace file"),
        (b"SQLite format 3\0" * 50, "not a trace file"),
    ],
)
def test_what_is_no_trace(tmp_path, content, word):
    path = tmp_path / "odd.trace"
    path.write_bytes(content)
    with pytest.raises(TraceFileError, match=word):
        open_trace(path)


def test_what_is_no_file(tmp_path):
    with pytest.raises(TraceFileError, match="no such file"):
        open_trace(tmp_path / "missing.trace")
    with pytest.raises(TraceFileError, match="folder"):
        open_trace(tmp_path)


def test_nothing_is_overwritten_but_a_trace_and_only_by_force(good, tmp_path):
    path = tmp_path / "there.trace"
    shutil.copy(good, path)
    with pytest.raises(TraceFileError, match="--force"):
        write_trace(path, Header(), [])
    write_trace(path, Header(target="new"), [], force=True)
    assert load(path).header.target == "new"
    other = tmp_path / "thesis.txt"
    other.write_text("years of work")
    with pytest.raises(TraceFileError, match="not a trace file"):
        write_trace(other, Header(), [], force=True)
    assert other.read_text() == "years of work"
    with pytest.raises(TraceFileError, match="no folder"):
        write_trace(tmp_path / "none" / "a.trace", Header(), [])
    with pytest.raises(TraceFileError, match="is a folder"):
        write_trace(tmp_path, Header(), [])


@pytest.mark.parametrize("check", [check_place, check_capsule_place, check_target])
def test_not_even_force_puts_a_file_in_the_place_of_a_device_or_pipe(check, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BacktraceError, match="is no regular file"):
        check(tmp_path / "pipe", force=True)
