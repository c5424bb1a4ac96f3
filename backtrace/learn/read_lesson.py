"""A lesson's file is read and checked: Markdown with front matter, which is data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from backtrace.config.bundled import bundled_folder, bundled_names, find_bundled
from backtrace.config.config_file import read_text
from backtrace.config.places import Places
from backtrace.config.read import read_tree
from backtrace.config.tree import Flaw, TextPlace, UnreadableError, YamlNode
from backtrace.config.words import describe, suggest
from backtrace.errors import ConfigError
from backtrace.learn.forms.choices import Choice
from backtrace.learn.forms.number import Number
from backtrace.learn.forms.shows import Show
from backtrace.learn.front_matter import (
    CHOICES,
    NUMBERS,
    SHOWS,
    KeyPath,
    read_exploration,
    read_form,
)
from backtrace.learn.lesson import PLACEHOLDER, Lesson, LessonSection
from backtrace.learn.lesson_run import FIRST, LessonRun
from backtrace.learn.lesson_text import read_sections, split_front_matter
from backtrace.printable import json_text

SECTIONS = ("", "Question", "Reason", "Try")  # the first stands before any heading
PLAIN = ("answer", "target")  # placeholders that every lesson has
_RUN_KEYS = ("config", "script", "arguments", "set", "with", "ranks", "rank")
_KEYS = (
    "title", *_RUN_KEYS, "others", "numbers", "ask", "choices", "tolerance", "mistakes", "show",
    "derivation", "explore",
)  # fmt: skip


def read_lesson(path: Path, name: str = "") -> Lesson:
    """Return the lesson in a file.

    Raises:
        ConfigError: it is none; every problem with its line, and what would be right.
    """
    text = read_text(path)
    front, body, first_line = split_front_matter(text, str(path))
    try:
        root, flaws = read_tree(front)
    except UnreadableError as error:
        places = Places(str(path), YamlNode("mapping"))
        raise ConfigError([places.problem(flaw) for flaw in error.flaws]) from None
    places = Places(str(path), root)
    data = root.plain()
    if not isinstance(data, dict):
        flaw = Flaw((), describe(data), "front matter is a mapping: title, config, ask, …")
        raise ConfigError([places.problem(flaw)])
    reader = _LessonReader(data, path, list(flaws))
    lesson = reader.read(name or path.stem, read_sections(body, first_line), places)
    if reader.flaws or lesson is None:
        raise ConfigError([places.problem(flaw) for flaw in reader.flaws])
    return lesson


class _LessonReader:
    """Turns the front matter's plain data into a lesson; `flaws` grows meanwhile."""

    def __init__(self, data: dict[str, object], path: Path, flaws: list[Flaw]) -> None:
        self.flaws = flaws
        self._data = data
        self._path = path

    def read(self, name: str, sections: dict[str, LessonSection], places: Places) -> Lesson | None:
        """Return the lesson; None where too much of it is wrong."""
        data = self._data
        self._refuse_others(data, _KEYS, ())
        title = self._text("title", "a line in the list of lessons")
        runs = self._runs()
        numbers = self._numbers()
        asked = self._asked(numbers)
        choices = self._texts("choices")
        if isinstance(asked, Choice) and len(choices) < 2:
            found = "a choice needs two answers or more" if choices else "missing"
            self._flaw(("choices",), found, "keys and their texts, such as {None: `None`}")
        if isinstance(asked, Number) and choices:
            self._flaw(("choices",), "a number is asked for", "leave the choices out")
        mistakes = self._texts("mistakes")
        known = choices if isinstance(asked, Choice) else numbers
        for each in mistakes.keys() - known.keys():
            what = "choice" if isinstance(asked, Choice) else "number"
            self._flaw(
                ("mistakes", each), f"there is no {what} `{each}`", suggest(each, known, f"{what}s")
            )
        tolerance, is_relative = self._tolerance()
        shown, derivation = self._shows("show"), self._shows("derivation")
        explore = read_exploration(data.get("explore", {}), self.flaws)
        self._check_sections(sections, [*numbers, *PLAIN])
        if asked is None or FIRST not in runs:
            return None
        return Lesson(
            name, title, runs, numbers, asked, tolerance, is_relative, choices, mistakes, shown,
            derivation, explore, sections, places,
        )  # fmt: skip

    # -- pieces ------------------------------------------------------------------------------

    def _runs(self) -> dict[str, LessonRun]:
        found: dict[str, LessonRun] = {}
        first = self._run(self._data, (), None)
        if first is None:
            return found
        found[FIRST] = first
        others = self._mapping(self._data, "others", ())
        for name, data in others.items():
            path = ("others", name)
            if name == FIRST:
                self._flaw(
                    path, f"`{FIRST}` is the run that the lesson is about", "name it otherwise"
                )
            elif not isinstance(data, dict):
                self._flaw(path, describe(data), "such as {set: {loop.zero_grad: false}}")
            else:
                self._refuse_others(data, _RUN_KEYS, path)
                run = self._run(data, path, first)
                found |= {} if run is None else {name: run}
        return found

    def _run(
        self, data: dict[str, object], path: KeyPath, base: LessonRun | None
    ) -> LessonRun | None:
        """Return a run; another than the first begins from that, and changes more."""
        key = "script" if "script" in data else "config"
        target = data.get(key)
        if target is None and base is not None:
            target, file = base.target, base.path
        elif not isinstance(target, str):
            self._flaw((*path, key), describe(target), "a config's path or name, such as linear")
            return None
        else:
            at = self._find(target, (*path, key))
            if at is None:
                return None
            file, base = at, None
        settings = dict(base.settings) if base is not None else {}
        settings |= {k: _typed(v) for k, v in self._mapping(data, "set", path).items()}
        experiments = self._list(data, "with", path)
        arguments = self._list(data, "arguments", path)
        if base is not None:
            experiments = [*base.experiments, *experiments]
            arguments = arguments or list(base.arguments)
        ranks = self._count(data, "ranks", path, base.ranks if base is not None else 0)
        rank = self._count(data, "rank", path, base.rank if base is not None else 0)
        if (ranks or rank) and (file.suffix != ".py" or not rank < ranks):
            hint = "a script runs on `ranks` processes, 2 or more, and `rank` is one of 0, 1, …"
            self._flaw((*path, "rank" if "rank" in data else "ranks"), "no such rank", hint)
        return LessonRun(
            target, file, tuple(settings.items()), tuple(experiments), tuple(arguments), ranks, rank
        )

    def _find(self, target: str, path: KeyPath) -> Path | None:
        """Return the file beside the lesson, or the bundled one of that name."""
        beside = self._path.parent / target
        bundled = find_bundled(target) or bundled_folder() / target
        for each in (beside, bundled):
            if each.is_file():
                return each
        hint = suggest(target.removesuffix(".yaml"), bundled_names())
        hint = hint or "a path beside the lesson, or a name that `backtrace configs` lists"
        self._flaw(path, f"no file `{target}` beside the lesson, and no bundled config", hint)
        return None

    def _numbers(self) -> dict[str, Number]:
        found: dict[str, Number] = {}
        for name, data in self._mapping(self._data, "numbers", ()).items():
            path = ("numbers", name)
            if not PLACEHOLDER.fullmatch(f"{{{name}}}") or name in PLAIN:
                self._flaw(path, f"`{name}` as a name", "letters, digits and _; not `answer`")
            number = read_form(data, NUMBERS, path, "number", self.flaws)
            found |= {} if number is None else {name: number}
        return found

    def _asked(self, numbers: dict[str, Number]) -> Number | Choice | None:
        data = self._data.get("ask")
        if isinstance(data, str):
            if data not in numbers:
                self._flaw(
                    ("ask",), f"there is no number `{data}`", suggest(data, numbers, "numbers")
                )
            return numbers.get(data)
        questions: dict[str, type[Number] | type[Choice]] = {**NUMBERS, **CHOICES}
        return read_form(data, questions, ("ask",), "question", self.flaws)

    def _shows(self, key: str) -> list[Show]:
        data = self._data.get(key, [])
        if not isinstance(data, list):
            self._flaw((key,), describe(data), f"a list belongs here: [{SHOWS['table'].example}]")
            return []
        found = [
            read_form(each, SHOWS, (key, str(at)), "view", self.flaws)
            for at, each in enumerate(data)
        ]
        return [each for each in found if each is not None]

    def _tolerance(self) -> tuple[float, bool]:
        given = self._data.get("tolerance", "2%")
        if isinstance(given, str):
            match = re.fullmatch(r"(\d+(?:\.\d+)?) ?%", given)
            if match:
                return float(match[1]) / 100, True
        elif isinstance(given, int | float) and not isinstance(given, bool) and given >= 0:
            return float(given), False
        hint = "a share of the right number, such as 2%, or an absolute size, such as 0.01"
        self._flaw(("tolerance",), describe(given), hint)
        return 0.0, True

    def _check_sections(self, sections: dict[str, LessonSection], names: Sequence[str]) -> None:
        for name, section in sections.items():
            place = TextPlace(section.heading, 1)
            if name not in SECTIONS:
                hint = suggest(name, SECTIONS[1:], "headings here")
                self.flaws.append(Flaw((), f"the heading `{name}`", hint, place))
            for at, line in enumerate(section.text.splitlines()):
                for match in PLACEHOLDER.finditer(line):
                    if match[1] not in names:
                        spot = TextPlace(section.line + at, match.start() + 1)
                        hint = suggest(match[1], names, "numbers")
                        found = f"there is no number `{match[1]}`"
                        self.flaws.append(Flaw((), found, hint, spot))
        for name in SECTIONS[1:3]:
            if name not in sections:
                self._flaw((), f"no heading `## {name}`", "see docs/learn.md")

    # -- plain values ------------------------------------------------------------------------

    def _text(self, key: str, what: str) -> str:
        value = self._data.get(key)
        if not isinstance(value, str) or not value.strip():
            self._flaw((key,), describe(value) if key in self._data else "missing", what)
            return ""
        return value

    def _texts(self, key: str) -> dict[str, str]:
        given = self._mapping(self._data, key, ())
        for name, value in given.items():
            if not isinstance(value, str):
                hint = "a text belongs here: put it in quotes, for YAML reads no and yes otherwise"
                self._flaw((key, name), describe(value), hint)
        return {name: str(value) for name, value in given.items()}

    def _mapping(self, data: dict[str, object], key: str, path: KeyPath) -> dict[str, object]:
        value = data.get(key, {})
        if isinstance(value, dict):
            return value
        self._flaw((*path, key), describe(value), "a mapping of names belongs here")
        return {}

    def _count(self, data: dict[str, object], key: str, path: KeyPath, default: int) -> int:
        value = data.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self._flaw((*path, key), describe(value), "a whole number belongs here")
        return default

    def _list(self, data: dict[str, object], key: str, path: KeyPath) -> list[str]:
        value = data.get(key, [])
        if isinstance(value, list):
            return [str(each) for each in value]
        self._flaw((*path, key), describe(value), "a list belongs here")
        return []

    def _refuse_others(self, data: dict[str, object], known: Sequence[str], path: KeyPath) -> None:
        for key in data:
            if key not in known:
                self._flaw(
                    (*path, key), f"`{key}` is not a key here", suggest(key, known, "Keys here")
                )

    def _flaw(self, path: KeyPath, found: str, hint: str) -> None:
        self.flaws.append(Flaw(path, found, hint))


def _typed(value: object) -> str:
    """Return a value as it would be typed after `--set KEY=`."""
    return json_text(value)
