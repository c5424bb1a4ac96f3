"""Where an export goes: what may be overwritten, and that nothing half-written is left."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from backtrace.errors import UsageError


def check_file(target: Path, trace: Path, *, force: bool) -> None:
    """Make sure that a file may be written at `target`.

    Raises:
        UsageError: it may not.
    """
    if target.is_dir():
        raise UsageError(f"{target}: is a folder; name a file in it")
    _check_parent(target)
    if not target.exists():
        return
    if trace.exists() and target.samefile(trace):
        raise UsageError(f"{target}: is the trace itself; choose another name")
    if not target.is_file():
        raise UsageError(f"{target}: is no regular file; leave -o out to write to stdout")
    if not force:
        raise UsageError(f"{target}: is there already; choose another name, or add --force")


def check_folder(target: Path, ending: str, *, force: bool) -> None:
    """Make sure that a folder of files of ours, which have this ending, may be made at `target`.

    The folders above it are made with it.

    Raises:
        UsageError: it may not.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{target}: is a file, and this format needs a folder")
    found = [path for path in target.rglob("*") if not path.is_dir() or path.is_symlink()]
    foreign = [path for path in found if not path.name.endswith(ending)]
    if foreign:
        raise UsageError(
            f"{target}: holds what no export wrote, such as {foreign[0].name}; "
            "choose a folder that is not there yet"
        )
    if found and not force:
        raise UsageError(f"{target}: holds an export already; choose another, or add --force")


@contextmanager
def open_text(target: Path | None) -> Iterator[TextIO]:
    """Open a UTF-8 text that takes any name, a file or stdout; the file is there when complete.

    Raises:
        UsageError: the file cannot be written.
    """
    if target is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
        yield sys.stdout
        return
    # A lone surrogate, which a file's name can hold, becomes \udc80: JSON's word for it.
    told: Any = {"encoding": "utf-8", "errors": "backslashreplace", "newline": "\n"}
    with replace_when_done(target) as fresh, fresh.open("w", **told) as stream:
        yield stream


@contextmanager
def replace_when_done(target: Path) -> Iterator[Path]:
    """Give a place beside `target` to write to, and move that there when all went well.

    Raises:
        UsageError: it cannot be written.
    """
    fresh = target.with_name(f"{target.name}.{os.getpid()}.new")
    try:
        yield fresh
        if fresh.is_dir() and target.is_dir():
            shutil.rmtree(target)
        fresh.replace(target)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        if fresh.is_dir():
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            with suppress(OSError):  # it was moved, or the file system is read-only
                fresh.unlink()


def _check_parent(target: Path) -> None:
    parent = target.parent
    if not parent.is_dir():
        raise UsageError(f"{target}: there is no folder {parent}; make it first")
