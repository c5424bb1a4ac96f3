"""`backtrace show` on trace files of real runs: what it prints is what the run printed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest
import torch
from command_runs import run_here as backtrace

from backtrace import record
from backtrace.ledger.events import StepTaken
from backtrace.tracefile import TraceWriter, load

# What is run, and the choices with which both the run and the trace are shown.
RUNS = [
    (["linear"], []),
    (["linear"], ["--format", "json"]),
    (["linear"], ["--format", "jsonl"]),
    (["linear"], ["--format", "md", "--updates", "2-3"]),
    (["small_net", "--receipt"], ["--values", "3"]),
    (["loss_mix", "--by-term"], ["--updates", "2-"]),
    (["loss_mix"], ["--by-term"]),
    (["loss_shares"], []),
    (["accumulate_uneven"], ["--updates", "last"]),
    (["digits", "--limit", "12", "--every", "4"], ["--all"]),
    (
        [
            "digits",
            "--epochs",
            "2",
            "--set",
            "data.batch_size=600",
            "--set",
            "diagnose.ignore=[BT1]",
        ],
        [],
    ),
    (["lenet", "--synthetic", "--limit", "2"], ["--notes", "--ignore", "BT2"]),
]


@pytest.mark.parametrize(("run", "choices"), RUNS, ids=lambda words: " ".join(words) or "plain")
def test_a_trace_is_shown_as_its_run_was(tmp_path, run, choices):
    ran = backtrace("run", *run, *choices, "-o", "run.trace", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    shown = backtrace("show", "run.trace", "--no-overview", *choices, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == ran.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("traces")
    done = backtrace("run", "linear", "-o", "linear.trace", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_short_run_begins_with_what_it_came_to(folder):
    bare = backtrace("show", "linear.trace", "--no-overview", cwd=folder).stdout
    overview = backtrace("show", "linear.trace", cwd=folder).stdout.removesuffix(bare)
    title, *lines, last, gap = overview.splitlines()
    assert (title, gap) == ("overview", "")
    assert "4 updates, loss 5.387 → 2.707 (−49.8 %)" in " ".join(lines)
    assert last == "No findings in 4 updates. All 2 parameters learned."
    for words in (["--updates", "1"], ["--update", "1"], ["--format", "md"]):
        assert "overview" not in backtrace("show", "linear.trace", *words, cwd=folder).stdout


def test_one_update_is_shown_alone(folder):
    one = backtrace("show", "linear.trace", "--update", "2", cwd=folder)
    whole = backtrace("show", "linear.trace", cwd=folder)
    assert one.returncode == 0, one.stderr
    assert one.stdout.startswith("update 2 · SGD, lr 0.01")
    assert one.stdout in whole.stdout and "update 3" not in one.stdout
    last = backtrace("show", "linear.trace", "--update", "last", "--format", "json", cwd=folder)
    assert [update["index"] for update in json.loads(last.stdout)["updates"]] == [4]


@pytest.mark.parametrize(
    ("choices", "word"),
    [
        (["--update", "9"], "linear.trace has updates 1–4"),
        (["--updates", "9-"], "--updates 9-: linear.trace has updates 1–4"),
        (["--update", "two"], "write the number of an update, such as 3, or last"),
        (["--update", "2", "--updates", "1"], "not with --update"),
        (["--update", "2", "--format", "jsonl"], "use --format json"),
        (["--updates", "1", "--tui"], "not with --tui"),
        (["--param", "nothing", "--tui"], "--param nothing: no parameter has that name"),
    ],
)
def test_choices_that_cannot_be_met_are_explained(folder, choices, word):
    done = backtrace("show", "linear.trace", *choices, cwd=folder)
    assert done.returncode == 2 and not done.stdout
    assert word in done.stderr and "Traceback" not in done.stderr


def test_what_is_no_trace_file_is_said(folder):
    (folder / "text.trace").write_text("no trace")
    for name in ("text.trace", "nope.trace"):
        done = backtrace("show", name, cwd=folder)
        assert done.returncode == 2
        assert name in done.stderr and "Traceback" not in done.stderr


TWO = """\
import torch
from torch import nn

