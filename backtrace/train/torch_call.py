"""Calls something of torch's by its name with a config's arguments, or says why that cannot be."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from backtrace.train.problems import Problems, first_line, join_hints, suggest

UNSAID = ("device", "dtype")
Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)


@dataclass(frozen=True)
class ConfigCall(Generic[Made_co]):
    """A call as a config writes it; `given` is what the build itself passes before `args`.

    `key` is the path of keys of the call, `kwargs_key` that of its keyword arguments; `subject`
    says what it is called on, if that is not plain.
    """

    key: str
    name: str
    function: Callable[..., Made_co]
    args: list[object] = field(default_factory=list)
    kwargs: dict[str, object] = field(default_factory=dict)
    given: tuple[object, ...] = ()
    kwargs_key: str = ""
    subject: str = ""

    @property
    def parameters(self) -> list[inspect.Parameter]:
        """What the config may write, without what the build passes."""
        return list(inspect.signature(self.function).parameters.values())[len(self.given) :]

    @property
    def takes(self) -> str:
        """What the call takes: "it takes Linear(in_features, out_features, bias=True)"."""
        shown = [p.replace(annotation=p.empty) for p in self.parameters if p.name not in UNSAID]
        return f"it takes {self.name}({', '.join(map(str, shown))})"


def fits(problems: Problems, call: ConfigCall[object]) -> bool:
    """Tell whether the arguments fit the signature, and write down those that do not."""
    parameters = call.parameters
    named = {p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        unknown = [keyword for keyword in call.kwargs if keyword not in named]
        for keyword in unknown:
            hint = join_hints(suggest(keyword, named), call.takes)
            key = f"{call.kwargs_key or call.key}.{keyword}"
            problems.add(key, f"{call.name} takes no {keyword!r}", hint)
        if unknown:
            return False
    by_position = [p.name for p in parameters[: len(call.args)]]
    twice = [keyword for keyword in call.kwargs if keyword in by_position]
    for keyword in twice:
        args = f"{call.kwargs_key or call.key}".removesuffix(".kwargs") + ".args"
        hint = f"change it there: --set '{args}=[…]', or write it by name in the file"
        found = (
            f"{keyword!r} is given by position too: {call.name}({', '.join(map(repr, call.args))})"
        )
        problems.add(f"{call.kwargs_key or call.key}.{keyword}", found, hint)
    if twice:
        return False
    try:
        inspect.Signature(parameters).bind(*call.args, **call.kwargs)
    except TypeError as error:
        problems.add(call.key, f"the arguments do not fit {call.name}: {error}", call.takes)
        return False
    return True


def make(problems: Problems, call: ConfigCall[Made]) -> Made | None:
    """Return what the call returns, or None after writing down what it raised."""
    try:
        return call.function(*call.given, *call.args, **call.kwargs)
    except Exception as error:  # torch raises whatever it likes, and so may a user's class
        text = _text_for_number(call)
        if text and isinstance(error, TypeError):
            problems.add(f"{call.kwargs_key or call.key}.{text}", *_describe_text(call, text))
            return None
        kind = "" if isinstance(error, TypeError | ValueError) else f"{type(error).__name__}: "
        found = f"{call.name}{call.subject} was refused: {kind}{first_line(error)}"
        problems.add(call.key, found, _number_in_quotes(call.kwargs) or call.takes)
        return None


def _text_for_number(call: ConfigCall[object]) -> str:
    """Return the first argument that is text where the default is a number; '' for none."""
    numbers = {p.name for p in call.parameters if type(p.default) in (int, float)}
    texts = (name for name, value in call.kwargs.items() if isinstance(value, str))
    return next((name for name in texts if name in numbers), "")


def _describe_text(call: ConfigCall[object], name: str) -> tuple[str, str]:
    value = call.kwargs[name]
    hint = _number_in_quotes({name: value}) or f"a number belongs here; {call.takes}"
    return f"{call.name}'s {name} is the text {value!r}", hint


def _number_in_quotes(kwargs: dict[str, object]) -> str:
    """Return a hint about the first text among `kwargs` that reads like a number, if any."""
    for keyword, value in kwargs.items():
        if isinstance(value, str):
            try:
                number = float(value)
            except ValueError:
                continue
            return f"{keyword} is the text {value!r}; write it as the number {number!r}"
    return ""
