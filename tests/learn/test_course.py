"""`backtrace learn` as a learner and a teacher meet it: the list, a lesson, answers, progress."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import typer
from command_runs import run_here

from backtrace.cli import app
from backtrace.learn.answers import NoAnswerError, read_answer
from backtrace.learn.ask import TerminalAsker
from backtrace.learn.catalogue import list_lessons
from backtrace.learn.progress import LearnProgress, progress_path
from backtrace.learn.read_lesson import read_lesson
from backtrace.learn.runs import LessonRuns

LESSONS = list_lessons()
SHORT = "zero_grad"  # what it asks for: -18.9093


def learn(tmp_path, *words):
    return run_here("learn", *words, cwd=tmp_path, COLUMNS="80", NO_COLOR="1")


def test_the_course_has_an_order_without_gaps():
    assert [entry.number for entry in LESSONS] == list(range(1, len(LESSONS) + 1))
    assert len({entry.name for entry in LESSONS}) == len(LESSONS) >= 12


def test_the_list_writes_nothing(tmp_path, state):
    done = learn(tmp_path)
    assert done.returncode == 0 and not state.exists()
    for entry in LESSONS:
        assert f" {entry.name} " in done.stdout
    assert done.stdout.splitlines()[-1].startswith("next   backtrace learn gradient")
    assert "0 of" in learn(tmp_path, "--status").stdout and not state.exists()


def test_a_lesson_without_terminal_goes_on_and_says_so(tmp_path, state):
    done = learn(tmp_path, "4")
    assert done.returncode == 0, done.stderr
    assert "no terminal to ask at" in done.stdout
    assert "The run says -18.9093." in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert json.loads(state.read_text())["lessons"][SHORT]["was_right"] is None
    assert "next   backtrace learn none_or_zero" in done.stdout
    again = learn(tmp_path)
    assert re.search(rf"^·\s+4  {SHORT}", again.stdout, re.M)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("-18.9", "✓ Right: -18.9; to more digits, -18.9093."),
        ("-8.9", "still stood there"),
        ("18.9", "The size is right, the sign is not."),
        ("3", "✗ You said 3. The run says -18.9093."),
    ],
)
def test_an_answer_is_held_against_the_run(tmp_path, state, answer, said):
    (tmp_path / "answers.yaml").write_text(f"{SHORT}: {answer}\n")
    done = learn(tmp_path, SHORT, "--answers", "answers.yaml")
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    assert json.loads(state.read_text())["lessons"][SHORT]["was_right"] is ("✓" in said)


def test_several_lessons_make_a_score(tmp_path):
    (tmp_path / "a.yaml").write_text("gradient: -10\nnone_or_zero: b\n")
    done = learn(tmp_path, "gradient", "5", "2", "--answers", "a.yaml")
    assert "1 of 3 predicted right, 1 without an answer." in done.stdout
    status = learn(tmp_path, "--status").stdout
    assert f"3 of {len(LESSONS)} lessons taken, 1 predicted right." in status
    assert f"3/{len(LESSONS)} · The chain rule" in learn(tmp_path, "next").stdout


def test_an_answer_alone_is_for_one_lesson(tmp_path):
    (tmp_path / "a").write_text("-18.9\n")
    assert "✓ Right" in learn(tmp_path, SHORT, "--answers", "a").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["zero_grd"], "did you mean `zero_grad`?"),
        (["99"], "numbered 1 to"),
        (["./mine.md"], "no such file; did you mean `mien.md`?"),
        (["--from", "linear"], "give --new FILE"),
        (["1", "--status"], "one at a time"),
        (["--answers", "x"], "name them, or give --all"),
    ],
)
def test_typos_are_met_with_what_was_meant(tmp_path, words, said, state):
    (tmp_path / "mien.md").touch()
    done = learn(tmp_path, *words)
    assert done.returncode == 2 and said in done.stderr
    assert not state.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zero_grad: abc", "a.yaml:1:1: zero_grad: `abc` is no answer"),
        ("\nzero_grat: 1", "a.yaml:2:1: zero_grat: `zero_grat` is none of the lessons"),
        ("zero_grad: [1", "a.yaml:"),
        ("- 1", "is none of the lessons"),
    ],
)
def test_answers_are_checked_before_anything_runs(tmp_path, text, said, state):
    (tmp_path / "a.yaml").write_text(text)
    done = learn(tmp_path, SHORT, "--answers", "a.yaml")
    assert done.returncode == 2 and said in done.stderr and not done.stdout
    assert not state.exists()


def test_numbers_and_choices_are_read_as_people_write_them():
    for typed in ("-0.5", " −0.5 ", "-1/2", "-.5", "-0.5×"):
        assert read_answer(typed, {}).number == -0.5
    choices = {"None": "`None`", "zeros": "a tensor of zeros"}
    for typed in ("b", "B)", "zeros", "a tensor of zeros", "a ten"):
        assert read_answer(typed, choices).choice == "zeros"
    assert not read_answer("  ", choices).is_given
    for typed in ("1_0", "1/0", "x", "--1"):
        with pytest.raises(NoAnswerError):
            read_answer(typed, {})
    with pytest.raises(NoAnswerError):
        read_answer("e", choices)


def test_the_terminal_asks_again(monkeypatch, capsys):
    typed = iter(["what?", "a"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    lesson = read_lesson(LESSONS[4].path)
    assert TerminalAsker().ask(lesson).choice == "None"
    assert capsys.readouterr().out == "Type a letter from a to c, or Enter for no answer.\n"

    def end(prompt):
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    assert not TerminalAsker().ask(lesson).is_given


# -- progress ---------------------------------------------------------------------------------


def test_where_progress_is_kept(monkeypatch):
    assert progress_path({"XDG_STATE_HOME": "/x"}) == Path("/x/backtrace/learn.json")
    home = Path.home() / ".local" / "state" / "backtrace" / "learn.json"
    assert progress_path({}) == progress_path({"XDG_STATE_HOME": "relative"}) == home

    def no_home():
        raise RuntimeError

    monkeypatch.setattr(Path, "home", no_home)
    assert progress_path({}) is None
    progress = LearnProgress(None)
    progress.record("gradient", "1", True)
    assert "no home folder" in progress.problem


def test_a_damaged_file_is_put_aside(tmp_path):
    path = tmp_path / "learn.json"
    for text in ("{", "[]", '{"lessons": {"gradient": {"when": 1}}}'):
        path.write_text(text)
        progress = LearnProgress(path)
        assert "cannot be read" in progress.problem and not progress.records
        progress.record("gradient", "-10", True)
        assert not progress.problem
        assert path.with_suffix(".old").read_text() == text
        assert LearnProgress(path).records["gradient"].was_right


def test_progress_that_cannot_be_written_stops_no_lesson(tmp_path, state):
    state.parent.parent.mkdir()
    state.parent.touch()  # a file where a folder should be
    done = learn(tmp_path, SHORT)
    assert done.returncode == 0 and "The run says" in done.stdout
    assert "progress is not kept" in done.stderr


# -- what the lessons tell to type ------------------------------------------------------------


def told_commands():
    for entry in LESSONS:
        lesson = read_lesson(entry.path, entry.name)
        runs = LessonRuns(lesson)
        for show in (*lesson.show, *lesson.derivation):
            yield show.command(runs)
        for block in re.findall(
            r"^```\n(.*?)^```", lesson.sections["Try"].text + "\n", re.M | re.S
        ):
            yield from block.replace("\\\n", " ").splitlines()


def test_each_command_that_is_told_can_be_typed():
    group = typer.main.get_command(app)
    for command in filter(None, told_commands()):
        _, name, *words = shlex.split(command.replace("{target}", "x.py"))
        group.commands[name].make_context(name, words)  # it raises what the user would see


def test_ctrl_c_keeps_what_was_taken(tmp_path, state, monkeypatch):
    typed = iter(["-10", "", KeyboardInterrupt()])

    def press(prompt=""):
        key = next(typed)
        if isinstance(key, BaseException):
            raise key
        return key

    monkeypatch.setattr("builtins.input", press)
    for room in ("ask", "course"):
        monkeypatch.setattr(f"backtrace.learn.{room}.is_at_terminal", lambda: True)
    done = learn(tmp_path, "gradient", "step")
    assert done.returncode == 130
    assert "step is not taken; what you took before is kept" in done.stderr
    records = json.loads(state.read_text())["lessons"]
    assert records.keys() == {"gradient"} and records["gradient"]["was_right"]
