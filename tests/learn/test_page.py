"""The page of a lesson: what stands in it is what plain PyTorch computes, at each place."""

from __future__ import annotations

import json
import re

import pytest
from command_runs import run_here
from plain_training import PlainNumbers

from backtrace.errors import ConfigError
from backtrace.learn.catalogue import find_lesson, list_lessons
from backtrace.learn.page import lesson_page as lesson_pages
from backtrace.learn.page.explore import check_places, varied_lesson
from backtrace.learn.page.lesson_page import lesson_page
from backtrace.learn.read_lesson import read_lesson

OWN = """\
---
title: Mine
config: linear
ask: {{grad: fc.bias, update: 2}}
{explore}
---

Text with `code`, *stress* and <b>.

## Question

What?

## Reason

It is {{answer}}.
"""


def data_of(page):
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])


def own(tmp_path, explore=""):
    path = tmp_path / "mine.md"
    path.write_text(OWN.format(explore=explore))
    return find_lesson(str(path)), read_lesson(path)


@pytest.mark.parametrize("name", ["zero_grad", "uneven"])
def test_each_place_has_the_numbers_of_plain_pytorch(name):
    entry = find_lesson(name)
    lesson = read_lesson(entry.path, entry.name)
    places = data_of(lesson_page(entry, lesson))["places"]
    assert len(places) == len(lesson.explore.to) > 3
    for at, place in enumerate(places):
        plain = PlainNumbers(varied_lesson(lesson, at))
        for key, text in place["numbers"]:
            assert float(text) == pytest.approx(plain.named(key), rel=1e-4, abs=1e-6)
        if not lesson.choices:
            asked = plain.compute(lesson.asked)
            assert float(place["answer"]) == pytest.approx(asked, rel=1e-4, abs=1e-6)
    if name == "uneven":  # batches of one size are the same as one batch, others are not
        assert [place["answer"].split(",")[0] for place in places] == ["yes"] * 2 + ["no"] * 2 + [
            "yes"
        ]


def test_every_value_of_every_slider_is_one_that_its_config_takes():
    for entry in list_lessons():
        check_places(read_lesson(entry.path, entry.name))


def test_a_lesson_that_says_nothing_moves_the_update(tmp_path):
    entry, lesson = own(tmp_path)
    page = lesson_page(entry, lesson)
    (place,) = data_of(page)["places"]
    assert [each["number"] for each in place["updates"]] == [1, 2, 3, 4]
    answers = [float(each["answer"]) for each in place["updates"]]
    assert answers[1] == float(place["answer"]) and len(set(answers)) == 4
    assert all(each["derivation"] for each in place["updates"])
    assert "<em>stress</em>" in page and "&lt;b&gt;" in page


@pytest.mark.parametrize(
    ("explore", "said"),
    [
        ("explore: {change: optimizer.lr}", "`change` and `to` belong together"),
        ("explore: {change: [a, b], to: [1]}", "not as many values as keys"),
        ("explore: {to_: [1]}", "`to_` is not a key here"),
        ("explore: {change: loop.accumulate, to: [1, fast]}", "fast"),
        ("explore: {change: loop.rounds, to: [1]}", "rounds"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path, explore, said):
    with pytest.raises(ConfigError) as caught:
        check_places(own(tmp_path, explore)[1])
    (problem,) = caught.value.problems
    assert said in f"{problem}" and re.search(r"mine\.md:5:\d+", problem.where)


def test_pages_are_written_and_nothing_else_is_overwritten(tmp_path):
    own(tmp_path, "explore: {updates: 1}")
    done = run_here("learn", "./mine.md", "--html", "course", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(each.name for each in (tmp_path / "course").iterdir()) == [
        "index.html",
        "mine.html",
    ]
    assert 'href="mine.html"' in (tmp_path / "course" / "index.html").read_text()
    assert run_here("learn", "./mine.md", "--html", "course", cwd=tmp_path).returncode == 0
    (tmp_path / "notes.html").write_text("mine")
    refused = run_here("learn", "./mine.md", "--html", "notes.html", cwd=tmp_path)
    assert refused.returncode == 2 and (tmp_path / "notes.html").read_text() == "mine"
    assert run_here("learn", "1", "2", "--html", "a.html", cwd=tmp_path).returncode == 2


def test_a_terminal_is_told_that_a_course_takes_long(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(lesson_pages, "lesson_page", lambda *_: "a page")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    entries = list_lessons()[:4]
    lessons = [read_lesson(each.path, each.name) for each in entries]
    lesson_pages.write_lesson_pages(entries[:3], lessons[:3], tmp_path / "few")
    assert capsys.readouterr().err == ""
    lesson_pages.write_lesson_pages(entries, lessons, tmp_path / "course")
    out, err = capsys.readouterr()
    assert err.startswith("4 pages, ") and out.count("course/") == 5
