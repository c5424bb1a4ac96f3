"""Which commit of the user's code a trace is of, where git knows."""

from __future__ import annotations

import subprocess
from dataclasses import replace

from backtrace.ledger.trace import Header

_PATIENCE = 2.0  # seconds; a trace is worth more than the name of a commit


def with_commit(header: Header) -> Header:
    """Return the header with `versions["commit"]`, that of the current folder's repository.

    A `+` behind it says that files under version control were changed since.
    """
    commit = _ask_git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return header
    changed = _ask_git("status", "--porcelain", "--untracked-files=no")
    return replace(header, versions={**header.versions, "commit": commit + "+" * bool(changed)})


def _ask_git(*arguments: str) -> str:
    """Return what git answers; '' where there is no git, no repository, or no answer in time."""
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
