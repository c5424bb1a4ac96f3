"""Traces that are copied, moved, cut, overwritten or deleted while they are written, and killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from functools import cache
from pathlib import Path
from urllib.parse import quote

import pytest
import torch

import backtrace
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header
from backtrace.tracefile import TraceWriter, connect_to_write, open_trace

UPDATES = 8

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forks")


@cache
def recorded():
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        for _ in range(UPDATES):
            optimizer.zero_grad()
            model(torch.ones(4, 3)).sum().backward()
            optimizer.step()
    return trace.events


def in_a_fork(function):
    """Call `function` in a process that is killed at its end, and wait for that."""
    child = os.fork()
    if child == 0:
        try:
            function()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def write(path, disturb, *, finish=False):
    """Write all events; `disturb(path)` is called after the third update. Returns what is said."""
    writer, ledger = TraceWriter(path), Ledger()
    writer.start(Header(target="made"))
    for event in recorded():
        writer.take_event(event)
        for update in ledger.take(event):
            writer.take_update(update)
            if update.index == 3:
                disturb(path)
    if finish:
        writer.finish(1.0, interrupted=False)
    return writer.lost


def look_elsewhere(path):
    """Have another process read the file, and close it as the only one that has it."""
    child = os.fork()
    if child == 0:
        connection = sqlite3.connect(path)
        connection.execute("SELECT count(*) FROM updates").fetchone()
        connection.close()
        os._exit(0)
    os.waitpid(child, 0)


def copy(path):
    shutil.copy(path, path.with_suffix(".copy"))


def copy_and_look(path):
    copy(path)
    look_elsewhere(path)


def move(path):
    path.rename(path.with_suffix(".moved"))


def move_and_link(path):
    move(path)
    path.symlink_to(path.with_suffix(".moved"))


def change_folder(path):
    os.chdir("/")


def read_here(path):
    with open_trace(path) as file:
        assert len(file.updates) == 3


HARMLESS = [copy, copy_and_look, look_elsewhere, move, move_and_link, change_folder, read_here]


@pytest.mark.parametrize("disturb", HARMLESS)
def test_no_finished_update_is_lost_to_a_kill(tmp_path, disturb):
    path = tmp_path / "a.trace"
    in_a_fork(lambda: write(path, disturb))
    moved = path.with_suffix(".moved")
    with open_trace(moved if moved.exists() else path) as file:
        assert [update.index for update in file.updates] == list(range(1, UPDATES + 1))
        assert not file.is_finished


@pytest.mark.parametrize("disturb", HARMLESS[:5])
def test_a_disturbed_file_is_closed_whole(tmp_path, disturb):
    path = tmp_path / "a.trace"
    lost = write(path, disturb, finish=True)
    moved = path.with_suffix(".moved")
    assert ("was moved" in lost) == moved.exists()
    with open_trace(moved if moved.exists() else path) as file:
        assert len(file.updates) == UPDATES and file.is_finished
    assert moved.exists() or not list(tmp_path.glob("*-wal"))


def cut(path):
    path.write_bytes(b"")


def overwrite(path):
    path.write_bytes(b"x" * 5)


def delete(path):
    path.unlink()


def replace(path):
    other = path.with_suffix(".other")
    other.write_text("mine")
    other.replace(path)


def close_descriptors(path):
    for entry in list(Path("/dev/fd").iterdir()):
        if str(path) in os.path.realpath(entry):
            os.close(int(entry.name))


@pytest.mark.parametrize("disturb", [cut, overwrite, delete, replace, close_descriptors])
def test_what_is_lost_is_said(tmp_path, disturb):
    path = tmp_path / "a.trace"
    lost = write(path, disturb, finish=True)
    assert lost.startswith(f"from update 4 on nothing was written to {path}: ")
    assert ("what was in it is lost" in lost) == (disturb is not close_descriptors)
    if disturb is replace:
        assert path.read_text() == "mine"
    if disturb is close_descriptors:
        began = time.monotonic()
        with open_trace(path) as file:
            assert [update.index for update in file.updates] == [1, 2, 3]
        assert time.monotonic() - began < 5  # SQLite's own patience is ten seconds


def test_a_log_that_was_cut_is_said_and_damages_nothing_more(tmp_path):
    path = tmp_path / "a.trace"
    before = []

    def cut_log(path):
        os.truncate(f"{path}-wal", 0)
        before.append(path.read_bytes())

    lost = write(path, cut_log, finish=True)
    assert lost.startswith(f"from update 4 on nothing was written to {path}: its log was cut")
    assert [path.read_bytes()] == before


def test_files_of_the_program_under_our_old_descriptors_are_left_alone(tmp_path):
    mine = tmp_path / "mine.bin"

    def take_the_numbers(path):
        close_descriptors(path)
        for _ in range(6):
            os.open(mine, os.O_RDWR | os.O_CREAT)
        mine.write_bytes(b"weights")

    in_a_fork(lambda: write(tmp_path / "a.trace", take_the_numbers, finish=True))
    assert mine.read_bytes() == b"weights"


def test_a_file_that_is_overwritten_at_the_very_end_is_said(tmp_path):
    path = Path(tmp_path / "a.trace")
    writer = TraceWriter(path)
    writer.start(Header(target="made"))
    for event in recorded():
        writer.take_event(event)
    writer._write()
    path.write_bytes(b"x" * path.stat().st_size)
    writer.finish(1.0, interrupted=False)
    assert writer.lost


def test_a_reader_costs_no_update_where_no_log_is_possible(tmp_path, monkeypatch):
    """As on a network file system: a reader's lock and the writer's exclude each other."""
    connect = sqlite3.connect

    def connect_without_log(path, *args, **options):
        address = str(path) if options.pop("uri", False) else f"file:{quote(str(path))}?mode=rwc"
        return connect(f"{address}&vfs=unix-dotfile", *args, uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", connect_without_log)
    path = tmp_path / "run.trace"
    writer, ledger = TraceWriter(path, last=2), Ledger()
    writer.start(Header())
    for event in recorded():
        writer.take_event(event)
        for update in ledger.take(event):
            writer.take_update(update)
            if update.index == 2:
                reading = sqlite3.connect(path).execute("SELECT * FROM updates")
                assert reading.fetchone()
            elif update.index == 6:
                assert writer.lost == "" and not path.with_name("run.trace-wal").exists()
                reading.close()
    writer.finish(1.0, interrupted=False)
    assert writer.lost == ""
    with open_trace(path) as trace:
        assert [update.index for update in trace.updates] == list(range(1, UPDATES + 1))
    rows = sqlite3.connect(path).execute("SELECT detail FROM updates ORDER BY id").fetchall()
    assert [detail for (detail,) in rows] == ["norm"] * (UPDATES - 2) + ["full"] * 2


def test_a_trace_is_written_through_a_link(tmp_path):
    path = tmp_path / "a.trace"
    path.symlink_to(tmp_path / "real.trace")
    (tmp_path / "real.trace").touch()
    in_a_fork(lambda: write_over(path))
    with open_trace(path) as file:
        assert len(file.updates) == UPDATES


def test_where_the_log_cannot_be_mapped_into_memory_there_is_none(tmp_path, monkeypatch):
    """As where `mmap` refuses a `-shm`: what is read of a file that has a log fails."""
    asked = []
    monkeypatch.setattr(connect_to_write, "_can_be_read", asked.append)
    path = tmp_path / "run.trace"
    assert write(path, lambda _: None, finish=True) == "" and asked
    assert [each.name for each in tmp_path.iterdir()] == ["run.trace"]
    with open_trace(path) as file:
        assert len(file.updates) == UPDATES


def write_over(path):
    writer, ledger = TraceWriter(path, force=True), Ledger()
    writer.start(Header(target="made"))
    for event in recorded():
        writer.take_event(event)
        for update in ledger.take(event):
            writer.take_update(update)
