"""A lesson is taken: told, asked, shown, held against the prediction, and explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.text import Text

from backtrace.language import translated
from backtrace.learn.answers import Answer, Judged, judge_answer, letters, tolerance_text
from backtrace.learn.ask import Asker
from backtrace.learn.catalogue import LessonFile
from backtrace.learn.forms.form import LessonMistake
from backtrace.learn.forms.shows import Show
from backtrace.learn.lesson import Lesson
from backtrace.learn.named_numbers import NamedNumbers
from backtrace.learn.prose import code_block, mark_code, prose_blocks
from backtrace.learn.runs import LessonRuns
from backtrace.show.content.cells import literal, number


@dataclass(frozen=True)
class LessonOutcome:
    """What came of a lesson: the answer as it was given, and whether it was right."""

    answer: Answer
    judged: Judged


class LessonTeller:
    """Tells one lesson on a console.

    Raises, from every method:
        ConfigError, DataError: the lesson or its config is wrong, with the place.
    """

    def __init__(self, entry: LessonFile, lesson: Lesson, console: Console, count: int) -> None:
        self._entry = entry
        self._lesson = lesson
        self._console = console
        self._count = count
        self._runs = LessonRuns(lesson)
        self._numbers = NamedNumbers(self._runs)

    def begin(self) -> None:
        """Tell the lesson up to its question; its runs are run for that."""
        number_ = f"{self._entry.number}/{self._count} · " if self._entry.number else ""
        self._console.print(Rule(style="dim"))
        self._console.print(Text(literal(f"{number_}{self._lesson.title}"), style="bold"))
        self._console.print()
        wait = (
            self._console.status(translated("training …"))
            if self._console.is_terminal
            else nullcontext()
        )
        with wait:
            self._right = self._numbers.answer()
            self._texts = self._numbers.texts(self._right)
        self._tell("")
        self._console.print(Text(translated("Question"), style="bold"))
        self._tell("Question")
        self._console.print(mark_code(self._how_to_answer()))

    def ask(self, asker: Asker) -> LessonOutcome:
        """Return the answer, judged."""
        answer = asker.ask(self._lesson)
        if asker.note:
            said = f"{asker.note}: {answer.typed if answer.is_given else translated('none')}"
            self._console.print(Text(literal(said), style="dim"))
        numbers = self._numbers.compute_all()
        return LessonOutcome(answer, judge_answer(self._lesson, answer, self._right, numbers))

    def show(self, outcome: LessonOutcome) -> None:
        """Show the run, hold the answer against it, and give the reason."""
        self._console.print()
        self._show_all("show", self._lesson.show)
        self._compare(outcome)
        self._tell("Reason")
        self._show_all("derivation", self._lesson.derivation)
        if "Try" in self._lesson.sections:
            self._console.print(Text(translated("Try"), style="bold"))
            self._tell("Try")

    def _how_to_answer(self) -> str:
        if self._lesson.choices:
            lines = [f"  {letter})  {text}" for letter, _, text in letters(self._lesson.choices)]
            return "\n".join(lines)
        if not self._lesson.tolerance:
            return translated("  a number, exactly")
        said = translated("  a number; within {tolerance} of the right one is right")
        return said.format(tolerance=tolerance_text(self._lesson))

    def _tell(self, name: str) -> None:
        section = self._lesson.sections.get(name)
        if section is not None:
            for block in prose_blocks(section.text, self._texts, self._console):
                self._print(block)

    def _show_all(self, key: str, shows: Sequence[Show]) -> None:
        for at, show in enumerate(shows):
            try:
                command = show.command(self._runs)
                if command:
                    self._print(code_block(f"$ {literal(command)}"))
                for block in show.blocks(self._runs, self._console):
                    self._print(block)
            except LessonMistake as error:
                raise self._lesson.placed(error, (key, str(at))) from None
            self._console.print()

    def _print(self, block: RenderableType) -> None:
        """Print something; lines that are not to be broken are left to the terminal."""
        self._console.print(block, soft_wrap=isinstance(block, Text) and bool(block.no_wrap))

    def _compare(self, outcome: LessonOutcome) -> None:
        """Say whether the prediction was right, and else what it probably came from."""
        judged, answer = outcome.judged, outcome.answer
        right = self._written(self._right)
        said = self._written(answer.choice if answer.choice is not None else answer.number or 0.0)
        text = mark_code(translated("The run says {answer}.").format(answer=right))
        if judged.was_right:
            told = translated("✓ Right: {said}.")
            if said != right:
                told = translated("✓ Right: {said}; to more digits, {answer}.")
            text = mark_code(told.format(said=said, answer=right))
            text.stylize("bold green", 0, len(re.split(r"[:：]", told)[0]))
        elif judged.was_right is False:
            text = mark_code(
                translated("✗ You said {said}. The run says {answer}.").format(
                    said=said, answer=right
                )
            )
            text.stylize("bold red", 0, 1)
        self._console.print(text)
        self._console.print()
        reason = judged.reason or (
            translated("The size is right, the sign is not.") if judged.is_negated else ""
        )
        for block in prose_blocks(reason, self._texts, self._console):
            self._print(block)

    def _written(self, value: float | str) -> str:
        """Return a number, or a choice with its letter."""
        if isinstance(value, float | int):
            return number(value)
        listed = letters(self._lesson.choices)
        return next(f"{letter}), {text}" for letter, key, text in listed if key == value)
