"""The front matter of a lesson: each mapping becomes the form that one of its keys tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from backtrace.config.tree import Flaw
from backtrace.config.words import describe, suggest
from backtrace.learn.forms import arithmetic, choices, of_the_run, readings, shows
from backtrace.learn.forms.choices import Choice
from backtrace.learn.forms.exploration import Exploration
from backtrace.learn.forms.form import LessonForm, LessonMistake
from backtrace.learn.forms.number import Number
from backtrace.learn.forms.shows import Show

F = TypeVar("F", bound=LessonForm)
KeyPath = tuple[str, ...]

NUMBERS: dict[str, type[Number]] = {
    "grad": readings.GradNumber,
    "added": readings.AddedNumber,
    "change": readings.ChangeNumber,
    "value": readings.ValueNumber,
    "output": readings.OutputNumber,
    "target": readings.TargetNumber,
    "difference": readings.DifferenceNumber,
    "loss": of_the_run.LossNumber,
    "share": of_the_run.ShareNumber,
    "rate": of_the_run.RateNumber,
    "not_finite": of_the_run.NotFiniteNumber,
    "held": of_the_run.HeldNumber,
    "kept": of_the_run.KeptNumber,
    "sum": arithmetic.SumNumber,
    "minus": arithmetic.MinusNumber,
    "times": arithmetic.TimesNumber,
    "ratio": arithmetic.RatioNumber,
    "length": arithmetic.LengthNumber,
}
CHOICES: dict[str, type[Choice]] = {
    "state": choices.StateChoice,
    "largest": choices.LargestChoice,
    "band": choices.BandChoice,
    "identical": choices.IdenticalChoice,
    "census": choices.CensusChoice,
    "finding": choices.FindingChoice,
    "missing": choices.MissingChoice,
    "node": choices.NodeChoice,
    "second_backward": choices.SecondBackwardChoice,
}
SHOWS: dict[str, type[Show]] = {
    "table": shows.TableShow,
    "derive": shows.DeriveShow,
    "compare": shows.CompareShow,
    "losses": shows.LossesShow,
    "graph": shows.GraphShow,
    "findings": shows.FindingsShow,
    "census": shows.CensusShow,
    "cure": shows.CureShow,
    "source": shows.SourceShow,
}
_EXPECTED = {
    "int_type": "a whole number belongs here",
    "string_type": "a text belongs here",
    "float_type": "a number belongs here",
    "bool_type": "true or false belongs here",
    "list_type": "a list belongs here",
    "greater_than_equal": "counting begins at 1",
}


def read_form(
    data: object, forms: Mapping[str, type[F]], path: KeyPath, what: str, flaws: list[Flaw]
) -> F | None:
    """Return the form that a mapping is, or None with its flaws added to the list."""
    if not isinstance(data, dict):
        hint = f"a mapping belongs here, such as {next(iter(forms.values())).example}"
        flaws.append(Flaw(path, describe(data), hint))
        return None
    told = [key for key in forms if key in data]
    if len(told) != 1:
        flaws.append(_untold(data, told, forms, path, what))
        return None
    return _read_as(data, forms[told[0]], path, flaws)


def read_exploration(data: object, flaws: list[Flaw]) -> Exploration:
    """Return what a lesson's page lets its reader move; the updates, where nothing is said."""
    path = ("explore",)
    found = _read_as(data, Exploration, path, flaws) or Exploration()
    if bool(found.keys) != bool(found.to):
        hint = f"keys of the config, and the values they take: {Exploration.example}"
        flaws.append(Flaw(path, "`change` and `to` belong together", hint))
        return found
    for at in range(len(found.to)):
        try:
            found.settings(at)
        except LessonMistake as error:
            flaws.append(Flaw((*path, *error.path), error.found, error.hint))
    return found


def _read_as(data: object, form: type[F], path: KeyPath, flaws: list[Flaw]) -> F | None:
    """Return data as one form, or None with its flaws added to the list."""
    if not isinstance(data, dict):
        flaws.append(Flaw(path, describe(data), f"a mapping belongs here, such as {form.example}"))
        return None
    try:
        return form.model_validate(data)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            flaws.append(_flaw(each["type"], each["loc"], each["input"], form, path, each["msg"]))
        return None


def _untold(
    data: Mapping[str, object],
    told: list[str],
    forms: Mapping[str, type[LessonForm]],
    path: KeyPath,
    what: str,
) -> Flaw:
    if told:
        found = f"`{told[0]}` and `{told[1]}` in one mapping"
        return Flaw((*path, told[1]), found, f"each of them is {what} of its own: keep one")
    key = next(iter(data), "")
    near = next((hint for name in data if (hint := suggest(name, forms))), "")
    hint = " ".join(filter(None, [near, f"One of: {', '.join(forms)}"]))
    return Flaw((*path, key) if key else path, f"no key here says what {what} it is", hint)


def _flaw(
    kind: str, where: tuple[int | str, ...], given: object, form: type[LessonForm],
    path: KeyPath, message: str,
) -> Flaw:  # fmt: skip
    names = [str(part) for part in where if str(part) in form.model_fields or isinstance(part, int)]
    at = (*path, *names) if names else (*path, str(where[0]))
    if kind == "extra_forbidden":
        key = str(where[-1])
        return Flaw(
            (*path, key), f"`{key}` is not a key here", suggest(key, form.model_fields, "Keys here")
        )
    if kind == "missing":
        return Flaw(path, f"`{where[-1]}` is missing", f"such as {form.example}")
    if kind == "literal_error":
        return Flaw(at, describe(given), message.replace("Input should be", "it can be"))
    return Flaw(at, describe(given), f"{_EXPECTED.get(kind, message)}: {form.example}")
