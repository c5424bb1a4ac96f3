"""A count of a part of a long run says of which part; a total does not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from made_loops import plain_loop

import backtrace.diagnose
from backtrace.diagnose import counts
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.history import History
from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Rule
from backtrace.language import using_language
from backtrace.show.content.diagnosis import evidence_text
from backtrace.show.json.findings import diagnosis_to_dict


def steps_of(needs=(), **evidence):
    """A rule that finds in each stretch how many steps it has."""

    def check(run):
        yield RULE.found("m", "f", 1, steps=len(run.steps), **evidence)

    RULE = Rule("BT999", "made-up", "note", check, "", needs=needs)
    return RULE


def judge(updates, rule):
    history = History(full=10)
    for event in plain_loop(updates):
        history.take(event)
    return diagnose(history.stretches(), rules=[rule])


def test_a_count_of_a_part_says_which_updates():
    diagnosis = judge(1000, steps_of(norm=0.5))
    (found,) = diagnosis.findings
    assert evidence_text(found) == "steps 10 (in updates 1 to 10), norm 0.5"
    assert diagnosis_to_dict(diagnosis)["findings"][0]["counted"] == [1, 10]
    with using_language("zh"):
        assert "第 1 至 10 次更新内" in evidence_text(found)


def test_the_last_stretch_counts_by_the_numbers_of_the_run():
    history = History(full=10)
    for event in plain_loop(1000):
        history.take(event)
    assert [counts.span_of(run) for run in history.stretches()] == [(1, 10), (991, 1000)]


@pytest.mark.parametrize(
    "updates, needs", [(20, ()), (1000, (CENSUS,))], ids=["a short run", "a total"]
)
def test_a_total_says_nothing_of_it(updates, needs):
    (found,) = judge(updates, steps_of(needs)).findings
    assert found.counted is None
    assert "(" not in evidence_text(found)


def test_the_names_are_those_that_rules_use():
    used = {
        keyword.arg.replace("_", " ")
        for path in (Path(backtrace.diagnose.__file__).parent / "rules").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "found"
        for keyword in node.keywords
        if keyword.arg is not None
    }
    assert {*counts._COUNTS, *counts._OF_RULES} <= used
