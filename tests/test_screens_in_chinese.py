"""Runs of scripts in Chinese: no sentence on their screens is English."""

from __future__ import annotations

import re

import pytest
from command_runs import run_here
from harness import FOLDER

# In these a finding, its evidence or a note under a table says something of its own.
CASES = [
    "changed_outside_step/bug_average_loaded",
    "changed_outside_step/bug_target_copied_the_wrong_way",
    "clip_too_late/bug_before_unscale",
    "clip_too_late/clean_skipped_step",
    "frozen_by_mistake/bug_attribute_on_module",
    "held_twice/clean_wrapped_optimizer",
    "in_no_optimizer/bug_unfrozen_too_late",
    "loaded_nothing/bug_whole_checkpoint",
    "scheduler_before_optimizer/bug_tutorial_of_old",
    "sum_of_micro_batches/bug_drawn_in_advance",
    "unknown_edit/bug_hidden_scaling",
]
SENTENCE = re.compile(r"\b[a-z]+(?:,? [a-z]+){2,}")
TRACEBACK = re.compile(r"^Traceback .*?^\w+Error: [^\n]*$", re.MULTILINE | re.DOTALL)


def english_in(text):
    found = SENTENCE.findall(TRACEBACK.sub("", text))
    return [each for each in found if not each.startswith("backtrace ")]  # what can be typed


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_is_english(case, tmp_path):
    options = {"cwd": tmp_path, "COLUMNS": "200"}
    path = str(FOLDER / f"{case}.py")
    done = run_here("run", "--lang", "zh", "--limit", "4", "-o", "run.trace", path, **options)
    told = done.stderr
    assert re.search("[\u4e00-\u9fff]", told)
    for words in (["--notes"], ["--format", "md", "--updates", "all"]):
        done = run_here("show", "run.trace", *words, "--lang", "zh", **options)
        told += done.stdout + done.stderr
    assert not english_in(told)
