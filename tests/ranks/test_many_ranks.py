"""Reading a joined file rank by rank: each row once, and no more of it than is asked about."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from synthetic_ranks import Synthetic

from backtrace.diagnose.ranks.rank_run import RankUpdate
from backtrace.driver.rank_judgement import read_rank_view
from backtrace.ledger.events import StepTaken
from backtrace.tracefile import TraceFile, decode
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


def test_rules_over_ranks_need_no_values_of_steps(joined):
    def told(*, is_brief: bool) -> list[RankUpdate]:
        with TraceFile(joined, RUN.away) as trace:
            run = read_rank_view(trace, RUN.away, (), is_brief=is_brief).run
        return [as_plain(each) for each in run.updates]

    with TraceFile(joined, RUN.away) as trace:
        events = trace.stream_events(has_values=False)
        steps = [each for each in events if isinstance(each, StepTaken)]
    assert [(len(each.values), len(each.grads)) for each in steps] == [(0, 3)] * RUN.updates
    assert told(is_brief=True) == told(is_brief=False)


def as_plain(update: RankUpdate) -> dict[str, Any]:
    """Return an update as what can be compared: the means of a file of norms are NaN."""
    digests = {name: dict(getattr(update.replica, name)) for name in ("grads", "values", "before")}
    means = {"added": update.added.keys(), "read": update.read.keys()}
    return {**asdict(replace(update, replica=None)), "replica": digests, **means}
