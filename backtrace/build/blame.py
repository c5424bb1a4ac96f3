"""Says in which layer or loss, and with which shapes, an exception of torch's was raised.

No hook is needed while training: the traceback has the frames of every `forward`.
"""

from __future__ import annotations

import traceback
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn

from backtrace.build.loss import LossMix
from backtrace.build.problems import first_line
from backtrace.errors import Problem

TORCH_RAISES = (RuntimeError, ValueError, IndexError, TypeError)


def find_fault(error: BaseException, model: nn.Module, criterion: LossMix) -> Problem | None:
    """Return what failed where, or None if it was no forward, loss, backward or step."""
    layers = {module: name for name, module in model.named_modules()}
    losses = {term.loss: name for name, term in criterion.terms.items()}
    indices = {name: index for index, (name, _) in enumerate(model.named_children())}
    fault = None
    for frame, _ in traceback.walk_tb(error.__traceback__):
        owner, call = frame.f_locals.get("self"), frame.f_code.co_name
        if call == "forward" and isinstance(owner, nn.Module):
            if owner in losses:
                fault = _loss_fault(losses[owner], owner, frame, error)
            elif owner in layers:
                name = layers[owner]
                index = indices.get(name.split(".")[0])
                plain = index is not None and isinstance(model, nn.Sequential)
                key = f"model.{index}" if plain else "model"
                fault = _layer_fault(key, name, owner, frame, error)
        elif call == "backward" and frame.f_globals.get("__name__") == "torch.autograd":
            fault = Problem("", f"backward failed: {first_line(error)}")
        elif call == "step" and isinstance(owner, torch.optim.Optimizer):
            found = f"the step of {type(owner).__name__} failed: {first_line(error)}"
            fault = Problem("optimizer", found, _step_hint(owner))
    return fault


def _layer_fault(
    key: str, name: str, module: nn.Module, frame: FrameType, error: BaseException
) -> Problem:
    given = " and ".join(str(tuple(t.shape)) for t in _tensors(frame).values())
    title = f"layer {name!r}, {module}," if name and not list(module.children()) else "the model"
    found = f"{title} failed on a tensor of shape {given}: {first_line(error)}"
    return Problem(key, found, _takes(module))


def _loss_fault(name: str, loss: nn.Module, frame: FrameType, error: BaseException) -> Problem:
    given = " and ".join(
        f"{'output' if index == 0 else 'target'} {tuple(t.shape)} {str(t.dtype)[6:]}"
        for index, t in enumerate(_tensors(frame).values())
    )
    found = f"{type(loss).__name__} failed on {given}: {first_line(error)}"
    return Problem(f"loss.{name}", found)


def _tensors(frame: FrameType) -> dict[str, Tensor]:
    """Return the tensors among the arguments of the call that a frame belongs to."""
    code = frame.f_code
    names = code.co_varnames[1 : code.co_argcount]
    values: dict[str, Any] = {name: frame.f_locals.get(name) for name in names}
    return {name: value for name, value in values.items() if isinstance(value, Tensor)}


def _takes(module: nn.Module) -> str:
    """Return which shape a layer takes, for the layers that depend on one."""
    dims = {1: "length", 2: "height, width", 3: "depth, height, width"}
    match module:
        case nn.Linear():
            return f"it takes tensors whose last dimension is {module.in_features}"
        case nn.Conv1d() | nn.Conv2d() | nn.Conv3d():
            return f"it takes (batch, {module.in_channels}, {dims[len(module.kernel_size)]})"
        case nn.BatchNorm1d() | nn.BatchNorm2d() | nn.BatchNorm3d():
            return f"it takes tensors whose second dimension is {module.num_features}"
        case nn.Embedding():
            return f"it takes integers from 0 to {module.num_embeddings - 1}"
    return ""


def _step_hint(optimizer: torch.optim.Optimizer) -> str:
    if isinstance(optimizer, torch.optim.SparseAdam):
        return "it needs sparse gradients, such as Embedding(…, sparse=True) gives"
    return ""
