"""A lesson in another language: its words from a file beside it, all else from the lesson."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from backtrace.config.config_file import read_text
from backtrace.config.places import Places
from backtrace.config.read import read_tree
from backtrace.config.tree import Flaw
from backtrace.errors import ConfigError
from backtrace.language import current_language
from backtrace.learn.lesson import PLACEHOLDER, Lesson
from backtrace.learn.lesson_text import read_sections, split_front_matter
from backtrace.learn.read_lesson import read_lesson

_KEYS = ("title", "choices", "mistakes", "labels")


def find_translation(path: Path) -> Path | None:
    """Return the file with a lesson's words in the language in use, if there is one.

    That of a lesson of the course lies in the folder of its language; that of `mine.md` is
    `mine.zh.md`.
    """
    language = current_language()
    in_folder = path.parent.parent / language / path.name
    beside = path.with_suffix(f".{language}.md")
    is_course = path.parent.name == "en" and path.parent.parent.name == "lessons"
    found = in_folder if is_course else beside
    return found if language != "en" and found.is_file() else None


def read_translated(path: Path, name: str = "") -> Lesson:
    """Return the lesson in a file, in the language in use.

    Raises:
        ConfigError: it is none, or its translation does not fit it, with the place.
    """
    lesson = read_lesson(path, name)
    words = find_translation(path)
    return lesson if words is None else _translate(lesson, words)


def _translate(lesson: Lesson, path: Path) -> Lesson:
    front, body, first_line = split_front_matter(read_text(path), str(path))
    root, flaws = read_tree(front)
    places = Places(str(path), root)
    plain = root.plain()
    data = plain if isinstance(plain, dict) else {}
    sections = read_sections(body, first_line)
    found = list(flaws)
    found += [Flaw((key,), f"`{key}` is not a key here") for key in data if key not in _KEYS]
    for key, was in (("choices", lesson.choices), ("mistakes", lesson.mistakes)):
        now = data.get(key, {})
        if not isinstance(now, dict) or now.keys() != was.keys():
            found.append(Flaw((key,), f"the keys are not {', '.join(was) or 'left out'}"))
    pairs = {name: (section.text, sections) for name, section in lesson.sections.items()}
    for name, (text, now) in pairs.items():
        if name not in now or _named(now[name].text) != _named(text):
            what = f"`{name or 'the beginning'}` names other numbers than the lesson, or is missing"
            found.append(Flaw((), what))
    if found:
        raise ConfigError([places.problem(each) for each in found])
    labels = data.get("labels")
    explore = lesson.explore
    if isinstance(labels, list):
        explore = explore.model_copy(update={"labels": [str(each) for each in labels]})
    return replace(
        lesson, title=str(data.get("title", lesson.title)), choices=_texts(data, "choices"),
        mistakes=_texts(data, "mistakes"), sections=sections, explore=explore,
    )  # fmt: skip


def _named(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _texts(data: Mapping[str, object], key: str) -> dict[str, str]:
    found = data.get(key, {})
    assert isinstance(found, dict)
    return {str(name): str(text) for name, text in found.items()}
