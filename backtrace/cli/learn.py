"""`backtrace learn`."""

from pathlib import Path
from typing import Annotated

import typer

from backtrace.cli import completions
from backtrace.errors import UsageError


def learn(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LESSON",
            help="Names or numbers, `next`, or a file.",
            autocompletion=completions.lessons,
        ),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Answers as YAML, `zero_grad: -18.9`; - for stdin."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="All lessons, one after another.")] = False,
    status: Annotated[bool, typer.Option("--status", help="What was taken, and how.")] = False,
    new: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a lesson of your own to begin with.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="CONFIG", help="The config that --new is about.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Write pages to explore: a FILE.html, or a folder."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --new and --html: overwrite what is there.")
    ] = False,
) -> None:
    """Learn what zero_grad, backward and step do: predict a number, then see it.

    Without a lesson, the list of them. The right answers are computed, never written down.

    [dim]backtrace learn 1[/]                        the first lesson
    [dim]backtrace learn next[/]                     the first that was not taken
    [dim]backtrace learn --all --answers a.yaml[/]   for a class: no terminal needed
    [dim]backtrace learn 4 --html lesson.html[/]     sliders over what the answer depends on
    [dim]backtrace learn --new my.md --from my.yaml[/]
                                              a lesson of yours; then `learn ./my.md`
    """
    chosen = list(lessons or ())
    if source is not None and new is None:
        raise UsageError("--from is the config of a new lesson: give --new FILE, too")
    if sum((bool(chosen), all_, status, new is not None)) > 1:
        raise UsageError("one at a time: lessons, --all, --status or --new")
    if html is not None and (status or new is not None or answers is not None):
        raise UsageError("--html is for lessons: it does not go with --status, --new or --answers")
    if answers is not None and not (chosen or all_):
        raise UsageError("--answers is for lessons: name them, or give --all")
    if new is not None:
        from backtrace.language import localized
        from backtrace.learn.scaffold import write_lesson
        from backtrace.printable import literal, shell_word

        write_lesson(new, source or "linear", force=force)
        place = str(new) if new.is_absolute() else f"./{new}"
        typer.echo(localized(f"wrote {literal(str(new))}"))
        typer.echo(localized(f"next: backtrace learn {shell_word(place)}"))
        return
    _show(chosen, answers, html, is_all=all_, is_status=status, force=force)


def _show(
    chosen: list[str],
    answers: str | None,
    html: Path | None,
    *,
    is_all: bool,
    is_status: bool,
    force: bool,
) -> None:
    from backtrace.learn.course import show_course, show_status, take_lessons, write_pages

    if html is not None:
        write_pages(chosen, html, force=force)
    elif is_status:
        show_status()
    elif chosen or is_all:
        take_lessons(chosen, answers, is_all=is_all)
    else:
        show_course()
