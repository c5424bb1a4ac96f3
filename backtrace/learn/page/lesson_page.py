"""Writes the page of a lesson, and those of a course with an index, each a file of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from backtrace.errors import UsageError
from backtrace.language import translated
from backtrace.learn.answers import letters
from backtrace.learn.catalogue import LessonFile
from backtrace.learn.lesson import Lesson
from backtrace.learn.named_numbers import NamedNumbers
from backtrace.learn.page.contents import page_data
from backtrace.learn.page.explore import ExploredPlace, explore
from backtrace.learn.page.prose_html import inline_html, prose_html
from backtrace.learn.page.words import page_words
from backtrace.learn.runs import LessonRuns
from backtrace.printable import literal
from backtrace.show.content.cells import number
from backtrace.show.html.html_page import put_together, read_part
from backtrace.show.html.report import check_target, write_page

MARK = '<meta name="generator" content="backtrace learn">'
_SCRIPTS = ("elements.js", "charts.js")
_OWN_SCRIPTS = ("lesson.js", "answer.js")
_FEW = 3  # pages that are soon written
Link = tuple[str, str]  # where it leads, and its text


def write_lesson_pages(
    entries: Sequence[LessonFile], lessons: Sequence[Lesson], target: Path, *, force: bool = False
) -> None:
    """Write a page a lesson, and print where.

    A name with `.html` is that of the one page; any other is a folder, which gets an index as well.

    Raises:
        UsageError: a page cannot be written, or would overwrite something else.
        ConfigError, DataError: a lesson or its config is wrong, with the place.
    """
    if target.suffix == ".html":
        if len(lessons) > 1:
            raise UsageError(f"{target}: one page is for one lesson; name a folder for several")
        check_target(target, force=force, mark=MARK)
        write_page(target, lesson_page(entries[0], lessons[0]))
        sys.stdout.write(f"{literal(str(target))}\n")
        return
    if target.is_file():
        raise UsageError(f"{target}: is a file; name a folder, or a file that ends in .html")
    target.mkdir(parents=True, exist_ok=True)
    names = [f"{_stem(entry)}.html" for entry in entries]
    for name in (*names, "index.html"):
        check_target(target / name, force=force, mark=MARK)
    titles = [lesson.title for lesson in lessons]
    if len(names) > _FEW and sys.stderr.isatty():
        said = translated("{count} pages, each trained anew for each place of its sliders …")
        sys.stderr.write(f"{said.format(count=len(names))}\n")
    for at, (entry, lesson) in enumerate(zip(entries, lessons, strict=True)):
        links: list[Link | None] = [
            (names[near], titles[near]) if 0 <= near < len(names) else None
            for near in (at - 1, at + 1)
        ]
        page = lesson_page(entry, lesson, links[0], links[1], "index.html")
        write_page(target / names[at], page)
        sys.stdout.write(f"{literal(str(target / names[at]))}\n")
        sys.stdout.flush()  # the next one takes seconds
    write_page(target / "index.html", _index(entries, names, titles))
    sys.stdout.write(f"{literal(str(target / 'index.html'))}\n")


def lesson_page(
    entry: LessonFile,
    lesson: Lesson,
    before: Link | None = None,
    after: Link | None = None,
    index: str = "",
) -> str:
    """Return the page of a lesson, which is trained for it at each place of its slider."""
    words = page_words()
    runs = LessonRuns(lesson)
    known = NamedNumbers(runs)
    right = known.answer()
    texts = known.texts(right)
    places = list(explore(lesson))
    sections = {name: prose_html(each.text, texts) for name, each in lesson.sections.items()}
    again = f'<section class="prose"><h2>{words["try"]}</h2>{sections.get("Try", "")}</section>'
    parts = {
        **_parts(lesson.title),
        "SKIP": words["explore"],
        "PLACE": escape(words["lesson"].format(number=entry.number) if entry.number else ""),
        "INTRO": sections.get("", ""),
        "QUESTION_HEADING": words["question"],
        "QUESTION": sections["Question"],
        "REASON_HEADING": words["reason"],
        "ANSWER": inline_html(words["run_says"].format(answer=_right(lesson, right))),
        "REASON": sections["Reason"],
        "EXPLORE_HEADING": words["explore"],
        "OVERVIEW": _overview(lesson, places, words),
        "NEEDS_SCRIPT": words["needs_script"],
        "TRY": again if "Try" in sections else "",
        "COURSE": words["course"],
        "LINKS": _links(before, after, index, words),
    }
    data = page_data(lesson, places, right, known.compute_all(), texts, words)
    script = "\n".join([*map(read_part, _SCRIPTS), *map(_read, _OWN_SCRIPTS)])
    return put_together(_read("lesson.html"), parts, _style(), script, data)


def _stem(entry: LessonFile) -> str:
    return f"{entry.number:02}_{entry.name}" if entry.number else Path(entry.path).stem


def _right(lesson: Lesson, right: float | str) -> str:
    listed = letters(lesson.choices)
    if isinstance(right, str):
        return next(text for _, key, text in listed if key == right)
    return number(right)


def _overview(lesson: Lesson, places: Sequence[ExploredPlace], words: dict[str, str]) -> str:
    """Return a table with a row a place: what the slider moves, and what came of it."""
    if not lesson.explore.keys:
        return ""
    heads = (lesson.explore.quantity, words["answer"], words["first_loss"], words["last_loss"])
    head = "".join(f'<th scope="col">{escape(literal(text))}</th>' for text in heads)
    rows = []
    for each in places:
        losses = [_loss(each.losses[at]) if each.losses else "–" for at in (0, -1)]
        cells = "".join(
            f"<td>{inline_html(literal(text))}</td>" for text in (each.answer or "–", *losses)
        )
        rows.append(f'<tr><th scope="row">{escape(literal(each.label))}</th>{cells}</tr>')
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{words["explore"]}">'
        f'<table id="overview"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _loss(loss: float | None) -> str:
    return "–" if loss is None else number(loss)


def _links(before: Link | None, after: Link | None, index: str, words: dict[str, str]) -> str:
    found = [("←", before), ("", (index, words["all_lessons"]) if index else None), ("→", after)]
    return "".join(
        f'<li><a href="{escape(link[0])}">{escape(literal(f"{mark} {link[1]}".strip()))}</a></li>'
        for mark, link in found
        if link is not None
    )


def _index(entries: Sequence[LessonFile], names: Sequence[str], titles: Sequence[str]) -> str:
    words = page_words()
    rows = "".join(
        f'<li><span class="at">{entry.number or ""}</span>'
        f'<a href="{escape(name)}">{escape(literal(title))}</a></li>'
        for entry, name, title in zip(entries, names, titles, strict=True)
    )
    parts = {**_parts(words["course"]), "INTRO": escape(words["about"]), "LESSONS": rows}
    return put_together(_read("index.html"), parts, _style(), _read("index.js"), {})


def _parts(title: str) -> dict[str, str]:
    return {"MARK": MARK, "TITLE": escape(literal(title)), "LANGUAGE": page_words()["language"]}


def _style() -> str:
    return read_part("page.css") + _read("lesson.css")


def _read(name: str) -> str:
    return files("backtrace.learn.page").joinpath(name).read_text(encoding="utf-8")
