"""A learner's answer: read as a number or a choice, and held against the run's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose, isfinite, isnan
from string import ascii_lowercase

from backtrace.language import translated
from backtrace.learn.lesson import Lesson

_UNITS = ("%", "×", "x", "bytes", "B")
_INFINITE = {"inf": "inf", "infinity": "inf", "∞": "inf", "nan": "nan"}


@dataclass(frozen=True)
class Answer:
    """What was typed, and what it is: a number, the key of a choice, or neither."""

    typed: str = ""
    number: float | None = None
    choice: str | None = None

    @property
    def is_given(self) -> bool:
        """Whether there was an answer at all."""
        return self.number is not None or self.choice is not None


class NoAnswerError(ValueError):
    """What was typed is no answer to the question; the text says what would be one."""


def read_answer(typed: str, choices: Mapping[str, str]) -> Answer:
    """Return what was typed as an answer: empty where nothing was.

    A choice is told by its letter, its key or its text; a number may be a fraction, and may have
    a unit behind it.

    Raises:
        NoAnswerError: it is neither.
    """
    text = " ".join(typed.split())
    if not text:
        return Answer()
    if choices:
        return Answer(text, choice=_read_choice(text, choices))
    return Answer(text, number=_read_number(text))


def letters(choices: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return each choice with its letter: letter, key, text."""
    return [(ascii_lowercase[at], key, text) for at, (key, text) in enumerate(choices.items())]


def _read_choice(text: str, choices: Mapping[str, str]) -> str:
    plain = text.lower().strip("`().")
    listed = letters(choices)
    for letter, key, words in listed:
        if plain in (letter, key.lower(), words.lower().replace("`", "")):
            return key
    begun = [key for _, key, words in listed if words.lower().replace("`", "").startswith(plain)]
    if len(plain) > 1 and len(begun) == 1:
        return begun[0]
    last = listed[-1][0]
    raise NoAnswerError(
        translated("type a letter from a to {last}, or Enter for no answer").format(last=last)
    )


def _read_number(text: str) -> float:
    plain = text.replace("−", "-").strip()
    for unit in _UNITS:
        plain = plain.removesuffix(unit).strip()
    first, slash, second = plain.partition("/")
    try:
        value = float(_INFINITE.get(plain.lower(), first.replace("_", "x")))
        return value / float(second) if slash else value
    except (ValueError, ZeroDivisionError):
        hint = translated("type a number such as -3.2 or 1/3, or Enter for no answer")
        raise NoAnswerError(hint) from None


@dataclass(frozen=True)
class Judged:
    """Whether an answer was right, None where there was none; and what the mistake probably was.

    `is_negated` when a number has the right size and the wrong sign.
    """

    was_right: bool | None
    reason: str = ""
    is_negated: bool = False


def judge_answer(
    lesson: Lesson, answer: Answer, right: float | str, numbers: Mapping[str, float]
) -> Judged:
    """Hold an answer against what the run says; `numbers` are the lesson's, for its mistakes."""
    if not answer.is_given:
        return Judged(None)
    if isinstance(right, str):
        is_right = answer.choice == right
        reason = "" if is_right else lesson.mistakes.get(answer.choice or "", "")
        return Judged(is_right, reason)
    said = answer.number
    assert said is not None
    if is_near(said, right, lesson):
        return Judged(True)
    for name, reason in lesson.mistakes.items():
        if is_near(said, numbers[name], lesson):
            return Judged(False, reason)
    return Judged(False, is_negated=right != 0 and is_near(-said, right, lesson))


def is_near(said: float, right: float, lesson: Lesson) -> bool:
    """Whether a number is the right one within the lesson's tolerance."""
    if not isfinite(right):
        return said == right or (isnan(said) and isnan(right))
    if lesson.is_relative:
        return isclose(said, right, rel_tol=0, abs_tol=lesson.tolerance * abs(right) + 1e-12)
    return abs(said - right) <= lesson.tolerance * (1 + 1e-9)


def tolerance_text(lesson: Lesson) -> str:
    """Return how near is near enough: `2 %`, or a size."""
    if lesson.is_relative:
        return f"{100 * lesson.tolerance:g} %"
    return f"{lesson.tolerance:g}"
