"""What `backtrace learn` does: lists the course, takes lessons in a row, tells progress."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtrace.language import localized, translated
from backtrace.learn.ask import Asker, choose_asker, is_at_terminal
from backtrace.learn.catalogue import LessonFile, find_lesson, list_lessons
from backtrace.learn.lesson import Lesson
from backtrace.learn.progress import LearnProgress, LessonRecord, progress_path
from backtrace.learn.take import LessonOutcome, LessonTeller
from backtrace.learn.translation import read_translated
from backtrace.show.content.cells import literal
from backtrace.show.options import Options

_NEXT = "next"  # typed for the first lesson that was not taken


def show_course() -> None:
    """Print the lessons in their order, which were taken, and which is next."""
    console, progress = Options().console(), _read_progress()
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for each in list_lessons():
        record = progress.records.get(each.name)
        mark = record.mark if record else " "
        table.add_row(mark, str(each.number), Text(each.name, style="bold"), each.title)
    console.print(table)
    console.print()
    if progress.records:
        console.print(
            Text(translated("✓ predicted right   ✗ predicted otherwise   · taken"), style="dim")
        )
    console.print(_next_text(progress))


def show_status() -> None:
    """Print which lessons were taken, when and how they were answered, and where that is kept."""
    console, progress = Options().console(), _read_progress()
    lessons = list_lessons()
    titles = {each.name: each.title for each in lessons}
    names = [each.name for each in lessons if each.name in progress.records]
    own = [name for name in progress.records if name not in titles]
    if names or own:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name in (*names, *own):
            record = progress.records[name]
            table.add_row(record.mark, Text(literal(name), style="bold"), *_details(record))
        console.print(table)
        console.print()
    right = sum(progress.records[name].was_right is True for name in names)
    said = translated("{taken} of {count} lessons taken, {right} predicted right.")
    console.print(said.format(taken=len(names), count=len(lessons), right=right))
    if progress.path is not None and progress.records:
        console.print(
            Text(translated("kept in {path}").format(path=progress.path), style="dim"),
            soft_wrap=True,
        )
    console.print(_next_text(progress))


def take_lessons(typed: Sequence[str], answers: str | None = None, *, is_all: bool = False) -> None:
    """Take the lessons that were named, or all, and keep that they were taken.

    Raises:
        UsageError: there is no lesson of that name.
        ConfigError: a lesson, or the file of answers, is not valid.
    """
    progress = _read_progress()
    entries = list_lessons() if is_all else [_find(each, progress) for each in typed]
    lessons = [read_translated(each.path, each.name) for each in entries]
    asker = choose_asker(answers, entries, lessons)
    entries, lessons = _leave_out(entries, lessons)
    console = Options().console()
    right: list[bool | None] = []
    for entry, lesson in zip(entries, lessons, strict=True):
        try:
            if right and is_at_terminal() and answers is None:
                input(translated("Enter for the next lesson, Ctrl-C to stop: "))
            outcome = _take(LessonTeller(entry, lesson, console, len(list_lessons())), asker)
        except KeyboardInterrupt:
            said = translated("{lesson} is not taken; what you took before is kept")
            print(f"\n{said.format(lesson=literal(entry.name))}", file=sys.stderr)
            raise
        right.append(outcome.judged.was_right)
        progress.record(entry.name, outcome.answer.typed, outcome.judged.was_right)
        if progress.problem:
            print(f"backtrace: {literal(progress.problem)}", file=sys.stderr)
    if len(right) > 1:
        _tell_score(console, right)
    console.print(_next_text(progress, after=entries[-1].number))


def write_pages(typed: Sequence[str], target: Path, *, force: bool = False) -> None:
    """Write pages of the lessons that were named, or of all.

    Raises:
        UsageError: there is no lesson of that name, or a page cannot be written.
        ConfigError, DataError: a lesson or its config is not valid.
    """
    from backtrace.learn.page.lesson_page import write_lesson_pages

    progress = _read_progress()
    entries = [_find(each, progress) for each in typed] if typed else list_lessons()
    lessons = [read_translated(each.path, each.name) for each in entries]
    entries, lessons = _leave_out(entries, lessons)
    write_lesson_pages(entries, lessons, target, force=force)


def _leave_out(
    entries: list[LessonFile], lessons: list[Lesson]
) -> tuple[list[LessonFile], list[Lesson]]:
    """Return those of several lessons that can be taken here, and say of the others why not."""
    from backtrace.learn.rank_runs import NO_RANKS, has_ranks

    needing = {lesson.name for lesson in lessons if any(run.ranks for run in lesson.runs.values())}
    if len(lessons) == 1 or not needing or has_ranks():
        return entries, lessons
    for name in needing:
        print(f"backtrace: {literal(name)}: {localized(NO_RANKS)}", file=sys.stderr)
    pairs = zip(entries, lessons, strict=True)
    kept = [(entry, lesson) for entry, lesson in pairs if lesson.name not in needing]
    return [entry for entry, _ in kept], [lesson for _, lesson in kept]


def _take(teller: LessonTeller, asker: Asker) -> LessonOutcome:
    teller.begin()
    outcome = teller.ask(asker)
    teller.show(outcome)
    return outcome


def _tell_score(console: Console, right: Sequence[bool | None]) -> None:
    without = sum(each is None for each in right)
    said = translated("{right} of {count} predicted right.")
    if without:
        said = translated("{right} of {count} predicted right, {without} without an answer.")
    known = sum(each is True for each in right)
    console.print(said.format(right=known, count=len(right), without=without))


def _find(typed: str, progress: LearnProgress) -> LessonFile:
    if typed != _NEXT:
        return find_lesson(typed)
    return _first_open(progress) or list_lessons()[0]


def _first_open(progress: LearnProgress, after: int = 0) -> LessonFile | None:
    """Return the first lesson that was not taken behind that of a number, or else of all."""
    left = [each for each in list_lessons() if each.name not in progress.records]
    return next((each for each in left if each.number > after), left[0] if left else None)


def _next_text(progress: LearnProgress, after: int = 0) -> Text:
    following = _first_open(progress, after)
    if following is None:
        return Text(
            translated("All lessons are taken. Next: your own loop, `backtrace run train.py`.")
        )
    text = Text(translated("next   "), style="bold")
    text.append(f"backtrace learn {following.name}", style="not bold cyan")
    return text.append(f"   {following.title}", style="not bold dim")


def _details(record: LessonRecord) -> tuple[str, Text]:
    return record.taken[:10], Text(literal(record.answer) or "–")


def _read_progress() -> LearnProgress:
    progress = LearnProgress(progress_path())
    if progress.problem:
        print(f"backtrace: {literal(progress.problem)}", file=sys.stderr)
    return progress
