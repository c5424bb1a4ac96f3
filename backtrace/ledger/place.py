"""A place in the user's code: `train.py:14`, or in a notebook `cell 2, line 3`."""

from __future__ import annotations

import re
import sys
from typing import Any

_CELL = re.compile(r"(cell \d+), line (\d+)")
_NUMBER = re.compile(r"\[(\d+)\]")
_OLD_NAME = re.compile(r"<ipython-input-(\d+)-")  # as IPython 7 calls a cell


def place_of(file: str, line: int) -> str:
    """Return a line of a file, or of what `name_cell` returned."""
    return f"{file}, line {line}" if file.startswith("cell ") else f"{file}:{line}"


def split_place(where: str) -> tuple[str, int] | None:
    """Return the file, or the cell, and the line that a place names; None if it names none."""
    found = _CELL.fullmatch(where)
    if found is not None:
        return found[1], int(found[2])
    file, _, line = where.rpartition(":")
    return (file, int(line)) if file and line.isdecimal() else None


def name_cell(path: str) -> str:
    """Return `cell 2` where code of that file name was typed as `In[2]`, else ''."""
    shell = find_shell()
    if shell is None:
        return ""
    try:
        told = shell.compile.format_code_name(path)
    except Exception:
        old = _OLD_NAME.match(path)
        return f"cell {old[1]}" if old else ""
    found = _NUMBER.search(told[1]) if told else None
    return f"cell {found[1]}" if found else ""


def read_cell(name: str) -> list[str]:
    """Return the lines of the cell that `name_cell` gave this name, as they were typed."""
    try:
        shell = find_shell()
        text = shell.history_manager.input_hist_raw[int(name.removeprefix("cell "))]
        return str(text).splitlines()
    except Exception:
        return []


def find_shell() -> Any:
    """Return the IPython that runs this process, as its `get_ipython` does; None without one."""
    ask = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return None if ask is None else ask()
