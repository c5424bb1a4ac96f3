"""A copy of the working folder for one run: what a script writes there is gone with it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backtrace.errors import UsageError

_LEFT_OUT = (".git", "__pycache__")
_MOST = 2 * 1024**3  # bytes


def check_folder() -> None:
    """Refuse to copy a folder that is far too large, before anything runs.

    Raises:
        UsageError: it is.
    """
    size = 0
    for folder, folders, files in os.walk(Path.cwd()):
        folders[:] = [each for each in folders if not _is_left_out(Path(folder), each)]
        paths = [Path(folder, each) for each in files]
        size += sum(path.stat().st_size for path in paths if not path.is_symlink())
        if size > _MOST:
            raise UsageError(
                f"--cwd-copy: {Path.cwd()} holds more than {_MOST // 1024**3} GB\n"
                "    put data elsewhere, or link to it: links stay links"
            )


@contextmanager
def copy_folder() -> Iterator[str]:
    """Copy the working folder, without `.git` and virtual environments; give the copy's path."""
    with tempfile.TemporaryDirectory(prefix="backtrace-", ignore_cleanup_errors=True) as spare:
        copy = Path(spare, Path.cwd().name or "folder")
        shutil.copytree(Path.cwd(), copy, symlinks=True, ignore=_ignored)
        yield str(copy)


def _ignored(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if _is_left_out(Path(folder), name)}


def _is_left_out(folder: Path, name: str) -> bool:
    return name in _LEFT_OUT or (folder / name / "pyvenv.cfg").exists()
