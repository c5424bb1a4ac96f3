"""Screens that show no run end with a command worth typing as well, where somebody types."""

from __future__ import annotations

import re
import shlex

import pytest

TERMINAL = {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80"}


def last_line(cli, words):
    result = cli(words, **TERMINAL)
    assert result.code in (0, 1), result.err
    return re.sub(r"\x1b\[[0-9;]*m", "", result.out).rstrip().splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("explain linear", "verify linear"),
        ("explain why_none --param detached", "graph why_none"),
        ("verify linear", "explain --param fc.weight linear"),
        ("graph linear", "explain linear"),
        ("compare linear --no-zero-grad", "run --updates 2 linear"),
        ("compare linear --accumulate 3", "run linear"),
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