one, two = nn.Linear(2, 1), nn.Linear(2, 1)
often = torch.optim.SGD(one.parameters(), lr=0.1)
seldom = torch.optim.Adam(two.parameters(), lr=0.1)
for update in range(4):
    often.zero_grad()
    one(torch.ones(3, 2)).sum().backward()
    often.step()
    if update % 2:
        seldom.zero_grad()
        two(torch.ones(3, 2)).sum().backward()
        seldom.step()
"""


def test_a_script_with_two_optimizers(folder):
    (folder / "two.py").write_text(TWO)
    assert backtrace("run", "-o", "two.trace", "two.py", cwd=folder).returncode == 0
    both = backtrace("show", "two.trace", "--update", "2", cwd=folder)
    assert both.returncode == 0, both.stderr
    assert "update 2 · often · SGD" in both.stdout and "update 2 · seldom · Adam" in both.stdout
    only = backtrace("show", "two.trace", "--update", "3", cwd=folder)
    assert "update 3 · often · SGD" in only.stdout and "Adam" not in only.stdout
    none = backtrace("show", "two.trace", "--update", "5", cwd=folder)
    assert none.returncode == 2
    assert "updates 1–4" in none.stderr and "updates 1–2" in none.stderr
    whole = backtrace("show", "two.trace", cwd=folder)
    assert whole.returncode == 0 and "6 updates" in whole.stdout


def test_an_interrupted_run_is_shown_as_interrupted(folder):
    trace = load(folder / "linear.trace")
    steps = [event.index for event in trace.events if isinstance(event, StepTaken)]
    writer = TraceWriter(folder / "live.trace")
    writer.start(trace.header)
    for event in trace.events[: steps[1] + 2]:
        writer.take_event(event)
    for beside in ("", "-wal", "-shm"):  # as they lie there when a run is killed
        shutil.copy(folder / f"live.trace{beside}", folder / f"killed.trace{beside}")
    writer.finish(1.0, interrupted=True)
    shown = backtrace("show", "killed.trace", cwd=folder)
    assert shown.returncode == 0, shown.stderr
    assert "interrupted: 2 updates, loss 5.387 → 4.278" in shown.stdout


def test_a_trace_of_some_parameters_is_not_diagnosed(folder):
    done = backtrace("run", "linear", "--keep", "fc.bias", "-o", "bias.trace", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "fc.weight" in done.stdout
    shown = backtrace("show", "bias.trace", cwd=folder)
    assert shown.returncode == 0, shown.stderr
    assert "fc.weight" not in shown.stdout
    assert "not diagnosed: the trace holds nothing but fc.bias" in shown.stdout


def test_a_trace_that_keeps_no_parameter_says_why(folder):
    with record(file=folder / "none.trace", param="zz*"):
        model = torch.nn.Linear(1, 1)
        torch.optim.SGD(model.parameters(), lr=0.1)
        model(torch.ones(1, 1)).sum().backward()
    shown = backtrace("show", "none.trace", cwd=folder)
    assert "no parameter was seen" not in shown.stdout
    assert "--keep zz* left out every parameter when the trace was written" in shown.stdout


def test_what_is_shown_does_not_narrow_what_is_kept(folder):
    done = backtrace("run", "linear", "--param", "fc.bias", "-o", "all.trace", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "fc.weight" not in done.stdout
    shown = backtrace("show", "all.trace", cwd=folder)
    assert "fc.weight" in shown.stdout and "not diagnosed" not in shown.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--keep", "fc.bias"], "--keep requires -o FILE"),
        (["--keep", "fc.bais", "-o", "no.trace"], "--keep fc.bais: no parameter has that name"),
    ],
)
def test_keep_that_cannot_be_is_refused(folder, words, said):
    done = backtrace("run", "linear", *words, cwd=folder)
    assert done.returncode == 2 and said in done.stderr and not done.stdout


def test_torch_is_not_imported(folder):
    commands = [
        ["show", "linear.trace"],
        ["show", "linear.trace", "--update", "2"],
        ["why", "linear.trace", "fc.weight[0,0]"],
    ]
    code = (
        "import sys; from backtrace.__main__ import run_command_line\n"
        f"for words in {commands!r}:\n"
        "    sys.argv = ['backtrace', *words]\n"
        "    assert run_command_line() == 0 and 'torch' not in sys.modules, words"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
