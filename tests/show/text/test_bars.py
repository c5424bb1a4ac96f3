"""Our lines beside a progress bar that is not tqdm's."""

from __future__ import annotations

import io
import re
import sys

import pytest
from command_runs import run_here
from rich.console import Console

from backtrace.show.text.bars import leave_bar


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a file ends with")
@pytest.mark.parametrize(
    ("before", "written"), [("", ""), ("a row\n", ""), ("\rbar 1/12", "\n"), ("é", "\n")]
)
def test_in_a_file_our_line_begins_below_what_was_left_unfinished(tmp_path, before, written):
    path = tmp_path / "log"
    path.write_text("the line before\n" * bool(before))
    with path.open("a", encoding="utf-8") as script, path.open("a", encoding="utf-8") as ours:
        script.write(before)
        script.flush()
        leave_bar(Console(file=ours))
    assert path.read_bytes().decode() == "the line before\n" * bool(before) + before + written


@pytest.mark.parametrize(
    ("is_terminal", "term", "written"),
    [(True, "xterm", "\x1b[K"), (True, "dumb", ""), (False, "xterm", "")],
)
def test_what_a_longer_bar_left_behind_is_cleared(monkeypatch, is_terminal, term, written):
    """fastprogress ends in a carriage return: a row of ours stood over the head of its bar."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr("backtrace.show.text.bars.has_bars", lambda: False)
    stream = io.StringIO()
    leave_bar(Console(file=stream, force_terminal=is_terminal))
    assert stream.getvalue() == written


def test_tables_of_a_script_begin_below_its_bar_as_well(tmp_path):
    """A table began behind the bar: `1/8 [00:00<00:00]update 2`."""
    pytest.importorskip("tqdm")
    (tmp_path / "train.py").write_text(_TRAIN)
    words = ["run", "--updates", "1,2", "train.py"]
    done = run_here(*words, cwd=tmp_path)
    assert re.findall(r"^update (\d)", done.stderr, re.MULTILINE)[:2] == ["1", "2"]


_TRAIN = """
import torch
from tqdm import tqdm
model = torch.nn.Linear(2, 1)
sgd = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in tqdm(range(3), mininterval=0):
    sgd.zero_grad()
    model(torch.ones(4, 2)).pow(2).mean().backward()
    sgd.step()
"""
