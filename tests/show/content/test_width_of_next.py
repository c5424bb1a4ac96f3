"""The line of the command worth typing next fits 80 columns, in every language."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from backtrace.language import LANGUAGES, using_language
from backtrace.show.content import next_looks as looks
from backtrace.show.content.next_command import SeenUpdates, Shown, next_command
from backtrace.show.text.findings import print_command

TRACE, OTHER, CAPSULE = "run.trace", "other.trace", "run.capsule"
NAME = "head.weight"
KNOWN, PARTED = (None, None), (Path("a.trace"), Path("b.trace"))


def of_traces():
    yield looks.after_graphs([TRACE], is_trace=True)
    yield looks.after_overview(TRACE)
    yield looks.after_traces(PARTED, (0, 1), is_equal=False)
    yield from (looks.after_traces(PARTED, KNOWN, is_equal=each) for each in (True, False))
    for other, update in ((OTHER, 3), ("", 12), ("", None)):
        yield looks.after_other_way(TRACE, other, update)
    yield looks.after_one_update(TRACE, NAME, 12)
    yield looks.after_history(TRACE, NAME, 12)
    for form, output in (("tensorboard", "runs/first"), ("chrome", "a.json"), ("csv", "a.csv")):
        yield looks.after_export(TRACE, output, form)
    yield from (looks.after_capsule(CAPSULE, parted=each) for each in (True, False))
    for is_same, from_start in ((True, False), (False, True), (False, False)):
        yield looks.after_replay(CAPSULE, is_same=is_same, from_start=from_start)


def of_targets():
    yield looks._told("verify", ["model.yaml"], "every gradient of it, by three computations")
    yield looks._told("explain", ["--param", NAME, "model.yaml"], "how it comes about")
    yield looks.after_graphs(["model.yaml"], is_trace=False)
    yield from (looks.after_trials(["model.yaml"], each) for each in (None, 12))
    for code, can_prove in (("BT101", True), ("BT101", False), ("", False)):
        yield looks.after_checks(["train.py"], ["--amp"], code, can_prove=can_prove)
    yield looks.after_no_check(["configs/", "train.py --amp"])
    yield looks.after_proof(["train.py"], [], ["--zero-grad", "--limit", "8"], "BT101")
    yield looks.after_experiments("--no-zero-grad")


def of_runs():
    config, script = Shown("config", ("model.yaml",)), Shown("script", ("train.py",), ("--amp",))
    for seen in (SeenUpdates(1), SeenUpdates(4), SeenUpdates(1, is_mix=True)):
        yield next_command(config, None, seen)
    yield next_command(script, None, SeenUpdates(1))
    trace = Shown("trace", (TRACE,))
    yield next_command(trace, None, SeenUpdates(1))


@pytest.mark.parametrize("told", [of_traces, of_targets, of_runs])
@pytest.mark.parametrize("code", LANGUAGES)
def test_with_ordinary_names_it_is_one_line(told, code, capsys):
    with using_language(code):
        for english in told():
            print_command(Console(force_terminal=True, width=80, color_system=None), english)
            line = capsys.readouterr().out.strip("\n")
            assert "\n" not in line and cell_len(line) <= 80, line


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_long_command_has_what_it_is_for_under_it(code, capsys):
    with using_language(code):
        told = next_command(Shown("trace", (TRACE,)), None, SeenUpdates(nonfinite=f"{NAME}.grad"))
        print_command(Console(force_terminal=True, width=80, color_system=None), told)
        lines = capsys.readouterr().out.strip("\n").split("\n")
        assert len(lines) == 2 and max(map(cell_len, lines)) <= 80


def test_long_names_have_it_under_them(capsys):
    told = looks.after_export(f"{'long' * 9}.trace", "a.csv", "csv")
    print_command(Console(force_terminal=True, width=80, color_system=None), told)
    command, why = capsys.readouterr().out.strip("\n").split("\n")
    assert command.endswith(".trace --sort ratio") and cell_len(command) <= 80
    assert why == "       what moved most for its size"
