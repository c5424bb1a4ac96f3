"""`compare A.trace B.trace --explain`: which experiment makes one run the other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from command_runs import run_here

from backtrace.compare import find_cause, trace_child
from backtrace.compare.trace_runs import NamedRequest, TracedRun
from backtrace.tracefile import TraceFile


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what is tried in this process: it has torch already."""
    monkeypatch.setattr(sys, "argv", sys.argv[:])

    def run(requests: Sequence[NamedRequest], **options: Any) -> list[TracedRun]:
        found = []
        for each in requests:
            trace_child._run(each.request)
            found.append(TracedRun(each.name, TraceFile(each.request.path), 0.0))
        return found

    monkeypatch.setattr(find_cause, "run_traced", run)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("traces")
    runs = {
        "a": [],
        "momentum": ["--set", "optimizer.momentum=0.9"],
        "twice": ["--set", "optimizer.weight_decay=0.1", "--clip-norm", "0.5"],
        "uncleared": ["--no-zero-grad"],
        "adam": ["--set", "optimizer={type: Adam, lr: 0.05}"],
        "seed": ["--seed", "5"],
    }
    for name, more in runs.items():
        target = "small_net" if name in ("seed", "net") else "linear"
        done = run_here("run", target, "-o", f"{name}.trace", *more, cwd=folder)
        assert done.returncode == 0, done.stderr
    assert run_here("run", "small_net", "-o", "net.trace", cwd=folder).returncode == 0
    return folder


FOUND = {
    "momentum": ("--with 'optimizer[0].momentum=0.9'",),
    "twice": ("--clip-norm 0.5", "--with 'optimizer[0].weight_decay=0.1'"),
    "uncleared": ("--no-zero-grad",),
    "adam": ("--optimizer 'Adam(",),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_makes_one_run_the_other_is_found(folder, name):
    words = ("compare", "a.trace", f"{name}.trace", "--explain")
    done = run_here(*words, cwd=folder, COLUMNS="200")
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = done.stdout.strip().splitlines()[-1]
    assert f"is {name}.trace: the same bits in the first" in verdict
    assert all(text in verdict for text in FOUND[name])


def test_where_none_does_it_that_is_said(folder, monkeypatch):
    monkeypatch.setattr(find_cause, "suggest", lambda comparison, sides: ["average", "freeze=a"])
    done = run_here("compare", "a.trace", "momentum.trace", "--explain", cwd=folder)
    assert done.returncode == 1
    assert "None of 2 experiments makes a.trace momentum.trace." in done.stdout
    assert "✗ --average" in done.stdout and "parts at update 2, step" in done.stdout


def test_a_run_that_cannot_be_repeated_is_told(folder, monkeypatch):
    monkeypatch.setattr(
        "backtrace.cli.recorded_command.flags.to_overrides",
        lambda **options: [("optimizer.lr", "0.5")],
    )
    done = run_here("compare", "a.trace", "momentum.trace", "--explain", cwd=folder)
    assert done.returncode == 1 and "does not give it again" in done.stdout


def test_two_traces_compare_as_diff_does(folder):
    one = run_here("compare", "a.trace", "momentum.trace", cwd=folder)
    assert one.returncode == 1
    assert one.stdout == run_here("diff", "a.trace", "momentum.trace", cwd=folder).stdout
    equal = run_here("compare", "a.trace", "a.trace", "--explain", cwd=folder)
    assert equal.returncode == 2 and "there is nothing to explain" in equal.stderr
    script = run_here("compare", "a.trace", "linear", "--explain", cwd=folder)
    assert script.returncode == 2 and "--explain needs two traces" in script.stderr
    absent = run_here("compare", "a.trace", "absent.trace", cwd=folder)
    assert absent.returncode == 2 and "no such file" in absent.stderr


def test_another_seed_is_found_where_the_config_tells_it(folder):
    done = run_here("compare", "net.trace", "seed.trace", "--explain", cwd=folder)
    assert "parts from net.trace at update 1" in " ".join(done.stdout.split())
