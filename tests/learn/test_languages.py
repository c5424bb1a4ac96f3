"""The course in other languages: no string is missing, and none names another number."""

from __future__ import annotations

import re

import pytest
from command_runs import run_here
from rich.cells import cell_len

from backtrace.errors import ConfigError
from backtrace.language import LANGUAGES, choose_language, localized, using_language
from backtrace.learn.catalogue import list_lessons
from backtrace.learn.lesson import PLACEHOLDER
from backtrace.learn.read_lesson import read_lesson
from backtrace.learn.translation import find_translation, read_translated

OTHERS = [code for code in LANGUAGES if code != "en"]


@pytest.mark.parametrize("code", OTHERS)
def test_every_lesson_has_its_words(code):
    for entry in list_lessons():
        lesson = read_lesson(entry.path, entry.name)
        with using_language(code):
            assert find_translation(entry.path) is not None, entry.name
            other = read_translated(entry.path, entry.name)
            assert entry.title == other.title
        assert other.title != lesson.title
        assert list(other.choices) == list(lesson.choices)
        for key, text in lesson.mistakes.items():
            named = set(PLACEHOLDER.findall(text))
            assert set(PLACEHOLDER.findall(other.mistakes[key])) == named, (entry.name, key)
        code_blocks = [re.findall(r"(?m)^(?:backtrace| {4}).*", each.text) for each in
                       (lesson.sections["Try"], other.sections["Try"])]  # fmt: skip
        assert code_blocks[0] == code_blocks[1], entry.name


def test_the_language_is_chosen_as_gettext_does():
    assert choose_language(None, {"LANG": "zh_CN.UTF-8"}) == "zh"
    assert choose_language(None, {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}) == "en"
    assert choose_language(None, {"LANG": "fr_FR"}) == "en"
    assert choose_language("zh", {"LANG": "en_US"}) == "zh"


def test_a_lesson_in_chinese(tmp_path):
    settings = {"COLUMNS": "80", "NO_COLOR": "1"}
    done = run_here("learn", "zero_grad", "--lang", "zh", cwd=tmp_path, **settings)
    assert done.returncode == 0, done.stderr
    assert "不清零，梯度就一直累加" in done.stdout and "运行结果是 -18.9093。" in done.stdout
    assert max(map(cell_len, done.stdout.splitlines())) <= 80
    assert not re.search(r"(?m)^[，。：；]", done.stdout)
    refused = run_here("learn", "--lang", "tlh", cwd=tmp_path, **settings)
    assert refused.returncode == 2 and "zh (中文)" in refused.stderr


def test_what_a_cure_did_is_told_in_chinese(tmp_path):
    done = run_here("learn", "averaging", "--lang", "zh", cwd=tmp_path, COLUMNS="80", NO_COLOR="1")
    assert "发现：BT108" in done.stdout and "✓ 问题消失了。" in done.stdout
    assert "finding" not in done.stdout and "instead of" not in done.stdout


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("update 1, as recorded", "第 1 次更新，按记录"),
        ("update 2, micro-batch 3, as recorded", "第 2 次更新，第 3 个微批次，按记录"),
    ],
)
def test_what_earlier_updates_left_is_told_in_chinese(label, said):
    with using_language("zh"):
        assert localized(label) == said


def test_a_translation_that_does_not_fit_is_told_with_its_place(tmp_path):
    head = "---\ntitle: Mine\nconfig: linear\nask: {grad: fc.bias}\n---\n"
    rest = "## Question\nWhat?\n## Reason\nIt is {answer}.\n"
    (tmp_path / "mine.md").write_text(head + rest)
    (tmp_path / "mine.zh.md").write_text("---\ntitle: 我的\n---\n## Question\n多少？\n")
    with using_language("zh"), pytest.raises(ConfigError) as caught:
        read_translated(tmp_path / "mine.md")
    assert "`Reason` names other numbers" in str(caught.value.problems[0])
