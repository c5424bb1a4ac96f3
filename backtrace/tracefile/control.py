"""The file beside a trace by which another process tells its run which updates to read."""

from __future__ import annotations

import os
from pathlib import Path


def control_path(trace: str | os.PathLike[str]) -> Path:
    """Return where it is: `run.trace.every` for `run.trace`."""
    path = Path(trace)
    return path.with_name(f"{path.name}.every")


def ask_for(trace: str | os.PathLike[str], every: str) -> None:
    """Ask the run that writes a trace to read every N-th update from now on, or `auto`.

    Raises:
        OSError: the file cannot be written there.
    """
    path = control_path(trace)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(f"{every}\n", encoding="ascii")
    fresh.replace(path)  # whole, or not there yet


def forget(control: Path) -> None:
    """Take away what was asked of an earlier run, or of one that is over."""
    try:
        control.unlink(missing_ok=True)
    except OSError:  # a folder that may not be written any more: whoever comes next finds it
        return
