"""A stderr of our own: a script may close, redirect or replace the one that it shares with us."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer


@contextmanager
def open_own_stderr() -> Iterator[TextIO]:
    """Give a stream to where stderr goes now, whatever becomes of `sys.stderr` and its descriptor.

    A forked process does not keep it open: whoever waits for the end of the output does not wait
    for a daemon. Where stderr is closed already, what is written goes nowhere; where it is no file
    (a test has put something in its place), the stream is `sys.stderr` itself.
    """
    shared = sys.stderr
    if shared is None:
        stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    else:
        try:
            number = os.dup(shared.fileno())
        except (OSError, ValueError, AttributeError, io.UnsupportedOperation):
            yield shared
            return
        raw = _OwnDescriptor(number)
        stream = io.TextIOWrapper(
            io.BufferedWriter(raw), shared.encoding, shared.errors, line_buffering=True
        )
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=raw.let_go)
    try:
        yield stream
    finally:
        with suppress(OSError, ValueError):
            stream.close()


class _OwnDescriptor(io.FileIO):
    """Writes to a descriptor while it is ours: a program that closes all of them gets its number.

    What is written then would be in a file of the program's.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number, "w", closefd=False)
        self._number = number
        self._opened = os.fstat(number)

    def write(self, text: Buffer, /) -> int:
        """Write some of the bytes.

        Raises:
            OSError: the descriptor was closed, or leads elsewhere.
        """
        if not self._is_ours():
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return super().write(text)

    def close(self) -> None:
        """Close the descriptor, if it is ours."""
        if not self.closed and self._is_ours():
            os.close(self._number)
        super().close()

    def let_go(self) -> None:
        """Lead nowhere, in a fork of the process."""
        with suppress(OSError):
            if not self.closed and self._is_ours():
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._number, inheritable=False)
                os.close(nowhere)
                self._opened = os.fstat(self._number)

    def _is_ours(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._number), self._opened)
        except OSError:
            return False


def flush_stdout() -> None:
    """Write out what Python holds back of stdout, where the script has left one."""
    with suppress(Exception):  # it may be anything by now, and what is wrong with it is Python's
        sys.stdout.flush()
