"""The language that words are shown in, and the one look-up that gives a text in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "中文"}
_FOLDER = Path(__file__).parent / "languages"
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set counts, as for gettext
_ENTRY = re.compile(r'^msgid ((?:"[^\n]*"\n)+)msgstr ((?:"[^\n]*"(?:\n|\Z))+)', re.M)
_QUOTED = re.compile(r'"(.*)"$', re.M)
_ESCAPES = {r"\n": "\n", r"\"": '"', r"\\": "\\"}
_chosen: ContextVar[str] = ContextVar("language", default="en")


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


@contextmanager
def using_language(code: str) -> Iterator[None]:
    """Show words in a language meanwhile."""
    token = _chosen.set(code)
    try:
        yield
    finally:
        _chosen.reset(token)


def current_language() -> str:
    """Return the code of the language in use, such as `zh`."""
    return _chosen.get()


def translated(text: str) -> str:
    """Return a text in the language in use; as it is where that is English, or has none."""
    language = _chosen.get()
    return text if language == "en" else read_catalogue(language).get(text) or text


@cache
def read_catalogue(language: str) -> Mapping[str, str]:
    """Return a language's texts by the English ones, of its gettext catalogue (.po)."""
    text = (_FOLDER / f"{language}.po").read_text("utf-8")
    return {
        _plain(match[1]): _plain(match[2]) for match in _ENTRY.finditer(text) if _plain(match[1])
    }


def _plain(quoted: str) -> str:
    joined = "".join(_QUOTED.findall(quoted))
    return re.sub(r'\\[n"\\]', lambda match: _ESCAPES[match[0]], joined)
