"""Sets parameters to a config's values, or has `torch.nn.init` fill them."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

import torch
from torch import Tensor, nn

from backtrace.config.schema import TorchCall
from backtrace.train.names import initializers
from backtrace.train.problems import Problems, first_line, join_hints, suggest
from backtrace.train.torch_call import ConfigCall, fits, make


def initialize(problems: Problems, model: nn.Module, init: Mapping[str, object]) -> None:
    """Write `init` into the parameters that its globs match, in the order given.

    A number fills a parameter; nested lists must have its shape.
    """
    named = dict(model.named_parameters())
    for pattern, value in init.items():
        matched = match_parameters(problems, f"init.{pattern}", pattern, named)
        for name, parameter in matched.items():
            with torch.no_grad():
                if isinstance(value, TorchCall):
                    _fill(problems, pattern, value, name, parameter)
                else:
                    _assign(problems, pattern, value, name, parameter)


def match_parameters(
    problems: Problems, key: str, pattern: str, named: dict[str, nn.Parameter]
) -> dict[str, nn.Parameter]:
    """Return the parameters whose names match the glob; write down if there are none."""
    matched = {name: p for name, p in named.items() if fnmatchcase(name, pattern)}
    if not matched:
        shown = ", ".join(list(named)[:12]) + (", …" if len(named) > 12 else "")
        near = suggest_name(pattern, named)
        hint = join_hints(near, f"the parameters are {shown}")
        problems.add(key, f"no parameter matches {pattern!r}", hint)
    return matched


def suggest_name(pattern: str, named: dict[str, nn.Parameter]) -> str:
    """Return "did you mean …?" for a parameter's full name."""
    by_flat = {name.replace(".", "_"): name for name in named}
    near = suggest(pattern.replace(".", "_"), by_flat)
    for flat, name in by_flat.items():
        if near == f"did you mean {flat}?":
            return f"did you mean {name}?"
    return ""


def _assign(problems: Problems, pattern: str, value: object, name: str, parameter: Tensor) -> None:
    key = f"init.{pattern}"
    try:
        given = torch.tensor(value, dtype=torch.float64).to(parameter.dtype)
    except (ValueError, TypeError, RuntimeError, OverflowError) as error:
        problems.add(key, f"this is no tensor: {first_line(error)}", "rows must be of one length")
        return
    if given.ndim and given.shape != parameter.shape:
        problems.add(
            key,
            f"{name} has shape {tuple(parameter.shape)}, the values have {tuple(given.shape)}",
            "nest the lists as the shape says, or give one number for all of it",
        )
        return
    parameter.copy_(given.expand(parameter.shape))


def _fill(problems: Problems, pattern: str, call: TorchCall, name: str, parameter: Tensor) -> None:
    key = f"init.{pattern}"
    function = initializers().find(problems, f"{key}.type", call.type)
    if function is None:
        return
    keywords = f"{key}.kwargs"
    subject = f" on {name} of shape {tuple(parameter.shape)}"
    made = ConfigCall(
        key, call.type, function, call.args, call.kwargs, (parameter,), keywords, subject
    )
    if fits(problems, made):
        make(problems, made)
