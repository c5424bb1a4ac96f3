"""Lessons of a teacher's own: begun with --new, run from a file, and told what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from command_runs import run_here

from backtrace.learn.front_matter import CHOICES, NUMBERS, SHOWS, read_form
from backtrace.learn.named_numbers import NamedNumbers
from backtrace.learn.read_lesson import read_lesson
from backtrace.learn.runs import LessonRuns
from backtrace.learn.scaffold import write_lesson

FRONT = """\
title: Mine
config: linear
numbers:
  first: {grad: fc.weight}
ask: {grad: fc.weight, update: 2}
"""
BODY = "Text {first}.\n\n## Question\n\nWhat?\n\n## Reason\n\nSo.\n"


def learn(tmp_path, *words):
    return run_here("learn", *words, cwd=tmp_path, COLUMNS="80", NO_COLOR="1")


def take(tmp_path, front, body=BODY):
    (tmp_path / "mine.md").write_text(f"---\n{front}---\n\n{body}", encoding="utf-8")
    return learn(tmp_path, "./mine.md")


@pytest.mark.parametrize("config", ["linear", "accumulate", "own.yaml"])
def test_a_new_lesson_runs_as_it_is(tmp_path, config):
    if config == "own.yaml":
        (tmp_path / "own.yaml").write_text(
            'model: ["Linear(3, 2)"]\nloss: CrossEntropyLoss\noptimizer: {type: Adam, lr: 0.1}\n'
            "data: {source: random, input: [8, 3], target: {shape: [8], classes: 2}}\n"
        )
    done = learn(tmp_path, "--new", "mine.md", "--from", config)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("next: backtrace learn ./mine.md\n")
    taken = learn(tmp_path, "./mine.md")
    assert taken.returncode == 0, taken.stderr
    assert "The run says" in taken.stdout
    assert learn(tmp_path, "--new", "mine.md").returncode == 2
    assert learn(tmp_path, "--new", "mine.md", "--force").returncode == 0
    assert "mine.md" in learn(tmp_path, "--status").stdout


@pytest.mark.parametrize(("count", "named"), [(4, [1, 2, 3, 4]), (9, [1, 9])])
def test_a_new_lesson_names_what_each_micro_batch_adds(tmp_path, count, named):
    (tmp_path / "own.yaml").write_text(
        f"model: ['Linear(3, 1)']\nloss: MSELoss\noptimizer: {{type: SGD, lr: 0.1}}\n"
        f"data: {{source: random, input: [{count}, 3], target: [{count}, 1], batch_size: 1}}\n"
        f"loop: {{accumulate: {count}, updates: 2}}\n"
    )
    write_lesson(tmp_path / "mine.md", str(tmp_path / "own.yaml"))
    lesson = read_lesson(tmp_path / "mine.md")
    numbers = NamedNumbers(LessonRuns(lesson))
    added = [numbers[name] for name in lesson.numbers if name.startswith("added")]
    assert [name for name in lesson.numbers if name != "value"] == [f"added_{at}" for at in named]
    if count == 4:
        assert sum(added) == pytest.approx(numbers.answer(), rel=1e-5)
    assert f"The {count} micro-batches" in (tmp_path / "mine.md").read_text()
    assert lesson.mistakes["added_1"]


def test_numbers_stand_in_the_text(tmp_path):
    done = take(tmp_path, FRONT)
    assert done.returncode == 0, done.stderr
    assert "Text -10.0049." in done.stdout


def test_a_lesson_on_ranks_says_where_there_are_none(tmp_path, monkeypatch):
    monkeypatch.setattr("torch.distributed.is_available", lambda: False)
    done = learn(tmp_path, "two_ranks")
    assert done.returncode == 2 and "torch.distributed with gloo is not available" in done.stderr
    done = learn(tmp_path, "gradient", "two_ranks", "step")
    assert done.returncode == 0 and "Ranks with fewer rows" not in done.stdout
    assert done.stderr.startswith("backtrace: two_ranks: it starts processes of its own")


def test_what_ends_the_ranks_is_told(tmp_path, monkeypatch):
    def launch(count, arguments, folder, logs):
        assert count == 2 and arguments[:2] == ["run", "-o"] and arguments[-1] == "train.py"
        (logs / "0").mkdir()
        (logs / "0" / "stderr.log").write_text("Traceback …\nValueError: no such data\n")
        (logs / "launcher.txt").write_text("failed")
        return 1

    monkeypatch.setattr("backtrace.learn.rank_runs.launch_ranks", launch)
    (tmp_path / "train.py").touch()
    done = take(tmp_path, FRONT.replace("config: linear", "script: train.py\nranks: 2"))
    assert done.returncode == 2
    assert "its ranks ended with exit code 1" in done.stderr
    assert "ValueError: no such data" in done.stderr


MISTAKES = [
    ("config: linear", "config: linear\nranks: 2", "4:1: ranks", "a script runs on `ranks`"),
    ("config: linear", "script: mine.md\nranks: two", "4:1: ranks", "a whole number"),
    ("numbers:", "number:", "4:1: number:", "`number` is not a key here"),
    ("config: linear", "config: linaer", "3:1: config", "did you mean `linear`?"),
    ("title: Mine\n", "", "title: missing", "a line in the list"),
    ("update: 2", "updte: 2", "6:24: ask.updte", "did you mean `update`?"),
    ("update: 2", "update: two", "6:24: ask.update", "a whole number"),
    ("update: 2", "update: 9", "6:24: ask.update: there is no update 9", "the run has 4"),
    ("ask: {grad: fc.weight", "ask: {grad: fc.wieght", "6:7: ask.grad", "`fc.weight`?"),
    ("{grad: fc.weight}", "{grda: fc.weight}", "5:11: numbers.first", "did you mean `grad`?"),
    ("{grad: fc.weight}", "{grad: fc.weight, change: fc.bias}", "5:28:", "keep one"),
    ("{grad: fc.weight}", "{grad: input}", "5:3: numbers.first", "`at: 0`, or `take: norm"),
    ("{grad: fc.weight}", "{sum: [first]}", "5:3: numbers.first", "computed from itself"),
    ("{grad: fc.weight}", "{sum: [frist]}", "5:3: numbers.first", "did you mean `first`?"),
    ("{grad: fc.weight}", "{grad: fc.weight, run: b}", "5:28: numbers.first.run", "runs: this"),
    ("{grad: fc.weight}", "{grad: fc.weight, when: before}", "5:3:", "is None in this run"),
    ("{grad: fc.weight}", "{grad: fc.weight, take: nrom}", "5:28:", "it can be 'norm'"),
    ("ask:", "tolerance: lots\nask:", "6:1: tolerance", "such as 2%"),
    ("ask:", "set: {loop.updates: many}\nask:", "6:7: loop.updates", "whole number"),
    ("ask:", "set: {optimiser.lr: 1}\nask:", "6:7:", "optimizer"),
    ("ask:", "others: {this: {}}\nask:", "6:10: others.this", "name it otherwise"),
    ("ask:", "choices: {a: b}\nask:", "6:1: choices", "leave the choices out"),
    ("ask:", "mistakes: {frist: x}\nask:", "6:12: mistakes.frist", "did you mean `first`?"),
    ("ask:", "show: [{tabel: 1}]\nask:", "6:9: show.0", "did you mean `table`?"),
    ("ask:", "show: [{table: x}]\nask:", "6:9: show.0.table", "write numbers from 1 up"),
    ("ask:", "show: [{cure: first}]\nask:", "6:9: show.0.cure", "no cure to try"),
    ("ask:", "show: [{compare: b}]\nask:", "6:9: show.0.compare", "runs: this"),
    ("ask:", "ask: {state: fc.bias}\nchoices: {zeros: a, numbrs: b}\n#", "7:1: choices", "numbers"),
    ("ask:", "ask: {census: fc.bais}\nchoices: {a: a, b: b}\n#", "6:7: ask.census", "`fc.bias`?"),
    ("ask:", "ask: {kept: forward}\nwith: [lr=fast]\n#", "lr", ""),
    ("title: Mine", "title: Mine\ntitle: Yours", "3:1: title", "a second time"),
    ("title: Mine", "title: !!python/name:os.system x", "the tag", "take it out"),
    ("title: Mine", "title: [", ":", ""),
]


@pytest.mark.parametrize(("was", "now", "where", "hint"), MISTAKES)
def test_a_mistake_names_its_line_and_what_would_be_right(tmp_path, was, now, where, hint):
    assert was in FRONT
    done = take(tmp_path, FRONT.replace(was, now, 1))
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    assert where in done.stderr and hint in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (BODY.replace("{first}", "{fisrt}"), "mine.md:9:6: there is no number `fisrt`"),
        (BODY.replace("## Reason", "## Raeson"), "mine.md:15:1: the heading `Raeson`"),
        ("", "no heading `## Question`"),
    ],
)
def test_mistakes_in_the_text(tmp_path, body, said):
    done = take(tmp_path, FRONT, body)
    assert done.returncode == 2 and said in done.stderr, done.stderr


def test_a_file_without_front_matter(tmp_path):
    (tmp_path / "mine.md").write_text("# Hello\n")
    done = learn(tmp_path, "./mine.md")
    assert done.returncode == 2 and "no front matter" in done.stderr


def test_a_script_that_fails_is_said(tmp_path):
    (tmp_path / "bad.py").write_text("import torch\nraise SystemExit(3)\n")
    done = take(tmp_path, FRONT.replace("config: linear", "script: bad.py"))
    assert done.returncode == 2 and "ended with exit code 3" in done.stderr


# -- the page about it ------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "learn.md").read_text("utf-8")


def test_the_lesson_in_the_page_is_one(tmp_path):
    (text,) = re.findall(r"^```markdown\n(.*?)^```$", PAGE, re.M | re.S)
    (tmp_path / "mine.md").write_text(text)
    lesson = read_lesson(tmp_path / "mine.md")
    assert NamedNumbers(LessonRuns(lesson)).answer() == pytest.approx(-18.9093, rel=1e-5)


@pytest.mark.parametrize("forms", [NUMBERS, CHOICES, SHOWS], ids=["numbers", "choices", "views"])
def test_each_form_is_in_the_page_and_its_example_is_right(forms):
    for key, form in forms.items():
        assert f"{{{key}: " in PAGE or f"`{key}`" in PAGE, key
        flaws = []
        read_form(yaml.safe_load(form.example), forms, (), "form", flaws)
        assert not flaws, (key, flaws)
