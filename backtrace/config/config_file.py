"""The file of a config is found and read: by its path, or by the name of a bundled one."""

from __future__ import annotations

import os
from pathlib import Path

from backtrace.config.bundled import bundled_names, find_bundled
from backtrace.config.read import MAX_CHARACTERS
from backtrace.config.tree import place_at
from backtrace.config.words import nearest, visible
from backtrace.errors import ConfigError, Problem

_RUNNABLE = (".yaml", ".yml", ".py")
_NOTEBOOK = (
    "in a cell of it, put `with backtrace.record(model, optimizer) as trace:` around the loop; or\n"
    "    make a script of it with `jupyter nbconvert --to script`"
)


def find_config(target: str | Path) -> Path:
    """Return the file that `target` stands for; raises `ConfigError` where there is none.

    A file of that path goes before a bundled config of that name.
    """
    path = Path(target)
    if not str(target).strip():
        hint = "give a file, or a name that `backtrace configs` lists"
        raise ConfigError([Problem("", "no config was named", hint)])
    try:
        if path.suffix == ".py" and path.exists():
            hint = f"`backtrace run {path}` traces it; this command needs a config"
            raise ConfigError([Problem("", "a Python script, not a config", hint, str(path))])
        if path.suffix == ".ipynb":
            raise ConfigError([Problem("", "a notebook, not a config", _NOTEBOOK, str(path))])
        if path.exists() and not path.is_dir():
            return path
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL
        raise _unreadable(path, error) from None
    name = path.as_posix()
    bundled = find_bundled(name)
    if bundled is not None:
        return bundled
    shown = visible(str(target))
    if path.is_dir():
        found = "a folder, not a config or a script"
        inside = sorted(each.name for each in path.iterdir() if each.suffix in _RUNNABLE)[:5]
        given = f"give one of its files: {', '.join(inside)}" if inside else "give a file"
        hint = f"{given}; `backtrace check {shown}` runs all in it that trains" if inside else given
        raise ConfigError([Problem("", found, hint, shown)])
    is_path = str(target).endswith(("/", os.sep))  # a folder was meant
    near = "" if is_path else nearest(path.with_suffix("").as_posix(), bundled_names())
    asked = f"did you mean `{near}`? " if near else ""
    found = f"no such file in {Path.cwd()}, and no bundled config of that name"
    hint = f"{asked}`backtrace configs` lists the bundled ones"
    raise ConfigError([Problem("", found, hint, shown)])


def read_text(path: Path) -> str:
    """Return the file's text; raises `ConfigError` where it is no readable UTF-8."""
    try:
        with path.open("rb") as file:
            # One byte more than is allowed: a device or pipe may never end.
            raw = file.read(MAX_CHARACTERS + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    if len(raw) > MAX_CHARACTERS:
        found, hint = f"more than {MAX_CHARACTERS} bytes", "is this a config at all?"
        raise ConfigError([Problem("", found, hint, f"{path}:1:1")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", errors="replace")
        line, column = place_at(before, len(before))
        found = f"the byte {raw[error.start]:#04x}, which is not UTF-8"
        where = f"{path}:{line}:{column}"
        raise ConfigError([Problem("", found, "save the file as UTF-8 text", where)]) from None


def _unreadable(path: Path, error: Exception) -> ConfigError:
    reason = getattr(error, "strerror", None) or str(error)
    problem = Problem("", f"it cannot be read: {reason}", "", visible(str(path)))
    return ConfigError([problem])
