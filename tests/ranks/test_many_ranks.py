"""What many ranks cost: each row is read once, and little is held of each update."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from synthetic_ranks import Synthetic

from backtrace.diagnose.rank_rules import replicas_parted
from backtrace.diagnose.ranks.one_factor import OneFactor
from backtrace.diagnose.ranks.packed_digests import PackedDigests
from backtrace.diagnose.ranks.rank_reader import RankReader
from backtrace.diagnose.ranks.rank_run import RankUpdate
from backtrace.driver.rank_cursor import RankCursor
from backtrace.ledger.events import Entry, GradsRescaled, Reading, StepTaken
from backtrace.ledger.rank_facts import ShardSeen
from backtrace.tracefile import TraceFile, decode, merge
from backtrace.tracefile.merge import merge_files, read_rank_file
from backtrace.tracefile.ranks import path_of_rank

RUN = Synthetic(4, 3, 2, parts_at=2)


@pytest.fixture
def joined(tmp_path: Path) -> Path:
    paths = [path_of_rank(tmp_path / "run.trace", number) for number in range(RUN.size)]
    for number, path in enumerate(paths):
        RUN.write(number, path)
    merge_files([read_rank_file(path) for path in paths], tmp_path / "run.trace", force=False)
    return tmp_path / "run.trace"


def test_no_rank_reads_the_rows_of_the_ranks_before_it(joined, monkeypatch):
    fetched: list[int | None] = []
    fetch = decode.Decoder.fetch

    def note(self, ids):
        fetched.extend(ids - {None})
        fetch(self, ids)

    monkeypatch.setattr(decode.Decoder, "fetch", note)
    for number in range(RUN.size):
        with TraceFile(joined, number) as trace:
            assert sum(isinstance(event, StepTaken) for event in trace.events) == RUN.updates
    assert len(fetched) == len(set(fetched)), "two ranks read the same rows"


def test_what_is_read_in_brief_is_what_is_read_in_full(joined):
    with TraceFile(joined, RUN.away) as trace:
        cursor, reader = RankCursor(trace, RUN.away), RankReader(RUN.away)
        cursor.read(RUN.updates + 1)
        for event in trace.events:
            reader.take(event)
    found = [as_plain(each) for each in cursor.run.updates]
    assert found == [as_plain(each) for each in reader.run.updates] and len(found) == RUN.updates


def as_plain(update: RankUpdate) -> dict[str, Any]:
    """Return an update as what can be compared: the means of a file of norms are NaN."""
    digests = {name: dict(getattr(update.replica, name)) for name in ("grads", "values", "before")}
    means = {"added": update.added.keys(), "read": update.read.keys()}
    return {**asdict(replace(update, replica=None)), "replica": digests, **means}


def test_what_clipping_and_sharding_leave_does_not_grow_with_parameters():
    names = [f"{number}.weight" for number in range(100)]
    reader = RankReader(0)
    at = {"index": 0, "where": "train.py:9", "elapsed": 0.0, "rank": 0}
    whole, shard = Reading((4,), "float32", 3.0, 0, 0, 0, 0, 0), {"shape": (8,), "placements": ""}
    reader.take(ShardSeen(**at, name=names[0], **shard))
    for _ in range(2):
        rounded = {n: replace(whole, norm=0.3 * (1 + 1e-7 * k)) for k, n in enumerate(names)}
        grads = {name: Entry(whole, each) for name, each in rounded.items()}
        reader.take(GradsRescaled(**at, call="clip_grad_norm_", grads=grads))
        reader.take(StepTaken(**at, optimizer="sgd", type="SGD", lr=(), grads=rounded, values={}))
    one, other = reader.run.updates
    assert one.squares == pytest.approx((0.09, 99 * 0.09), rel=1e-4)
    assert one.scaled.keys() == set(names) and one.scaled[names[5]] == pytest.approx(0.1)
    assert isinstance(other.scaled, OneFactor) and other.scaled.names is one.scaled.names


def test_ranks_are_compared_by_name_only_where_their_digests_differ(monkeypatch):
    looked_up: list[str] = []
    look_up = PackedDigests.get
    monkeypatch.setattr(
        PackedDigests, "get", lambda self, name: looked_up.append(name) or look_up(self, name)
    )
    alike = [PackedDigests({"a": 0, "b": 1}, f"{1:016x}{2:016x}") for _ in range(3)]
    swapped = PackedDigests({"b": 0, "a": 1}, f"{1:016x}{2:016x}")
    more = PackedDigests({"a": 0, "b": 1, "c": 2}, f"{1:016x}{3:016x}{4:016x}")
    assert replicas_parted._parted(["a", "b"], alike) == [] and not looked_up
    assert replicas_parted._parted(["a", "b"], [*alike, swapped]) == ["a", "b"]
    assert replicas_parted._parted(["a", "b"], [*alike, more]) == ["b"]
    assert alike[0].has_names_of(alike[1]) and not alike[0].has_names_of(more)


def test_joining_that_is_broken_off_leaves_no_file(joined, monkeypatch):
    joined.unlink()
    before = sorted(joined.parent.iterdir())
    copy = merge._copy

    def copy_one(connection, file, ahead):
        if file.rank == 1:
            raise KeyboardInterrupt
        copy(connection, file, ahead)

    monkeypatch.setattr(merge, "_copy", copy_one)
    with pytest.raises(KeyboardInterrupt):
        merge_files([read_rank_file(path) for path in before], joined, force=False)
    assert sorted(joined.parent.iterdir()) == before, "the next look at it joins them"
