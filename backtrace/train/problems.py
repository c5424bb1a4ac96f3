"""The list on which every part of the build writes what is wrong, to be said all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches

from backtrace.config.places import shown_path
from backtrace.errors import ConfigError, Problem

Locate = Callable[[str], str]


class Problems:
    """Problems found so far; `locate` turns a key's path into `file:line:column`."""

    def __init__(self, locate: Locate) -> None:
        self.locate = locate
        self.found: list[Problem] = []

    def add(self, key: str, found: str, hint: str = "") -> None:
        """Write down that `found` is wrong at `key`, and what would have been right."""
        spelled = ".".join(shown_path(key.split(".")))
        self.found.append(Problem(key, found, hint, self.locate(key), spelled))

    def raise_any(self) -> None:
        """Raise all of them together.

        Raises:
            ConfigError: there is at least one.
        """
        if self.found:
            raise ConfigError(self.found)


def suggest(word: str, known: Iterable[str]) -> str:
    """Return "did you mean …?" with the nearest of `known`, or nothing if none is near."""
    by_lower = {name.lower(): name for name in known}
    bare = word.rsplit(".", 1)[-1].lower()
    near = get_close_matches(bare, by_lower, n=1, cutoff=0.6)
    return f"did you mean {by_lower[near[0]]}?" if near else ""


def join_hints(near: str, other: str) -> str:
    """Return what `suggest` found with what else there is, in one line."""
    return f"{near} {other}" if near else other


def first_line(error: BaseException) -> str:
    """Return what an exception says, without the lines that follow the first."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
