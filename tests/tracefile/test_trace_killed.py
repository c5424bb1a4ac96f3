"""Runs that are killed, a disk that is full: what was written can be read, the training goes on.

`KILLS=200 pytest tests/tracefile/test_trace_killed.py` kills more often than the sample here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from backtrace.tracefile import open_trace

KILLS = int(os.environ.get("KILLS", "20"))

FULL = """\
import os, resource, signal, sys, warnings
import torch
from torch import nn
import backtrace
path, limit = sys.argv[1], int(sys.argv[2])

def train(**options):
    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer, **options):
        if options:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # the first write past the limit kills
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        for _ in range(60):
            optimizer.zero_grad()
            model(torch.ones(4, 3)).sum().backward()
            optimizer.step()
    return [p.tolist() for p in model.parameters()]

bare = train()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    assert train(file=path) == bare
print([str(each.message) for each in caught if "nothing was written" in str(each.message)])
"""


def timeless(event):
    return repr(replace(event, elapsed=0.0))


@pytest.mark.usefixtures("warm_processes")
def test_a_file_holds_every_finished_update_whenever_its_run_is_killed(tmp_path):
    code = Path(__file__).with_name("kill_runs.py")
    words = [sys.executable, str(code), str(tmp_path), str(KILLS)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    with open_trace(tmp_path / "0.trace") as file:
        whole = [timeless(event) for event in file.events]
        ends = {update.index for update in file.updates}
        assert file.is_finished and ends == set(range(1, 13))
    lengths = []
    for number in range(1, KILLS + 1):
        path = tmp_path / f"{number}.trace"
        if not path.exists():  # it was killed before it began
            continue
        with open_trace(path) as file:
            events = [timeless(event) for event in file.events]
            assert events == whole[: len(events)]
            numbers = [update.index for update in file.updates]
            assert numbers == list(range(1, len(numbers) + 1))
            assert not file.is_finished or len(numbers) == 12
            lengths.append(len(numbers))
    assert len(lengths) > KILLS / 4
    assert any(0 < length < 12 for length in lengths)


def test_a_killed_runs_file_is_cleaned_when_it_is_overwritten(tmp_path):
    from backtrace.ledger.trace import Header
    from backtrace.tracefile import TraceWriter, write_trace

    writer = TraceWriter(tmp_path / "live.trace")
    writer.start(Header(target="killed"))
    for beside in ("", "-wal", "-shm"):  # as they lie there while the run goes on
        shutil.copy(tmp_path / f"live.trace{beside}", tmp_path / f"a.trace{beside}")
    with open_trace(tmp_path / "a.trace") as file:
        assert file.header.target == "killed" and file.seconds is None
    write_trace(tmp_path / "a.trace", Header(target="fresh"), [], force=True)
    assert not list(tmp_path.glob("a.trace-*"))
    with open_trace(tmp_path / "a.trace") as file:
        assert file.header.target == "fresh" and file.is_finished


@pytest.mark.usefixtures("warm_processes")
def test_a_full_disk_ends_the_trace_and_not_the_training(tmp_path):
    path = tmp_path / "a.trace"
    words = [sys.executable, "-c", FULL, str(path), str(400_000)]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    with open_trace(path) as file:
        count = len(file.updates)
        assert 0 < count < 60 and not file.is_finished
        assert len(list(file.updates)) == count
    assert f"from update {count + 1} on nothing was written to {path}" in result.stdout
