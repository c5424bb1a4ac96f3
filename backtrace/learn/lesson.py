"""A lesson as data: what is trained, what is asked about it, and the words around that."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backtrace.config.places import Places
from backtrace.config.tree import Flaw
from backtrace.errors import ConfigError
from backtrace.learn.forms.choices import Choice
from backtrace.learn.forms.exploration import Exploration
from backtrace.learn.forms.form import LessonMistake
from backtrace.learn.forms.number import Number
from backtrace.learn.forms.readings import ChangeNumber
from backtrace.learn.forms.shows import Show, TableShow
from backtrace.learn.lesson_run import LessonRun

PLACEHOLDER = re.compile(r"\{([\w.-]+)\}")


@dataclass(frozen=True)
class LessonSection:
    """A piece of a lesson's prose: its text, the line that it begins at, and its heading's."""

    text: str
    line: int
    heading: int


@dataclass(frozen=True)
class Lesson:
    """One question about one training, and all that is told around it.

    Args:
        name: what is typed after `backtrace learn`.
        runs: the trainings by name, the one that it is about first, as `this`.
        numbers: what the text may name in braces, by that name.
        asked: the number that is asked for, or the choice.
        tolerance: how far off a number may be: a share of the right one, or an absolute size.
        choices: what may be chosen: keys and their texts; empty where a number is asked for.
        mistakes: what a wrong answer probably comes from, by the name of a number or a choice.
        show, derivation: what is shown before the comparison, and after the reason.
        explore: what its page lets the reader move.
    """

    name: str
    title: str
    runs: Mapping[str, LessonRun]
    numbers: Mapping[str, Number]
    asked: Number | Choice
    tolerance: float
    is_relative: bool
    choices: Mapping[str, str]
    mistakes: Mapping[str, str]
    show: Sequence[Show]
    derivation: Sequence[Show]
    explore: Exploration
    sections: Mapping[str, LessonSection]
    places: Places = field(repr=False, compare=False)

    @property
    def wants_receipts(self) -> bool:
        """Whether anything in it is about the arithmetic of steps, which is recorded on demand."""
        forms = [*self.numbers.values(), self.asked, *self.show, *self.derivation]
        return any(
            (isinstance(each, TableShow) and each.receipt)
            or (isinstance(each, ChangeNumber) and each.term is not None)
            for each in forms
        )

    def mistake(self, path: Sequence[str], found: str, hint: str = "") -> ConfigError:
        """Return an error that names the place in the lesson's file."""
        return ConfigError([self.places.problem(Flaw(tuple(path), found, hint))])

    def placed(self, error: LessonMistake, path: Sequence[str]) -> ConfigError:
        """Return what a form raised, with the place of what it said it of."""
        return self.mistake((*path, *error.path), error.found, error.hint)
