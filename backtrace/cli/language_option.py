"""The option `--lang`, which every command has, and the language of a project or a config."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated

import typer

from backtrace.cli import completions
from backtrace.errors import UsageError

Lang = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="en|zh",
        help="The language of what is shown; that of LANG otherwise.",
        autocompletion=completions.languages,
    ),
]


def with_language(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command that has `--lang` as well.

    Commands' modules do without `from __future__ import annotations`: to evaluate the text of
    each annotation took a tenth of the time of every `--help`.
    """
    own = signature(command)
    added = Parameter("lang", Parameter.KEYWORD_ONLY, default=None, annotation=Lang)

    @wraps(command)
    def in_language(*words: object, lang: str | None = None, **options: object) -> None:
        adopt_asked_language(lang)
        command(*words, **options)

    in_language.__signature__ = own.replace(  # type: ignore[attr-defined]
        parameters=[*own.parameters.values(), added]
    )
    in_language.__annotations__ = {**command.__annotations__, "lang": Lang}
    return in_language


def adopt_asked_language(asked: str | None) -> None:
    """Adopt the language that was asked for, else the project's.

    Raises:
        UsageError: there is no such language.
    """
    from backtrace.language import LANGUAGES, adopt_language, choose_language

    if asked is None:
        adopt_project_language(Path.cwd())
        return
    try:
        adopt_language(choose_language(asked))
    except ValueError:
        known = ", ".join(f"{code} ({name})" for code, name in LANGUAGES.items())
        raise UsageError(f"--lang {asked}: there are {known}") from None


def adopt_project_language(folder: Path) -> None:
    """Adopt what `[tool.backtrace] language` says; a file that cannot be read says nothing."""
    from backtrace.check.project import read_project

    try:
        found = read_project(folder).values.get("language")
    except (UsageError, OSError):  # `check` says what is wrong there
        return
    if isinstance(found, str):
        adopt_config_language(found)


def adopt_config_language(code: str | None) -> None:
    """Adopt the language that a config names, unless the command line names one."""
    from backtrace.language import LANGUAGES, adopt_language

    if code in LANGUAGES:
        adopt_language(code, 1)
