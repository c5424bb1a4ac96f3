"""Files that were joined where their ranks ran, as on each of two machines, become one."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from synthetic_ranks import Synthetic

from backtrace.errors import TraceFileError
from backtrace.show.export.choose import export_trace
from backtrace.tracefile import open_trace
from backtrace.tracefile.merge import merge_files, read_rank_file


def test_joined_files_become_what_their_parts_would(tmp_path):
    run = Synthetic(4, 2, 3)
    for number in range(4):
        run.write(number, tmp_path / f"{number}.trace")
    own = [read_rank_file(tmp_path / f"{number}.trace") for number in range(4)]
    merge_files(own[:2], tmp_path / "a.trace", force=False)
    merge_files(own[2:3], tmp_path / "b.trace", force=False)  # of one rank
    merge_files(own, tmp_path / "whole.trace", force=False)
    parts = [read_rank_file(tmp_path / name) for name in ("a.trace", "b.trace", "3.trace")]
    assert [each.ranks for each in parts] == [(0, 1), (2,), (3,)]
    merge_files(parts, tmp_path / "again.trace", force=False)
    for number in range(4):
        with (
            open_trace(tmp_path / "whole.trace", number) as whole,
            open_trace(tmp_path / "again.trace", number) as again,
        ):
            assert list(again.events) == list(whole.events)
            assert [repr(u) for u in again.updates] == [repr(u) for u in whole.updates]
            assert [s.header for s in again.ranks] == [s.header for s in whole.ranks]


def test_a_rank_that_is_in_two_files_is_named(tmp_path):
    run = Synthetic(2, 1, 1)
    for number in range(2):
        run.write(number, tmp_path / f"{number}.trace")
    own = [read_rank_file(tmp_path / f"{number}.trace") for number in range(2)]
    merge_files(own, tmp_path / "a.trace", force=False)
    with pytest.raises(TraceFileError, match="both of rank 1"):
        merge_files(
            [read_rank_file(tmp_path / "a.trace"), own[1]], tmp_path / "b.trace", force=False
        )


def test_in_a_timeline_the_clocks_of_all_ranks_agree(tmp_path):
    path, run, files = tmp_path / "run.trace", Synthetic(2, 2, 3), []
    for rank in range(2):
        run.write(rank, tmp_path / f"{rank}.trace")
        with closing(sqlite3.connect(tmp_path / f"{rank}.trace")) as connection, connection:
            connection.execute("UPDATE events SET elapsed = elapsed + ?", (5 * rank,))
        files.append(read_rank_file(tmp_path / f"{rank}.trace"))
    merge_files(files, path, force=False)
    export_trace(path, str(tmp_path / "run.json"), "chrome")
    told = json.loads((tmp_path / "run.json").read_text("utf-8"))["traceEvents"]
    ends = {
        rank: [
            each["ts"] + each["dur"] for each in told if each["ph"] == "X" and each["pid"] == rank
        ]
        for rank in range(2)
    }
    assert ends[0] and ends[0] == pytest.approx(ends[1])
