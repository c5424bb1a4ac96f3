"""What is said of ranks that did not end well: the one that failed first is named as the first."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict

import pytest
import torch
from synthetic_ranks import Synthetic

import backtrace
from backtrace.driver.launch import read_codes
from backtrace.driver.rank_files import RankFiles
from backtrace.ledger.rank_end import Failure, RankEnd
from backtrace.recording.failure import describe_failure
from backtrace.recording.ranks import Rank
from backtrace.show.content.rank_ends import EndedRank, rank_ends_text
from backtrace.tracefile import open_trace
from backtrace.tracefile.merge import merge_files, read_rank_file, with_exit_code

KILLED = RankEnd("killed", machine="one")
PLACE = "after 4 updates (t.py:29)"


def failed(reason: str, time: float, **others: tuple[int, ...]) -> RankEnd:
    return RankEnd("interrupted", Failure(reason, "t.py:17", time, **others), machine="one")


def texts(*ends: RankEnd) -> list[str]:
    return rank_ends_text([EndedRank(rank, end, PLACE) for rank, end in enumerate(ends)])


def test_ranks_that_failed_stand_in_the_order_in_which_they_did():
    assert texts(failed("RuntimeError: closed", 2.0), failed("ValueError: bad row", 1.0)) == [
        f"rank 1 failed first, {PLACE}: ValueError: bad row (t.py:17)",
        f"rank 0 failed next, {PLACE}: RuntimeError: closed (t.py:17)",
    ]


def test_a_rank_that_was_gone_when_another_failed_stands_first():
    said = texts(failed("RuntimeError: closed", 2.0, gone=(1,)), KILLED)
    assert said[0].startswith(f"rank 1 was killed {PLACE}, before rank 0 failed")
    assert said[1].startswith("rank 0 failed next,")


def test_a_rank_that_was_there_when_another_failed_was_ended_for_that():
    said = texts(KILLED, failed("ValueError: bad row", 1.0, running=(0,)))
    assert said == [
        f"rank 1 failed first, {PLACE}: ValueError: bad row (t.py:17)",
        f"rank 0 was ended {PLACE} when rank 1 had failed: a launcher then sends SIGTERM",
    ]


def test_the_launcher_says_which_rank_was_killed_and_which_it_ended():
    said = texts(RankEnd("killed", exit_code=-15), RankEnd("killed", exit_code=-9))
    assert said == [
        f"rank 1 was killed {PLACE} by SIGKILL",
        f"rank 0 was ended {PLACE} by its launcher (SIGTERM), as another rank had failed",
    ]


def test_without_any_sign_no_rank_is_called_the_first():
    said = texts(KILLED, RankEnd(), KILLED)
    assert said == [
        f"rank 0 was killed {PLACE}",
        f"rank 2 was killed {PLACE}",
        "which of ranks 0 and 2 ended first is not known here: see the launcher's report",
    ]


def test_clocks_of_two_machines_say_nothing_of_the_order():
    other = RankEnd("interrupted", Failure("ValueError: bad", "", 1.0), machine="two")
    said = texts(failed("RuntimeError: closed", 2.0), other)
    assert "next" not in "".join(said)


class Odd(Exception):
    def __str__(self) -> str:
        raise AssertionError("the user's code was called")


class Shown:
    __str__ = Odd.__str__


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("bad row\nof many"), "ValueError: bad row"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyError("x"), "KeyError: 'x'"),
        (Odd("x"), "Odd"),
        (ValueError(Shown()), "ValueError"),
    ],
)
def test_a_failure_is_told_without_running_code_of_the_users(error, reason):
    with suppress(type(error)):
        try:
            raise error
        except BaseException as raised:
            found = describe_failure(raised)
            raise
    assert found is not None
    assert found.reason == reason
    assert found.where.split(":")[0].endswith("test_rank_ends.py")


def test_an_exit_that_is_no_failure_and_a_ctrl_c_are_none():
    assert describe_failure(SystemExit(0)) is None
    assert describe_failure(KeyboardInterrupt()) is None


def test_a_block_in_a_rank_writes_what_ended_it(tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="bad row"), backtrace.record(file=tmp_path / "run.trace"):
        torch.nn.Linear(2, 1)
        raise ValueError("bad row")
    with open_trace(tmp_path / "run.rank1.trace") as trace:
        end = trace.rank_end
    assert end.life == "interrupted"
    assert end.failure is not None
    assert end.failure.reason == "ValueError: bad row"


def test_what_the_launcher_saw_is_in_the_joined_file(tmp_path):
    run = Synthetic(2, 1, 1)
    paths = [tmp_path / f"run.rank{number}.trace" for number in range(2)]
    for number, path in enumerate(paths):
        run.write(number, path)
    codes = tmp_path / "codes.json"
    codes.write_text(json.dumps({"1": -9}))
    told = read_codes(codes)
    files = [with_exit_code(each, told.get(each.rank)) for each in map(read_rank_file, paths)]
    merge_files(files, tmp_path / "run.trace", force=False)
    with open_trace(tmp_path / "run.trace") as trace:
        assert [span.ending.exit_code for span in trace.ranks] == [None, -9]


def test_a_rank_that_ended_is_neither_running_nor_gone(tmp_path):
    Synthetic(2, 1, 1).write(1, tmp_path / "run.rank1.trace")
    files = RankFiles.of_attempt(Rank(0, 2, 2, "synthetic"), tmp_path / "run.trace", is_kept=True)
    assert files.find_others() == ([], [])


def test_files_that_were_joined_meanwhile_are_not_joined_again(tmp_path):
    ranks = [Rank(number, 2, 2, "synthetic") for number in range(2)]
    first, second = (RankFiles.of_attempt(r, tmp_path / "run.trace", is_kept=True) for r in ranks)
    for number in range(2):
        Synthetic(2, 1, 1).write(number, first.of(number))
    assert first.claim([0])
    assert not second.claim([1]), "the first is at it"
    first.release([0, 1])
    assert not second.claim([1]), "the first is done"
    assert list(tmp_path.iterdir()) == []


def test_a_failure_comes_back_as_it_was_written():
    failure = Failure("ValueError: bad", "t.py:1", 5.0, (1,), (2, 3))
    header = {"failure": json.loads(json.dumps(asdict(failure))), "seconds": 1.0}
    assert RankEnd.read(header.get).failure == failure
    assert RankEnd.read({"failure": {"reason": 1}}.get) == RankEnd("killed")
