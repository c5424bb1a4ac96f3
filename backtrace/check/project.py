"""What `[tool.backtrace]` in pyproject.toml says of `check`: options under their long names."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from backtrace.config.words import suggest
from backtrace.errors import UsageError

_FILE = "pyproject.toml"
_TEXTS, _COUNT, _NUMBER = "a list of texts", "a whole number", "a number"
_TRUTH, _TEXT = "true or false", "a text"
# The key, what belongs there, and what the command calls it.
_KEYS = {
    "paths": (_TEXTS, "targets"), "select": (_TEXTS, "select"), "ignore": (_TEXTS, "ignore"),
    "limit": (_COUNT, "limit"), "jobs": (_COUNT, "jobs"), "nproc": (_COUNT, "nproc"),
    "budget": (_NUMBER, "budget"), "timeout": (_NUMBER, "timeout"),
    "allow-synthetic": (_TRUTH, "allow_synthetic"), "fail-on": (_TEXT, "fail_on"),
    "baseline": (_TEXT, "baseline"), "language": (_TEXT, "language"),
}  # fmt: skip
_TYPES: dict[str, tuple[type, ...]] = {
    _TEXTS: (list,), _COUNT: (int,), _NUMBER: (int, float), _TRUTH: (bool,), _TEXT: (str,),
}  # fmt: skip
_PATHS = ("paths", "baseline")

Setting = str | int | float | bool | list[str]


@dataclass(frozen=True)
class ProjectSettings:
    """The settings by the names that the command has for them, and the file they stand in."""

    file: Path | None = None
    values: Mapping[str, Setting] = field(default_factory=dict)


def read_project(folder: Path) -> ProjectSettings:
    """Return what the nearest pyproject.toml at or above a folder says; nothing without one.

    Paths in it begin at its folder.

    Raises:
        UsageError: it is not TOML, or has a key or a value that `check` does not know.
    """
    folder = folder.resolve()
    file = next((at / _FILE for at in (folder, *folder.parents) if (at / _FILE).is_file()), None)
    if file is None:
        return ProjectSettings()
    table = _read_table(file)
    values = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise UsageError(f"{file}: [tool.backtrace] {key}: {suggest(key, _KEYS, 'there are')}")
        wanted, name = _KEYS[key]
        if not _fits(value, wanted):
            raise UsageError(f"{file}: [tool.backtrace] {key} = {value!r}: write {wanted}")
        values[name] = _from(file.parent, value) if key in _PATHS else value
    return ProjectSettings(file, values)


def _read_table(file: Path) -> dict[str, Setting]:
    text = file.read_text(encoding="utf-8", errors="replace")
    if "tool.backtrace" not in text:
        return {}
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        try:
            import tomli as tomllib  # type: ignore[import-not-found]
        except ImportError:
            reason = "Python 3.10 reads it with the package tomli, which is not installed"
            raise UsageError(f"{file}: [tool.backtrace]: {reason}") from None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: is not TOML: {error}") from None
    table: dict[str, Setting] = found.get("tool", {}).get("backtrace", {})
    return table


def _fits(value: object, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted == _TRUTH
    if wanted == _TEXTS:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, _TYPES[wanted]) and (wanted != _COUNT or value >= 1)  # type: ignore[operator]


def _from(folder: Path, value: Setting) -> Setting:
    """Return paths as seen from the working directory; what is no file there stays a name."""

    def seen(text: str) -> str:
        first, space, rest = text.partition(" ")
        return f"{folder / first}{space}{rest}" if (folder / first).exists() else text

    if isinstance(value, list):
        return [seen(each) for each in value]
    return str(folder / str(value))
