"""One training of a lesson: a config or a script, and what is changed in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from backtrace.config.bundled import find_bundled

FIRST = "this"  # the name of the run that a lesson is about


@dataclass(frozen=True)
class LessonRun:
    """One training of a lesson: a config or a script, and what is changed in it.

    `target` is a path or a bundled config's name as it stands in the lesson, `path` the file that
    it is, `settings` the keys to set with their values as typed, `experiments` as after `--with`.
    `ranks` are how many processes a script is run on, 0 for this one, and `rank` whose run it is.
    """

    target: str
    path: Path
    settings: tuple[tuple[str, str], ...] = ()
    experiments: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    ranks: int = 0
    rank: int = 0

    @property
    def word(self) -> str:
        """What a command names it by: a bundled config by its name, anything else by its path."""
        is_bundled = self.path == find_bundled(self.target)
        return self.target if is_bundled else os.path.normpath(self.path)

    @property
    def is_script(self) -> bool:
        """Whether it is a script and no config."""
        return self.path.suffix == ".py"
