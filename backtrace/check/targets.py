"""What is to be checked: configs and scripts, as they were named on the command line."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from backtrace.errors import UsageError

ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Target:
    """One config or script.

    `name` is what it is called in every report: a path as seen from the working directory, with
    a script's arguments behind it, or a bundled config's name.
    """

    name: str
    path: str
    kind: Literal["config", "script"]
    arguments: tuple[str, ...] = ()


def find_targets(texts: Iterable[str]) -> list[Target]:
    """Return what the texts name, each once: a folder stands for all configs and scripts in it.

    A script with arguments is one text: `"train.py --epochs 1"`.

    Raises:
        ConfigError, ScriptError: there is no such config or script.
        UsageError: a folder holds none of either.
    """
    return list(dict.fromkeys(target for text in texts for target in _read(text)))


def _read(text: str) -> Iterator[Target]:
    from backtrace.check.folder import scripts_in
    from backtrace.config.config_file import find_config
    from backtrace.driver.script import check_script, is_script

    path = Path(text)
    if text and path.is_dir():
        configs, scripts = configs_in(path), scripts_in(path)
        if not configs and not scripts:
            raise UsageError(
                f"{text}: nothing to check is in it: no config (.yaml, .yml), and no script that "
                "imports torch and trains when it is run"
            )
        yield from (Target(relative(each), str(each), "config") for each in configs)
        yield from (Target(relative(each), str(each), "script") for each in scripts)
        return
    words = [text] if path.exists() else _split(text)
    if words and is_script(words[0]):
        check_script(words[0])
        script = relative(Path(words[0]))
        name = " ".join([script, *map(shlex.quote, words[1:])])
        yield Target(name, words[0], "script", tuple(words[1:]))
        return
    config = find_config(text)
    yield Target(relative(path) if path.exists() else text, str(config), "config")


def configs_in(folder: Path) -> list[Path]:
    """Return all YAML files under a folder, sorted, those of hidden folders left out."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in ENDINGS
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def relative(path: Path) -> str:
    """Return a path as seen from the working directory, if it is below it, with `/`."""
    try:
        return Path(os.path.normpath(Path.cwd() / path)).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quote that is not closed
        return [text]
