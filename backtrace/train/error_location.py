"""Says in which layer or loss, and with which shapes, an exception of torch's was raised.

No hook is needed while training: the traceback has the frames of every `forward`.
"""

from __future__ import annotations

import traceback
from types import FrameType

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from backtrace.errors import Problem
from backtrace.train.loss_mix import LossMix
from backtrace.train.problems import first_line
from backtrace.train.schedule import build_clip

TORCH_RAISES = (
    RuntimeError, ValueError, LookupError, TypeError, AssertionError, ArithmeticError,
    AttributeError, MemoryError,
)  # fmt: skip


def find_fault(error: BaseException, model: nn.Module, criterion: LossMix) -> Problem | None:
    """Return what failed where, or None if it was no forward, loss, backward or step."""
    fault = None
    module = ""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        owner, call = frame.f_locals.get("self"), frame.f_code.co_name
        module = str(frame.f_globals.get("__name__"))
        if call == "forward" and isinstance(owner, nn.Module):
            fault = _forward_fault(model, criterion, owner, frame, error) or fault
        elif call == "backward" and module == "torch.autograd":
            fault = Problem("", f"backward failed: {first_line(error)}")
        elif call == "clip_grads" and module == build_clip.__module__:
            fault = Problem("clip", f"clipping failed: {first_line(error)}")
        elif isinstance(owner, torch.optim.Optimizer | LRScheduler):  # or what torch puts around it
            key = "scheduler" if isinstance(owner, LRScheduler) else "optimizer"
            found = f"the step of {type(owner).__name__} failed: {first_line(error)}"
            fault = Problem(key, found, _step_hint(owner))
    # A mistake of the tracer's is not the config's; calls of torch's that go through it are.
    return None if module.startswith("backtrace.recording") else fault


def _forward_fault(
    model: nn.Module, criterion: LossMix, owner: nn.Module, frame: FrameType, error: BaseException
) -> Problem | None:
    for name, term in criterion.terms.items():
        if owner is term.loss:
            return _loss_fault(name, owner, frame, error)
    if isinstance(owner, nn.Sequential):  # what it called may have failed before its forward
        owner = frame.f_locals.get("module", owner)
    for name, module in model.named_modules():
        if module is owner:
            top = [child for child, _ in model.named_children()]
            listed = isinstance(model, nn.Sequential) and name
            key = f"model.{top.index(name.split('.')[0])}" if listed else "model"
            return _layer_fault(key, name, owner, frame, error)
    return None


def _layer_fault(
    key: str, name: str, module: nn.Module, frame: FrameType, error: BaseException
) -> Problem:
    shown = type(module).__name__ if list(module.children()) else str(module)
    title = f"layer {name!r}, {shown}," if name else "the model"
    found = f"{title} failed on {_given(frame)}: {first_line(error)}"
    return Problem(key, found, _takes(module))


def _given(frame: FrameType) -> str:
    """Return what a layer was given: the shapes of its tensors, or what it got instead."""
    shapes = [str(tuple(tensor.shape)) for tensor in _tensors(frame).values()]
    if shapes:
        return f"a tensor of shape {' and '.join(shapes)}"
    code = frame.f_code
    first = code.co_varnames[1] if code.co_argcount > 1 else ""
    return f"a {type(frame.f_locals.get(first)).__name__}, which is no tensor"


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
    values = {name: frame.f_locals.get(name) for name in names}
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


def _step_hint(owner: object) -> str:
    if isinstance(owner, torch.optim.SparseAdam):
        return "it needs sparse gradients, such as Embedding(…, sparse=True) gives"
    return ""
