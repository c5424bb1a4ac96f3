"""A bug of each rule and right scripts of many are diagnosed as they say, whole and in pieces.

`benchmarks/bug_bench.py` tries every case so, and CI runs it; `-k NAME` tries any of them here.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from harness import FOLDER, find_cases, is_ready, judge_case, read_expectation
from held import find_mistakes, sample, spread, twin_of

from backtrace.diagnose.catalogue import load_rules

CASES = find_cases()
SAMPLE = sample(CASES)
FRAMEWORKS = ("accelerate", "ignite", "lightning", "skorch", "transformers")
CUTS = 2  # the first and the last; the benchmark tries all


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=() if p in SAMPLE else pytest.mark.benched) for p in CASES],
    ids=[str(p.relative_to(FOLDER)) for p in CASES],
)
def test_a_case_is_diagnosed_as_it_says(path):
    if not is_ready(path):
        pytest.skip(f"{read_expectation(path).needs} is not installed")
    outcome = judge_case(path)
    assert not find_mistakes(outcome, CUTS), outcome.describe()


def test_the_sample_has_a_bug_of_each_rule_and_right_scripts_of_many():
    bugs = {path.parent for path in SAMPLE if path.name.startswith("bug_")}
    assert bugs == {path.parent for path in CASES}
    right = {path.parent for path in SAMPLE if path.name.startswith(("fixed_", "clean_"))}
    assert right < bugs and len(right) > len(bugs) / 4
    told = {code for path in SAMPLE for code in read_expectation(path).codes}
    assert set(load_rules()) - told == set()
    assert len(SAMPLE) < len(CASES) / 2


def test_a_case_says_which_framework_it_needs():
    """Or stands in for it: pytest runs before any is installed."""
    asks = re.compile(rf"^(?:import|from) ({'|'.join(FRAMEWORKS)})\b", re.MULTILINE)
    for path in CASES:
        text = path.read_text(encoding="utf-8")
        if (asked := asks.search(text)) and "sys.modules[" not in text:
            assert read_expectation(path).needs, f"{path}: # needs: {asked[1]}"


def test_a_mistake_of_each_kind_is_told(tmp_path: Path):
    bug = next(path for path in sorted(SAMPLE) if path.name.startswith("bug_"))
    text = bug.read_text(encoding="utf-8").replace("# source:", "# from:")
    text = "".join("# expect: nothing\n" if "# expect:" in line else line
                   for line in text.splitlines(keepends=True))  # fmt: skip
    wrong = tmp_path / bug.name
    wrong.write_text(text, encoding="utf-8")
    said = find_mistakes(judge_case(wrong))
    (code,) = read_expectation(bug).codes
    assert f"{code} was not expected" in said
    assert "its name and its `# expect:` say different things" in said
    assert any(" events: " in each for each in said), "it is no better in pieces"


@pytest.mark.parametrize("name", ["bug_loop.py", "fixed_loop.py"])
def test_the_bench_fails_at_a_missed_bug_and_at_an_alarm(tmp_path, monkeypatch, capsys, name):
    """A right script is said to have a bug, and one with a bug to be right."""
    monkeypatch.syspath_prepend(str(FOLDER.parents[1] / "benchmarks"))
    import bug_bench

    bug = min(path for path in SAMPLE if path.parent.name == "never_cleared"
              and path.name.startswith("bug_"))  # fmt: skip
    right = name.startswith("bug_")
    text = (twin_of(bug) if right else bug).read_text(encoding="utf-8")
    is_told = ["# expect: BT101\n" if right else "# expect: nothing\n"]
    lines = [line for line in text.splitlines(keepends=True) if "# expect:" not in line]
    wrong = tmp_path / "tests" / "cases" / "never_cleared" / name
    wrong.parent.mkdir(parents=True)
    wrong.write_text("".join([*is_told, *lines]), encoding="utf-8")
    monkeypatch.setattr(bug_bench, "find_cases", lambda: [wrong])
    monkeypatch.setattr(bug_bench, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bug_bench.py"])
    assert bug_bench.main() == 1
    said = "was expected and not found" if right else "was not expected"
    assert name in (out := capsys.readouterr().out) and said in out


def test_cuts_are_spread_from_the_first_to_the_last():
    assert spread([3, 5, 9], None) == spread([3, 5, 9], 3) == [3, 5, 9]
    assert spread(list(range(100)), 4) == [0, 33, 66, 99]
