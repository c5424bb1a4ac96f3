"""Rank 0 tells that replicas parted while they run, from what the others have written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from synthetic_ranks import Synthetic

from backtrace.driver import live_ranks
from backtrace.driver.live_ranks import LiveRanks
from backtrace.driver.rank_files import RankFiles
from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.trace import Header
from backtrace.tracefile import TraceWriter


class Other:
    """A rank whose file grows update by update, as another process would have it grow."""

    def __init__(self, run: Synthetic, number: int, path: Path) -> None:
        self._writer = TraceWriter(path, readings="norm")
        self._writer.start(Header(), None, asdict(run.rank(number)))
        self._events = run.events(number)

    def write(self, updates: int = 1) -> None:
        for event in self._events:
            self._writer.take_event(event)
            updates -= isinstance(event, StepTaken)
            if not updates:
                self._writer._end_update(None)
                return

    def end(self) -> None:
        self._writer.finish(1.0, interrupted=False)


def steps(run: Synthetic) -> Iterator[list[Event]]:
    """Yield the events of rank 0, an update at a time."""
    found: list[Event] = []
    for event in run.events(0):
        found.append(event)
        if isinstance(event, StepTaken):
            yield found
            found = []


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_ranks, "_LEAST", 0.0)
    monkeypatch.setattr(live_ranks, "_SHARE", 0)


def files_of(run: Synthetic, folder: Path) -> RankFiles:
    return RankFiles(run.rank(0), folder / "run.trace", is_kept=True)


def test_the_update_is_told_as_soon_as_the_other_has_written_it(tmp_path):
    run = Synthetic(2, 3, 8, parts_at=5)
    files = files_of(run, tmp_path)
    live, other = LiveRanks(files), Other(run, 1, files.of(1))
    told: list[tuple[int, int, str]] = []
    for number, events in enumerate(steps(run), 1):
        other.write()
        found = [each for event in events if (each := live.take(event))]
        told += [(number, each.update, each.message) for each in found]
    other.end()
    assert [each[:2] for each in told] == [(5, 5)], "once, in the update in which it happened"
    assert "layers.0.weight on rank 1 parted from rank 0 in update 5" in told[0][2]


def test_a_rank_that_is_behind_is_caught_up_with_and_never_waited_for(tmp_path):
    run = Synthetic(2, 3, 8, parts_at=3)
    files = files_of(run, tmp_path)
    live, other = LiveRanks(files), Other(run, 1, files.of(1))
    told = []
    for number, events in enumerate(steps(run), 1):
        if number == 6:
            other.write(4)  # and then it is gone: its file has no end
        told += [(number, each.update) for event in events if (each := live.take(event))]
    assert told == [(6, 3)]


def test_a_rank_that_never_comes_costs_a_bounded_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(live_ranks, "_MOST_NAMES", 10)
    run = Synthetic(3, 3, 8, parts_at=1)
    files = files_of(run, tmp_path)
    live, other = LiveRanks(files), Other(run, 1, files.of(1))
    other.write(8)
    assert not any(live.take(event) for events in steps(run) for event in events)
    assert len(live._reader.run.updates) <= 4
    other.end()


def test_replicas_that_stay_alike_are_let_go_of(tmp_path):
    run = Synthetic(2, 3, 8)
    files = files_of(run, tmp_path)
    live, other = LiveRanks(files), Other(run, 1, files.of(1))
    for events in steps(run):
        other.write()
        assert not any(live.take(event) for event in events)
        assert not live._reader.run.updates
    other.end()


def test_what_another_run_left_there_is_not_looked_at(tmp_path):
    run = Synthetic(2, 3, 4, parts_at=1)
    files = files_of(run, tmp_path)
    path = files.of(1)
    run.write(1, path)
    path.write_bytes(b"no trace" * 20)
    live = LiveRanks(files)
    assert not any(live.take(event) for events in steps(run) for event in events)
