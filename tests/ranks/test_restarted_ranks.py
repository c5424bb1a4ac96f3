"""Ranks that their launcher starts again, as torchrun with `--max-restarts` does."""

from __future__ import annotations

import io
import os
import signal
import threading
from pathlib import Path

import torch
from synthetic_ranks import Synthetic

import backtrace
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.driver.rank_files import RankFiles
from backtrace.driver.view import RunResult, View
from backtrace.interrupts import term_held_back
from backtrace.recording.ranks import Rank
from backtrace.show.options import Options
from backtrace.show.sinks.ranks import RanksView
from backtrace.show.text.brief import BriefView
from backtrace.tracefile import open_trace


def train() -> None:
    model = torch.nn.Linear(2, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(torch.ones(3, 2)).sum().backward()
    optimizer.step()


def test_a_block_in_a_rank_that_is_started_again_writes_another_file(tmp_path, monkeypatch):
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    for attempt in ("0", "1"):
        monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", attempt)
        with backtrace.record(file=tmp_path / "run.trace"):
            train()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["run.attempt1.rank1.trace", "run.rank1.trace"]


def test_the_end_names_what_the_attempt_before_left(tmp_path):
    run = Synthetic(2, 1, 1)
    for attempt in (0, 1):
        for number in range(2):
            run.write(number, files_of(tmp_path, attempt).of(number))
    said = io.StringIO()
    view = RanksView(files_of(tmp_path, 1), None, View, (), stream=said)
    view.finish(RunResult(1.0, interrupted=False, diagnosis=Diagnosis()))
    base = tmp_path / "run.trace"
    assert said.getvalue().splitlines()[-2:] == [
        f"attempt 0 ended early: backtrace show {base}",
        f"backtrace show {tmp_path / 'run.attempt1.trace'}",
    ]
    with open_trace(base) as trace:  # joins them
        assert len(trace.ranks) == 2


def test_a_machine_without_the_rank_that_is_shown_does_not_say_that_nothing_stepped(tmp_path):
    run = Synthetic(2, 1, 1)
    files = RankFiles.of_attempt(
        Rank(1, 2, 1, "synthetic", 0), tmp_path / "run.trace", is_kept=True
    )
    run.write(1, files.of(1))
    said = io.StringIO()
    view = RanksView(files, None, lambda: BriefView(Options(stream=said)), (), stream=said)
    view.finish(RunResult(1.0, interrupted=False, diagnosis=Diagnosis()))
    assert "rank 0 of 2 left nothing here" in said.getvalue()
    assert "no step of an optimizer was seen" not in said.getvalue()


def test_a_term_waits_for_the_joining_whichever_thread_it_reaches():
    """A launcher sends it to all ranks; gloo's threads do not block what the main thread does."""
    told, is_over = list[str](), threading.Event()
    thread = threading.Thread(target=is_over.wait)
    before = signal.signal(signal.SIGTERM, lambda *_: told.append("term"))
    thread.start()
    try:
        with term_held_back():
            os.kill(os.getpid(), signal.SIGTERM)
            is_over.wait(0.05)  # for the other thread to be given it
            told.append("joined")
        told.append("over")
    finally:
        is_over.set()
        signal.signal(signal.SIGTERM, before)
        thread.join()
    assert told == ["joined", "term", "over"]


def files_of(folder: Path, attempt: int) -> RankFiles:
    return RankFiles.of_attempt(
        Rank(0, 2, 2, "synthetic", attempt), folder / "run.trace", is_kept=True
    )
