"""Builds the optimizer with its parameter groups."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import nn

from backtrace.config.schema import Optimizer, ParameterGroup
from backtrace.train.init import match_parameters
from backtrace.train.names import optimizers
from backtrace.train.problems import Problems, join_hints, suggest
from backtrace.train.torch_call import ConfigCall, fits, make


def build_optimizer(
    problems: Problems, optimizer: Optimizer, model: nn.Module | None
) -> torch.optim.Optimizer | None:
    """Return the optimizer over the model's parameters, or write down what does not fit.

    Parameters that no group's glob matches form the first group. Without a model only the
    optimizer's name and arguments are looked at.
    """
    kwargs = {name: _tuples(value) for name, value in (optimizer.model_extra or {}).items()}
    cls = optimizers().find(problems, "optimizer.type", optimizer.type)
    if cls is None:
        return None
    call = ConfigCall("optimizer", optimizer.type, cls, [], kwargs, given=(None,))
    good = fits(problems, call) & _groups_fit(problems, optimizer.groups, call)
    if model is None:
        return None
    groups = split_parameters(problems, optimizer.groups, model)
    if not good or not groups:
        return None
    return make(problems, replace(call, given=(groups,)))


def split_parameters(
    problems: Problems, groups: list[ParameterGroup], model: nn.Module
) -> list[dict[str, object]] | None:
    """Return torch's parameter groups: the rest first, then one per glob.

    Writes down globs that match nothing and parameters that two globs match.
    """
    named = dict(model.named_parameters())
    if not named:
        problems.add("model", "the model has no parameters, so there is nothing to train")
        return None
    before = len(problems.found)
    taken: dict[str, str] = {}
    split: list[dict[str, object]] = []
    for index, group in enumerate(groups):
        key = f"optimizer.groups.{index}.params"
        matched = match_parameters(problems, key, group.params, named)
        for name in matched:
            if name in taken:
                found = f"{name} is matched by {taken[name]!r} and by {group.params!r}"
                problems.add(key, found, "a parameter belongs to one group")
            taken[name] = group.params
        kwargs = {name: _tuples(value) for name, value in group.kwargs.items()}
        split.append({"params": list(matched.values()), **kwargs})
    rest = [parameter for name, parameter in named.items() if name not in taken]
    if rest:
        split.insert(0, {"params": rest})
    return split if len(problems.found) == before else None


def _groups_fit(problems: Problems, groups: list[ParameterGroup], call: ConfigCall[object]) -> bool:
    """Tell whether the groups' keys are the optimizer's: torch itself takes any key in silence."""
    before = len(problems.found)
    known = [parameter.name for parameter in call.parameters]
    for index, group in enumerate(groups):
        for keyword in group.kwargs:
            if keyword not in known:
                hint = join_hints(suggest(keyword, known), call.takes)
                key = f"optimizer.groups.{index}.kwargs.{keyword}"
                problems.add(key, f"{call.name} takes no {keyword!r}", hint)
    return len(problems.found) == before


def _tuples(value: object) -> object:
    """Return a list (such as Adam's betas) as the tuple that torch documents."""
    return tuple(value) if isinstance(value, list) else value
