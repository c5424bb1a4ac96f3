"""Who answers: somebody at a terminal, a file of answers, or nobody."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from backtrace.config.config_file import read_text
from backtrace.config.places import Places
from backtrace.config.read import read_tree
from backtrace.config.tree import Flaw, UnreadableError, YamlNode
from backtrace.config.words import suggest
from backtrace.errors import ConfigError
from backtrace.language import translated
from backtrace.learn.answers import Answer, NoAnswerError, read_answer
from backtrace.learn.catalogue import LessonFile
from backtrace.learn.lesson import Lesson


class Asker(Protocol):
    """Gives the answer to a lesson's question; `note` says where it comes from, '' if typed."""

    @property
    def note(self) -> str:
        """Where the answer comes from; '' if typed."""

    def ask(self, lesson: Lesson) -> Answer:
        """Return the answer; empty where there is none."""


class TerminalAsker:
    """Asks at the terminal until there is an answer, or Enter alone."""

    note = ""

    def ask(self, lesson: Lesson) -> Answer:
        """Return what was typed; the end of input counts as Enter."""
        while True:
            try:
                return read_answer(
                    input(translated("Your answer (Enter for none): ")), lesson.choices
                )
            except NoAnswerError as error:
                said = str(error)
                print(translated("{problem}.").format(problem=f"{said[0].upper()}{said[1:]}"))
            except EOFError:
                print()
                return Answer()


class NobodyAsker:
    """Answers nothing: there is no terminal, and no file of answers."""

    @property
    def note(self) -> str:
        """Why nothing is asked."""
        return translated(
            "Your answer (no terminal to ask at, and no --answers FILE: as after Enter)"
        )

    def ask(self, lesson: Lesson) -> Answer:
        """Return no answer."""
        return Answer()


class FileAsker:
    """Answers from a file: YAML with an answer a lesson, or one answer alone for one lesson.

    All answers that belong to the lessons are read before the first is asked for.

    Raises:
        ConfigError: the file cannot be read, names no lesson of these, or an answer is none.
    """

    def __init__(self, file: str, entries: Sequence[LessonFile], lessons: Sequence[Lesson]) -> None:
        self._file = "stdin" if file == "-" else file
        self.note = translated("Your answer (of {file})").format(file=self._file)
        text = sys.stdin.read() if file == "-" else read_text(Path(file))
        self._answers: dict[str, Answer] = {}
        try:
            root, flaws = read_tree(text)
        except UnreadableError as error:
            root, flaws = YamlNode("mapping"), error.flaws
            if not text.strip():
                flaws = []
        places = Places(self._file, root)
        for entry, lesson in zip(entries, lessons, strict=True):
            self._read(root, entry, lesson, len(lessons), flaws)
        known = [name for entry in entries for name in _names(entry)]
        flaws += [
            Flaw((key,), f"`{key}` is none of the lessons that are taken", suggest(key, known))
            for key in root.children
            if key not in known
        ]
        if flaws:
            raise ConfigError([places.problem(flaw) for flaw in flaws])

    def ask(self, lesson: Lesson) -> Answer:
        """Return the answer of the file; empty where it has none."""
        return self._answers.get(lesson.name, Answer())

    def _read(
        self, root: YamlNode, entry: LessonFile, lesson: Lesson, count: int, flaws: list[Flaw]
    ) -> None:
        path: tuple[str, ...] = ()
        node = root if root.kind == "scalar" and count == 1 else None
        for name in _names(entry):
            if name in root.children:
                node, path = root.children[name].node, (name,)
        if node is None:
            return
        try:
            value = node.value
            typed = "" if node.kind == "scalar" and value is None else str(node.plain())
            self._answers[lesson.name] = read_answer(typed, lesson.choices)
        except NoAnswerError as error:
            flaws.append(Flaw(path, f"`{typed}` is no answer to {lesson.name}", str(error)))


def _names(entry: LessonFile) -> tuple[str, ...]:
    """Return the names under which a file of answers may speak of a lesson."""
    if entry.number:
        return entry.name, str(entry.number)
    return entry.path.stem, entry.path.name


def choose_asker(
    answers: str | None, entries: Sequence[LessonFile], lessons: Sequence[Lesson]
) -> Asker:
    """Return who answers: the file that was named, the terminal if there is one, or nobody."""
    if answers is not None:
        return FileAsker(answers, entries, lessons)
    return TerminalAsker() if is_at_terminal() else NobodyAsker()


def is_at_terminal() -> bool:
    """Whether somebody sees what is printed, and can answer."""
    return all(
        stream is not None and not stream.closed and stream.isatty()
        for stream in (sys.stdin, sys.stdout)
    )
