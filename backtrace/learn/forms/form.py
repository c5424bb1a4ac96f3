"""What all forms have in common: strict keys, and mistakes that name the key they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from backtrace.config.words import suggest


class LessonMistake(Exception):
    """Something in a lesson is wrong; `path` leads from where it is caught to the key."""

    def __init__(self, path: Sequence[str], found: str, hint: str = "") -> None:
        super().__init__(found)
        self.path = tuple(path)
        self.found = found
        self.hint = hint


class LessonForm(BaseModel):
    """A mapping in a lesson that is told by one of its keys; other keys are listed, or refused.

    `example` is one line of YAML that is right.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    example: ClassVar[str] = ""


def pick(known: Mapping[str, object] | Iterable[str], name: str, key: str, what: str) -> str:
    """Return `name` if it is known.

    Raises:
        LessonMistake: it is not; the message says what it could have been.
    """
    names = list(known)
    if name in names:
        return name
    hint = suggest(name, names, f"{what}s") or f"there are no {what}s"
    raise LessonMistake([key], f"there is no {what} `{name}`", hint)
