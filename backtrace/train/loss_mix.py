"""The loss mix: weighted `torch.nn` losses of one output and one target, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from backtrace.config.schema import MixTerm
from backtrace.errors import ConfigError, Problem
from backtrace.train.names import losses
from backtrace.train.problems import Problems
from backtrace.train.torch_call import ConfigCall, fits, make


@dataclass(frozen=True)
class LossTerm:
    """One term: which output, how it is reduced, the loss and its weight."""

    loss: nn.Module
    weight: float
    output: int | str | None
    apply: str


class LossMix:
    """Gives the weighted terms of the loss for (output, target), each with one element."""

    def __init__(self, terms: Mapping[str, LossTerm]) -> None:
        self.terms = dict(terms)

    def __call__(self, output: object, target: Tensor) -> dict[str, Tensor]:
        """Return every term by name; they add up to the loss.

        Raises:
            ConfigError: the model's outputs are not such as `output` says.
        """
        return {name: _weigh(name, term, output, target) for name, term in self.terms.items()}

    def to(self, device: str | torch.device, dtype: torch.dtype | None = None) -> LossMix:
        """Move what the losses hold (class weights) to a device or dtype, in place."""
        for term in self.terms.values():
            term.loss.to(device, dtype)
        return self


def build_loss(problems: Problems, loss: dict[str, MixTerm], dtype: torch.dtype) -> LossMix | None:
    """Return the mix, or write down which of its losses cannot be made."""
    before = len(problems.found)
    terms = {}
    for name, term in loss.items():
        module = _build_term(problems, f"loss.{name}", term)
        if module is not None:
            terms[name] = LossTerm(module.to(dtype), term.weight, term.output, term.apply)
    return LossMix(terms) if len(problems.found) == before else None


def _build_term(problems: Problems, key: str, term: MixTerm) -> nn.Module | None:
    call, inner = term.loss, f"{key}.loss"
    cls = losses().find(problems, f"{inner}.type", call.type)
    if cls is None:
        return None
    args = [_tensor(value) for value in call.args]
    kwargs = {name: _tensor(value) for name, value in call.kwargs.items()}
    made = ConfigCall(inner, call.type, cls, args, kwargs, kwargs_key=f"{inner}.kwargs")
    module = make(problems, made) if fits(problems, made) else None
    if module is not None and list(module.parameters()):
        found = f"{call.type} has parameters of its own, which the optimizer would not train"
        problems.add(inner, found, "make it a layer of a class of yours, under `model`")
    if module is not None and getattr(module, "reduction", "mean") not in ("mean", "sum"):
        problems.add(
            f"{inner}.kwargs.reduction",
            f"reduction={module.reduction!r} does not give one number",
            "the loop calls backward on one number: use 'mean' or 'sum'",
        )
    return module


def _tensor(value: object) -> object:
    """Return a list (such as class weights) as a tensor, anything else as it is."""
    return torch.tensor(value, dtype=torch.float64) if isinstance(value, list) else value


def _weigh(name: str, term: LossTerm, output: object, target: Tensor) -> Tensor:
    picked = _pick(name, term, output)
    value: Tensor = term.loss(*_apply(term.apply, picked, target))
    return value if term.weight == 1.0 else term.weight * value


def _apply(how: str, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    if how == "sum":
        return output.sum(), target.sum()
    if how == "mean":
        return output.mean(), target.mean()
    if how == "squeeze":
        ones = tuple(d for d in range(1, output.ndim) if output.shape[d] == 1)
        return (output.squeeze(ones) if ones else output), target
    return output, target


def _pick(name: str, term: LossTerm, output: object) -> Tensor:
    key = f"loss.{name}.output"
    if isinstance(output, Tensor):
        if term.output is None:
            return output
        found = "the model gives one tensor, there is nothing to pick from"
        raise ConfigError([Problem(key, found, "leave `output` out")])
    if isinstance(output, Mapping):
        known: dict[object, object] = dict(output)
    elif isinstance(output, tuple | list):
        fields = getattr(output, "_fields", ())
        known = {**dict(enumerate(output)), **dict(zip(fields, output, strict=False))}
    else:
        found = f"the model gives a {type(output).__name__}"
        raise ConfigError([Problem(key, found, "it must give a tensor, a tuple, a list or a dict")])
    picked = known.get(term.output)
    if not isinstance(picked, Tensor):
        tensors = ", ".join(repr(k) for k, value in known.items() if isinstance(value, Tensor))
        found = (
            f"the model gives {len(output)} outputs, and none is chosen"
            if term.output is None
            else f"the model has no output {term.output!r}"
        )
        raise ConfigError([Problem(key, found, f"one of: {tensors}")])
    return picked
