"""What can go wrong for a user, and the exit code that each mistake gives.

    BacktraceError            2   anything that the user can mend
    ├── ConfigError           2   the YAML, an override, or what they ask of torch
    ├── DataError             2   a data set that is missing, damaged or of the wrong shape
    ├── ScriptError           2   a script or module that is not there, or cannot be run
    ├── TraceFileError        2   a trace file that cannot be made, or cannot be read
    └── UsageError            2   options that do not fit together

Exit code 1 is kept for a run that worked and found something; 0 is success.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EXIT_OK = 0
EXIT_FOUND = 1
EXIT_MISTAKE = 2
EXIT_INTERRUPTED = 130


class BacktraceError(Exception):
    """A mistake that the user can mend; its text is all that they are shown."""

    exit_code = EXIT_MISTAKE


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a config.

    `key` is the path of keys that leads to it (`optimizer.lr`), `where` is `file:line:column`
    once the loader has looked it up, `hint` says what would have been right. `spelled` is the path
    as people type it, where that is another.
    """

    key: str
    found: str
    hint: str = ""
    where: str = ""
    spelled: str = ""

    def __str__(self) -> str:
        path = self.spelled or self.key
        key = "" if self.where == f"--set {path}" else path  # the place says it already
        head = ": ".join(part for part in (self.where, key, self.found) if part)
        return f"{head}\n    {self.hint}" if self.hint else head


class ConfigError(BacktraceError):
    """Every problem of a config at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataError(BacktraceError):
    """A data set that cannot be read; the text says where it was looked for and what to do."""


class ScriptError(BacktraceError):
    """A script or a module that is not there, or is none; its own exceptions are not these."""


class TraceFileError(BacktraceError):
    """A trace file that cannot be made or read; the text says which, why, and what to do."""


class UsageError(BacktraceError):
    """Options that contradict each other, or name something that is not there."""


def describe_error(error: BaseException) -> str:
    """Return an error on one line: its class, and what it says."""
    return f"{type(error).__name__}: {error}".rstrip(": ")
