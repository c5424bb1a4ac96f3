"""`compare A.trace B.trace --explain`: which experiment makes one run the other."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from command_runs import run_here

from backtrace.compare import find_cause, suggestions, trace_child
from backtrace.compare.trace_runs import NamedRequest, Runs, TracedRun
from backtrace.tracefile import TraceFile


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run what is tried in this process: it has torch already."""
    monkeypatch.setattr(sys, "argv", sys.argv[:])

    def run(_: Runs, requests: Sequence[NamedRequest], **options: Any) -> list[TracedRun]:
        found = []
        for each in requests:
            trace_child._run(each.request)
            found.append(TracedRun(each.name, TraceFile(each.request.path), 0.0))
        return found

    monkeypatch.setattr(Runs, "run", run)


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
    "momentum": ("--set optimizer.momentum=0.9",),
    "twice": ("--set optimizer.weight_decay=0.1", "--clip-norm 0.5"),
    "uncleared": ("--set loop.zero_grad=false",),
    "adam": ("--set 'optimizer={type: Adam, lr: 0.05}'",),
    "seed": ("--set loop.seed=5",),
}


# Where nothing is known of the other's config, as of a script.
OF_SCRIPTS = {
    "momentum": ("--with 'optimizer[0].momentum=0.9'",),
    "twice": ("--clip-norm 0.5", "--with 'optimizer[0].weight_decay=0.1'"),
    "uncleared": ("--no-zero-grad",),
    "adam": ("--optimizer 'Adam(",),
}


@pytest.mark.parametrize("name", OF_SCRIPTS)
def test_an_experiment_is_found(folder, name, monkeypatch):
    monkeypatch.setattr(suggestions, "_keys", lambda comparison: iter(()))
    hold(folder, name, OF_SCRIPTS[name])


@pytest.mark.parametrize("name", FOUND)
def test_a_key_of_a_config_is_found(folder, name):
    hold(folder, name, FOUND[name])


def hold(folder: Path, name: str, texts: Sequence[str]) -> None:
    base = "net" if name == "seed" else "a"
    words = ("compare", f"{base}.trace", f"{name}.trace", "--explain")
    done = run_here(*words, cwd=folder, COLUMNS="200")
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = done.stdout.strip().splitlines()[-1]
    assert f"is {name}.trace: the same bits in the first" in verdict
    assert all(text in verdict for text in texts), verdict


def test_traces_of_every_nth_update_are_explained_and_unlike_ones_refused(folder):
    for name, more in {"thin": (), "thin_lr": ("--lr", "0.1x")}.items():
        words = ("run", "linear", "--every", "2", "-o", f"{name}.trace", *more)
        assert run_here(*words, cwd=folder).returncode == 0
    done = run_here(
        "compare", "thin.trace", "thin_lr.trace", "--explain", cwd=folder, COLUMNS="200"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the same bits in the first 3 updates" in done.stdout
    done = run_here("compare", "a.trace", "thin_lr.trace", "--explain", cwd=folder)
    assert done.returncode == 2
    assert "a.trace reads every update and thin_lr.trace reads one of 2" in done.stderr


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
