"""The numbers that a lesson names, each computed when it is first asked for; and the answer."""

from __future__ import annotations

from backtrace.config.words import suggest
from backtrace.learn.forms.choices import Choice
from backtrace.learn.forms.form import LessonMistake
from backtrace.learn.forms.number import Number
from backtrace.learn.lesson_run import FIRST
from backtrace.learn.runs import LessonRuns
from backtrace.show.content.cells import number


class NamedNumbers:
    """All numbers of a lesson by name, and what is right; mistakes come out with their places.

    Raises, from every method:
        ConfigError: the lesson asks for what its runs do not have.
    """

    def __init__(self, runs: LessonRuns) -> None:
        self._runs = runs
        self._lesson = runs.lesson
        self._known: dict[str, float] = {}
        self._begun: list[str] = []

    def __getitem__(self, name: str) -> float:
        form = self._lesson.numbers[name]
        if name not in self._known:
            try:
                self._begun.append(name)
                self._known[name] = form.compute(self._runs, self._by_name)
                self._begun.pop()
            except LessonMistake as error:
                raise self._lesson.placed(error, ("numbers", name)) from None
        return self._known[name]

    def compute_all(self) -> dict[str, float]:
        """Return every number by name."""
        return {name: self[name] for name in self._lesson.numbers}

    def answer(self, question: Number | Choice | None = None) -> float | str:
        """Return the right number, or the key of the right choice; of the lesson's question."""
        lesson, asked = self._lesson, question or self._lesson.asked
        try:
            if not isinstance(asked, Choice):
                return asked.compute(self._runs, self._by_name)
            key = asked.decide(self._runs, self._by_name, list(lesson.choices))
        except LessonMistake as error:
            raise lesson.placed(error, ("ask",)) from None
        if key not in lesson.choices:
            hint = f"add it, with a text; there are: {', '.join(lesson.choices)}"
            found = f"in this run the right answer is `{key}`, which is no choice"
            raise lesson.mistake(("choices",), found, hint)
        return key

    def texts(self, answer: float | str) -> dict[str, str]:
        """Return what the lesson's text may name, as it is written there."""
        lesson = self._lesson
        named = {name: number(value) for name, value in self.compute_all().items()}
        named["answer"] = lesson.choices[answer] if isinstance(answer, str) else number(answer)
        named["target"] = self._runs.find(FIRST).word
        return named

    def _by_name(self, name: str) -> float:
        if name not in self._lesson.numbers:
            raise LessonMistake(
                [], f"there is no number `{name}`", suggest(name, self._lesson.numbers, "numbers")
            )
        if name in self._begun:
            raise LessonMistake([], f"`{name}` is computed from itself", "break the circle")
        return self[name]
