"""Trains a lesson once for each place of its slider, and keeps what each of them came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from warnings import catch_warnings, simplefilter

from backtrace.config.load import load_config
from backtrace.errors import ConfigError, Problem
from backtrace.explain.derive.parts import Derivation
from backtrace.learn.forms.choices import Choice
from backtrace.learn.forms.form import LessonMistake
from backtrace.learn.forms.number import Number
from backtrace.learn.forms.shows import DeriveShow, TableShow, read_updates
from backtrace.learn.lesson import Lesson
from backtrace.learn.lesson_run import FIRST, LessonRun
from backtrace.learn.named_numbers import NamedNumbers
from backtrace.learn.runs import LessonRuns
from backtrace.ledger.updates import Update
from backtrace.printable import json_text
from backtrace.show.content.cells import number

_MOST_UPDATES = 12  # whose tables are in the page


@dataclass(frozen=True)
class ExploredUpdate:
    """One update at one place of the slider; `derivation` is None where there is none."""

    update: Update
    derivation: Derivation | None
    answer: str = ""


@dataclass(frozen=True)
class ExploredPlace:
    """What the lesson's run came to at one place of the slider.

    `answer` is what the lesson asks for, and `numbers` are those that it names: '' where the run
    has none of that kind here. `losses` are those of all its updates.
    """

    label: str
    answer: str
    numbers: Mapping[str, str]
    losses: tuple[float | None, ...]
    updates: tuple[ExploredUpdate, ...]


def explored_params(lesson: Lesson) -> list[str]:
    """Return the globs of the parameters in the tables: said, or those that the lesson shows."""
    tables = [show for show in lesson.show if isinstance(show, TableShow) and show.run == FIRST]
    return list(lesson.explore.params or next((show.params for show in tables if show.params), ()))


def explore(lesson: Lesson) -> Iterator[ExploredPlace]:
    """Give each place of the slider, trained.

    Raises:
        ConfigError, DataError: a config is not valid with a value of the slider.
    """
    check_places(lesson)
    for at in range(max(1, len(lesson.explore.to))):
        label = lesson.explore.label(at) if lesson.explore.to else ""
        yield _explore(varied_lesson(lesson, at), label)


def check_places(lesson: Lesson) -> None:
    """Make sure that the config takes every value of the slider; nothing is trained.

    Raises:
        ConfigError: it does not, with the place in the lesson.
    """
    keys = {*lesson.explore.set, *lesson.explore.keys}
    for at in range(max(1, len(lesson.explore.to))):
        _check(lesson, varied_lesson(lesson, at).runs[FIRST], keys, str(at))


def varied_lesson(lesson: Lesson, at: int) -> Lesson:
    """Return the lesson at one place of the slider: its run, and others where they are like it."""
    explored = lesson.explore
    changes = {key: json_text(value) for key, value in explored.set.items()}
    changes |= explored.settings(at) if explored.to else {}
    first = lesson.runs[FIRST]
    was = dict(first.settings)
    runs = {}
    for name, run in lesson.runs.items():
        now = dict(run.settings)
        like = {key for key in changes if run.path == first.path and now.get(key) == was.get(key)}
        now |= {key: value for key, value in changes.items() if key in like}
        runs[name] = replace(run, settings=tuple(now.items()))
    return replace(lesson, runs=runs)


def _check(lesson: Lesson, run: LessonRun, keys: set[str], at: str) -> None:
    """Say of a value that the config does not take where it stands in the lesson."""
    if run.is_script:
        if keys:
            found = "a script has no keys to set"
            raise lesson.mistake(("explore",), found, "leave `change` and `set` out")
        return

    def place(problem: Problem) -> Problem:
        key = problem.where.removeprefix("--set ")
        if key == problem.where or key not in keys:
            return problem
        path = ("set", key) if key in lesson.explore.set else ("to", at)
        return replace(problem, where=lesson.places.locate(("explore", *path)))

    try:
        load_config(run.path, run.settings)
    except ConfigError as error:
        raise ConfigError([place(each) for each in error.problems]) from None


def _explore(lesson: Lesson, label: str) -> ExploredPlace:
    runs = LessonRuns(lesson)
    try:
        updates = runs.play().updates
        chosen = read_updates(lesson.explore.updates, "updates")
    except LessonMistake as error:
        raise lesson.placed(error, ("explore",)) from None
    shown = [each for at, each in enumerate(updates, 1) if at in chosen][:_MOST_UPDATES]
    param = _derived(lesson)
    numbers = NamedNumbers(runs)
    return ExploredPlace(
        label,
        _answer(lesson, numbers),
        {name: _number(numbers, name) for name in lesson.numbers},
        tuple(each.loss for each in updates),
        tuple(
            ExploredUpdate(
                each, _derive(runs, param, each.index), _answer_at(lesson, numbers, each.index)
            )
            for each in shown
        ),
    )


def _derived(lesson: Lesson) -> str:
    """Return the parameter whose gradient is derived: said, or that of the lesson."""
    shows = [*lesson.derivation, *lesson.show]
    told = next((show.derive for show in shows if isinstance(show, DeriveShow)), "")
    asked = [
        str(getattr(form, key))
        for form in (lesson.asked, *lesson.numbers.values())
        for key in ("grad", "added", "change", "value", "state", "census", "missing")
        if hasattr(form, key)
    ]
    return lesson.explore.derive or told or next(iter(asked), "")


def _derive(runs: LessonRuns, param: str, update: int) -> Derivation | None:
    run = runs.find(FIRST)
    if not param or run.is_script or run.experiments:
        return None
    try:
        with catch_warnings():  # torch's: the lesson has its own words on them
            simplefilter("ignore")
            return runs.derive(FIRST, param, update)
    except (LessonMistake, ConfigError):
        return None


def _answer(lesson: Lesson, numbers: NamedNumbers, asked: Number | Choice | None = None) -> str:
    try:
        answer = numbers.answer(asked)
    except ConfigError:  # the run is too short for it here, or says what is no choice
        return ""
    return lesson.choices[answer] if isinstance(answer, str) else number(answer)


def _answer_at(lesson: Lesson, numbers: NamedNumbers, update: int) -> str:
    """Return the answer to the same question about another update, where it is about one."""
    key = next((each for each in ("update", "held") if hasattr(lesson.asked, each)), "")
    if lesson.explore.keys or not key:
        return ""
    return _answer(lesson, numbers, lesson.asked.model_copy(update={key: update}))


def _number(numbers: NamedNumbers, name: str) -> str:
    try:
        return number(numbers[name])
    except ConfigError:
        return ""
