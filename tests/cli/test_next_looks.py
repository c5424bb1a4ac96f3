"""Screens that show no run end with a command worth typing as well, where somebody types."""

from __future__ import annotations

import re
import shlex

import pytest
from rich.console import Console

from backtrace.check.outcome import Outcome
from backtrace.check.targets import Target
from backtrace.check.terminal import print_next
from backtrace.show.content.next_looks import (
    after_capsule,
    after_checks,
    after_other_way,
    after_proof,
    after_replay,
)

TERMINAL = {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80"}


def last_line(cli, words):
    result = cli(words, **TERMINAL)
    assert result.code in (0, 1), result.err
    return re.sub(r"\x1b\[[0-9;]*m", "", result.out).rstrip().splitlines()[-1]


@pytest.mark.usefixtures("warm_processes")
@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("explain linear", "verify linear"),
        ("explain why_none --param detached", "graph why_none"),
        ("verify linear", "explain --param fc.weight linear"),
        ("graph linear", "explain linear"),
        ("compare linear --no-zero-grad", "run --updates 2 linear"),
        ("compare linear --accumulate 3", "run linear"),
        ("prove linear", "run linear"),
        ("steer", "compare linear --no-zero-grad"),
    ],
)
def test_it_can_be_typed(cli, words, then):
    said = last_line(cli, words)
    assert said.startswith(f"next   backtrace {then}   ")
    assert cli(then).code in (0, 1)
    assert "next   " not in cli(words, COLUMNS="80").out  # nobody types there


def test_after_two_traces_it_asks_what_makes_one_the_other(cli):
    cli("run linear -o a.trace")
    cli("run linear --set optimizer.lr=0.1 -o b.trace")
    assert last_line(cli, "diff a.trace a.trace").startswith("next   backtrace show a.trace --tui")
    said = last_line(cli, "show a.trace --overview")
    assert said.startswith("next   backtrace show a.trace --update last ")
    said = last_line(cli, "diff a.trace b.trace")
    assert shlex.split(said)[1:6] == ["backtrace", "compare", "a.trace", "b.trace", "--explain"]


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("report a.trace", "backtrace show a.trace --tui"),
        ("export a.trace -o a.csv", "backtrace show a.trace --sort ratio"),
        ("export a.trace -o a.json", "backtrace show a.trace --tui"),
        ("export a.trace --format tensorboard -o runs", "tensorboard --logdir runs"),
        ("show a.trace --update 2 --param *bias", "backtrace why a.trace fc.bias --update 2"),
        ("why a.trace fc.bias[0]", "backtrace show a.trace --update 4 --param fc.bias"),
        ("why a.trace fc.bias --until first-nonfinite", "backtrace show a.trace --update last"),
    ],
)
def test_after_a_trace_was_read(cli, words, then):
    cli("run linear -o a.trace")
    assert last_line(cli, words).startswith(f"next   {then}   ")


def test_a_file_s_name_and_csv_go_alone_where_nobody_types(cli):
    cli("run linear -o a.trace")
    assert cli("report a.trace").out == "a.html\n"
    assert cli("export a.trace -o a.csv").out == "a.csv\n"
    csv = cli("export a.trace -o -", **TERMINAL).out  # even on a terminal: it is no screen
    assert csv.splitlines()[0].startswith("update,") and "next   " not in csv


def test_a_report_of_what_went_wrong_asks_for_its_history(cli):
    cli("run linear --no-zero-grad -o a.trace")
    said = last_line(cli, "report a.trace")
    assert said.startswith("next   backtrace why a.trace fc.weight --update 2 ")


def test_a_proof_goes_on_to_both_ways_side_by_side_or_to_the_rule():
    cure = ["--zero-grad", "--limit", "4"]
    assert after_proof(["x.py"], ["--epochs", "3"], cure, "BT101").startswith(
        "backtrace compare x.py --zero-grad --limit 4 -- --epochs 3  # "
    )
    assert after_proof(["x.py"], [], [], "BT101").startswith("backtrace rules BT101  # ")


def test_a_check_goes_on_with_the_first_that_has_findings():
    told = after_checks(["x.py"], ["--amp"], "BT101", can_prove=True)
    assert told.startswith("backtrace prove x.py -- --amp  # ")
    assert after_checks(["x.py"], [], "BT101", can_prove=False).startswith("backtrace rules BT101 ")
    assert after_checks(["x.py"], ["--amp"], "", can_prove=True).startswith(
        "backtrace run x.py --amp  # "
    )


def test_another_way_goes_on_to_where_it_parts():
    assert after_other_way("a.trace", "b.trace", 3).startswith("backtrace diff a.trace b.trace  # ")
    assert after_other_way("a.trace", "", 3).startswith("backtrace show a.trace --update 3  # ")
    assert after_other_way("a.trace", "", None).startswith("backtrace show a.trace --tui  # ")
    assert after_replay("a.capsule", is_same=True, from_start=False).startswith(
        "backtrace what-if --from-capsule a.capsule --lr 0.1x  # "
    )
    assert after_replay("a.capsule", is_same=False, from_start=False).startswith(
        "backtrace replay --from-start a.capsule  # "
    )
    assert after_capsule("a.capsule", parted=True).startswith("backtrace replay --from-start a.cap")


def test_check_says_it_on_a_terminal_alone(capsys):
    target, outcome = Target("linear", "linear.yaml", "config"), Outcome("linear", "linear.yaml")
    print_next(Console(highlight=False), [target], [outcome], can_prove=True)
    assert capsys.readouterr().out == ""
    print_next(Console(force_terminal=True, width=80), [target], [outcome], can_prove=True)
    assert "backtrace run linear" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("where", "then"), [("ratio>1e9", "ratio"), ("change<0", "+change"), ("name=='no'", "")]
)
def test_where_no_row_meets_a_condition_the_nearest_are_asked_for(cli, where, then):
    cli("run linear -o a.trace")
    said = last_line(cli, f"show a.trace --where {where}")
    asked = f"next   backtrace show a.trace --sort {then}   those that come nearest"
    assert said == asked if then else said.startswith("none of ")
    told = cli(f"show a.trace --lang zh --where {where}", **TERMINAL).out
    assert not re.search(r"\b(none|those|tensor)\b", told)
