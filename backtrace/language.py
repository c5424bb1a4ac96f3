"""The language that words are shown in, and the look-ups that give a text in it.

`translated` takes a text as it stands in the code, `localized` a sentence that is finished. What is
data (JSON, trace files, findings) is English: only what is shown passes through here.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

LANGUAGES = {"en": "English", "zh": "中文"}
_FOLDER = Path(__file__).parent / "languages"
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts, as for gettext
_ENTRY = re.compile(r'^msgid ((?:"[^\n]*"\n)+)msgstr ((?:"[^\n]*"(?:\n|\Z))+)', re.M)
_QUOTED = re.compile(r'"(.*)"$', re.M)
_ESCAPES = {r"\n": "\n", r"\"": '"', r"\\": "\\"}
_PART = re.compile(r"\{(\d+)\}")  # of a finished sentence, in a catalogue
_PROSE = re.compile(r"\b[a-z]+(?: [a-z]+){3}\b")  # English that no entry fits
_ENOUGH = 16  # characters that an entry says itself, to fit where a name is prose
_ASKED = 2  # words on the command line count more than a config, a config than the environment


class _Chosen(threading.local):
    """A thread's language and its weight. No context variable: a script's context is its own."""

    language: tuple[str, int] = ("en", 0)


_chosen = _Chosen()


def choose_language(asked: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the language that was asked for, or that of the environment; English for others.

    Raises:
        ValueError: what was asked for is no language that there is.
    """
    if asked is not None:
        if asked not in LANGUAGES:
            raise ValueError(asked)
        return asked
    value = next((environ[each] for each in _VARIABLES if environ.get(each)), "")
    code = re.split(r"[_.@-]", value.lower())[0]
    return code if code in LANGUAGES else "en"


def adopt_language(code: str, weight: int = _ASKED) -> None:
    """Show words in a language from here on, unless one was adopted with more weight."""
    if weight >= _chosen.language[1]:
        _chosen.language = code, weight


@contextmanager
def using_language(code: str) -> Iterator[None]:
    """Show words in a language meanwhile; what is adopted meanwhile ends with it."""
    before, _chosen.language = _chosen.language, (code, 0)
    try:
        yield
    finally:
        _chosen.language = before


def current_language() -> str:
    """Return the code of the language in use, such as `zh`."""
    return _chosen.language[0]


def translated(text: str) -> str:
    """Return a text in the language in use; as it is where that is English, or has none."""
    language = current_language()
    return text if language == "en" else read_catalogue(language).get(text) or text


def translated_page(paragraph: str) -> str:
    """Return a paragraph of a rule's page in the language in use, as `translated` does."""
    language = current_language()
    return (
        paragraph
        if language == "en"
        else read_catalogue(language, "pages").get(paragraph) or paragraph
    )


def localized(sentence: str) -> str:
    """Return a finished sentence in the language in use; as it is where it has no words for it.

    An entry `{1} of {2} parameters learned` fits every sentence of that form; of several, the one
    that says most itself is taken. A part of more than one word is put into the language as well,
    a single word is left: it may be a name of the user's.
    """
    language = current_language()
    return sentence if language == "en" else _localize(sentence, language)


def localized_line(line: str) -> str:
    """Return a line of an error in the language in use; a place before its sentence stays.

    Of the sentences that it may end with, that one is taken whose entry says most itself, and of
    equals the shortest: what is before it is a place, and no part of it.
    """
    language = current_language()
    if language == "en":
        return line
    text = line.lstrip()
    starts = [0, *(match.end() for match in re.finditer(": ", text))]
    found = [(start, _find_said(text[start:], language)) for start in starts]
    start, (_, said) = max(found, key=lambda each: (each[1][0], each[0]))
    return line[: len(line) - len(text)] + text[:start] + said


def _localize(sentence: str, language: str) -> str:
    return _find_said(sentence, language)[1]


def _find_said(sentence: str, language: str) -> tuple[int, str]:
    """Return a sentence in a language, and how many characters of it entries say themselves."""
    known = read_catalogue(language).get(sentence)
    if known:
        return len(sentence), known
    by_prose = (0, "")
    for pattern, text in _read_forms(language):
        match = pattern.fullmatch(sentence)
        if match is None:
            continue
        parts = [_find_said(each, language) if " " in each else (0, each)
                 for each in match.groups()]  # fmt: skip
        length = len(sentence) - sum(map(len, match.groups())) + sum(each[0] for each in parts)
        said = [each[1] for each in parts]
        if not any(map(_PROSE.search, said)):  # else it is a sentence of another form
            return length, _fill(text, said)
        if not by_prose[1] and _says_enough(pattern):
            by_prose = length, _fill(text, said)
    return by_prose if by_prose[1] else (0, sentence)


def _says_enough(pattern: re.Pattern[str]) -> bool:
    """Whether an entry says so much itself that a part in English is a name of the user's."""
    return len(pattern.pattern.replace("(.*?)", "").replace("\\", "")) >= _ENOUGH


def _fill(text: str, said: Sequence[str]) -> str:
    return _PART.sub(lambda found: said[int(found[1]) - 1], text)


@cache
def _read_forms(language: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """Return the entries with parts: what fits their sentences, and their text; longest first."""
    entries = [each for each in read_catalogue(language).items() if _PART.search(each[0])]
    entries.sort(key=lambda each: len(_PART.sub("", each[0])), reverse=True)
    return [(_to_pattern(text), other) for text, other in entries]


def _to_pattern(text: str) -> re.Pattern[str]:
    literal = [re.escape(each) for each in _PART.split(text)[::2]]
    return re.compile("(.*?)".join(literal), re.DOTALL)


@cache
def read_catalogue(
    language: str, kind: Literal["texts", "pages", "help"] = "texts"
) -> Mapping[str, str]:
    """Return a language's texts by the English ones, of its gettext catalogues (.po).

    The pages of the rules and the help of the commands are long, and few commands show them: each
    has a file of its own.
    """
    found: dict[str, str] = {}
    names = f"{language}*.po" if kind == "texts" else f"{kind}.{language}.po"
    for path in sorted(_FOLDER.glob(names)):
        for match in _ENTRY.finditer(path.read_text("utf-8")):
            if _plain(match[1]):
                found[_plain(match[1])] = _plain(match[2])
    return found


def _plain(quoted: str) -> str:
    joined = "".join(_QUOTED.findall(quoted))
    return re.sub(r'\\[n"\\]', lambda match: _ESCAPES[match[0]], joined)
