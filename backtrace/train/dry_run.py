"""One forward and loss on copies, before training, to see whether the shapes fit."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import torch
from torch import Tensor, nn

from backtrace.errors import ConfigError, Problem
from backtrace.train.environment import separate_randomness
from backtrace.train.error_location import TORCH_RAISES, find_fault
from backtrace.train.loss_mix import LossMix
from backtrace.train.memory import available_bytes, size_text
from backtrace.train.problems import Problems


def dry_run(
    problems: Problems,
    skeleton: nn.Module,
    model: nn.Module,
    criterion: LossMix,
    batch: tuple[Tensor, Tensor],
) -> None:
    """Write down what would fail in the first forward, if anything would.

    The dry run is on the meta device, which computes shapes only. Not every operation can;
    so what fails there is tried once more with zeros on the CPU, and only that is reported; but
    for a layer's output that alone is larger than the memory, for which that would not be well.
    Neither the model's buffers nor any random number is touched.

    Args:
        skeleton: the model on the meta device.
        batch: tensors on the meta device of a batch's shapes and types.
    """
    with _refusing_what_does_not_fit(skeleton) as refused:
        fault = _fault(skeleton, copy.deepcopy(criterion).to("meta"), *batch)
    if fault is None:
        return
    if refused:
        problems.found.append(replace(fault, where=problems.locate(fault.key)))
        return
    try:
        real, losses = copy.deepcopy(model).cpu(), copy.deepcopy(criterion).to("cpu")
        x, y = (torch.zeros_like(tensor, device="cpu") for tensor in batch)
    except (RuntimeError, MemoryError):  # some tensors cannot be copied: let training find out
        return
    if (fault := _fault(real, losses, x, y)) is not None:
        problems.found.append(replace(fault, where=problems.locate(fault.key)))


@contextmanager
def _refusing_what_does_not_fit(skeleton: nn.Module) -> Iterator[list[nn.Module]]:
    """Raise in a layer of the skeleton's whose output could not be held; it is in the list then."""
    refused: list[nn.Module] = []
    available = available_bytes()

    def measure(module: nn.Module, given: object, output: object) -> None:
        if available is None or not isinstance(output, Tensor):
            return
        needed = output.untyped_storage().nbytes()  # a view's too: of all that it is a view of
        if needed > available:
            refused.append(module)
            sizes = f"{size_text(needed)}; {size_text(available)} are available"
            raise MemoryError(f"its output of shape {tuple(output.shape)} would need {sizes}")

    handles = [each.register_forward_hook(measure) for each in skeleton.modules()]
    try:
        yield refused
    finally:
        for handle in handles:
            handle.remove()


def _fault(model: nn.Module, criterion: LossMix, x: Tensor, y: Tensor) -> Problem | None:
    try:
        with separate_randomness(), warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # what torch warns of belongs to the training
            criterion(model(x), y)
    except ConfigError as error:
        return error.problems[0]
    except NotImplementedError:  # a RuntimeError that tells of the device, not of the shapes
        return None
    except TORCH_RAISES as error:
        return find_fault(error, model, criterion)
    return None
